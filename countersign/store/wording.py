"""Words of shoppers and of a catalogue, compared as people mean them: any case, plural, a typing error."""

import re
from collections.abc import Iterable, Sequence
from itertools import pairwise

from rapidfuzz import fuzz

from countersign.kit.personal_forms import fold

_WORD = re.compile(r"[^\W_]+")
ALIKE = 82
"""A typing error or two in a word of `FUZZY_FROM` letters or more; short words must be right."""
FUZZY_FROM = 5


def split(text: str) -> list[str]:
    """Its words, folded."""
    return _WORD.findall(fold(text))


def words(text: str) -> list[str]:
    """«T-Shirt» can be met as t, shirt or tshirt."""
    return with_pairs(split(text))


def with_pairs(words: Sequence[str]) -> list[str]:
    return [*words, *(one + other for one, other in pairwise(words))]


def among(word: str, candidates: Iterable[str]) -> bool:
    return any(alike(singular(word), singular(candidate)) for candidate in candidates)


def alike(one: str, other: str) -> bool:
    if one == other:
        return True
    long = min(len(one), len(other)) >= FUZZY_FROM
    return long and fuzz.ratio(one, other, score_cutoff=ALIKE) > 0


def singular(word: str) -> str:
    if len(word) < 4 or not word.endswith("s") or word.endswith("ss"):
        return word
    for ending, instead in (("ies", "y"), ("ches", "ch"), ("shes", "sh"), ("xes", "x"), ("s", "")):
        if word.endswith(ending):
            return word.removesuffix(ending) + instead
    return word
