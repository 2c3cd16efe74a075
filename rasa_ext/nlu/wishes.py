"""Several wishes in one message: its clauses, each understood by itself."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

Answer = Callable[[list[str]], list[list[tuple[str, float]]]]

_VERB = (
    r"(?:cancel|return|exchange|change|modify|update|swap|replace|refund|send|tell|show|track|check|"
    r"i|i'd|i'll|i've|we|please|can you|could you|would you|what|where|when|which|how|who)\b"
)
_SPLIT = re.compile(
    r"(?<=[.;!?])\s+(?=\S)|(?:,\s*|\s+)(?:and|then|but|plus)\s+"
    rf"(?=(?:also\s+|then\s+|finally\s+|lastly\s+|maybe\s+)?{_VERB})|,\s+(?=(?:also|then|finally|lastly)\s)"
    # «… and also my default address»: the verb is that of the wish before.
    r"|(?:,\s*|\s+)and\s+also\s+(?=(?:my|the|to)\b)",
    re.IGNORECASE,
)
_IF = re.compile(r"\s*(?:and|but|or)?\s*(?:if|unless|otherwise|in case|only if|should)\b", re.IGNORECASE)
_NOT = re.compile(
    r"\s*(?:and|but)?\s*(?:i|we)\s+(?:do\s?n[o']t|don’t|would\s?n[o']t|never)\s+(?:ever\s+)?"
    r"(?:want|wish|like|mean)\b",
    re.IGNORECASE,
)
_LEAST = 3
"""Characters of a clause; less is no wish."""


@dataclass(frozen=True)
class Wish:
    intent: str
    confidence: float
    start: int
    end: int


def clauses(text: str) -> list[tuple[int, int]]:
    """Where each clause of a text stands."""
    cuts = [0, *(place for found in _SPLIT.finditer(text) for place in found.span()), len(text)]
    spans = zip(cuts[::2], cuts[1::2], strict=True)
    return [(start, end) for start, end in spans if end - start >= _LEAST]


def wishes(text: str, answer: Answer, least: float, details: Iterable[str]) -> list[Wish]:
    """The wishes of a text, in order, each with the words that belong to it.

    A clause is a wish of its own when its intent is surer than `least` and none of `details`. What
    hangs on an «if» is none, for nobody knows yet, nor is what is not wanted; other clauses belong to
    the wish before them.
    """
    spans = clauses(text)
    if len(spans) < 2:
        return []
    found: list[Wish] = []
    for (start, end), ranking in zip(spans, answer([text[start:end] for start, end in spans]), strict=True):
        intent, sure = ranking[0]
        if _IF.match(text[start:end]) or _NOT.match(text[start:end]):
            continue
        if sure < least or intent in details:
            if found:
                found[-1] = Wish(found[-1].intent, found[-1].confidence, found[-1].start, end)
        elif found and found[-1].intent == intent:
            found[-1] = Wish(intent, max(sure, found[-1].confidence), found[-1].start, end)
        else:
            found.append(Wish(intent, sure, start, end))
    return found
