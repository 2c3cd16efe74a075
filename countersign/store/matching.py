"""Which of somebody's orders their words mean: «my last one», «the one with the keybord», «the sent one».

Looks only at the orders that it is given, so it may see names of items without an index of its own.
"""

import re
from collections.abc import Sequence

from countersign.store.models import Item, Order
from countersign.store.wording import among, split, with_pairs, words

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
_NAME, _OPTION = 1.0, 0.4


def meant(orders: Sequence[Order], said: str) -> list[Order]:
    """The orders that fit best, in the given order (newest first); several when they fit equally.

    All of them when what was said names nothing in particular, as «where is my order?» does.
    """
    meaning = [word for word in split(said) if not _EMPTY.fullmatch(word)]
    newest, oldest = _NEWEST.intersection(meaning), _OLDEST.intersection(meaning)
    asked = [word for word in meaning if word not in _NEWEST | _OLDEST]
    fitting = _best(orders, asked) if asked else list(orders)
    if newest:
        return fitting[:1]
    return fitting[-1:] if oldest else fitting


def _best(orders: Sequence[Order], asked: Sequence[str]) -> list[Order]:
    scores = [_score(order, with_pairs(asked)) for order in orders]
    best = max(scores, default=(0.0, 0.0))
    return [order for order, score in zip(orders, scores, strict=True) if score == best and score[0] > 0]


def _score(order: Order, asked: Sequence[str]) -> tuple[float, float]:
    """How much of what was asked the order has, and how much of it one single item has."""
    of_items = [_credits(item, asked) for item in order.items]
    status = [_OPTION if among(word, words(order.status or "")) else 0.0 for word in asked]
    together = [max(column) for column in zip(status, *of_items, strict=True)]
    return sum(together), max((sum(one) for one in of_items), default=0.0)


def _credits(item: Item, asked: Sequence[str]) -> list[float]:
    name = words(item.name)
    options = [word for value in item.options.values() for word in words(value)]
    return [_NAME if among(word, name) else _OPTION if among(word, options) else 0.0 for word in asked]
