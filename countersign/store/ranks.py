"""Which value of an option is more: «XL» than «M», «1 l» than «500 ml», «6 ft» than «4 ft»."""

import re
from collections.abc import Collection
from dataclasses import replace

from countersign.store.finder import Match
from countersign.store.phrases import terms

_SCALES = (
    ("xxs", "xs", "s", "m", "l", "xl", "xxl", "xxxl"),
    ("mini", "tiny", "compact", "portable", "small", "medium", "large", "giant"),
    ("low", "medium", "high"),
    ("light", "medium", "heavy"),
)
_OF_A_SMALLER_UNIT = {"ml": 1e-3, "cl": 1e-2, "cm": 1e-2, "mm": 1e-3, "g": 1e-3, "gb": 1e-3, "mb": 1e-6}
_SIZES = re.compile(
    r"size|capacity|volume|diameter|length|height|width|weight|thickness|storage|screen|piece|zoom"
)


def rank(value: str) -> float | None:
    """Comparable among the values of one option; None: nothing in it can be compared."""
    words = terms(value)
    for scale in _SCALES:
        if "".join(words) in scale:
            return float(scale.index("".join(words)))
    for at, word in enumerate(words):
        if word[0].isdigit() and word.replace(".", "", 1).isdigit():
            unit = words[at + 1] if at + 1 < len(words) else ""
            return float(word) * _OF_A_SMALLER_UNIT.get(unit, 1.0)
    return None


def extreme(match: Match, asked: Collection[str], *, largest: bool) -> Match:
    """The variants of `match` with the most or least of an option, if that can be told; else all of them.

    Of one of the options `asked` for, or else of a size. What can be had comes before what can't.
    """
    variants = match.available or match.variants
    names = match.product.variants[0].options
    for name in [one for one in names if one in asked] or [
        one for one in names if _SIZES.search(one.lower())
    ]:
        ranks = [rank(variant.options.get(name, "")) for variant in variants]
        known = [one for one in ranks if one is not None]
        if len(known) == len(ranks) and len(set(known)) > 1:
            wanted = max(known) if largest else min(known)
            kept = tuple(v for v, one in zip(variants, ranks, strict=True) if one == wanted)
            return replace(match, variants=kept)
    return match
