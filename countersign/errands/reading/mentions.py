"""Which things a text names: «the vacuum», «my tshirts», «the hikng boots»."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from countersign.errands.reading.tokens import Tokens, is_stop, tokens
from countersign.errands.reading.vocabulary import word_set
from countersign.store.wording import alike, singular

_LONGEST = 4
_COMPOUND_FROM = 5
"""«watch» may mean a wristwatch; «pad» no keypad."""


@dataclass(frozen=True)
class Mention:
    """`names` may all be meant by the words from `start` to `end`; `covers` is how much of them they say."""

    names: frozenset[str]
    start: int
    end: int
    covers: float


def mentions(said: Tokens, names: Iterable[str]) -> list[Mention]:
    """Every thing named, in order; what says more of a name wins over what says less in the same place."""
    found = [one for name in sorted(set(names)) for one in _of_name(said, name)]
    found.sort(key=lambda one: (-one.covers, one.end - one.start, one.start))
    kept: list[Mention] = []
    for one in found:
        over = [other for other in kept if one.start < other.end and other.start < one.end]
        if not over:
            kept.append(one)
        elif (
            len(over) == 1
            and over[0].covers == one.covers
            and (over[0].start, over[0].end)
            == (
                one.start,
                one.end,
            )
        ):
            kept[kept.index(over[0])] = Mention(over[0].names | one.names, one.start, one.end, one.covers)
    return _joined(sorted(kept, key=lambda one: one.start))


def _joined(found: Sequence[Mention]) -> list[Mention]:
    """«Coffee machine» is one thing, even where the shop has a coffee maker and an espresso machine."""
    joined: list[Mention] = []
    for one in found:
        last = joined[-1] if joined else None
        if last is not None and last.end == one.start and last.covers < 2 and one.covers < 2:
            joined[-1] = Mention(last.names | one.names, last.start, one.end, one.covers)
        else:
            joined.append(one)
    return joined


def _of_name(said: Tokens, name: str) -> list[Mention]:
    parts = [singular(part) for part in tokens(name) if not is_stop(part)]
    pieces = _pieces(parts)
    found = []
    for start in range(len(said)):
        best = 0.0
        for end in range(start + 1, min(start + _LONGEST, len(said)) + 1):
            window = said[start:end]
            if any(is_stop(token) for token in window):
                break
            covers = max((_fits(window, piece, weight, head) for piece, weight, head in pieces), default=0.0)
            if covers > best:
                best = covers
                found.append(Mention(frozenset((name,)), start, end, covers))
    return found


def _pieces(parts: Sequence[str]) -> list[tuple[str, int, bool]]:
    """Runs of a name's words written as one, how many words each is, and whether it holds the last one."""
    return [
        ("".join(parts[at:to]), to - at, to == len(parts))
        for at in range(len(parts))
        for to in range(at + 1, len(parts) + 1)
        if to - at > 1 or to == len(parts) or parts[at] not in word_set("weak")
    ]


def _fits(window: Tokens, piece: str, weight: int, head: bool) -> float:
    written = singular("".join(window))
    if window[0] in word_set("articles"):
        return 0.0
    if len(written) < 3 or (weight == 1 and written in word_set("weak") and piece != written):
        return 0.0
    if alike(written, piece):
        # The last word of a name is what it is, the first ones are of what kind.
        whole = len(window) > weight and written == piece  # «wrist watch» is more than «watch»
        return weight + (0.5 if head else 0.0) + (0.25 if whole else 0.0)
    compound = head and weight == 1 and len(written) >= _COMPOUND_FROM and piece.endswith(written)
    return 1.5 if compound and len(window) == 1 else 0.0
