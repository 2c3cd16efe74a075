from datetime import UTC, datetime

import pytest

from countersign.kit.money import Money
from countersign.store.filters import narrow
from countersign.store.models import Item, Order

NOW = datetime(2026, 11, 4, 15, 0, tzinfo=UTC)


def order(number: str, status: str, minor: int, thing: str, month: int | None = None) -> Order:
    placed = None if month is None else datetime(2026, month, 10, tzinfo=UTC)
    item = Item("v", "p", thing, Money(minor, "USD"), {})
    return Order(number, status=status, placed_at=placed, items=(item,), total=item.price)


ORDERS = [
    order("W6", "exchange requested", 30000, "Boots", 10),
    order("W5", "return requested", 8000, "Desk Lamp", 9),
    order("W4", "pending (item modified)", 125000, "Laptop", 8),
    order("W3", "cancelled", 5000, "Mug", 7),
    order("W2", "processed", 10000, "Running Shoes", 6),
    order("W1", "delivered", 9999, "Floor Lamp", 5),
    order("W0", "pending", 1000, "Socks", 5),
]
UNDATED = [order("W9", "delivered", 500, "Cap"), order("W8", "pending", 700, "Belt")]


def found(words: str) -> list[str]:
    return [one.number for one in narrow(ORDERS, words, NOW).orders]


@pytest.mark.parametrize(
    ("words", "numbers"),
    [
        ("my pending orders", ["W4", "W0"]),
        ("which orders haven't been sent yet", ["W4", "W0"]),
        ("the delivered ones", ["W1"]),
        ("what did I receive, I mean the ones that arrived", ["W1"]),
        ("cancelled orders", ["W3"]),
        ("canceled orders", ["W3"]),
        ("orders on their way", ["W2"]),
        ("returned orders", ["W5"]),
        ("orders with an exchange", ["W6"]),
        ("open orders", ["W4", "W2", "W0"]),
        ("orders that were not delivered yet", ["W4", "W2", "W0"]),
        ("what did I order in May", ["W1", "W0"]),
        ("pending orders from may", ["W0"]),
        ("orders over $100", ["W6", "W4"]),
        ("orders above 1,000 dollars", ["W4"]),
        ("more than 99.99", ["W6", "W4", "W2"]),
        ("orders under 50 dollars", ["W0"]),
        ("orders between 50 and 100", ["W5", "W3", "W2", "W1"]),
        ("orders with a lamp", ["W5", "W1"]),
        ("orders containing the shoes", ["W2"]),
    ],
)
def test_words_leave_orders_out(words: str, numbers: list[str]) -> None:
    assert found(words) == numbers
    assert narrow(ORDERS, words, NOW).asked


@pytest.mark.parametrize(
    "words",
    [
        "show my orders",
        "",
        "how many orders did I place with you",
        "all orders on the account with my email",
        "list them please, I lost the number",
    ],
)
def test_words_that_narrow_nothing(words: str) -> None:
    narrowed = narrow(ORDERS, words, NOW)
    assert (len(narrowed.orders), narrowed.asked, narrowed.undated) == (len(ORDERS), False, False)


def test_numbers_that_are_no_money() -> None:
    assert not narrow(ORDERS, "orders with more than 3 items", NOW).asked
    assert found("orders from 2026") == [one.number for one in ORDERS]
    assert found("orders from 2025 to 2026") == []  # the year that was named first


def test_a_time_is_left_out_of_account_where_the_shop_gives_no_dates() -> None:
    narrowed = narrow(UNDATED, "what did I order in may", NOW)
    assert (len(narrowed.orders), narrowed.undated) == (2, True)
    both = narrow(UNDATED, "pending orders from may", NOW)
    assert ([one.number for one in both.orders], both.undated) == (["W8"], True)


def test_an_order_without_a_date_fits_no_time_where_others_have_one() -> None:
    narrowed = narrow([*UNDATED, *ORDERS], "orders this year", NOW)
    assert (len(narrowed.orders), narrowed.undated) == (len(ORDERS), False)
