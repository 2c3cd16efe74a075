"""A shopper's words as tokens: folded, numbers apart from their units, commas and stops kept."""

import re
from collections.abc import Sequence

from countersign.kit.personal_forms import fold
from countersign.store.wording import alike, singular

# «17-inch», «17inch» and «17 inch» are the same two tokens; «1.5L» is 1.5 and l.
_TOKEN = re.compile(r"\d+(?:[.,]\d+)*|[^\W\d_]+|[,;.!?]")
# «It's» and «that's» name no size S.
_S = re.compile(r"(?<=\w)['’`]s\b", re.IGNORECASE)
_STOPS = frozenset(",;.!?")
Tokens = Sequence[str]


def tokens(text: str) -> list[str]:
    found = _TOKEN.findall(fold(_S.sub("", text)))
    return [token.replace(",", "") if token[0].isdigit() else token for token in found]


def is_stop(token: str) -> bool:
    return token in _STOPS


def same(one: str, other: str) -> bool:
    """Whether two tokens are the same word; numbers must be equal."""
    if one[:1].isdigit() or other[:1].isdigit():
        return one == other
    return alike(singular(one), singular(other))


def find(needle: Tokens, hay: Tokens, start: int = 0) -> int:
    """Where `needle` begins in `hay`, or -1."""
    for at in range(start, len(hay) - len(needle) + 1):
        if all(same(one, other) for one, other in zip(needle, hay[at : at + len(needle)], strict=True)):
            return at
    return -1
