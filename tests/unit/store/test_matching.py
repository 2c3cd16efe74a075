import pytest
from hypothesis import given
from hypothesis import strategies as st

from countersign.kit.money import Money
from countersign.store.matching import meant
from countersign.store.models import Item, Order


def _order(number: str, status: str, *items: str, **options: str) -> Order:
    price = Money(100, "EUR")
    bought = tuple(Item("v", "p", name, price, options) for name in items)
    return Order(number, status=status, items=bought)


ORDERS = [
    _order("5", "pending", "Mechanical Keyboard", "T-Shirt"),
    _order("4", "delivered", "E-Reader", "Smart Watch", band="silicone"),
    _order("3", "delivered", "Wireless Keyboard", "Gaming Mouse"),
    _order("2", "cancelled", "Gaming Headset", "Luggage Set", "Desk Lamp", color="blue"),
    _order("1", "processed", "Hiking Boots", "Jigsaw", "Lamp Shade"),
]


@pytest.mark.parametrize(
    ("words", "numbers"),
    [
        ("the one with the keyboard", "53"),
        ("keybord", "53"),
        ("my mechanical keyboard", "5"),
        ("gaming mouse", "3"),
        ("the smart watches", "4"),
        ("tshirt", "5"),
        ("T-shirts", "5"),
        ("e reader", "4"),
        ("the blue one", "2"),
        ("silicone watch", "4"),
        ("boot", "1"),
        ("the delivered one", "43"),
        ("the delivered one with the watch", "4"),
        ("the jigsaw and the lamp", "1"),
        ("last", "5"),
        ("my latest order", "5"),
        ("the last one with a keyboard", "5"),
        ("the first keyboard", "3"),
        ("my oldest order", "1"),
        ("last bicycle", ""),
        ("the tablet", ""),
        ("where is my order?", "54321"),
        ("wheres my stuff, it should be here already", "54321"),
        ("", "54321"),
    ],
)
def test_words_mean_orders(words: str, numbers: str) -> None:
    assert [order.number for order in meant(ORDERS, words)] == list(numbers)


def test_short_words_must_be_right() -> None:
    assert meant([_order("1", "pending", "Bag")], "bat") == []


def test_of_no_orders_none_is_meant() -> None:
    assert meant([], "my last order") == []
    assert meant([], "the keyboard") == []


def test_an_order_of_which_nothing_may_be_read_matches_nothing() -> None:
    assert meant([Order("1")], "keyboard") == []


@given(st.text(max_size=300))
def test_any_words_give_some_of_the_orders_in_their_order(words: str) -> None:
    found = meant(ORDERS, words)
    assert found == [order for order in ORDERS if order in found]
