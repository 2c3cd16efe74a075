"""What a question says beside names: prices, orders, places, «like this»."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from countersign.store.asking import Order, read


@pytest.mark.parametrize(
    ("text", "least", "most", "rest"),
    [
        ("a keyboard under $150", None, "149.99", "a keyboard"),
        ("lamps below 40 dollars", None, "39.99", "lamps"),
        ("speakers for less than 300", None, "299.99", "speakers"),
        ("cheaper than 25.50 please", None, "25.49", "please"),
        ("up to 1,299.00 €", None, "1299.00", ""),
        ("not more than 20 bucks", None, "20", ""),
        ("no more than 20", None, "20", ""),
        ("at most 75 euros", None, "75", ""),
        ("50 or less", None, "50", ""),
        ("a rug, max 90", None, "90", "a rug,"),
        ("my budget is 200 for a bike", None, "200", "for a bike"),
        ("a mug for 12 dollars", None, "12", "a mug"),
        ("a $30 mug", None, "30", "a mug"),
        ("less than a hundred and fifty dollars", None, "149.99", ""),
        ("under fifty", None, "49.99", ""),
        ("twenty to forty dollars", "20", "40", ""),
        ("between 20 and 40 dollars", "20", "40", ""),
        ("from $20 to $40", "20", "40", ""),
        ("mugs 40-20 usd", "20", "40", "mugs"),
        ("over 100 dollars", "100.01", None, ""),
        ("more than 1k", "1000.01", None, ""),
        ("at least £80", "80", None, ""),
        ("80 dollars or more", "80", None, ""),
        ("from 30 euros", "30", None, ""),
        ("around 40 dollars", "30.00", "50.00", ""),
        ("about fifty bucks", "37.50", "62.50", ""),
    ],
)
def test_a_price_is_understood_and_taken_out(
    text: str, least: str | None, most: str | None, rest: str
) -> None:
    asked = read(text)
    assert asked.least == (None if least is None else Decimal(least))
    assert asked.most == (None if most is None else Decimal(most))
    assert " ".join(asked.rest.split()) == rest


@pytest.mark.parametrize(
    "text",
    [
        "a 13-inch laptop",
        "under 10 inches",
        "at least 16 GB",
        "more than 500 pieces",
        "5-25 lbs",
        "size 42",
        "with 4 wheels",
        "a bottle of up to 750 ml",
        'a 15" screen',
        "W2378156",
        "for 2 players",
    ],
)
def test_other_numbers_are_no_prices(text: str) -> None:
    asked = read(text)
    assert (asked.least, asked.most) == (None, None)


@pytest.mark.parametrize(
    ("text", "order"),
    [
        ("the cheapest lamp", Order.CHEAPEST),
        ("your least expensive watch", Order.CHEAPEST),
        ("a cheap tablet", Order.CHEAPEST),
        ("the lowest priced one", Order.CHEAPEST),
        ("something cheaper", Order.CHEAPER),
        ("a less expensive one", Order.CHEAPER),
        ("the most expensive grill", Order.DEAREST),
        ("the priciest", Order.DEAREST),
        ("a more expensive one", Order.DEARER),
        ("the smallest bag", Order.SMALLEST),
        ("a lighter one", Order.SMALLEST),
        ("a bigger bottle", Order.LARGEST),
        ("the longest hose", Order.LARGEST),
        ("a lamp", None),
    ],
)
def test_an_order_is_understood(text: str, order: Order | None) -> None:
    assert read(text).order is order


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("the second one", (1,)),
        ("the first and the third", (0, 2)),
        ("3rd please", (2,)),
        ("number 2", (1,)),
        ("the last one", (-1,)),
        ("a lamp", ()),
    ],
)
def test_places_in_a_list_are_understood(text: str, places: tuple[int, ...]) -> None:
    assert read(text).places == places


def test_like_this_it_and_something_are_told_apart() -> None:
    assert read("something like this").similar
    assert read("is there an alternative to it").similar
    assert not read("I would like the lamp").similar
    assert read("how much is it").refers
    assert not read("how much is the lamp").refers
    assert read("something in blue").anew
    assert not read("in blue").anew
    assert read("my last order").of_orders
    assert not read("the last one").of_orders


def test_what_is_sealed_is_no_word() -> None:
    assert read("I'm ⟦name:ab2cd3ef⟧, a lamp").rest.split() == ["i'm", ",", "a", "lamp"]


@given(st.text(max_size=200))
def test_any_text_is_read(text: str) -> None:
    asked = read(text)
    assert asked.least is None or asked.most is None or asked.least <= asked.most
