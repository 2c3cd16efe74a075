"""Which of the bought things a sentence means: of a blue T-shirt (S), a red one (M) and a backpack."""

import pytest

from countersign.errands.reading.items import (
    Found,
    all_of,
    described,
    found_in,
    named_in,
    not_spared,
)
from countersign.errands.reading.tokens import tokens
from tests.fakes.small_world import ORDERS, SHIRTS, TWINS

BLUE, RED, BACKPACK = 0, 1, 2
ORDER = next(one for one in ORDERS if one.number == SHIRTS)
LAMPS = next(one for one in ORDERS if one.number == TWINS)


def found(text: str, *, swap: bool = False) -> Found:
    said = tokens(text)
    return found_in(ORDER, named_in(said, [item.name for item in ORDER.items], swap=swap))


def places(found: Found) -> list[int]:
    return [place for place, _ in found.places]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("the backpack", [BACKPACK]),
        ("the blue t-shirt", [BLUE]),
        ("the small tshirt", [BLUE]),
        ("the t-shirt in red", [RED]),
        ("the more expensive t-shirt", [RED]),
        ("the cheaper shirt", [BLUE]),
        ("both t-shirts", [BLUE, RED]),
        ("the t-shirts", [BLUE, RED]),
        ("two shirts", [BLUE, RED]),
        ("all the t-shirts", [BLUE, RED]),
        ("the red tshirt and the backpack", [RED, BACKPACK]),
        ("the backpack, the red shirt and the blue shirt", [BACKPACK, RED, BLUE]),
        ("the lamp", []),
    ],
)
def test_is_named(text: str, expected: list[int]) -> None:
    assert (places(found(text)), found(text).unclear) == (expected, False)


def test_is_unclear_when_more_fit_than_were_named_and_the_clear_ones_are_not_lost() -> None:
    assert found("the t-shirt") == Found(((BLUE, ""), (RED, "")), unclear=True)
    assert found("the backpack and a t-shirt") == Found(((BLUE, ""), (RED, "")), True, ((BACKPACK, ""),))


def test_of_two_that_are_alike_one_is_meant() -> None:
    names = [item.name for item in LAMPS.items]
    assert places(found_in(LAMPS, named_in(tokens("the lamp"), names))) == [0]
    assert places(found_in(LAMPS, named_in(tokens("both lamps"), names))) == [0, 1]
    assert places(found_in(LAMPS, named_in(tokens("the lamp and the lamp"), names))) == [0, 1]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("the backpack to a green one", [(BACKPACK, "to a green one")]),
        ("the blue t-shirt for a red one", [(BLUE, "for a red one")]),
        (
            "the red t-shirt to blue and the backpack to green",
            [(RED, "to blue and the"), (BACKPACK, "to green")],
        ),
        (
            "the red t-shirt and the backpack to the cheapest",
            [(RED, "to the cheapest"), (BACKPACK, "to the cheapest")],
        ),
        ("a green backpack", [(BACKPACK, "green")]),
    ],
)
def test_what_is_wanted_instead_stands_with_each(text: str, expected: list[tuple[int, str]]) -> None:
    assert list(found(text, swap=True).places) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("everything", [BLUE, RED, BACKPACK]),
        ("all of them", [BLUE, RED, BACKPACK]),
        ("the whole order", [BLUE, RED, BACKPACK]),
        ("everything except the backpack", [BLUE, RED]),
        ("everything but the blue t-shirt", [RED, BACKPACK]),
        ("all but the t-shirts", [BACKPACK]),
        ("all except the t-shirts", [BACKPACK]),
        ("all items apart from the red shirt", [BLUE, BACKPACK]),
    ],
)
def test_all_but_what_is_spared(text: str, expected: list[int]) -> None:
    said = tokens(text)
    every = all_of(ORDER, said, named_in(said, [item.name for item in ORDER.items]))
    assert every is not None
    assert places(every) == expected


@pytest.mark.parametrize("text", ["the backpack", "all t-shirts", "both", "", "that is all"])
def test_all_is_not_said(text: str) -> None:
    said = tokens(text)
    assert all_of(ORDER, said, named_in(said, [item.name for item in ORDER.items])) is None


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("the t-shirts but not the backpack", ["shirts"]),
        ("the backpack without the t-shirts", ["backpack"]),
        ("the backpack and the shirt", ["backpack", "shirt"]),
    ],
)
def test_what_stands_behind_a_not_is_spared(text: str, left: list[str]) -> None:
    said = tokens(text)
    named = not_spared(said, named_in(said, [item.name for item in ORDER.items]))
    assert [" ".join(said[one.mention.start : one.mention.end]) for one in named] == left


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("the blue one", [BLUE]),
        ("the small", [BLUE]),
        ("the first", [BLUE]),
        ("number 2", [RED]),
        ("the last one", [BACKPACK]),
        ("the first and the third", [BLUE, BACKPACK]),
        ("the most expensive one", [BACKPACK]),
        ("the cheapest", [BLUE]),
        ("all", [BLUE, RED, BACKPACK]),
        ("all three", [BLUE, RED, BACKPACK]),
        ("the purple one", []),
        ("4", []),
        ("neither", []),
    ],
)
def test_is_described_without_a_name(text: str, expected: list[int]) -> None:
    assert places(described(ORDER, tokens(text), ())) == expected


def test_is_described_among_those_that_were_asked_about() -> None:
    assert places(described(ORDER, tokens("both"), (BLUE, RED))) == [BLUE, RED]
    assert places(described(ORDER, tokens("the more expensive one"), (BLUE, RED))) == [RED]
    assert places(described(ORDER, tokens("the second"), (RED, BACKPACK))) == [BACKPACK]
