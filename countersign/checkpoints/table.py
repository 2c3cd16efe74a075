"""Who may do what. Data only, sorted by deed; a deed that is not here is refused to everyone.

Rendered for reading in docs/security/checkpoints.md.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from enum import IntEnum, StrEnum
from types import MappingProxyType


class Deed(StrEnum):
    """`resource:action`. Alphabetical. A retired name stays as a comment and is never used again."""

    ADDRESS_CHANGE = "address:change"
    ADDRESS_READ = "address:read"
    CATALOG_BROWSE = "catalog:browse"
    ERRAND_PREPARE = "errand:prepare"
    EXCHANGE_OPEN = "exchange:open"
    FACTOR_CHANGE = "factor:change"
    FACTOR_FIRST = "factor:first"
    FACTOR_LIST = "factor:list"
    ORDER_CANCEL = "order:cancel"
    ORDER_CHANGE = "order:change"
    ORDER_LIST = "order:list"
    ORDER_READ_ADDRESS = "order:read_address"
    ORDER_READ_DETAILS = "order:read_details"
    ORDER_READ_ITEMS = "order:read_items"
    ORDER_TRACK = "order:track"
    PAYMENT_LIST = "payment:list"
    PROFILE_READ = "profile:read"
    REFUND_READ = "refund:read"
    RETURN_OPEN = "return:open"
    SESSION_END = "session:end"
    SESSION_END_ALL = "session:end_all"
    SESSION_LIST = "session:list"


class Who(IntEnum):
    """The least that must be known about whoever asks; whoever is known better may too."""

    ANYONE = 0
    KNOWS_ORDER = 1
    """Has given an order's number and the postcode that it goes to, in this very session."""
    SIGNED_IN = 2
    STEPPED_UP = 3
    """Has shown a second factor for exactly this deed, on this subject, with what was read back."""


class About(StrEnum):
    """What the subject of a deed is."""

    NOTHING = "nothing"
    """No subject: what the person of the session has, or nobody's."""
    ORDER = "order"
    """An order number."""


@dataclass(frozen=True)
class Checkpoint:
    """One line of the table.

    `fresh`: how long ago the person may have signed in, proved to know the order, or stepped up for
    this; None: however long the session lives. `owner`: the subject must belong to the person.
    `confirm`: the details were read back and agreed to. `consent`: a purpose that the person has
    agreed to. `fields`: what may be read of the subject, in the store's words; `fields_by_proof`: the
    same for who only knows the order. The minimum necessary (OWASP ASVS 14.2.6).
    """

    who: Who
    about: About = About.NOTHING
    fresh: timedelta | None = None
    owner: bool = False
    confirm: bool = False
    consent: str | None = None
    fields: frozenset[str] = frozenset()
    fields_by_proof: frozenset[str] = frozenset()


def _minutes(count: int) -> timedelta:
    return timedelta(minutes=count)


def _write(fresh: timedelta) -> Checkpoint:
    """A change of one's own order: signed in of late, read back and agreed to."""
    return Checkpoint(who=Who.SIGNED_IN, about=About.ORDER, fresh=fresh, owner=True, confirm=True)


def _own(*fields: str) -> Checkpoint:
    """What the shop keeps of a person, told to that person."""
    return Checkpoint(who=Who.SIGNED_IN, fresh=_minutes(30), owner=True, fields=frozenset(fields))


def _own_order(*fields: str) -> Checkpoint:
    """What the shop keeps of one order, told to whom it belongs."""
    return replace(_own(*fields), about=About.ORDER)


CHECKPOINTS: Mapping[Deed, Checkpoint] = MappingProxyType(
    {
        Deed.ADDRESS_CHANGE: Checkpoint(who=Who.SIGNED_IN, fresh=_minutes(5), owner=True, confirm=True),
        # The person's own, and those that their orders went to.
        Deed.ADDRESS_READ: _own("address"),
        Deed.CATALOG_BROWSE: Checkpoint(who=Who.ANYONE),
        # What must be known to say exactly what a change would do, before anything is agreed to.
        Deed.ERRAND_PREPARE: Checkpoint(
            who=Who.SIGNED_IN,
            fresh=_minutes(30),
            owner=True,
            fields=frozenset(
                {"address", "exchange", "items", "payments", "placed_at", "returned", "status", "total"}
            ),
        ),
        Deed.EXCHANGE_OPEN: _write(_minutes(15)),
        Deed.FACTOR_CHANGE: Checkpoint(who=Who.STEPPED_UP, fresh=_minutes(5), owner=True, confirm=True),
        # While none counts yet. What it adds counts later, and every known contact is told at once.
        Deed.FACTOR_FIRST: Checkpoint(who=Who.SIGNED_IN, fresh=_minutes(5), owner=True, confirm=True),
        Deed.FACTOR_LIST: _own("added_at", "kind", "last_used_at", "name"),
        Deed.ORDER_CANCEL: _write(_minutes(15)),
        Deed.ORDER_CHANGE: _write(_minutes(15)),
        Deed.ORDER_LIST: _own("items", "placed_at", "status", "total"),
        Deed.ORDER_READ_ADDRESS: _own_order("address"),
        Deed.ORDER_READ_DETAILS: _own_order(
            "address", "items", "payments", "placed_at", "returned", "status", "total"
        ),
        Deed.ORDER_READ_ITEMS: _own_order("items", "total"),
        Deed.ORDER_TRACK: Checkpoint(
            who=Who.KNOWS_ORDER,
            about=About.ORDER,
            fresh=_minutes(30),
            owner=True,
            fields=frozenset({"placed_at", "status", "tracking"}),
            fields_by_proof=frozenset({"status", "tracking"}),
        ),
        Deed.PAYMENT_LIST: _own("payment_methods"),
        Deed.PROFILE_READ: _own("email", "first_name", "last_name", "phone"),
        Deed.REFUND_READ: _own("exchange", "items", "payments", "placed_at", "returned", "status"),
        Deed.RETURN_OPEN: _write(_minutes(15)),
        Deed.SESSION_END: Checkpoint(who=Who.SIGNED_IN, owner=True),
        Deed.SESSION_END_ALL: Checkpoint(who=Who.SIGNED_IN, owner=True),
        Deed.SESSION_LIST: Checkpoint(
            who=Who.SIGNED_IN,
            owner=True,
            fields=frozenset({"channel", "created_at", "last_seen_at", "level"}),
        ),
    }
)
