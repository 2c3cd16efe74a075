"""Ways to pay, reasons, ordinals and known addresses, as people name them."""

from collections.abc import Iterable, Sequence

from countersign.errands.reading.tokens import Tokens, find, tokens
from countersign.errands.reading.vocabulary import entry, says, word_set
from countersign.store.models import Address, PaymentMethod

_ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth")


def method_of(said: Tokens, methods: Sequence[PaymentMethod], original: Iterable[str]) -> list[PaymentMethod]:
    """The methods that a text may mean; empty when it names none. `original` are those that paid."""
    paid = set(original)
    named = _named(said, methods)
    again = says(said, "original")
    if named is not None:
        return [one for one in named if one.id in paid] or named if again else named
    if again:
        return [one for one in methods if one.id in paid]
    cards = [one for one in methods if one.kind == "credit_card"] if "card" in said else []
    if says(said, "other"):
        return [one for one in cards or methods if one.id not in paid]
    return cards


def _named(said: Tokens, methods: Sequence[PaymentMethod]) -> list[PaymentMethod] | None:
    """Those that are called by digits, brand or kind, the most exact way that is used; None: not at all."""
    ways: list[list[tuple[int, list[PaymentMethod]]]] = [
        [(at, [one for one in methods if one.last4 == token]) for at, token in enumerate(said)],
        [(_find_joined(one.brand, said), [one]) for one in methods if one.brand],
        [
            (find(tokens(word), said), [one for one in methods if one.kind == way["kind"]])
            for way in entry("methods")
            for word in way["words"]
        ],
    ]
    places = [(at, some) for way in ways for at, some in way if at >= 0 and (some or way is ways[2])]
    wanted = [(at, some) for at, some in places if not _unwanted(said, at)]
    for way in ways:
        found = [one for at, some in way if (at, some) in wanted for one in some]
        if found:
            return [one for one in methods if one in found]
    return [] if places else None


def _find_joined(brand: str, said: Tokens) -> int:
    """«Master card» is a brand, too."""
    at = find(tokens(brand), said)
    pairs = ["".join(said[i : i + 2]) for i in range(len(said) - 1)]
    return pairs.index(brand) if at < 0 and brand in pairs else at


def _unwanted(said: Tokens, at: int) -> bool:
    """«Not on the Visa», «from PayPal»: the way that it shall not be."""
    before = [token for token in said[max(0, at - 4) : at] if token not in word_set("articles")]
    return any(before[-len(phrase) :] == phrase for phrase in map(tokens, entry("not_this_way")))


def reason_of(said: Tokens, reasons: Sequence[str]) -> str | None:
    """The shop's reason that a text gives; its own words count before the others."""
    for reason in reasons:
        if find(tokens(reason), said) >= 0:
            return reason
    for one in entry("reasons"):
        if one["reason"] in reasons and any(find(tokens(word), said) >= 0 for word in one["words"]):
            return str(one["reason"])
    return None


def ordinal_of(said: Tokens, count: int) -> int | None:
    """Which one of `count` things «the first one», «number 2», «the last» means."""
    found = ordinals_of(said, count)
    return found[0] if len(found) == 1 else None


def ordinals_of(said: Tokens, count: int) -> list[int]:
    found = [at for at, word in enumerate(_ORDINALS[:count]) if word in said and "thought" not in said]
    if count and "last" in said and (found or len(said) <= 4):
        found.append(count - 1)
    numbers = [int(token) for token in said if token.isdecimal() and len(token) == 1]
    if not found and len(said) <= 3 and len(numbers) == 1 and 0 < numbers[0] <= count:
        return [numbers[0] - 1]
    return found


def known_address(text: str, known: Sequence[Address], default: Address | None) -> Address | None:
    """The address among those that the shop knows of this shopper which a text points to."""
    said = tokens(text)
    if default is not None and says(said, "default_address"):
        return default
    near = _places_in(said, known)
    return near[0] if len(near) == 1 else None


def _places_in(said: Tokens, known: Sequence[Address]) -> list[Address]:
    aliases = {tuple(tokens(short)): tokens(long) for short, long in entry("places").items()}
    spelled = list(said)
    for short, long in aliases.items():
        at = find(short, said)
        if at >= 0:
            spelled += [".", *long]
    found = []
    for one in known:
        parts = [tokens(part.reveal()) for part in (one.city, one.postcode, one.line1)]
        if any(part and find(part, spelled) >= 0 for part in parts):
            found.append(one)
    return found
