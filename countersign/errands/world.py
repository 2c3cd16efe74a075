"""What an errand is heard against: the shopper's own things and the shop's terms."""

from dataclasses import dataclass

from countersign.errands.interfaces import Terms
from countersign.errands.models import Kind
from countersign.store.changes import (
    CancelOrder,
    Change,
    ChangeAddress,
    ChangeItems,
    ChangePayment,
    OpenExchange,
    OpenReturn,
)
from countersign.store.models import Address, Order, PaymentMethod
from countersign.store.outcomes import Prepared

KINDS: dict[Kind, tuple[type[Change], ...]] = {
    Kind.ADDRESS: (ChangeAddress,),
    Kind.CANCEL: (CancelOrder,),
    Kind.DEFAULT_ADDRESS: (),
    Kind.PAYMENT: (ChangePayment,),
    Kind.RETURN: (OpenReturn,),
    Kind.SWAP: (ChangeItems, OpenExchange),
}
ITEMISED = (Kind.RETURN, Kind.SWAP)


@dataclass(frozen=True)
class World:
    """The shopper's own things, and the shop's terms."""

    prepared: Prepared
    terms: Terms

    def order(self, number: str | None) -> Order | None:
        return next((one for one in self.prepared.orders if one.number == number), None)

    def change(self, kind: Kind, order: Order) -> type[Change] | None:
        """The change that this kind of wish comes to for the order, if it is open to one."""
        return next((one for one in KINDS[kind] if self.terms.open_to(one, order) is None), None)

    def methods(self, kind: Kind, order: Order) -> tuple[PaymentMethod, ...]:
        """Those that this kind of wish may name for the order."""
        change = self.change(kind, order)
        return self.terms.methods(change, order, self.prepared) if change else ()

    def open_orders(self, kind: Kind) -> list[Order]:
        return [order for order in self.prepared.orders if self.change(kind, order)]

    def addresses(self) -> list[Address]:
        """The shopper's own and those that their orders go to, each once, the default first."""
        known = [self.prepared.address]
        for order in self.prepared.orders:
            if order.address is not None and not any(alike(order.address, one) for one in known):
                known.append(order.address)
        return known


def plain(address: Address) -> dict[str, str]:
    parts = ("line1", "line2", "city", "region", "postcode", "country", "name", "phone")
    values = {part: getattr(address, part) for part in parts}
    return {part: value.reveal() for part, value in values.items() if value is not None}


def alike(one: Address, other: Address) -> bool:
    parts = ("line1", "line2", "city", "postcode")
    return all(getattr(one, part) == getattr(other, part) for part in parts)
