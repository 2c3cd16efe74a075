"""Which variant of a product is wanted instead of the one that was bought."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from countersign.errands.reading.magnitudes import Comparison, comparisons, magnitude
from countersign.errands.reading.tokens import Tokens, find, is_stop, tokens
from countersign.errands.reading.vocabulary import entry
from countersign.store.models import Item, Variant

_NOT = frozenset(("not", "no", "non", "without", "never"))
_AGAINST = (
    ("instead", "of"),
    ("rather", "than"),
    ("other", "than"),
    ("different", "from"),
    ("anything", "but"),
)
_YES_OR_NO = frozenset(("yes", "no", "none"))
_SAME = frozenset(("same", "identical", "keep", "keeping"))
_ANY = (("any",), ("don", "t", "care"), ("do", "not", "care"), ("no", "matter"), ("whatever",))
_DEAREST = re.compile(r"most expensive|priciest|dearest|highest price")
_CHEAP = re.compile(r"cheapest|least expensive|lowest price|most affordable|lowest cost")
_CHEAPER = re.compile(r"cheaper|less expensive|lower price")
_VARIANT_ID = re.compile(r"\d{8,12}")


@dataclass(frozen=True)
class Wanted:
    """What a text says of a variant: values by option, values that must not be, options that may be
    anything, options that stay, comparisons, and an id."""

    values: Mapping[str, frozenset[str]] = field(default_factory=dict)
    unwanted: Mapping[str, frozenset[str]] = field(default_factory=dict)
    free: frozenset[str] = frozenset()
    kept: frozenset[str] = frozenset()
    compared: tuple[Comparison, ...] = ()
    price: int = 0
    """-2 the cheapest, -1 cheaper, 2 the dearest."""
    same: bool = False
    id: str | None = None

    @property
    def says_something(self) -> bool:
        return bool(self.values or self.compared or self.price or self.id or self.same or self.unwanted)


@dataclass(frozen=True)
class Choice:
    """The variants that fit, best first; `sure` when the first is meant and no other."""

    variants: tuple[Variant, ...]
    sure: bool = False
    fits: bool = True
    """False: nothing that is available fits, and `variants` come nearest."""


def wanted(said: Tokens, variants: Sequence[Variant], current: Item | None = None) -> Wanted:
    text = " ".join(said)
    known = {variant.id for variant in variants}
    named = next((token for token in said if _VARIANT_ID.fullmatch(token) and token in known), None)
    values, unwanted = option_values(said, [one.options for one in variants])
    keys = {key for variant in variants for key in variant.options}
    price = -2 if _CHEAP.search(text) else 2 if _DEAREST.search(text) else -1 if _CHEAPER.search(text) else 0
    return Wanted(
        values=values,
        unwanted=unwanted,
        free=frozenset(key for key in keys if _near(said, key, _ANY)),
        kept=frozenset(key for key in keys if _near(said, key, [(word,) for word in _SAME])),
        compared=tuple(_without_price(comparisons(said), text)),
        price=price,
        same=bool(
            re.search(
                r"\bsame (?:item|one|thing|product|model|specs?|kind|\w+ (?:again|with the same))|identical",
                text,
            )
        ),
        id=named,
    )


def choose(want: Wanted, variants: Sequence[Variant], current: Item) -> Choice:
    """The available variants that `want` may mean, those most like the current one first."""
    if want.id is not None:
        named = [one for one in variants if one.id == want.id]
        return Choice(tuple(named), sure=named[0].available, fits=named[0].available)
    there = [one for one in variants if one.available]
    pool = [one for one in there if one.id != current.variant_id]
    if not want.says_something:
        return Choice(tuple(_by_likeness(pool, current, want)))
    if want.same and not (want.values or want.compared or want.price):
        again = [one for one in there if one.id == current.variant_id]
        return Choice(tuple(again or _by_likeness(pool, current, want)), sure=bool(again), fits=bool(again))
    fitting = [one for one in pool if _satisfies(one, want, current)]
    if not fitting:
        near = sorted(pool, key=lambda one: -_satisfied(one, want, current))
        return Choice(tuple(near), fits=False)
    return _narrowed(fitting, want, current)


def _narrowed(fitting: list[Variant], want: Wanted, current: Item) -> Choice:
    for comparison in want.compared:
        if comparison.extreme:
            fitting = _extreme(fitting, comparison, current)
    if abs(want.price) == 2:
        ordered = sorted(fitting, key=lambda one: one.price.minor * (1 if want.price < 0 else -1))
        return Choice(tuple(ordered), sure=len(ordered) == 1 or ordered[0].price != ordered[1].price)
    ordered = _by_likeness(fitting, current, want)
    untouched = [key for key in current.options if key not in _touched(want, current)]
    alike = [one for one in ordered if all(one.options.get(key) == current.options[key] for key in untouched)]
    if len(alike) == 1:
        # Only what was named changes; the rest stays, as people mean it.
        return Choice((alike[0], *(one for one in ordered if one is not alike[0])), sure=True)
    if alike:
        return Choice(tuple(alike))
    return Choice(tuple(ordered), sure=len(ordered) == 1)


def _touched(want: Wanted, current: Item) -> set[str]:
    touched = set(want.values) | set(want.free) | set(want.unwanted)
    for comparison in want.compared:
        touched |= set(_keys(comparison, current.options))
    return touched - set(want.kept)


def _by_likeness(pool: Iterable[Variant], current: Item, want: Wanted) -> list[Variant]:
    def unlike(one: Variant) -> tuple[int, int]:
        other = sum(
            one.options.get(key) != value for key, value in current.options.items() if key not in want.free
        )
        return other, one.price.minor

    return sorted(pool, key=unlike)


def _satisfies(one: Variant, want: Wanted, current: Item) -> bool:
    return _satisfied(one, want, current) == _asked(want)


def _asked(want: Wanted) -> int:
    return len(want.values) + len(want.unwanted) + len(want.compared) + len(want.kept) + (want.price == -1)


def _satisfied(one: Variant, want: Wanted, current: Item) -> int:
    has = sum(one.options.get(key) in values for key, values in want.values.items())
    has += sum(one.options.get(key) not in values for key, values in want.unwanted.items())
    has += sum(one.options.get(key) == current.options.get(key) for key in want.kept)
    has += sum(_compares(one, comparison, current) for comparison in want.compared)
    return has + (want.price == -1 and one.price.minor < current.price.minor)


def _compares(one: Variant, comparison: Comparison, current: Item) -> bool:
    if comparison.extreme:
        return True
    for key in _keys(comparison, current.options):
        new, old = magnitude(one.options.get(key, "")), magnitude(current.options[key])
        if new is None or old is None or (new - old) * comparison.way <= 0:
            continue
        if comparison.by is None or abs(new - old) == comparison.by:
            return True
    return False


def _extreme(fitting: list[Variant], comparison: Comparison, current: Item) -> list[Variant]:
    for key in _keys(comparison, current.options):
        sizes = [(magnitude(one.options.get(key, "")), one) for one in fitting]
        known = [size for size, _ in sizes if size is not None]
        if known:
            most = max(known) if comparison.way > 0 else min(known)
            return [one for size, one in sizes if size == most]
    return fitting


def _keys(comparison: Comparison, options: Mapping[str, str]) -> list[str]:
    """The options that a comparison is about: those it names, else all that have an order."""
    ordered = [key for key, value in options.items() if magnitude(value) is not None]
    named = [key for key in ordered if any(word in key.lower() for word in comparison.about)]
    return named or ([] if comparison.about else ordered)


def _without_price(found: Iterable[Comparison], text: str) -> list[Comparison]:
    return [] if "lowest price" in text or "highest price" in text else list(found)


def option_values(
    said: Tokens, options: Sequence[Mapping[str, str]]
) -> tuple[dict[str, frozenset[str]], dict[str, frozenset[str]]]:
    """The values of options that a text names, and those that it names as unwanted, by option."""
    taken: list[tuple[int, int, str, str]] = []
    every = {(key, value) for one in options for key, value in one.items()}
    for key, value in sorted(every, key=lambda pair: (-len(tokens(pair[1])), pair)):
        for start, end in _places(said, key, value, every):
            # «Full size» is no size; but the same words may name two options at once.
            if not any(s <= start and end <= e and (e - s) > (end - start) for s, e, _, _ in taken):
                taken.append((start, end, key, value))
    values: dict[str, set[str]] = {}
    unwanted: dict[str, set[str]] = {}
    for start, _, key, value in _by_key_words(said, taken):
        # A «not» before «waterproof» has made it the value «no» already.
        side = unwanted if value.lower() not in _YES_OR_NO and _against(said, start) else values
        side.setdefault(key, set()).add(value)
    left = {key: some - unwanted.get(key, set()) for key, some in values.items()}
    return (
        {key: frozenset(some) for key, some in left.items() if some},
        {key: frozenset(some) for key, some in unwanted.items()},
    )


def _places(said: Tokens, key: str, value: str, every: set[tuple[str, str]]) -> list[tuple[int, int]]:
    forms = [[part for part in tokens(value) if not is_stop(part)]]
    low = value.lower()
    if low in _YES_OR_NO:
        return _yes_or_no(said, key, low)
    forms += [[long] for long, short in entry("sizes").items() if low == short]
    if len(forms[0]) > 1 and forms[0][0][0].isdigit() and _only_number(key, value, every):
        forms.append(forms[0][:1])
    found = []
    for form in forms:
        at = find(form, said) if form else -1
        while at >= 0:
            found.append((at, at + len(form)))
            at = find(form, said, at + 1)
    return found


def _only_number(key: str, value: str, every: set[tuple[str, str]]) -> bool:
    """Whether the bare number can mean nothing but this value."""
    number = tokens(value)[0]
    return [other for other in every if number in tokens(other[1])] == [(key, value)]


def _yes_or_no(said: Tokens, key: str, value: str) -> list[tuple[int, int]]:
    name = [part for part in tokens(key) if not is_stop(part)]
    at = find(name, said)
    if at < 0 and len(name) > 1:
        # «Water resistant» for water resistance.
        at = next(
            (
                i
                for i, token in enumerate(said)
                if token[:6] == name[-1][:6] and name[0] in said[max(0, i - 2) : i]
            ),
            -1,
        )
    if at < 0 or _near(said, key, _ANY):
        return []
    if value == "none" and "none" in said[max(0, at - 2) : at + len(name) + 2]:
        return [(at, at + len(name))]
    end = at + len(name)
    denied = bool(_NOT.intersection([*said[max(0, at - 2) : at], *said[end : end + 1]]))
    return [(at, at + len(name))] if denied == (value in ("no", "none")) else []


def _by_key_words(said: Tokens, taken: list[tuple[int, int, str, str]]) -> list[tuple[int, int, str, str]]:
    """The same words as two options («8GB» of memory, of storage): the one whose name stands beside them."""
    kept = []
    for one in taken:
        rivals = [other for other in taken if other[:2] == one[:2] and other[2] != one[2]]
        near = _named_near(said, one)
        if rivals and not near and any(_named_near(said, other) for other in rivals):
            continue
        kept.append(one)
    return kept


def _named_near(said: Tokens, place: tuple[int, int, str, str]) -> bool:
    start, end, key, _ = place
    around = [*said[max(0, start - 2) : start], *said[end : end + 2]]
    return any(part in around for part in tokens(key))


def _against(said: Tokens, start: int) -> bool:
    before = tuple(said[max(0, start - 3) : start])
    if before[-1:] and before[-1] in ("not",):
        return True
    return any(
        phrase == before[-len(phrase) :] or phrase == before[-len(phrase) - 1 : -1] for phrase in _AGAINST
    )


def _near(said: Tokens, key: str, phrases: Iterable[tuple[str, ...]]) -> bool:
    """Whether one of the phrases stands shortly before the option's name."""
    at = find([part for part in tokens(key) if not is_stop(part)], said)
    if at < 0:
        return False
    before = list(said[max(0, at - 4) : at])
    return any(find(list(phrase), before) >= 0 for phrase in phrases)
