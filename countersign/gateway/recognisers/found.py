"""What recognisers read and what they return."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Protocol

from countersign.gateway.recognisers.words import Words

DROPPED = frozenset({"card", "code", "cvv", "password"})
"""Kinds that are taken out and kept nowhere (PCI DSS 3.3; a code or a password is the shopper's alone)."""

CERTAIN = 1.0
"""Proven by a checksum, or the shopper's own."""
SURE = 0.9
LIKELY = 0.7


@dataclass(frozen=True)
class Found:
    """`text[start:end]` is a value of `kind`; `value` is it in a clean form."""

    start: int
    end: int
    kind: str
    value: str = field(repr=False)
    certainty: float = SURE

    def overlaps(self, other: "Found") -> bool:
        return self.start < other.end and other.start < self.end


@dataclass(frozen=True)
class Message:
    """`found` holds what the recognisers before this one saw."""

    text: str = field(repr=False)
    words: Words = field(repr=False)
    expected: str | None = None
    awaiting: frozenset[str] = frozenset()
    found: tuple[Found, ...] = ()
    own: frozenset[tuple[str, str]] = field(default=frozenset(), repr=False)
    """(kind, form) of what the shop knows of who is signed in, as `kit.personal_forms` writes it."""

    def wants(self, kind: str) -> bool:
        """Whether the shopper was just asked for this."""
        return kind == self.expected or kind in self.awaiting

    def has(self, kind: str) -> bool:
        """Whether a value of this kind is among what was found."""
        return any(found.kind == kind for found in self.found)

    def seen(self, start: int, end: int) -> bool:
        """Whether some part of this span is taken already."""
        return any(found.start < end and start < found.end for found in self.found)

    def cut(self, start: int, end: int, kind: str, certainty: float = SURE) -> Found:
        return Found(start, end, kind, self.text[start:end], certainty)


class Recogniser(Protocol):
    def find(self, message: Message) -> Iterable[Found]:
        """Every value of this recogniser's kinds in `message.text`, in any order; may overlap."""
        ...
