"""What the gateway needs of its neighbours, as it asks for it."""

from dataclasses import dataclass
from typing import Protocol

from countersign.kit.hidden import Personal
from countersign.store.models import Customer


class Customers(Protocol):
    """The shop's customers, of whom the gateway asks for whoever is signed in and for nobody else."""

    def customer(self, customer: str) -> Customer | None:
        """May raise an UnavailableError: nothing goes on unsealed then."""
        ...


class Tokens(Protocol):
    """Sealed values of one conversation; `countersign.vault.tokens.ChatTokens` is one."""

    def issue(self, conversation: str, kind: str, value: Personal) -> str:
        """`⟦kind:id⟧`; the same value of the same kind and conversation gives the same token."""
        ...

    def open(self, conversation: str, token: str) -> Personal | None:
        """The value, or None when the token is not this conversation's."""
        ...


@dataclass(frozen=True)
class Signals:
    """What looks like an attack in a text: `score` 0 (nothing) to 1 (certain), and the classes that hit."""

    score: float
    classes: frozenset[str]


class Screen(Protocol):
    """Judges a text. Text is data: a hit raises the risk, it never refuses a message."""

    def score(self, text: str, *, hidden: int = 0) -> Signals:
        """`text` is normalised; `hidden` counts the invisible characters that normalising took out."""
        ...
