"""Which things a text names: «the vacuum», «my tshirts», «the hikng boots»."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz, process

from countersign.errands.reading.tokens import Tokens, is_stop, tokens
from countersign.errands.reading.vocabulary import word_set
from countersign.store.wording import ALIKE, FUZZY_FROM, alike, singular

_LONGEST = 4
_SHORTEST = 3
Windows = dict[str, list[tuple[int, int]]]
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
    windows = _windows(said)
    found = [one for name in sorted(set(names)) for one in _of_name(windows, name)]
    found.sort(key=lambda one: (-one.covers, one.end - one.start, one.start))
    kept: dict[int, Mention] = {}
    """By each place that it takes up."""
    for one in found:
        over = kept.get(one.start)
        if not any(at in kept for at in range(one.start, one.end)):
            kept |= dict.fromkeys(range(one.start, one.end), one)
        elif over is not None and (over.start, over.end, over.covers) == (one.start, one.end, one.covers):
            both = Mention(over.names | one.names, one.start, one.end, one.covers)
            kept |= dict.fromkeys(range(one.start, one.end), both)
    return _joined(sorted(set(kept.values()), key=lambda one: one.start))


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


def _windows(said: Tokens) -> Windows:
    """Each run of a few words, by how it reads as one word."""
    windows: Windows = {}
    for start, first in enumerate(said):
        if first in word_set("articles"):
            continue
        for end in range(start + 1, min(start + _LONGEST, len(said)) + 1):
            if is_stop(said[end - 1]):
                break
            written = singular("".join(said[start:end]))
            if len(written) >= _SHORTEST:
                windows.setdefault(written, []).append((start, end))
    return windows


def _of_name(windows: Windows, name: str) -> list[Mention]:
    """At each start the runs that say more of the name than every shorter one."""
    covers: dict[tuple[int, int], float] = {}
    parts = [singular(part) for part in tokens(name) if not is_stop(part)]
    for piece, weight, head in _pieces(parts):
        for written in _like(piece, windows, compound=head and weight == 1):
            for start, end in windows[written]:
                fits = _fits(written, end - start, piece, weight, head)
                covers[start, end] = max(fits, covers.get((start, end), 0.0))
    found, best = [], (-1, 0.0)
    for (start, end), fits in sorted(covers.items()):
        best = best if best[0] == start else (start, 0.0)
        if fits > best[1]:
            best = (start, fits)
            found.append(Mention(frozenset((name,)), start, end, fits))
    return found


def _like(piece: str, windows: Windows, *, compound: bool) -> list[str]:
    """The runs that may mean a piece of a name. All at once: long texts meet many names."""
    found = [piece] if piece in windows else []
    if len(piece) >= FUZZY_FROM:
        near = process.extract(piece, windows.keys(), scorer=fuzz.ratio, score_cutoff=ALIKE, limit=None)
        found = [written for written, _, _ in near if len(written) >= FUZZY_FROM]
    if compound:
        found += [one for one in windows if piece.endswith(one) and one not in found]
    return found


def _pieces(parts: Sequence[str]) -> list[tuple[str, int, bool]]:
    """Runs of a name's words written as one, how many words each is, and whether it holds the last one."""
    return [
        ("".join(parts[at:to]), to - at, to == len(parts))
        for at in range(len(parts))
        for to in range(at + 1, len(parts) + 1)
        if to - at > 1 or to == len(parts) or parts[at] not in word_set("weak")
    ]


def _fits(written: str, words: int, piece: str, weight: int, head: bool) -> float:
    if weight == 1 and written in word_set("weak") and piece != written:
        return 0.0
    if alike(written, piece):
        # The last word of a name is what it is, the first ones are of what kind.
        whole = words > weight and written == piece  # «wrist watch» is more than «watch»
        return weight + (0.5 if head else 0.0) + (0.25 if whole else 0.0)
    compound = head and weight == 1 and len(written) >= _COMPOUND_FROM and piece.endswith(written)
    return 1.5 if compound and words == 1 else 0.0
