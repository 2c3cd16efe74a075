"""How much an option's value is: «XL», «1000ml», so that «bigger» and «less bright» have a meaning."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from countersign.errands.reading.tokens import Tokens, number, tokens
from countersign.errands.reading.vocabulary import entry

_TURNED = frozenset(("less", "least"))
_MORE = frozenset(("more", "most"))


@dataclass(frozen=True)
class Comparison:
    """More (`way` 1) or less (-1) of the options that `about` names, as much as there is when `extreme`;
    `by` is an exact difference in the option's own unit, or in steps of its scale."""

    way: int
    about: tuple[str, ...] = ()
    extreme: bool = False
    by: float | None = None


def magnitude(value: str) -> float | None:
    """Where a value stands among its kind; None for what has no order, such as a colour."""
    parts = tokens(value)
    plain = " ".join(parts)
    for scale in entry("scales"):
        if plain in scale:
            return float(scale.index(plain))
    numbers = [(at, found) for at, part in enumerate(parts) if (found := number(part)) is not None]
    if not numbers:
        return None
    at, amount = numbers[0]
    unit = parts[at + 1] if at + 1 < len(parts) else ""
    return amount * float(entry("units").get(unit, 1.0))


@lru_cache(maxsize=1)
def _adjectives() -> Mapping[str, Comparison]:
    return {
        word: Comparison(one["way"], tuple(one.get("about", ())), one.get("extreme", False))
        for one in entry("adjectives")
        for word in one["words"].split()
    }


def comparisons(said: Tokens) -> list[Comparison]:
    """What a text compares: «a bigger one», «less bright», «1000 more pieces», «one size smaller»."""
    known, about = _adjectives(), entry("about")
    found: list[Comparison] = []
    for at, token in enumerate(said):
        following = said[at + 1] if at + 1 < len(said) else ""
        before = said[at - 1] if at else ""
        if token in known:
            meant = about.get(following) or _named_before(said, at) or known[token].about
            steps = "size" in (before, following) and "one" in said[max(0, at - 2) : at]
            by = 1.0 if steps else None
            found.append(Comparison(known[token].way, tuple(meant), known[token].extreme, by))
        elif token in _MORE | _TURNED:
            way, extreme = -1 if token in _TURNED else 1, token in ("most", "least")
            if following in about:
                by = number(before)
                found.append(Comparison(way, tuple(about[following]), extreme, by))
            elif before in about and (by := number(said[max(0, at - 2)])) is not None:
                found.append(Comparison(way, tuple(about[before]), by=by))
    return found


def _named_before(said: Tokens, at: int) -> tuple[str, ...]:
    """«Change the pressure lower»: the option stands before."""
    about = entry("about")
    return next((tuple(about[word]) for word in said[max(0, at - 2) : at] if word in about), ())
