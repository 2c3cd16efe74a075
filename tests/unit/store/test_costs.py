import json
from pathlib import Path

import pytest

from countersign.kit.money import Money
from countersign.store.costs import (
    Ask,
    added,
    asks_of_orders,
    asks_together,
    bought_together,
    cost_of,
    total_of,
)
from countersign.store.models import ORDER_FIELDS, Item, Order, Return
from countersign.store.order_words import items_named, names_nothing
from countersign.store.shopfile.document import StoreFile
from tests.fakes.store import FakeStore
from tests.fakes.store_people import pseudonym

RETAIL = Path(__file__).parents[4] / "shared/tau2-retail/store.json"


def item(name: str, minor: int, **options: str) -> Item:
    return Item(name.lower(), "p", name, Money(minor, "USD"), options)


LAMP, MUG, SHOES = (
    item("Desk Lamp", 4900, color="white"),
    item("Mug", 900),
    item("Running Shoes", 12000, size="9"),
)
ORDER = Order("W1", status="delivered", items=(LAMP, MUG, SHOES), total=Money(17800, "USD"))
RETURNING = Order("W2", items=(MUG, MUG, SHOES), total=Money(13800, "USD"), returned=Return(("mug",), "m"))


@pytest.mark.parametrize(
    ("words", "ask", "minor"),
    [
        ("how much did I pay for my order", Ask.ORDER, 17800),
        ("what was the total of my last order", Ask.ORDER, 17800),
        ("how much was the lamp", Ask.ITEMS, 4900),
        ("price of the runing shoes in my order", Ask.ITEMS, 12000),
        ("how much for the lamp and the mug", Ask.ITEMS, 5800),
        ("how much was the order with the lamp", Ask.ORDER, 17800),
        ("most expensive item in it", Ask.DEAREST, 12000),
        ("which item cost the least", Ask.CHEAPEST, 900),
        ("what did I pay for the rest", Ask.ORDER, 17800),
    ],
)
def test_what_is_asked_of_an_order(words: str, ask: Ask, minor: int) -> None:
    cost = cost_of(ORDER, words)
    assert (cost.ask, cost.amount) == (ask, Money(minor, "USD"))


def test_what_is_kept_of_what_goes_back_in_part() -> None:
    cost = cost_of(RETURNING, "total amount I paid for the remaining items")
    assert (cost.ask, cost.items, cost.amount.minor) == (Ask.KEPT, (MUG, SHOES), 12900)


def test_an_empty_order_costs_nothing() -> None:
    cost = cost_of(Order("W3", total=Money(0, "EUR")), "the most expensive item")
    assert (cost.ask, cost.amount) == (Ask.ORDER, Money(0, "EUR"))


def test_things_of_a_kind_in_all_orders_but_cancelled_ones() -> None:
    gone = Order("W4", status="cancelled", items=(LAMP,), total=LAMP.price)
    lines = bought_together([ORDER, RETURNING, gone], "how much for all my mugs together")
    assert [(order.number, one.name) for order, one in lines] == [("W1", "Mug"), ("W2", "Mug"), ("W2", "Mug")]
    assert bought_together([ORDER], "how much for all my grills together") == []
    assert bought_together([ORDER], "how much was the mug") == []


def test_what_an_outside_errand_asks_for() -> None:
    """The grills of one customer of the shop that nobody here invented."""
    if not RETAIL.exists():
        pytest.skip("the outside shop is not there")
    shop = StoreFile.of(json.loads(RETAIL.read_text(encoding="utf-8")))
    (ava,) = [
        one
        for one in shop.customers
        if one.email.startswith("ava.nguyen") and one.address.postcode == "94128"
    ]
    orders = FakeStore(None, shop).orders_of(pseudonym(ava.id), ORDER_FIELDS)  # type: ignore[arg-type]
    lines = bought_together(orders, "the total price for all the grills I have bought in previous orders")
    assert added([one.price for _, one in lines]) == Money(193905, "USD")


@pytest.mark.parametrize(
    ("words", "together", "of_orders"),
    [
        ("how much for all my lamps together", True, False),
        ("how much did it all cost in my last order", False, False),
        ("how much have I spent with you so far", False, True),
        ("what do my pending orders come to", False, True),
        ("how much was the lamp", False, False),
    ],
)
def test_what_is_asked_of_several(words: str, together: bool, of_orders: bool) -> None:
    assert (asks_together(words), asks_of_orders(words)) == (together, of_orders)


def test_totals_add_up_and_of_none_is_none() -> None:
    assert total_of([ORDER, RETURNING]) == Money(31600, "USD")
    assert total_of([]) is None


@pytest.mark.parametrize("words", ["how much was it", "which address did it go to", "my last order", ""])
def test_a_question_that_names_no_thing(words: str) -> None:
    assert items_named(ORDER.items, words) == []
    assert names_nothing(words)
    assert not names_nothing(words + " lamp")


def test_a_dress_is_no_address() -> None:
    dress = item("Summer Dress", 100)
    assert items_named([dress, MUG], "which address was it sent to") == []
    assert items_named([dress, MUG], "how much was the dress") == [dress]
