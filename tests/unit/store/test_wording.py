import pytest

from countersign.store.wording import alike, among, singular, with_pairs, words


def test_words_can_be_met_single_and_in_pairs() -> None:
    assert words("T-Shirt, GRÜN") == ["t", "shirt", "grun", "tshirt", "shirtgrun"]
    assert with_pairs([]) == []


@pytest.mark.parametrize(
    ("many", "one"),
    [
        ("lamps", "lamp"),
        ("watches", "watch"),
        ("boxes", "box"),
        ("batteries", "battery"),
        ("glass", "glass"),
        ("gas", "gas"),
    ],
)
def test_plurals_go(many: str, one: str) -> None:
    assert singular(many) == one


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("keyboard", "keybord", True),
        ("keyboard", "skateboard", False),
        ("bag", "bat", False),
        ("lamp", "lamp", True),
    ],
)
def test_typing_errors_are_forgiven_in_long_words(one: str, other: str, same: bool) -> None:
    assert alike(one, other) is same


def test_a_word_is_among_others_in_any_number() -> None:
    assert among("lamps", ["desk", "lamp"])
    assert not among("lamps", [])
