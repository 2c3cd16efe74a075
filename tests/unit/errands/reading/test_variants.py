"""What a sentence says of the new one; `choice` names the variants of the small world by their ids."""

import pytest

from countersign.errands.reading.tokens import tokens
from countersign.errands.reading.variants import Choice, choose, wanted
from tests.fakes.small_world import PRODUCTS, item, variant


def choice(text: str, current: str) -> Choice:
    bought = item(current)
    variants = PRODUCTS[bought.product_id].variants
    return choose(wanted(tokens(text), variants, bought), variants, bought)


def ids(found: Choice) -> list[str]:
    return [one.id for one in found.variants]


# The lamp that was bought, l1, is black, USB, low.
@pytest.mark.parametrize(
    ("text", "new"),
    [
        ("white", "l3"),
        ("the same one but in white", "l3"),
        ("white, keep the rest the same", "l3"),
        ("white with the same power", "l3"),
        ("a white one with battery", "l2"),
        ("battery", "l2"),
        ("white instead of black", "l3"),
        ("white and not red", "l3"),
        ("anything but black", "l3"),
        ("not black", "l3"),
        ("medium", "l4"),
        ("high brightness", "l6"),
        ("brighter", "l6"),
        ("the same lamp but brighter", "l6"),
        ("the brightest", "l6"),
        ("the cheapest", "l6"),
        ("the cheapest white one", "l3"),
        ("the most expensive", "l4"),
        ("the same one", "l1"),
    ],
)
def test_one_lamp_can_be_meant_only(text: str, new: str) -> None:
    found = choice(text, "l1")
    assert (ids(found)[0], found.sure, found.fits) == (new, True, True)


@pytest.mark.parametrize(
    ("text", "current", "new"),
    [
        ("waterproof", "b1", "b2"),
        ("waterproof: yes", "b1", "b2"),
        ("not waterproof", "b2", "b1"),
        ("non-waterproof", "b2", "b1"),
        ("without waterproofing", "b2", "b1"),
        ("waterproof no", "b2", "b1"),
        ("size 10", "b1", "b3"),
        ("one size bigger", "b1", "b3"),
        ("a larger size", "b1", "b3"),
        ("XL", "t1", "t3"),
        ("extra large", "t1", "t3"),
        ("the biggest", "t1", "t3"),
        ("bigger", "t1", "t3"),
        ("red, medium", "t1", "t2"),
        ("1000ml", "w1", "w2"),
        ("1000 ml in blue", "w1", "w3"),
        ("bigger and blue", "w1", "w3"),
        ("clicky", "k1", "k2"),
        ("clicky without backlight", "k1", "k3"),
    ],
)
def test_one_thing_can_be_meant_only(text: str, current: str, new: str) -> None:
    found = choice(text, current)
    assert (ids(found)[0], found.sure, found.fits) == (new, True, True)


@pytest.mark.parametrize(
    ("text", "offered"),
    [
        ("another one", ["l6", "l3", "l4", "l2"]),
        ("any color but brighter", ["l6", "l4"]),
        ("USB", ["l6", "l3", "l4"]),
        ("", ["l6", "l3", "l4", "l2"]),
    ],
)
def test_more_may_be_meant_and_the_most_alike_come_first(text: str, offered: list[str]) -> None:
    found = choice(text, "l1")
    assert (ids(found), found.sure, found.fits) == (offered, False, True)


@pytest.mark.parametrize("text", ["blue", "less bright", "cheaper", "white and cheaper", "red battery"])
def test_nothing_that_is_available_fits(text: str) -> None:
    found = choice(text, "l1")
    assert (found.sure, found.fits) == (False, False)
    assert sorted(ids(found)) == ["l2", "l3", "l4", "l6"]


def test_the_nearest_comes_first_when_nothing_fits() -> None:
    assert ids(choice("red battery high", "l1"))[0] == "l2"


def test_the_same_again_must_be_available() -> None:
    found = choice("the same one", "l5")
    assert (found.sure, found.fits) == (False, False)
    assert ids(found)


def test_an_id_is_that_variant_and_tells_whether_there_is_any() -> None:
    sold = item("l1")
    there, gone = variant("12345678", 100, color="pink"), variant("87654321", 100, False, color="grey")
    for text, one in (("item 12345678 please", there), ("87654321", gone)):
        found = choose(wanted(tokens(text), (there, gone), sold), (there, gone), sold)
        assert (found.variants, found.sure, found.fits) == ((one,), one.available, one.available)
    assert wanted(tokens("11111111"), (there, gone), sold).id is None


def test_a_number_of_a_longer_value_is_enough_when_no_other_has_it() -> None:
    variants = (variant("x1", 1, size="27 inch"), variant("x2", 1, size="32 inch"), variant("x3", 1, hz="32"))
    assert wanted(tokens("the 27 one"), variants).values == {"size": {"27 inch"}}
    assert wanted(tokens("the 32 one"), variants).values == {"hz": {"32"}}


def test_the_same_words_of_two_options_mean_the_one_that_is_named_beside() -> None:
    variants = (variant("x1", 1, ram="8GB", storage="64GB"), variant("x2", 1, ram="16GB", storage="8GB"))
    assert wanted(tokens("8GB of ram"), variants).values == {"ram": {"8GB"}}
    assert set(wanted(tokens("8GB"), variants).values) == {"ram", "storage"}


def test_a_longer_value_hides_a_shorter_one_in_it() -> None:
    variants = (variant("x1", 1, size="full size"), variant("x2", 1, size="full"))
    assert wanted(tokens("full size"), variants).values == {"size": {"full size"}}


def test_what_is_wanted_is_never_unwanted() -> None:
    variants = PRODUCTS["p2"].variants
    found = wanted(tokens("not black but white"), variants)
    assert (found.values, found.unwanted) == ({"color": {"white"}}, {"color": {"black"}})
