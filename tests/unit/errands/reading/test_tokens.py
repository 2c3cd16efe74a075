import pytest

from countersign.errands.reading.tokens import find, same, tokens


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The Desk-Lamp, please!", ["the", "desk", "lamp", ",", "please", "!"]),
        ("17-inch 17inch 1.5L", ["17", "inch", "17", "inch", "1.5", "l"]),
        ("1,000 pieces", ["1000", "pieces"]),
        ("Grün & café", ["grun", "cafe"]),
        ("don't", ["don", "t"]),
        ("  ", []),
    ],
)
def test_numbers_stand_apart_and_stops_are_kept(text: str, expected: list[str]) -> None:
    assert tokens(text) == expected


@pytest.mark.parametrize(("one", "other"), [("lamp", "lamps"), ("keybord", "keyboard"), ("12", "12")])
def test_the_same_word(one: str, other: str) -> None:
    assert same(one, other)


@pytest.mark.parametrize(("one", "other"), [("lamp", "lamb"), ("1000", "10000"), ("12345678", "12345679")])
def test_another_word(one: str, other: str) -> None:
    assert not same(one, other)


def test_a_phrase_is_found_where_it_begins() -> None:
    said = tokens("the gift card and the gift cards")
    assert find(["gift", "card"], said) == 1
    assert find(["gift", "card"], said, 2) == 5
    assert find(["gift", "box"], said) == -1
    assert find(["gift", "card", "x"], ["gift"]) == -1
