"""What the guard needs of others; `bootstrap` passes it in."""

from dataclasses import dataclass
from typing import Protocol

from countersign.identity.models import Level, Session
from countersign.kit.hidden import Personal


class LivingSessions(Protocol):
    def current(self, id_: str) -> Session | None:
        """The session as it stands now, or None when it is over. Raises UnavailableError."""
        ...


class Owners(Protocol):
    def owner_of_order(self, number: str) -> str | None:
        """The customer id whose order this is; None when there is no such order.

        The same statements run in both cases. Raises UnavailableError, never answers None instead.
        """
        ...


class OrderKeys(Protocol):
    def matches(self, number: str, postcode: Personal) -> bool:
        """Whether this order goes to this postcode.

        False for no such order, with the same work as for a wrong postcode. Raises UnavailableError.
        """
        ...


@dataclass(frozen=True)
class Agreed:
    """What was read back to the shopper and agreed to, in this very turn."""

    proposal: str
    details: Personal


class Agreements(Protocol):
    def spend(self, conversation: str, deed: str, subject: str | None) -> Agreed | None:
        """What this conversation's shopper has agreed to in the turn that is living, for exactly this deed
        and subject, once; None when there is nothing. Raises UnavailableError.
        """
        ...


class NullAgreements:
    """Nothing was agreed to."""

    def spend(self, conversation: str, deed: str, subject: str | None) -> Agreed | None:
        return None


class Bar(Protocol):
    def raise_for(self, session: Session) -> Level | None:
        """The level that this session must reach for any deed at all, because of what was seen of it.

        None: what the table says is enough. It can only raise. Raises UnavailableError.
        """
        ...


class NullBar:
    """Nothing was seen."""

    def raise_for(self, session: Session) -> Level | None:
        return None
