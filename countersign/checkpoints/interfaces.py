"""What the guard needs of others; `bootstrap` passes it in."""

import hashlib
from dataclasses import dataclass
from datetime import timedelta
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

    @property
    def digest(self) -> bytes:
        """What a step-up for exactly this is bound to."""
        return digest_of(self.details)


def digest_of(details: Personal | None) -> bytes:
    """32 bytes that stand for the details of a deed; for one without details, always the same."""
    return hashlib.sha256((details.reveal() if details else "").encode()).digest()


class Agreements(Protocol):
    def standing(self, conversation: str, deed: str, subject: str | None) -> Agreed | None:
        """What `spend` would give; it stays as it is. Raises UnavailableError."""
        ...

    def hold(self, conversation: str, proposal: str) -> None:
        """What was agreed to waits for a step-up to exactly that, beyond its turn."""
        ...

    def spend(self, conversation: str, deed: str, subject: str | None) -> Agreed | None:
        """What this conversation's shopper has agreed to in the turn that is living, or before a step-up that
        it waited for, for exactly this deed and subject, once; None when there is nothing. Raises
        UnavailableError.
        """
        ...


class NullAgreements:
    """Nothing was agreed to."""

    def standing(self, conversation: str, deed: str, subject: str | None) -> Agreed | None:
        return None

    def hold(self, conversation: str, proposal: str) -> None:
        return None

    def spend(self, conversation: str, deed: str, subject: str | None) -> Agreed | None:
        return None


class StepUps(Protocol):
    def stepped(
        self, session: Session, deed: str, subject: str | None, digest: bytes, within: timedelta
    ) -> bool:
        """Whether in this very session a second factor was shown for exactly this deed, subject and
        details, no longer ago than `within`. True once for each. Raises UnavailableError.
        """
        ...


class NullStepUps:
    """Nobody has shown one."""

    def stepped(
        self, session: Session, deed: str, subject: str | None, digest: bytes, within: timedelta
    ) -> bool:
        return False


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
