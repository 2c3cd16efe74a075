"""A change as rows of a card, for the read-back and for the mail: the same words for the same facts.

Values are texts or data that `gateway/cards.py` draws with words from responses.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from countersign.kit.money import Money
from countersign.store.changes import CancelOrder, ChangeAddress, ChangeDefaultAddress
from countersign.store.models import Address, Item, PaymentMethod
from countersign.store.outcomes import Move, Outcome

CARDS: Mapping[str, str] = {
    "CancelOrder": "proposal_cancel",
    "ChangeAddress": "proposal_order_address",
    "ChangeDefaultAddress": "proposal_default_address",
    "ChangeItems": "proposal_items",
    "ChangePayment": "proposal_payment",
    "OpenExchange": "proposal_exchange",
    "OpenReturn": "proposal_return",
}
"""The kind of card, by the kind of change."""


def rows(outcome: Outcome) -> list[tuple[str, object]]:
    """What it does, item by item and payment by payment."""
    change, told = outcome.change, list[tuple[str, object]]()
    for line in outcome.lines:
        new = f" → {described(line.new)}" if line.new else ""
        told.append(("item", described(line.item) + new))
    if isinstance(change, CancelOrder):
        told.append(("reason", change.reason))
    if isinstance(change, ChangeAddress | ChangeDefaultAddress):
        told.append(("address", whole(change.address)))
    return [*told, *(("refund" if one.kind == "refund" else "payment", _move(one)) for one in outcome.moves)]


def without_balances(outcome: Outcome) -> Outcome:
    """The same once it is done: what was left on a gift card before is not what is left now."""
    moves = (replace(move, method=replace(move.method, balance=None)) for move in outcome.moves)
    return replace(outcome, moves=tuple(moves))


def _move(move: Move) -> dict[str, Any]:
    amount, way = money(Money(abs(move.amount.minor), move.amount.currency)), method(move.method)
    if move.kind == "payment" and move.booked:
        return {"say": "card_move_payment", "with": {"amount": amount, "method": way}}
    if move.kind == "payment":
        return {"say": "card_move_payment_later", "with": {"amount": amount, "method": way}}
    if move.days is None:
        return {"say": "card_move_at_once", "with": {"amount": amount, "method": way}}
    first, last = move.days
    return {"say": "card_move_days", "with": {"amount": amount, "method": way, "first": first, "last": last}}


def described(item: Item) -> str:
    return f"{item.name} ({options(item.options)})" if item.options else item.name


def options(values: Mapping[str, str]) -> str:
    """«Black, USB»; a bare yes or no says of what."""
    return ", ".join(
        f"{name}: {value}" if value.lower() in ("yes", "no", "none") else value
        for name, value in values.items()
    )


def money(amount: Money) -> dict[str, Any]:
    return {"minor": amount.minor, "currency": amount.currency}


def method(one: PaymentMethod) -> dict[str, Any]:
    if one.last4:
        return {"say": "choice_method_card", "with": {"brand": (one.brand or "").title(), "last4": one.last4}}
    if one.balance is not None:
        return {"say": "choice_method_gift_card", "with": {"balance": money(one.balance)}}
    if one.kind == "gift_card":
        return {"say": "card_method_gift_card"}
    return (
        {"say": "choice_method_paypal"}
        if one.kind == "paypal"
        else {"say": "choice_method", "with": {"kind": one.kind}}
    )


def whole(address: Address) -> str:
    """All that is written of it: who gets the parcel, where, and whom the courier may call."""
    around = (address.name, address.phone)
    name, phone = (part.reveal() if part else "" for part in around)
    return ", ".join(part for part in (name, in_one_line(address), phone) if part)


def in_one_line(address: Address) -> str:
    parts: Sequence[Any] = (
        address.line1,
        address.line2,
        address.city,
        address.region,
        address.postcode,
        address.country,
    )
    return ", ".join(part.reveal() for part in parts if part)
