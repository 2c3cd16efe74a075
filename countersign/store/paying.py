"""What an order is paid with, and what a method may be used for."""

from collections import Counter
from collections.abc import Mapping

from countersign.store.models import Order, Payment, PaymentMethod
from countersign.store.policy import PaymentTerms, Policy


def paid_with(order: Order) -> dict[str, int]:
    """What is still paid with each method, in minor units; only methods with something on them.

    A refund may have gone to another method than the payment came from: then that much less goes back.
    """
    nets: Counter[str] = Counter()
    for payment in order.payments:
        nets[payment.method_id] += _signed(payment)
    elsewhere = -sum(net for net in nets.values() if net < 0)
    paid = {}
    for method, net in nets.items():
        if net > 0:
            taken = min(net, elsewhere)
            elsewhere -= taken
            paid[method] = net - taken
    return {method: net for method, net in paid.items() if net}


def _signed(payment: Payment) -> int:
    return payment.amount.minor if payment.kind == "payment" else -payment.amount.minor


def total(paid: Mapping[str, int]) -> int:
    return sum(paid.values())


def allowed(terms: PaymentTerms, method: PaymentMethod, paid: Mapping[str, int]) -> bool:
    names = {"any", method.kind} | ({"original"} if method.id in paid else set())
    return not names.isdisjoint(terms.methods)


def covers(policy: Policy, method: PaymentMethod, due: int) -> bool:
    """A method with a balance never goes below nothing; one that must cover and tells none covers nothing."""
    if due <= 0:
        return True
    if method.balance is None:
        return method.kind not in policy.money.must_cover
    return method.balance.minor >= due
