"""Money on its way back: what was sent, and what will be once something else has happened."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from countersign.checkpoints.grants import Grant
from countersign.checkpoints.table import Deed
from countersign.kit.money import Money
from countersign.store.interfaces import OrderBook
from countersign.store.matching import meant
from countersign.store.models import ORDER_FIELDS, Order, PaymentMethod
from countersign.store.numbers import normalise_number
from countersign.store.order_words import things_of
from countersign.store.policy import Policy


class State(StrEnum):
    AFTER_EXCHANGE = "after_exchange"
    """A price difference that is owed to the shopper once the exchanged things have arrived."""
    AFTER_RETURN = "after_return"
    """A return was asked for; the money goes once the things have arrived."""
    SENT = "sent"


@dataclass(frozen=True)
class Refund:
    number: str
    amount: Money
    method_id: str
    state: State


@dataclass(frozen=True)
class Told:
    """`refunds` of the orders that are meant, newest order first; `orders` are these orders."""

    orders: tuple[Order, ...]
    refunds: tuple[Refund, ...]


class Refunds:
    def __init__(self, book: OrderBook, policy: Policy) -> None:
        self._book = book
        self._money = policy.money

    def days_to(self, method: PaymentMethod | None) -> tuple[int, int] | None:
        """Business days, from … to, until money that was sent is there; None: at once."""
        at_once = method is not None and method.kind in self._money.at_once
        return None if at_once else self._money.business_days

    def told(self, grant: Grant, words: str) -> Told:
        """Refunds of the person's orders that the words may mean: all when they name none of them.

        Raises GrantMismatchedError, StoreUnavailableError.
        """
        grant.demand(Deed.REFUND_READ)
        orders = self._book.orders_of(grant.person, grant.fields & ORDER_FIELDS) if grant.person else []
        asked = self._meant(orders, words)
        return Told(tuple(asked), tuple(refund for order in asked for refund in _refunds(order)))

    def _meant(self, orders: Sequence[Order], words: str) -> Sequence[Order]:
        if number := normalise_number(words, self._book.number_shapes()):
            return [order for order in orders if order.number == number]
        return meant(orders, things_of(words)) or orders


def _refunds(order: Order) -> Iterator[Refund]:
    sent = [payment for payment in order.payments if payment.kind == "refund"]
    for payment in sent:
        yield Refund(order.number, payment.amount, payment.method_id, State.SENT)
    prices = {item.variant_id: item.price for item in order.items}
    back, swap = order.returned, order.exchange
    if back is not None and not sent:
        amounts = [prices[variant] for variant in back.items if variant in prices]
        for total in _together(amounts):
            yield Refund(order.number, total, back.method_id, State.AFTER_RETURN)
    if swap is not None and swap.price_difference.minor < 0:
        owed = Money(-swap.price_difference.minor, swap.price_difference.currency)
        yield Refund(order.number, owed, swap.method_id, State.AFTER_EXCHANGE)


def _together(amounts: Sequence[Money]) -> Iterator[Money]:
    if amounts:
        yield Money(sum(amount.minor for amount in amounts), amounts[0].currency)
