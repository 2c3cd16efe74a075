"""What a change would do, or has done: all that a read-back needs. Or the rule that stands against it."""

import json
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256
from typing import Literal

from countersign.kit.money import Money
from countersign.store.changes import Change
from countersign.store.models import Address, Item, Order, PaymentMethod


class Rule(StrEnum):
    """Why a change is not done. Sorted."""

    ADDRESS_INCOMPLETE = "address_incomplete"
    """The new address lacks a part that the shop asks for, or has one that cannot be."""
    ADDRESS_SAME = "address_same"
    """It goes there already."""
    ALREADY_CANCELLED = "already_cancelled"
    ALREADY_CHANGED = "already_changed"
    """Its items were changed before; now neither they nor the order can be taken back."""
    ALREADY_EXCHANGED = "already_exchanged"
    ALREADY_RETURNED = "already_returned"
    DATE_UNKNOWN = "date_unknown"
    """There is a time limit, and nobody knows when the order was placed."""
    GIFT_CARD_SHORT = "gift_card_short"
    """There is less on it than `Broken.amount`."""
    ITEM_NOT_IN_ORDER = "item_not_in_order"
    """Not there, or not so often."""
    ITEMS_MISSING = "items_missing"
    """No item was chosen, or not a new one for each."""
    METHOD_NOT_ALLOWED = "method_not_allowed"
    """It is the customer's own, but not for this."""
    METHOD_SAME = "method_same"
    """The order is paid with it already."""
    METHOD_UNKNOWN = "method_unknown"
    """The customer has no such method."""
    NOT_OFFERED = "not_offered"
    """The shop leaves such changes to its staff."""
    NOTHING_PAID = "nothing_paid"
    ORDER_UNKNOWN = "order_unknown"
    """Not there, or somebody else's: which of the two, nothing tells."""
    OTHER_PRODUCT = "other_product"
    """The new variant is none of the product of `Broken.item`, or is no more."""
    OTHERWISE_NOW = "otherwise_now"
    """It would do something else than was read back: a price or the order has changed since."""
    REASON_UNLISTED = "reason_unlisted"
    STATUS_CLOSED = "status_closed"
    """The order's status does not allow it."""
    TOO_LATE = "too_late"
    VARIANT_SAME = "variant_same"
    """`Broken.item` is that variant already."""
    VARIANT_UNAVAILABLE = "variant_unavailable"
    """It cannot be ordered now, or not so often."""


@dataclass(frozen=True)
class Broken:
    """The first rule that a change breaks; `item` and `amount` where the rule is about one."""

    rule: Rule
    item: Item | None = None
    amount: Money | None = None


@dataclass(frozen=True)
class Line:
    """An item that the change is about: the order's item number `place`, and what comes instead, if
    anything does."""

    place: int
    item: Item
    new: Item | None = None


@dataclass(frozen=True)
class Move:
    """`amount` is positive when the customer pays and negative when they get it.

    `days` None: at once; else within so many business days, from … to. Not `booked`: it is owed, and
    settled when the goods are back.
    """

    method: PaymentMethod
    amount: Money
    days: tuple[int, int] | None
    booked: bool

    @property
    def kind(self) -> Literal["payment", "refund"]:
        return "refund" if self.amount.minor < 0 else "payment"


@dataclass(frozen=True)
class Outcome:
    """`order` is as before the change, with `BEFORE` and no other field; None when it is about no order.

    `status` is the order's afterwards. `lines` are the items that the change is about: of a
    cancelled order all.
    """

    change: Change
    order: Order | None = None
    status: str | None = None
    lines: tuple[Line, ...] = ()
    moves: tuple[Move, ...] = ()

    @property
    def difference(self) -> int:
        """What the new items cost more than the old ones, in minor units; below zero it is owed."""
        return sum(line.new.price.minor - line.item.price.minor for line in self.lines if line.new)

    def told(self) -> str:
        """A digest of all that it does beyond its change's own words: status, items, prices, money."""
        lines = [(line.place, _fact(line.item), line.new and _fact(line.new)) for line in self.lines]
        moves = [(move.method.id, move.amount.minor, move.days, move.booked) for move in self.moves]
        return sha256(json.dumps([self.status, lines, moves], sort_keys=True).encode()).hexdigest()


def _fact(item: Item) -> tuple[str, str, dict[str, str], int, str]:
    return item.variant_id, item.name, dict(item.options), item.price.minor, item.price.currency


BEFORE = frozenset({"items", "status", "total"})


@dataclass(frozen=True)
class Done:
    """What was done, and for which customer."""

    customer: str
    outcome: Outcome


@dataclass(frozen=True)
class Prepared:
    """What somebody's changes start from: their methods, their own address, their orders, newest first."""

    methods: tuple[PaymentMethod, ...]
    address: Address
    orders: tuple[Order, ...]
