"""A shopper's words as tokens: folded, numbers apart from their units, commas and stops kept."""

import re
from collections.abc import Sequence

from countersign.kit.personal_forms import fold
from countersign.store.wording import FUZZY_FROM, alike, singular

# «17-inch», «17inch» and «17 inch» are the same two tokens; «1.5L» is 1.5 and l.
_TOKEN = re.compile(r"\d+(?:[.,]\d+)*|[^\W\d_]+|[,;.!?]")
_NUMBER = re.compile(r"[0-9]{1,12}(?:\.[0-9]{1,6})?")
# «It's» and «that's» name no size S.
_S = re.compile(r"(?<=\w)['’`]s\b", re.IGNORECASE)
_STOPS = frozenset(",;.!?")
Tokens = Sequence[str]


def tokens(text: str) -> list[str]:
    found = _TOKEN.findall(fold(_S.sub("", text)))
    return [token.replace(",", "") if token[0].isdigit() else token for token in found]


def number(token: str) -> float | None:
    """What a token is worth; None for a word, and for what only looks like a number («1.2.3»)."""
    return float(token) if _NUMBER.fullmatch(token) else None


def is_stop(token: str) -> bool:
    return token in _STOPS


def same(one: str, other: str) -> bool:
    """Whether two tokens are the same word; numbers must be equal."""
    if one == other:
        return True
    if one[:1].isdigit() or other[:1].isdigit():
        return False
    # Only long words may be mistyped: most pairs of short ones need no closer look.
    short = min(len(one), len(other)) < FUZZY_FROM
    return not (short and one[0] != other[0]) and alike(singular(one), singular(other))


def find(needle: Tokens, hay: Tokens, start: int = 0) -> int:
    """Where `needle` begins in `hay`, or -1."""
    for at in range(start, len(hay) - len(needle) + 1):
        if not needle or same(needle[0], hay[at]):
            following = zip(needle[1:], hay[at + 1 : at + len(needle)], strict=True)
            if all(same(one, other) for one, other in following):
                return at
    return -1
