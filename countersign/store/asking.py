"""What a question about products says beside their names: a price, an order, «the second one», «like this».

Reads words only, and knows no product. What it understands is taken out of the text, so that «under 50
dollars» is never looked for as a name.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from countersign.kit.personal_forms import fold


class Order(StrEnum):
    """Which of those that fit come first. The -ER ones mean: than the product talked about last."""

    CHEAPEST = "cheapest"
    CHEAPER = "cheaper"
    DEAREST = "dearest"
    DEARER = "dearer"
    SMALLEST = "smallest"
    LARGEST = "largest"


@dataclass(frozen=True)
class Asking:
    """`least` and `most` are prices in whole units of the shop's currency, both included.

    `places`: 0 is the first of what was shown last, -1 the last. `rest`: the folded words that are left.
    """

    rest: str
    least: Decimal | None = None
    most: Decimal | None = None
    order: Order | None = None
    places: tuple[int, ...] = ()
    similar: bool = False
    refers: bool = False
    """«it», «this one»: the product talked about last."""
    goes_on: bool = False
    """«And in silver», «only with a lid»: what was asked for before holds too."""
    of_orders: bool = False
    """«My last order», «the parcel»: what was ordered, not what can be."""
    anew: bool = False
    """«something», «anything», «all»: not the product talked about last."""


_SEALED = re.compile(r"⟦[^⟦⟧]*⟧")
_ONES = """zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen
    sixteen seventeen eighteen nineteen"""
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety"
_SMALL = {word: number for number, word in enumerate(re.split(r"\s+", _ONES))}
_SMALL |= {word: 10 * tens for tens, word in enumerate(re.split(r"\s+", _TENS), start=2)}
_LARGE = {"hundred": 100, "thousand": 1000}
_NUMBER_WORD = "|".join([*_SMALL, *_LARGE])
_IN_WORDS = re.compile(
    rf"\b(?:a (?=hundred|thousand))?(?:{_NUMBER_WORD})(?:(?: and |[ -])(?:{_NUMBER_WORD}))*\b"
)
# «This one» and «one with a lid» count nothing.
_COUNTS_NOTHING = frozenset({"one"})

_CURRENCY = r"(?:dollars?|bucks?|usd|euros?|eur|pounds?|gbp|quid|[$€£])"
_AMOUNT = r"(?:\d{1,3}(?:,\d{3})+(?:\.\d{1,2})?|\d+(?:[.,]\d{1,2}(?!\d))?)"
# Something follows that no price is followed by: then the number is a size, a count or a share.
_UNIT = r"""(?!\d|[.,]\d|\s?-?\s?(?:%|"|″|(?:percent|inch(?:es)?|in(?=\s*(?:wide|long|high))|cm|mm|m|meters?
    |metres?|km|ft|feet|foot|kg|g|grams?|lbs?|oz|l|ml|cl|lit(?:er|re)s?|gb|tb|mb|mp|mah|hz|w|watts?|lm|lumens?|volts?
    |hours?|hrs?|h|minutes?|days?|weeks?|months?|years?|bar|cups?|pieces?|pcs|players?|people|persons?|pages?
    |degrees|speeds?|burners?|colou?rs?|items?|products?|things|times?|x)\b))"""


def _price(name: str) -> str:
    return (
        rf"(?:about\s|around\s|like\s)?(?P<{name}_sign>{_CURRENCY}\s?)?"
        rf"(?P<{name}>{_AMOUNT})(?P<{name}_k>k\b)?{_UNIT}(?:\s?(?P<{name}_currency>{_CURRENCY})(?!\w))?"
    )


_LESS = r"(?:for\sless\sthan|under|below|beneath|less than|cheaper than|lower than|smaller than|<)"
_UP_TO = r"""(?:up to|at most|no more than|not more than|not over|not above|within|max(?:imum)?(?:\sof)?|until
    |<=|(?:a\s|my\s)?budget(?:\sis|\sof)?|spend)"""
_MORE = r"(?:over|above|more than|costlier than|higher than|>)"
_FROM = r"(?:from|at least|starting (?:at|from)|min(?:imum)?(?:\sof)?|upwards of|>=)"
_NEAR = r"(?:around|about|roughly|approximately|approx|close to|closest to|near(?:est)?(?: to)?|circa|some)"
_OR_LESS = r"(?:or\sless|or\sunder|or\sbelow|or\scheaper|max(?:imum)?|tops|at\smost)"
# In the order in which they are tried; the name says what the amount is.
_PRICES = [
    (kind, re.compile(rf"(?x:{pattern})".replace(" ", r"\s")))
    for kind, pattern in (
        ("between", rf"(?<!\w)(?:between|from)\s{_price('a')}\s(?:and|to|or|-|–)\s?{_price('b')}"),
        ("between", rf"(?<!\w){_price('a')}\s?(?:-|–|to)\s?{_price('b')}"),
        ("most", rf"(?<!\w){_UP_TO}\s?{_price('a')}"),
        ("least", rf"(?<!\w)(?:no\sless\sthan|not\sless\sthan)\s?{_price('a')}"),
        ("less", rf"(?<!\w){_LESS}\s?{_price('a')}"),
        ("more", rf"(?<!\w){_MORE}\s?{_price('a')}"),
        (
            "most",
            rf"(?<!\w){_price('a')}\s(?:or\sless|or\sunder|or\sbelow|or\scheaper|max(?:imum)?|tops|at\smost)\b",
        ),
        ("least", rf"(?<!\w){_price('a')}\s?(?:or\smore|or\sabove|and\sup|upwards?|plus|\+)(?!\w)"),
        ("least", rf"(?<!\w){_FROM}\s?{_price('a')}"),
        ("near", rf"(?<!\w){_NEAR}\s{_price('a')}"),
        ("most", rf"(?<!\w)(?:for\s)?{_price('a')}"),
    )
]
# A number by itself is a price only with a currency.
_NEEDS_CURRENCY = frozenset((1, 9, 10))
_NEAR_SHARE = Decimal("0.25")
_CENT = Decimal("0.01")

# The longer before what stands in it: «more expensive» is not «expensive».
_ORDERS = {
    Order.CHEAPER: r"cheaper|less (?:expensive|costly)|lower[ -]priced|more affordable",
    Order.DEARER: r"more expensive|dearer|pricier|costlier|higher[ -]priced",
    Order.CHEAPEST: r"""cheapest|least (?:expensive|costly)|lowest[ -]pric\w+|most affordable|best price
        |cheap|affordable|inexpensive|budget|low[ -](?:cost|priced)""",
    Order.DEAREST: r"""most (?:expensive|costly)|dearest|priciest|costliest|highest[ -]pric\w+
        |top of the range|expensive""",
    Order.SMALLEST: r"""smallest|smaller|shortest|shorter|lightest|lighter|thinnest|thinner|tiniest
        |minimum|lowest|fewest
        |m(?:ost|ore) compact""",
    Order.LARGEST: r"""biggest|bigger|largest|larger|longest|longer|tallest|taller|heaviest|heavier|thickest
        |thicker|maximum|max|highest|greatest""",
}
_ORDER = re.compile(
    "|".join(rf"(?P<{order}>\b(?:{re.sub(r'\s{2,}', '', words)})\b)" for order, words in _ORDERS.items())
)
_ORDINALS = {
    **{"first": 0, "second": 1, "third": 2, "fourth": 3, "fifth": 4, "last": -1},
    **{"1st": 0, "2nd": 1, "3rd": 2, "4th": 3, "5th": 4},
}
_PLACE = re.compile(
    rf"\b(?:the )?(?P<place>{'|'.join(_ORDINALS)})(?: (?:ones?|product|item|of (?:them|these|those)))?\b"
)
_NUMBERED = re.compile(r"\bnumber (?P<place>[1-8])\b")
_SIMILAR = re.compile(
    r"\b(?:similar(?: to)?|alternatives?(?: to| for)?|of the same kind|same kind of|comparable|resembl\w+"
    r"|(?:something|anything|others?|more|products?|things|ones?) like|like (?:this|that|it|these|those)"
    r"|in (?:that|this) style)\b"
)
_REFERS = re.compile(r"\b(?:it|its|this|that|these|those|they|them|one|ones)\b")
_GOES_ON = re.compile(r"^\W*(?:and|but|only|also|just|preferably|ideally)\b")
_OF_ORDERS = re.compile(r"\b(?:orders?|ordered|parcels?|packages?|deliver(?:y|ies|ed)|bought|purchased?)\b")
_ANEW = re.compile(
    r"\b(?:something|anything|everything|products?|stuff|things?|all|assortment|catalogu?e|shop|store|sell)\b"
)


def read(text: str) -> Asking:
    rest = _digits(fold(_SEALED.sub(" ", text)).replace("’", "'"))
    rest, least, most = _bounds(rest)
    orders = [Order(found.lastgroup) for found in _ORDER.finditer(rest) if found.lastgroup]
    rest = _ORDER.sub(" ", rest)
    similar, refers, goes_on, of_orders, anew = (
        bool(one.search(rest)) for one in (_SIMILAR, _REFERS, _GOES_ON, _OF_ORDERS, _ANEW)
    )
    places = tuple(_places(rest))
    rest = _NUMBERED.sub(" ", _PLACE.sub(" ", _SIMILAR.sub(" ", rest)))
    return Asking(
        rest, least, most, orders[0] if orders else None, places, similar, refers, goes_on, of_orders, anew
    )


def _places(text: str) -> Iterator[int]:
    found = [(one.start(), _ORDINALS[one["place"]]) for one in _PLACE.finditer(text)]
    found += [(one.start(), int(one["place"]) - 1) for one in _NUMBERED.finditer(text)]
    yield from (place for _, place in sorted(found))


def _digits(text: str) -> str:
    """«a hundred and fifty» as 150."""
    return _IN_WORDS.sub(lambda found: _counted(found[0]), text)


def _counted(words: str) -> str:
    if words in _COUNTS_NOTHING:
        return words
    total = part = 0
    for word in re.split(r"[ -]", words):
        if word in _SMALL:
            part += _SMALL[word]
        elif word in _LARGE:
            total, part = total + max(part, 1) * _LARGE[word], 0
    return str(total + part)


def _bounds(text: str) -> tuple[str, Decimal | None, Decimal | None]:
    """`text` without the price it names, and its bounds."""
    for number, (kind, pattern) in enumerate(_PRICES):
        for found in pattern.finditer(text):
            said = found.groupdict()
            currency = any(said.get(f"{name}_{part}") for name in "ab" for part in ("sign", "currency"))
            if number in _NEEDS_CURRENCY and not currency:
                continue
            one = _amount(said["a"], said["a_k"])
            other = _amount(said["b"], said["b_k"]) if said.get("b") else one
            return f"{text[: found.start()]} {text[found.end() :]}", *_within(kind, one, other)
    return text, None, None


def _within(kind: str, one: Decimal, other: Decimal) -> tuple[Decimal | None, Decimal | None]:
    match kind:
        case "between":
            return min(one, other), max(one, other)
        case "less":
            return None, one - _CENT
        case "more":
            return one + _CENT, None
        case "least":
            return one, None
        case "near":
            return one * (1 - _NEAR_SHARE), one * (1 + _NEAR_SHARE)
    return None, one


def _amount(digits: str, thousands: str | None) -> Decimal:
    plain = re.sub(r",(?=\d{3})", "", digits).replace(",", ".")
    return Decimal(plain) * (1000 if thousands else 1)
