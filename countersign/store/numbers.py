"""Order numbers as people type them, brought into the shape that this shop gives them.

A shape is an order number with each digit as 9. The shop of the demo has one: `#W9999999`.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence

_MOST_SHAPES = 20
_FILLER = r"[\s#._/–-]*"
_FREE_FORM = re.compile(r"\S*\d\S*")


def shape(number: str) -> str:
    return re.sub(r"\d", "9", number)


def shapes(numbers: Iterable[str]) -> tuple[str, ...]:
    """The shapes of these numbers, sorted; empty when they have too many to be a pattern."""
    found = {shape(number) for number in numbers}
    return tuple(sorted(found)) if len(found) <= _MOST_SHAPES else ()


def normalise_number(text: str, known: Sequence[str]) -> str | None:
    """The first order number in `text` in canonical form, or None.

    Case, spaces and signs between the characters don't matter. Without its letters a number counts
    only when it holds all the digits of the text: `2378156` is `#W2378156`, a phone number is nothing.
    With no `known` shapes the first word that has a digit in it is taken as it is.
    """
    plain = "".join(_ascii_digit(char) for char in unicodedata.normalize("NFKC", text))
    if not known:
        word = _FREE_FORM.search(plain)
        return word[0].strip(".,;:!?()\"'") if word else None
    found = [match for match in (_with_letters(plain, one) for one in known) if match]
    if found:
        return min(found)[1]
    digits = re.findall(r"\d", plain)
    fits = [one for one in known if one.count("9") == len(digits)]
    return _filled(fits[0], digits) if len(fits) == 1 and _one_run(plain) else None


def _with_letters(text: str, one: str) -> tuple[int, str] | None:
    """Where a number of this shape begins in the text, and the number."""
    core = [char for char in one if char.isalnum()]
    if all(char == "9" for char in core):
        return None
    pattern = _FILLER.join(r"(\d)" if char == "9" else re.escape(char) for char in core)
    match = re.search(rf"(?<!\w){pattern}(?!\w)", text, re.IGNORECASE)
    return (match.start(), _filled(one, match.groups())) if match else None


def _filled(one: str, digits: Sequence[str]) -> str:
    left = iter(digits)
    return "".join(next(left) if char == "9" else char for char in one)


def _one_run(text: str) -> bool:
    glued = re.search(r"[^\W\d_]\d|\d[^\W\d_]", text)
    return glued is None and len(re.findall(r"\d[\d\s./-]*", text)) == 1


def _ascii_digit(char: str) -> str:
    return str(unicodedata.digit(char)) if char.isdecimal() else char
