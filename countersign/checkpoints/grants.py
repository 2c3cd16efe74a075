"""The proof that a checkpoint was passed. Services demand one, so a forgotten check is a type error."""

from dataclasses import InitVar, dataclass, field
from datetime import datetime
from typing import NoReturn

from countersign.checkpoints.errors import GrantForgedError, GrantMismatchedError
from countersign.checkpoints.table import Deed
from countersign.kit.hidden import Personal

# The guard's alone: a house test allows this name in guard.py and nowhere else.
_MINT = object()


@dataclass(frozen=True)
class Grant:
    """One deed, on one subject, for one session, at one moment. Only the guard can make it.

    `person` is None when an order's number and postcode were the proof. `fields` is all that may
    be read of the subject. `proposal` names what was read back and agreed to, and is the idempotency
    key of doing it; `details` is its exact text. Use it in the turn that it was
    asked for; it is not to be kept.
    """

    deed: Deed
    session: str
    conversation: str
    person: str | None = field(repr=False)
    subject: str | None
    fields: frozenset[str]
    at: datetime
    proposal: str | None = None
    details: Personal | None = None
    mint: InitVar[object] = None

    def __post_init__(self, mint: object) -> None:
        if mint is not _MINT:
            raise GrantForgedError("only the guard makes grants")

    def covers(self, deed: Deed, subject: str | None = None) -> bool:
        """Whether it was given for exactly this deed and this subject."""
        return self.deed == deed and self.subject == subject

    def demand(self, deed: Deed, subject: str | None = None) -> None:
        """Raises GrantMismatchedError unless it covers them."""
        if not self.covers(deed, subject):
            raise GrantMismatchedError(f"a grant for {self.deed} does not cover {deed} on that subject")

    def __reduce__(self) -> NoReturn:
        raise TypeError("a Grant cannot be copied or stored")
