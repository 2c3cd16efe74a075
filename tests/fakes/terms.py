"""What is open to a shopper, by the rules of a shop that fits into a few lines."""

from collections.abc import Mapping

from countersign.store.changes import (
    CancelOrder,
    Change,
    ChangeAddress,
    ChangeItems,
    ChangePayment,
    OpenExchange,
    OpenReturn,
)
from countersign.store.models import Item, Order, PaymentMethod, Product, Variant
from countersign.store.numbers import normalise_number
from countersign.store.outcomes import Broken, Prepared, Rule

_OPEN: Mapping[type[Change], tuple[str, ...]] = {
    CancelOrder: ("pending",),
    ChangeAddress: ("pending", "pending (item modified)"),
    ChangeItems: ("pending",),
    ChangePayment: ("pending", "pending (item modified)"),
    OpenExchange: ("delivered",),
    OpenReturn: ("delivered",),
}


class FakeTerms:
    """A `Terms` over products by id. An order's number looks like #W9999999."""

    def __init__(self, products: Mapping[str, Product]) -> None:
        self._products = products

    def number(self, text: str) -> str | None:
        return normalise_number(text, ("#W9999999",))

    def open_to(self, kind: type[Change], order: Order | None) -> Broken | None:
        if order is None:
            return Broken(Rule.ORDER_UNKNOWN)
        if order.status in _OPEN[kind]:
            return None
        cancelled = order.status == "cancelled"
        return Broken(Rule.ALREADY_CANCELLED if cancelled else Rule.STATUS_CLOSED)

    def methods(self, kind: type[Change], order: Order, prepared: Prepared) -> tuple[PaymentMethod, ...]:
        """A refund goes back or on a gift card; another way to pay is another one."""
        paid = {payment.method_id for payment in order.payments}
        if kind is OpenReturn:
            return tuple(one for one in prepared.methods if one.id in paid or one.kind == "gift_card")
        if kind is ChangePayment:
            return tuple(one for one in prepared.methods if one.id not in paid)
        return prepared.methods

    def reasons(self) -> tuple[str, ...]:
        return "no longer needed", "ordered by mistake"

    def variants(self, item: Item) -> tuple[Variant, ...]:
        product = self._products.get(item.product_id)
        return product.variants if product else ()
