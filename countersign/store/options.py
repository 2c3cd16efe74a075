"""Which options of a product are asked for: «the silver frame», «without a backlight», «which sizes»."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from countersign.store.models import Product, Variant
from countersign.store.phrases import Phrase, Said, phrase

_YES, _NO = frozenset({"yes", "true"}), frozenset({"no", "none", "false", "not"})
_GENERIC = frozenset({"size", "type", "set", "full", "card", "cover", "level", "of"})
"""Words of option values which alone name none of them."""
STEM = 6
"""So many first letters of an option's name must agree: «water resistant» asks for a «water resistance»."""
# How sure it is that an option is meant: its name is said, the value's own word, the whole value.
_NAMED, _OWN_WORD, _WHOLE = 2, 1, 100


@dataclass(frozen=True)
class Option:
    name: str
    words: Phrase
    values: Mapping[str, Phrase]


@dataclass(frozen=True)
class Choice:
    """The values asked for of one option, where that is said, and how sure it is that this one is meant."""

    option: str
    values: frozenset[str]
    places: frozenset[int]
    sure: int

    def fits(self, variant: Variant) -> bool:
        return variant.options.get(self.option) in self.values


Either = tuple[Choice, ...]
"""«Black» may be the frame or the lens: one of them must fit."""


@dataclass(frozen=True)
class Wanted:
    """`asked`: options whose values are asked for. `covered`: all places of the text that this answers."""

    choices: tuple[Either, ...]
    asked: tuple[str, ...]
    covered: frozenset[int]

    def after(self, earlier: "Wanted") -> "Wanted":
        """This, and of what was wanted earlier all that it does not change."""
        now = {choice.option for either in self.choices for choice in either}
        kept = tuple(either for either in earlier.choices if all(one.option not in now for one in either))
        return replace(self, choices=(*kept, *self.choices))

    def fits(self, variant: Variant) -> bool:
        return all(any(choice.fits(variant) for choice in either) for either in self.choices)


def options_of(product: Product) -> tuple[Option, ...]:
    values: dict[str, dict[str, Phrase]] = {}
    for variant in product.variants:
        for name, value in variant.options.items():
            values.setdefault(name, {}).setdefault(value, phrase(value))
    return tuple(Option(name, phrase(name), of_name) for name, of_name in values.items())


def wanted(options: Sequence[Option], said: Said, taken: frozenset[int]) -> Wanted:
    """`taken` are the places of the product's own name, which ask for no option."""
    named = {option.name: _named(option, said) for option in options}
    found = [choice for option in options if (choice := _whole(option, said, taken))]
    taken = taken.union(*(choice.places for choice in found))
    for option in options:
        if all(choice.option != option.name for choice in found):
            choice = _yes_or_no(option, said, named[option.name]) or _in_part(option, said, taken)
            found += [choice] if choice else []
    by_name = {option.name: _words_named(option, said) for option in options}
    groups = _meant([replace(one, sure=one.sure + _NAMED * len(by_name[one.option])) for one in found])
    chosen = {choice.option for either in groups for choice in either}
    used = taken.union(*(_all(by_name[name]) for name in chosen))
    asked = tuple(name for name, places in named.items() if name not in chosen and not places <= used)
    places = [choice.places for either in groups for choice in either]
    covered = used.union(*places, *(named[name] for name in asked))
    return Wanted(tuple(groups), asked, covered)


def _meant(found: Sequence[Choice]) -> list[Either]:
    """Of those that the same words may mean, the surest; several that are equally sure stay together."""
    kept = [
        one
        for one in found
        if not any(
            one.places < other.places or (one.places & other.places and one.sure < other.sure)
            for other in found
        )
    ]
    groups: dict[frozenset[int], Either] = {}
    for one in kept:
        groups[one.places] = (*groups.get(one.places, ()), one)
    return list(groups.values())


def _whole(option: Option, said: Said, taken: frozenset[int]) -> Choice | None:
    own = {value: frozenset(said.value_places(one)) - taken for value, one in option.values.items()}
    others = {value: frozenset(said.also_value(one)) - taken for value, one in option.values.items()}
    sure = _WHOLE + (_OWN_WORD if any(own.values()) else 0)
    places = {value: at for value, at in (own if any(own.values()) else others).items() if at}
    # «Rose gold» is not gold, and «non-polarized» not polarized.
    places = {v: at for v, at in places.items() if not any(at < longer for longer in places.values())}
    if not places:
        return None
    refused = {value for value, at in places.items() if said.negated(at)}
    values = set(places) - refused or set(option.values) - refused
    return Choice(option.name, frozenset(values), _all(places.values()), sure)


def _yes_or_no(option: Option, said: Said, named: frozenset[int]) -> Choice | None:
    answers = {value for value in option.values if value.lower() in _YES | _NO}
    if not named or not answers:
        return None
    refused = said.negated(named)
    values = frozenset(value for value in answers if (value.lower() in _NO) is refused)
    if not values or not (refused or answers == set(option.values)):
        return None
    return Choice(option.name, values, named, _WHOLE)


def _in_part(option: Option, said: Said, taken: frozenset[int]) -> Choice | None:
    """«Steel» of «stainless steel», «13» of «13-inch»: the values of which most words are said."""
    parts: dict[str, frozenset[int]] = {}
    for value, one in option.values.items():
        places: set[int] = set()
        for word in one.words:
            if word[0].isdigit():
                places |= {at for at in said.places(word) if said.number_of(at, option.words.set)}
            elif len(word) > 2 and word not in _GENERIC and word not in option.words.set:
                places |= {at for at in (*said.places(word), *said.also(word)) if at in said.content}
        if places - taken:
            parts[value] = frozenset(places - taken)
    most = max((len(places) for places in parts.values()), default=0)
    best = {value: places for value, places in parts.items() if len(places) == most}
    return Choice(option.name, frozenset(best), _all(best.values()), 0) if best else None


def _named(option: Option, said: Said) -> frozenset[int]:
    """The places that say the option's name («waterproof», «which colours»), if all of it is said."""
    places = {word: said.stems(word[:STEM]) for word in option.words.words}
    key = [at for word, at in places.items() if word not in _GENERIC] or list(places.values())
    if all(key):
        return _all(places.values())
    # «Which colours» asks for a «band color» too, «what size» for a «screen size».
    return frozenset() if any(key[:-1]) else places[option.words.words[-1]]


def _words_named(option: Option, said: Said) -> list[frozenset[int]]:
    return [places for word in option.words.words if (places := said.stems(word[:STEM]))]


def _all(places: Iterable[frozenset[int]]) -> frozenset[int]:
    return frozenset().union(*places)
