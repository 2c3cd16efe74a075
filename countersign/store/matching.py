"""Which of somebody's orders their words mean: «my last one», «the one with the keybord», «the sent one».

Looks only at the orders that it is given, so it may see names of items without an index of its own.
"""

import re
from collections.abc import Iterable, Sequence
from itertools import pairwise

from rapidfuzz import fuzz

from countersign.kit.personal_forms import fold
from countersign.store.models import Item, Order

_WORD = re.compile(r"[^\W_]+")
_NEWEST = frozenset(("last", "latest", "newest", "recent", "letzte", "letzten", "neueste", "neuesten"))
_OLDEST = frozenset(("oldest", "earliest", "first", "erste", "ersten", "alteste", "altesten"))
# Words of a request, never of a thing; one of them alone must not find an item's option.
_EMPTY = re.compile(
    """(?x) a|an|and|any|are|arrive|at|bought|buy|by|can|check|come|containing|contains|coming|delivery|did|do
    |find|for|from|get|got|had|has|have|hello|hey|hi|how|i|in|is|it|item|items|its|long|me|my|no|not|now|number
    |of|on|one|ones|or|order|ordered|orders|package|parcel|please|product|s|shipment|show|some|stand|status|still
    |take|tell|thanks|that|the|them|then|there|these|thing|things|this|those|to|track|tracking|up|was|were|what
    |when|where|which|whose|will|with|you|your|about|placed|made|purchase|purchased|arrived|been|us
    |already|anything|came|check|everything|goods|happened|happening|here|just|know|late|like|look|need|news|pls|plz
    |be|receive|received|should|stuff|supposed|today|update|waiting|want|wheres|whats|would|yesterday|yet
    |bestellung|bestellungen|das|dem|den|der|die|ein|eine|einen|es|ich|ist|mein|meine|meinen|meiner|mit|paket
    |sendung|stand|und|von|wann|was|welche|wo
    """
)
# A typing error or two in a word of five letters or more; short words must be right.
_ALIKE = 82
_FUZZY_FROM = 5
_NAME, _OPTION = 1.0, 0.4


def meant(orders: Sequence[Order], words: str) -> list[Order]:
    """The orders that fit best, in the given order (newest first); several when they fit equally.

    All of them when the words name nothing in particular, as «where is my order?» does.
    """
    said = [word for word in _WORD.findall(fold(words)) if not _EMPTY.fullmatch(word)]
    newest, oldest = _NEWEST.intersection(said), _OLDEST.intersection(said)
    asked = [word for word in said if word not in _NEWEST | _OLDEST]
    fitting = _best(orders, asked) if asked else list(orders)
    if newest:
        return fitting[:1]
    return fitting[-1:] if oldest else fitting


def _best(orders: Sequence[Order], asked: Sequence[str]) -> list[Order]:
    scores = [_score(order, _with_pairs(asked)) for order in orders]
    best = max(scores, default=(0.0, 0.0))
    return [order for order, score in zip(orders, scores, strict=True) if score == best and score[0] > 0]


def _score(order: Order, asked: Sequence[str]) -> tuple[float, float]:
    """How much of what was asked the order has, and how much of it one single item has."""
    of_items = [_credits(item, asked) for item in order.items]
    status = [_OPTION if _among(word, _words(order.status or "")) else 0.0 for word in asked]
    together = [max(column) for column in zip(status, *of_items, strict=True)]
    return sum(together), max((sum(one) for one in of_items), default=0.0)


def _credits(item: Item, asked: Sequence[str]) -> list[float]:
    name = _words(item.name)
    options = [word for value in item.options.values() for word in _words(value)]
    return [_NAME if _among(word, name) else _OPTION if _among(word, options) else 0.0 for word in asked]


def _words(text: str) -> list[str]:
    """«T-Shirt» can be met as t, shirt or tshirt."""
    return _with_pairs(_WORD.findall(fold(text)))


def _with_pairs(words: Sequence[str]) -> list[str]:
    return [*words, *(one + other for one, other in pairwise(words))]


def _among(word: str, candidates: Iterable[str]) -> bool:
    return any(_alike(_singular(word), _singular(candidate)) for candidate in candidates)


def _alike(one: str, other: str) -> bool:
    if one == other:
        return True
    long = min(len(one), len(other)) >= _FUZZY_FROM
    return long and fuzz.ratio(one, other, score_cutoff=_ALIKE) > 0


def _singular(word: str) -> str:
    if len(word) < 4 or word.endswith("ss"):
        return word
    for ending, instead in (("ies", "y"), ("ches", "ch"), ("shes", "sh"), ("xes", "x"), ("s", "")):
        if word.endswith(ending):
            return word.removesuffix(ending) + instead
    return word
