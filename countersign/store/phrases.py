"""The words of a catalogue and of what is said about it, made comparable.

«64 GB», «64GB» and «64-gb» are one phrase; «13-inch» and «13 inches» are one; «headphnes» is a typing
error only where the catalogue has headphones.
"""

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.resources import files
from itertools import pairwise

from rapidfuzz import fuzz, process

from countersign.kit.personal_forms import fold
from countersign.store.wording import ALIKE, FUZZY_FROM, singular

_TERM = re.compile(r"\d+(?:[.,]\d+)*|[^\W\d_]+")
_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")
_POSSESSIVE = re.compile(r"['’](?:s|re|ve|ll|d|m|t)\b")
_INCHES = re.compile(r"(?<=\d)\s?(?:\"|″|”|'')")
_NEGATORS = frozenset({"no", "not", "non", "without", "except", "un"})
_SIZE_LETTERS = frozenset({"s", "m", "l"})
_BEFORE_A_SIZE = frozenset({"size", "sizes", "in", "a", "an", "or", "and", "sz"})
_CAPITAL_SIZE = re.compile(r"(?<![\w'’&.-])(?P<size>[SML])(?![\w'’&-])")
_BEFORE_A_NUMBER = frozenset({"size", "in", "of", "with", "a", "or", "the"})
_LONGEST = 5
"""Words of one value."""


@dataclass(frozen=True)
class _Lexicon:
    """`words.toml`. `others`: for each word, or some joined, other words for the same thing."""

    same: Mapping[str, str]
    empty: frozenset[str]
    others: Mapping[str, frozenset[str]]


@cache
def _lexicon() -> _Lexicon:
    content = tomllib.loads((files(__package__) / "words.toml").read_text("utf-8"))
    same = {other: one for one, others in content["same"].items() for other in others}
    empty = content["empty"].split()
    found: dict[str, frozenset[str]] = {}
    for group in content["groups"]:
        joined = {"".join(same.get(one := singular(word), one) for word in _split(name)) for name in group}
        for one in joined:
            found[one] = found.get(one, frozenset()) | joined - {one}
    return _Lexicon(same, frozenset((*empty, *map(singular, empty))), found)


def _split(name: str) -> list[str]:
    return _TERM.findall(fold(name))


@dataclass(frozen=True)
class Phrase:
    """`units`: each word, and each two neighbours as one: «t-shirt» is t, shirt and tshirt."""

    words: tuple[str, ...]

    @cached_property
    def set(self) -> frozenset[str]:
        return frozenset(self.words)

    @cached_property
    def units(self) -> frozenset[str]:
        return frozenset((*self.words, *(one + other for one, other in pairwise(self.words))))

    @cached_property
    def pairs(self) -> tuple[tuple[str, ...], ...]:
        """For each word the units that it shares with its neighbours."""
        joined = ["", *(one + other for one, other in pairwise(self.words)), ""]
        return tuple(tuple(unit for unit in two if unit) for two in pairwise(joined))

    @cached_property
    def joined(self) -> str:
        return "".join(self.words)


def phrase(text: str) -> Phrase:
    return Phrase(tuple(terms(text)))


def terms(text: str) -> list[str]:
    """The comparable words of `text`, in order."""
    folded = _INCHES.sub(" inch ", _POSSESSIVE.sub(" ", _THOUSANDS.sub("", fold(text)))).replace(
        "%", " percent "
    )
    return [_term(found) for found in _TERM.findall(folded)]


def sizes_marked(text: str) -> str:
    """«a t-shirt in M»: the capital letter is a size. To be done before `fold` makes it small."""
    return _CAPITAL_SIZE.sub(r"size \g<size>", text)


def _term(word: str) -> str:
    if word[0].isdigit():
        number = word.replace(",", ".")
        return number.rstrip("0").rstrip(".") if "." in number else number
    one = singular(word)
    return _lexicon().same.get(one, one)


class Said:
    """A text read with a vocabulary: which of the catalogue's words stand where."""

    def __init__(self, words: Sequence[str], also: Sequence[frozenset[str]], known: Sequence[bool]) -> None:
        self._words = words
        self._also = also
        self.content = frozenset(at for at, word in enumerate(words) if _has_content(word))
        self.unknown = frozenset(at for at in self.content if not known[at])
        self._places: dict[str, set[int]] = {}
        for start in range(len(words)):
            for length in range(1, _LONGEST + 1):
                if start + length <= len(words):
                    joined = "".join(words[start : start + length])
                    self._places.setdefault(joined, set()).update(range(start, start + length))
        self._others: dict[str, set[int]] = {}
        for at, others in enumerate(also):
            for other in others:
                self._others.setdefault(other, set()).add(at)

    def places(self, unit: str) -> frozenset[int]:
        return frozenset(self._places.get(unit, ()))

    def also(self, unit: str) -> frozenset[int]:
        """Where another word for `unit` stands."""
        return frozenset(self._others.get(unit, ()))

    def any_of(self, place: int, words: frozenset[str]) -> bool:
        return self._words[place] in words or not words.isdisjoint(self._also[place])

    def value_places(self, value: Phrase) -> Iterator[int]:
        """Where the whole of an option's value stands; a bare number says too little."""
        joined = value.joined
        places = () if joined.isdecimal() else self._places.get(joined, ())
        return (at for at in places if joined not in _SIZE_LETTERS or self._is_size(at))

    def also_value(self, value: Phrase) -> Iterator[int]:
        """Where other words for it stand, «large» for «L»."""
        return iter(self._others.get(value.joined, ()))

    def number_of(self, place: int, option: frozenset[str]) -> bool:
        """Whether a bare number is said of this option: «size 8», «1000 pieces», or at the end."""
        before = self._words[place - 1] if place else ""
        after = self._words[place + 1] if place + 1 < len(self._words) else ""
        said = before in option or after in option or before in _BEFORE_A_NUMBER
        return said or not after or place - 1 in self.content

    def begin_with(self, letters: int) -> set[str]:
        """The first letters of all that stands or may be meant anywhere."""
        return {unit[:letters] for unit in (*self._places, *self._others)}

    def stems(self, stem: str) -> frozenset[int]:
        return frozenset(at for at, word in enumerate(self._words) if word[: len(stem)] == stem)

    def negated(self, places: Iterable[int]) -> bool:
        first = min(places)
        return first > 0 and self._words[first - 1] in _NEGATORS

    def _is_size(self, place: int) -> bool:
        return place > 0 and self._words[place - 1] in _BEFORE_A_SIZE


def _has_content(word: str) -> bool:
    return word not in _lexicon().empty and not (word[0].isdigit() and word.isdecimal()) and len(word) > 1


class Vocabulary:
    """All words of a catalogue: `phrases` are names and options, `texts` what only descriptions say."""

    def __init__(self, phrases: Iterable[Phrase], texts: frozenset[str]) -> None:
        self._words = frozenset(unit for one in phrases for unit in one.units)
        self._texts = texts
        by_letter: dict[str, list[str]] = {}
        for word in sorted(self._words.union(_lexicon().others)):
            if len(word) >= FUZZY_FROM and word.isalpha():
                by_letter.setdefault(word[0], []).append(word)
        self._by_letter = by_letter

    def read(self, text: str) -> Said:
        words = [self._corrected(word) for word in terms(text)]
        also = [set(_lexicon().others.get(word, ())) for word in words]
        for length in (2, 3):
            for start in range(len(words) - length + 1):
                others = _lexicon().others.get("".join(words[start : start + length]), ())
                for place in range(start, start + length):
                    also[place].update(others)
        here = [frozenset(found & self._words) for found in also]
        known = [
            word in self._words or word in self._texts or bool(more) or self._in_pair(words, at)
            for at, (word, more) in enumerate(zip(words, here, strict=True))
        ]
        return Said(words, here, known)

    def _in_pair(self, words: Sequence[str], at: int) -> bool:
        pairs = (words[start : start + 2] for start in (at - 1, at) if start >= 0)
        return any("".join(pair) in self._words for pair in pairs)

    def _corrected(self, word: str) -> str:
        if len(word) < FUZZY_FROM or not word.isalpha() or not _has_content(word):
            return word
        if word in self._words or word in self._texts or word in _lexicon().others:
            return word
        choices = self._by_letter.get(word[0], ())
        found = process.extractOne(word, choices, scorer=fuzz.ratio, score_cutoff=ALIKE)
        return str(found[0]) if found else word
