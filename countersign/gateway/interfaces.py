"""What the gateway needs of its neighbours, as it asks for it."""

from dataclasses import dataclass
from typing import Protocol

from countersign.kit.hidden import Personal


class BlindIndex(Protocol):
    """The vault's keyed hash; `kind` is a key of `kit.personal_forms.INDEX_FORMS`."""

    def index(self, value: str, *, kind: str) -> bytes:
        """32 bytes, the same for the same value and kind."""
        ...


class KnownValues(Protocol):
    """The shop's customers, askable only through the blind index."""

    def known_values(self, digests: list[bytes]) -> set[bytes]:
        """The members of `digests` that some customer's name, street line, postcode, phone or e-mail gives.

        One call per message. May raise an UnavailableError: the gateway then seals without it.
        """
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
