"""What a shopper may ask a shop to change: exact, complete, and the same text for the same change.

A proposal keeps that text, the read-back shows it, the grant carries it, and the store does what it says.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from countersign.checkpoints.table import Deed
from countersign.kit.hidden import Personal
from countersign.store.models import Address


@dataclass(frozen=True)
class CancelOrder:
    """The whole order; `reason` is one of those that the shop's rules list."""

    number: str
    reason: str


@dataclass(frozen=True)
class ChangeItems:
    """`new_items[i]`, a variant of the same product, instead of `items[i]`. Both name variants; one that
    was ordered twice stands twice."""

    number: str
    items: tuple[str, ...]
    new_items: tuple[str, ...]
    method_id: str


@dataclass(frozen=True)
class ChangeAddress:
    number: str
    address: Address


@dataclass(frozen=True)
class ChangePayment:
    number: str
    method_id: str


@dataclass(frozen=True)
class OpenReturn:
    """`method_id` is where the refund goes."""

    number: str
    items: tuple[str, ...]
    method_id: str


@dataclass(frozen=True)
class OpenExchange:
    """As ChangeItems, for what was delivered; `method_id` pays or gets the difference."""

    number: str
    items: tuple[str, ...]
    new_items: tuple[str, ...]
    method_id: str


@dataclass(frozen=True)
class ChangeDefaultAddress:
    address: Address


Change = (
    CancelOrder
    | ChangeItems
    | ChangeAddress
    | ChangePayment
    | OpenReturn
    | OpenExchange
    | ChangeDefaultAddress
)
DEEDS: Mapping[type[Change], Deed] = {
    CancelOrder: Deed.ORDER_CANCEL,
    ChangeItems: Deed.ORDER_CHANGE,
    ChangeAddress: Deed.ORDER_CHANGE,
    ChangePayment: Deed.ORDER_CHANGE,
    OpenReturn: Deed.RETURN_OPEN,
    OpenExchange: Deed.EXCHANGE_OPEN,
    ChangeDefaultAddress: Deed.ADDRESS_CHANGE,
}
_KINDS = {kind.__name__: kind for kind in DEEDS}


def subject_of(change: Change) -> str | None:
    """The order that the change is about, if it is about one."""
    return None if isinstance(change, ChangeDefaultAddress) else change.number


def text_of(change: Change, told: str = "") -> Personal:
    """Canonical JSON: equal changes have equal texts. `told` is `Outcome.told()` of what was read back."""
    said = {"told": told} if told else {}
    document = {"change": type(change).__name__, **said, **_plain(change)}
    return Personal(json.dumps(document, sort_keys=True))


def change_of(text: Personal) -> Change:
    """The change that `text_of` wrote. Raises ValueError for any other text."""
    said = json.loads(text.reveal())
    try:
        kind = _KINDS[said.pop("change")]
        said.pop("told", None)
        return kind(**{name: _typed(name, value) for name, value in said.items()})
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError("not the text of a change") from error


def told_of(text: Personal) -> str:
    """What `text_of` was given as `told`."""
    return str(json.loads(text.reveal()).get("told", ""))


def _plain(record: Change | Address) -> dict[str, Any]:
    """Its fields in plaintext. By hand: `asdict` copies what it does not know, which a Personal refuses."""
    values = {field.name: getattr(record, field.name) for field in fields(record)}
    return {
        name: _plain(value)
        if isinstance(value, Address)
        else value.reveal()
        if isinstance(value, Personal)
        else value
        for name, value in values.items()
    }


def _typed(name: str, value: Any) -> Any:
    if name == "address":
        parts: dict[str, Any] = {
            part: None if said is None else Personal(said) for part, said in value.items()
        }
        return Address(**parts)
    return tuple(value) if isinstance(value, list) else value
