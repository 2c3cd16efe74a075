"""What is open to a shopper while a change is not exact yet: orders, methods, variants, reasons. Pure."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from countersign.kit.money import Money
from countersign.store.changes import (
    CancelOrder,
    Change,
    ChangeDefaultAddress,
    ChangeItems,
    ChangePayment,
    OpenExchange,
    OpenReturn,
)
from countersign.store.models import Order, PaymentMethod, Variant
from countersign.store.outcomes import Broken, Rule
from countersign.store.paying import allowed, covers, paid_with, total
from countersign.store.policy import PaymentTerms, Policy, Terms


def open_to(policy: Policy, kind: type[Change], order: Order | None, now: datetime) -> Broken | None:
    """Why no change of this kind can be made of the order, whatever it is in detail; None: it can.

    Looks at status, placed_at, returned and exchange. `order` is None for the customer's own address.
    """
    if kind is ChangeDefaultAddress:
        return None if policy.default_address else Broken(Rule.NOT_OFFERED)
    terms = policy.terms(kind)
    if terms is None:
        return Broken(Rule.NOT_OFFERED)
    if order is None:
        return Broken(Rule.ORDER_UNKNOWN)
    rule = _done_before(policy, kind, terms, order) or _late(policy, terms, order, now)
    return Broken(rule) if rule else None


def methods_for(
    policy: Policy,
    kind: type[Change],
    order: Order,
    methods: Iterable[PaymentMethod],
    due: Money | None = None,
) -> tuple[PaymentMethod, ...]:
    """Those of the customer's `methods` that such a change of the order may name, in the same order.

    `due` is what is to be paid, where it is known already: methods with less on them are left out. For a
    change of payment it is known from the order, whose payments are looked at.
    """
    terms = policy.terms(kind)
    if not isinstance(terms, PaymentTerms):
        return ()
    paid = paid_with(order)
    fitting = []
    for method in methods:
        elsewhere = total(paid) - paid.get(method.id, 0)
        least = elsewhere if kind is ChangePayment else due.minor if due else 0
        other = kind is not ChangePayment or elsewhere > 0
        if other and allowed(terms, method, paid) and covers(policy, method, least):
            fitting.append(method)
    return tuple(fitting)


def reasons(policy: Policy) -> tuple[str, ...]:
    """Those for which an order may be cancelled."""
    return policy.cancel.reasons if policy.cancel else ()


def can_be_ordered(variant: Variant, count: int) -> bool:
    return variant.available and (variant.stock is None or variant.stock >= count)


def _done_before(policy: Policy, kind: type[Change], terms: Terms, order: Order) -> Rule | None:
    """The change of before that stands in the way, or that the status is no good at all."""
    # An order has room for one return and one exchange, whatever its status says.
    if kind is OpenReturn and order.returned is not None:
        return Rule.ALREADY_RETURNED
    if kind is OpenExchange and order.exchange is not None:
        return Rule.ALREADY_EXCHANGED
    if order.status in terms.statuses:
        return None
    before: list[tuple[type[Change], Rule]] = [
        (CancelOrder, Rule.ALREADY_CANCELLED),
        (OpenReturn, Rule.ALREADY_RETURNED),
        (OpenExchange, Rule.ALREADY_EXCHANGED),
    ]
    if kind in (CancelOrder, ChangeItems):
        before.append((ChangeItems, Rule.ALREADY_CHANGED))
    became = {done.becomes: rule for one, rule in before if (done := policy.terms(one)) is not None}
    return became.get(order.status, Rule.STATUS_CLOSED)


def _late(policy: Policy, terms: Terms, order: Order, now: datetime) -> Rule | None:
    if terms.within_days is None:
        return None
    if order.placed_at is None:
        return Rule.DATE_UNKNOWN if policy.date_unknown == "refuse" else None
    return Rule.TOO_LATE if now - order.placed_at > timedelta(days=terms.within_days) else None
