"""Which of somebody's orders a list is asked for: «in May», «pending ones», «over $100», «with a lamp»."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, InvalidOperation

from countersign.kit.personal_forms import fold
from countersign.store.models import Order
from countersign.store.order_words import items_named
from countersign.store.spans import Span, span_named

Test = Callable[[Order], bool]


@dataclass(frozen=True)
class Narrowed:
    """`orders` fit all that was asked. `asked`: whether anything was. `undated`: a time was asked for, but
    the shop gives no dates, so it was left out of account."""

    orders: tuple[Order, ...]
    asked: bool = False
    undated: bool = False


_DONE = ("delivered", "cancel", "return", "exchange")
# What people call a state, and how a shop's word for it begins.
_STATES: Sequence[tuple[str, Test]] = (
    (
        r"open|unfinished|active|current|outstanding|undelivered|not (?:been )?(?:delivered|arrived)"
        r"|(?:still|yet) to (?:come|arrive)|still coming",
        lambda order: not _begins(order, *_DONE),
    ),
    (
        r"pending|unprocessed|unshipped|not (?:yet |been )*(?:processed|shipped|sent|dispatched)",
        lambda order: _begins(order, "pending"),
    ),
    (
        r"processed|shipped|dispatched|on (?:the|its|their) way|in transit|under ?way",
        lambda order: _begins(order, "processed", "shipped", "sent", "in transit"),
    ),
    (r"delivered|received|arrived", lambda order: _begins(order, "delivered")),
    (r"cancel+ed", lambda order: _begins(order, "cancel")),
    (r"returned|(?:with|have) (?:a )?returns?", lambda order: _begins(order, "return")),
    (r"exchanged|(?:with|have) (?:an )?exchanges?", lambda order: _begins(order, "exchange")),
)
_NUMBER = r"(?:[$€£]|usd|eur|gbp)? ?(\d[\d.,]*)"
_NOT_MONEY = (
    r"(?! ?(?:days?|weeks?|months?|years?|items?|things?|orders?|hours?|pieces?|st|nd|rd|th)\b)(?!\d)"
)
_BETWEEN = re.compile(rf"\b(?:between|from) {_NUMBER} ?(?:and|to|-) ?{_NUMBER}{_NOT_MONEY}")
_OVER = re.compile(
    rf"(?:\b(?:over|above|more than|at least|from|exceeding|bigger than|greater than|worth) |> ?)"
    rf"{_NUMBER}{_NOT_MONEY}"
)
_UNDER = re.compile(
    rf"(?:\b(?:under|below|less than|at most|up to|cheaper than|smaller than) |< ?){_NUMBER}{_NOT_MONEY}"
)
_WITH = re.compile(r"\b(?:with|containing|contain|including|include) (?:the|a|an|my|some|any) (.+)$")
_NO_THING = re.compile(r"(?:account|address|e-?mail|exchange|name|number|phone|return|status|total)s?\b")


def narrow(orders: Sequence[Order], words: str, now: datetime) -> Narrowed:
    """`orders` in their order, without those that the words leave out."""
    text = " ".join(fold(words).replace("n't", " not").replace("’", "'").split())
    tests = [test for test in (_state(text), _amount(text), _thing(text)) if test is not None]
    span = span_named(text, now)
    undated = span is not None and all(order.placed_at is None for order in orders)
    if span is not None and not undated:
        tests.append(_within(span))
    fitting = tuple(order for order in orders if all(test(order) for test in tests))
    return Narrowed(fitting, bool(tests) or span is not None, undated)


def _begins(order: Order, *words: str) -> bool:
    return fold(order.status or "").startswith(words)


def _state(text: str) -> Test | None:
    asked = [test for pattern, test in _STATES if re.search(rf"\b(?:{pattern})\b", text)]
    # «not yet sent» also holds «sent»: the first that is found is meant.
    return asked[0] if asked else None


def _amount(text: str) -> Test | None:
    if found := _BETWEEN.search(text):
        least, most = _decimal(found[1]), _decimal(found[2])
        if least is None or most is None or (least >= 1900 and "$" not in found[0]):
            return None  # «from 2025 to 2026» are years
        return lambda order: order.total is not None and least <= order.total.major <= most
    for pattern, sign in ((_OVER, 1), (_UNDER, -1)):
        found = pattern.search(text)
        limit = _decimal(found[1]) if found else None
        if found is not None and limit is not None and not _is_year(found):
            return _beyond(limit, sign)
    return None


def _beyond(limit: Decimal, sign: int) -> Test:
    return lambda order: order.total is not None and sign * (order.total.major - limit) > 0


def _is_year(found: re.Match[str]) -> bool:
    return found[0].startswith("from") and re.fullmatch(r"20\d\d", found[1]) is not None


def _decimal(text: str) -> Decimal | None:
    """«1,299.00», «1299», «99.5»; a comma before exactly three digits groups them."""
    plain = re.sub(r",(?=\d{3}(?:\D|$))", "", text.strip(".,")).replace(",", ".")
    try:
        return Decimal(plain)
    except InvalidOperation:
        return None


def _thing(text: str) -> Test | None:
    found = _WITH.search(text)
    if found is None or _NO_THING.match(found[1]):
        return None
    return lambda order: bool(items_named(order.items, found[1]))


def _within(span: Span) -> Test:
    return lambda order: order.placed_at is not None and span[0] <= order.placed_at < span[1]
