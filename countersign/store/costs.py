"""What a question about money asks of orders: all of one, a thing in it, the dearest, what was kept."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from countersign.kit.money import Money
from countersign.kit.personal_forms import fold
from countersign.store.models import Item, Order
from countersign.store.order_words import items_named


class Ask(StrEnum):
    CHEAPEST = "cheapest"
    DEAREST = "dearest"
    ITEMS = "items"
    KEPT = "kept"
    """What is left of the order without that which goes back."""
    ORDER = "order"


@dataclass(frozen=True)
class Cost:
    """`items` are those that were asked about, `amount` what they cost together."""

    ask: Ask
    items: tuple[Item, ...]
    amount: Money


_DEAREST = re.compile(
    r"\b(?:most expensive|dearest|priciest|costliest|highest(?: price)?|costs? (?:the )?most)\b"
)
_CHEAPEST = re.compile(r"\b(?:cheapest|least expensive|lowest(?: price)?|costs? (?:the )?least)\b")
_KEPT = re.compile(r"\b(?:rest|remaining|remain|remainder|others?|kept|keep|keeping|left)\b")
# «the order with the lamp» asks about the order, «the lamp in my order» about the lamp.
_WHOLE = re.compile(r"\b(?:order|purchase|parcel|package|one) (?:with|that|which|containing|of|where)\b")
_TOGETHER = re.compile(r"\b(?:all|every|each|together|altogether|combined|overall)\b")
_ONE_ORDER = re.compile(
    r"\b(?:my|the|this|that|last|latest|recent) (?:[a-z]+ )?order\b|\b(?:in|of|for) (?:it|this|that)\b"
)
_SEVERAL = re.compile(
    r"\borders\b|\bpurchases\b"
    r"|\bsp(?:end|ent)\b.*\b(?:so far|with you|here|ever|(?:this|last) (?:year|month))\b"
)


def cost_of(order: Order, words: str) -> Cost:
    """What the words ask of this order; all of it, when they name nothing in it."""
    text = fold(words)
    by_price = sorted(order.items, key=lambda item: item.price.minor)
    if by_price and _DEAREST.search(text):
        return Cost(Ask.DEAREST, (by_price[-1],), by_price[-1].price)
    if by_price and _CHEAPEST.search(text):
        return Cost(Ask.CHEAPEST, (by_price[0],), by_price[0].price)
    if order.returned is not None and _KEPT.search(text):
        kept = _without(order.items, order.returned.items)
        return Cost(Ask.KEPT, kept, _sum(kept, order))
    named = [] if _WHOLE.search(text) else items_named(order.items, text)
    if named and len(named) < len(order.items):
        return Cost(Ask.ITEMS, tuple(named), _sum(named, order))
    return Cost(Ask.ORDER, order.items, _sum(order.items, order))


def asks_together(words: str) -> bool:
    """Whether the words may ask what things of one kind cost in all orders: «all my lamps together»."""
    text = fold(words)
    return bool(_TOGETHER.search(text)) and not _ONE_ORDER.search(text)


def asks_of_orders(words: str) -> bool:
    """Whether the words ask what several orders came to: «my orders this year», «spent with you so far»."""
    return bool(_SEVERAL.search(fold(words)))


def bought_together(orders: Sequence[Order], words: str) -> list[tuple[Order, Item]]:
    """Each thing that the words name, in whichever order it is; none when they name nothing in particular."""
    lines = [(order, item) for order in counted(orders) for item in order.items]
    if not asks_together(words):
        return []
    wanted = {id(item) for item in items_named([item for _, item in lines], words)}
    return [line for line in lines if id(line[1]) in wanted]


def counted(orders: Sequence[Order]) -> list[Order]:
    """Without the cancelled ones: their money went back."""
    return [order for order in orders if not fold(order.status or "").startswith("cancel")]


def total_of(orders: Sequence[Order]) -> Money | None:
    """Their totals together; None for none."""
    totals = [order.total for order in orders if order.total is not None]
    return added(totals) if totals else None


def added(amounts: Sequence[Money]) -> Money:
    """At least one."""
    first, *rest = amounts
    for one in rest:
        first = first + one
    return first


def _sum(items: Sequence[Item], order: Order) -> Money:
    if not items:
        return Money(0, order.total.currency if order.total else "XXX")
    return added([item.price for item in items])


def _without(items: Sequence[Item], gone: Sequence[str]) -> tuple[Item, ...]:
    """One item less for each variant in `gone`: what was bought twice may go back once."""
    left = list(gone)
    kept = []
    for item in items:
        if item.variant_id in left:
            left.remove(item.variant_id)
        else:
            kept.append(item)
    return tuple(kept)
