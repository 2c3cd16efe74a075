import pytest

from countersign.errands.reading.mentions import mentions
from countersign.errands.reading.tokens import tokens

NAMES = (
    "Action Camera",
    "Bookshelf",
    "Coffee Maker",
    "Desk Lamp",
    "E-Reader",
    "Electric Kettle",
    "Espresso Machine",
    "Gaming Mouse",
    "Headphones",
    "Hiking Boots",
    "Mechanical Keyboard",
    "Mouse Pad",
    "Smart Watch",
    "T-Shirt",
    "Tea Kettle",
    "Vacuum Cleaner",
    "Water Bottle",
    "Wristwatch",
)


def named(text: str) -> list[set[str]]:
    return [set(one.names) for one in mentions(tokens(text), NAMES)]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("the keyboard", "Mechanical Keyboard"),
        ("my keybord", "Mechanical Keyboard"),
        ("the mechnical keyboards", "Mechanical Keyboard"),
        ("hikng boots", "Hiking Boots"),
        ("boot", "Hiking Boots"),
        ("tshirts", "T-Shirt"),
        ("the t-shirt", "T-Shirt"),
        ("a t shirt", "T-Shirt"),
        ("vacuum", "Vacuum Cleaner"),
        ("book shelf", "Bookshelf"),
        ("shelf", "Bookshelf"),
        ("head phones", "Headphones"),
        ("ereader", "E-Reader"),
        ("water bottle", "Water Bottle"),
        ("desk lamp", "Desk Lamp"),
    ],
)
def test_a_thing_is_named_as_people_write(text: str, name: str) -> None:
    assert named(text) == [{name}]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("watch", {"Smart Watch", "Wristwatch"}),
        ("watches", {"Smart Watch", "Wristwatch"}),
        ("kettle", {"Electric Kettle", "Tea Kettle"}),
        ("coffee machine", {"Coffee Maker", "Espresso Machine"}),
    ],
)
def test_some_words_may_mean_more_than_one(text: str, names: set[str]) -> None:
    assert named(text) == [names]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("smart watch", "Smart Watch"),
        ("smartwatch", "Smart Watch"),
        ("wrist watch", "Wristwatch"),
        ("wristwatch", "Wristwatch"),
        ("tea kettle", "Tea Kettle"),
        ("espresso machine", "Espresso Machine"),
        ("mouse pad", "Mouse Pad"),
        ("mouse", "Gaming Mouse"),
    ],
)
def test_what_says_more_of_a_name_wins(text: str, name: str) -> None:
    assert named(text) == [{name}]


@pytest.mark.parametrize(
    "text", ["", "order", "a water", "the desk", "hiking", "action", "my number", "smart", "tea", "sofa"]
)
def test_words_that_say_nothing_alone_name_nothing(text: str) -> None:
    assert named(text) == []


def test_all_are_found_in_order_with_their_places() -> None:
    said = tokens("return my desk lamp, the keybord and a lamp")
    found = mentions(said, NAMES)
    assert [" ".join(said[one.start : one.end]) for one in found] == ["desk lamp", "keybord", "lamp"]
    assert [set(one.names) for one in found] == [{"Desk Lamp"}, {"Mechanical Keyboard"}, {"Desk Lamp"}]
    assert found[0].covers > found[2].covers


def test_a_name_does_not_reach_over_a_stop() -> None:
    assert named("coffee. machine") == [{"Coffee Maker"}, {"Espresso Machine"}]
