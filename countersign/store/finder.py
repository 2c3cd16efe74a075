"""Which products somebody's words mean, and which of their options.

An `Index` stands for one state of the catalogue and never changes; making one for 300 products takes
some milliseconds. Nothing is learnt beforehand, so what was put on the shelves a moment ago is found.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from countersign.store.asking import Order
from countersign.store.models import Product, Variant
from countersign.store.options import STEM, Option, Wanted, options_of, wanted
from countersign.store.phrases import Phrase, Said, Vocabulary, phrase

# How much a word of a name counts: said itself, or by another word for it. The last word counts twice.
_SAID, _ALSO_CALLED = 1.0, 0.5


@dataclass(frozen=True)
class Match:
    """A product and those of its variants that were asked for, available or not."""

    product: Product
    variants: tuple[Variant, ...]

    @property
    def available(self) -> tuple[Variant, ...]:
        return tuple(variant for variant in self.variants if variant.available)

    @property
    def narrowed(self) -> bool:
        return len(self.variants) < len(self.product.variants)


@dataclass(frozen=True)
class Finding:
    """`exact` is False when nothing has all that was asked for: then `matches` come nearest.

    `options`: the values that were asked for, as the shop writes them. `asked`: the options whose values
    were asked for («which colours»). `named`: a product or department was named at all.
    """

    matches: tuple[Match, ...] = ()
    exact: bool = False
    named: bool = False
    fits: bool = True
    """What `matches` hold has the options that were asked for; otherwise they are all there are."""
    options: tuple[str, ...] = ()
    asked: tuple[str, ...] = ()
    order: Order | None = None
    """How `matches` are sorted, if it was asked for."""
    beyond: bool = False
    """They would fit, were it not for the price that was said."""
    alone: bool = False
    """Something like a known product was wanted, and there is nothing like it."""


@dataclass(frozen=True)
class _Entry:
    product: Product
    name: Phrase
    category: Phrase
    description: frozenset[str]
    options: tuple[Option, ...]


@dataclass(frozen=True)
class _Rated:
    """How an entry fits: `name` how well its name, `left` the words that it does not answer."""

    entry: _Entry
    name: float
    department: bool
    wanted: Wanted
    covered: frozenset[int]
    left: frozenset[int]


class Index:
    def __init__(self, products: Sequence[Product]) -> None:
        self.products = tuple(products)
        self._entries = [_entry(product) for product in products]
        self._by_id = {entry.product.id: entry for entry in self._entries}
        names = [entry.name for entry in self._entries] + [entry.category for entry in self._entries]
        options = [one for entry in self._entries for option in entry.options for one in _of_option(option)]
        texts = frozenset().union(*(entry.description for entry in self._entries))
        self._by_stem: dict[str, set[int]] = {}
        for place, entry in enumerate(self._entries):
            for word in _words(entry):
                self._by_stem.setdefault(word[:STEM], set()).add(place)
        self._vocabulary = Vocabulary([*names, *options], texts)

    def get(self, product: str | None) -> Product | None:
        entry = self._by_id.get(product or "")
        return entry.product if entry else None

    def find(self, text: str) -> Finding:
        """The products that `text` (what `asking.read` left) means, the best first."""
        said = self._vocabulary.read(text)
        if not said.content:
            return Finding()
        names = [(entry, *_name(entry, said)) for entry in self._touched(said)]
        top = max((score for _, score, _ in names), default=0.0)
        # «Toys» are what a whole department holds, even if one of its products is called a toy.
        whole = said.content if top else frozenset({-1})
        fitting = [one for one in names if one[1] == top or _in_category(one[0], said) >= whole]
        rated = [_rate(entry, said, score, places) for entry, score, places in fitting]
        return _best(rated, said)

    def _touched(self, said: Said) -> list[_Entry]:
        """The entries that have something to do with what is said, in the catalogue's order."""
        places = set().union(*(self._by_stem.get(stem, ()) for stem in said.begin_with(STEM)))
        return [self._entries[place] for place in sorted(places)]

    def within(self, product: Product, text: str, before: str = "") -> Finding:
        """Like `find` among this product alone, which need not be named. What `before` asked for holds too,
        unless `text` changes it or nothing has it all."""
        rated = self._rated(product, text)
        if before:
            both = replace(rated, wanted=rated.wanted.after(self._rated(product, before).wanted))
            rated = both if _fitting(both) else rated
        return _finding([rated], exact=not rated.left and bool(_fitting(rated)))

    def _rated(self, product: Product, text: str) -> _Rated:
        said, entry = self._vocabulary.read(text), self._by_id[product.id]
        return _rate(entry, said, *_name(entry, said))

    def names_something(self, text: str) -> bool:
        """Whether `text` holds a word of some product's or department's name."""
        said = self._vocabulary.read(text)
        return any(_name(entry, said)[1] or _in_category(entry, said) for entry in self._entries)

    def says_something(self, text: str) -> bool:
        """Whether a word of `text` could name or describe a product, known here or not."""
        return bool(self._vocabulary.read(text).content)

    def knows(self, text: str) -> bool:
        """Whether no word of `text` is foreign to this catalogue."""
        return not self._vocabulary.read(text).unknown

    def akin(self, product: Product) -> tuple[Product, ...]:
        """Products of the same kind, or else of the same department, the nearest in price first."""
        me = self._by_id[product.id]
        others = [entry for entry in self._entries if entry is not me]
        shared = {entry.product.id: len(me.name.set & entry.name.set) for entry in others}
        kin = [entry for entry in others if me.name.words[-1:] == entry.name.words[-1:]]
        most = max((shared[entry.product.id] for entry in kin), default=0)
        kin = [entry for entry in kin if shared[entry.product.id] == most]
        if not kin and product.category:
            kin = [entry for entry in others if entry.product.category == product.category]
        price = product.price_range[0].minor
        kin.sort(key=lambda entry: abs(entry.product.price_range[0].minor - price))
        return tuple(entry.product for entry in kin)


def _entry(product: Product) -> _Entry:
    description = frozenset(phrase(product.description or "").words)
    name, category = phrase(product.name), phrase(product.category or "")
    return _Entry(product, name, category, description, options_of(product))


def _words(entry: _Entry) -> Iterator[str]:
    yield from entry.name.units
    yield from entry.category.units
    yield from entry.description
    for option in entry.options:
        for one in _of_option(option):
            yield from (*one.words, one.joined)


def _of_option(option: Option) -> Iterator[Phrase]:
    yield option.words
    yield from option.values.values()


def _rate(entry: _Entry, said: Said, name: float, by_name: frozenset[int]) -> _Rated:
    by_category = _in_category(entry, said)
    options = wanted(entry.options, said, by_name)
    covered = by_name | by_category | options.covered
    told = {place for place in said.content - covered if said.any_of(place, entry.description)}
    return _Rated(entry, name, bool(by_category), options, covered | told, said.content - covered - told)


def _name(entry: _Entry, said: Said) -> tuple[float, frozenset[int]]:
    """How well the name is said, and the places of the text that say it."""
    weights = {unit: _SAID for unit in entry.name.units if said.places(unit)}
    pairs = {unit for units in entry.name.pairs for unit in units}
    weights |= {
        unit: _ALSO_CALLED / (2 if unit in pairs else 1)
        for unit in entry.name.units - set(weights)
        if said.also(unit)
    }
    if not weights:
        return 0.0, frozenset()
    places = [said.places(unit) if weight == _SAID else said.also(unit) for unit, weight in weights.items()]
    neighbours = dict(zip(entry.name.words, entry.name.pairs, strict=True))
    by_word = [
        max((weights.get(unit, 0.0) for unit in (word, *neighbours[word])), default=0.0)
        for word in entry.name.words
    ]
    return sum(by_word) + by_word[-1], frozenset().union(*places)


def _in_category(entry: _Entry, said: Said) -> frozenset[int]:
    return frozenset(
        place for unit in entry.category.units for place in (*said.places(unit), *said.also(unit))
    )


def _best(rated: Sequence[_Rated], said: Said) -> Finding:
    if any(one.name for one in rated):
        fitting = list(rated)
    elif any(one.department for one in rated):
        fitting = [one for one in rated if one.department]
    elif said.unknown:
        return Finding()
    else:
        most = max((len(one.covered) for one in rated), default=0)
        fitting = [one for one in rated if most and len(one.covered) == most]
    exact = [one for one in fitting if not one.left and _fitting(one)]
    if exact:
        return _finding(exact, exact=True)
    least = min((len(one.left) for one in fitting), default=0)
    return _finding([one for one in fitting if len(one.left) == least], exact=False)


def _finding(rated: Sequence[_Rated], *, exact: bool) -> Finding:
    matches = [Match(one.entry.product, _fitting(one) or one.entry.product.variants) for one in rated]
    matches.sort(key=lambda match: not match.available)
    choices = [choice for one in rated for either in one.wanted.choices for choice in either]
    options = dict.fromkeys(value for choice in choices for value in sorted(choice.values))
    asked = dict.fromkeys(name for one in rated for name in one.wanted.asked)
    named = any(one.name or one.department for one in rated)
    fits = any(_fitting(one) for one in rated)
    return Finding(tuple(matches), exact, named, fits, tuple(options), tuple(asked))


def _fitting(one: _Rated) -> tuple[Variant, ...]:
    return tuple(variant for variant in one.entry.product.variants if one.wanted.fits(variant))


def narrowed(finding: Finding, least: int | None, most: int | None) -> Finding:
    """Only what costs from `least` to `most` minor units, both included."""
    if least is None and most is None:
        return finding
    kept = [
        replace(match, variants=variants)
        for match in finding.matches
        if (variants := tuple(v for v in match.variants if _costs(v, least, most)))
    ]
    kept.sort(key=lambda match: not match.available)
    return replace(finding, matches=tuple(kept))


def _costs(variant: Variant, least: int | None, most: int | None) -> bool:
    return (least is None or variant.price.minor >= least) and (most is None or variant.price.minor <= most)


def cheapest_first(matches: Iterable[Match], *, dearest: bool = False) -> tuple[Match, ...]:
    """What is available before what is not, each by the price of the variants asked for."""

    def key(match: Match) -> tuple[bool, int]:
        prices = [variant.price.minor for variant in match.available or match.variants]
        return not match.available, -max(prices) if dearest else min(prices)

    return tuple(sorted(matches, key=key))
