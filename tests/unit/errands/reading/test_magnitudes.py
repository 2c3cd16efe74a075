import pytest

from countersign.errands.reading.magnitudes import Comparison, comparisons, magnitude
from countersign.errands.reading.tokens import tokens

SIZES = ("size", "capacity")


@pytest.mark.parametrize(
    ("less", "more"),
    [
        ("S", "M"),
        ("XL", "XXL"),
        ("small", "extra large"),
        ("low", "medium"),
        ("none", "high"),
        ("80%", "100%"),
        ("9", "10"),
        ("500ml", "1L"),
        ("256GB SSD", "1TB SSD"),
        ("900g", "1 kg"),
        ("beginner", "expert"),
        ("compact", "full size"),
    ],
)
def test_values_have_an_order(less: str, more: str) -> None:
    one, other = magnitude(less), magnitude(more)
    assert one is not None and other is not None
    assert one < other


@pytest.mark.parametrize("value", ["black", "", "leather", "RGB", "yes"])
def test_a_colour_has_none(value: str) -> None:
    assert magnitude(value) is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a bigger one", Comparison(1)),
        ("the largest", Comparison(1, extreme=True)),
        ("smaller please", Comparison(-1)),
        ("one size smaller", Comparison(-1, by=1.0)),
        ("a size bigger", Comparison(1)),
        ("brighter", Comparison(1, ("brightness",))),
        ("less bright", Comparison(-1, ("brightness",))),
        ("most bright", Comparison(1, ("brightness",), extreme=True)),
        ("more storage", Comparison(1, ("storage",))),
        ("1000 more pieces", Comparison(1, ("piece",), by=1000.0)),
        ("500 pieces less", Comparison(-1, ("piece",), by=500.0)),
        ("change the pressure lower", Comparison(-1, ("pressure",))),
        ("higher resolution", Comparison(1, ("resolution",))),
        ("the easiest", Comparison(-1, ("difficulty",), extreme=True)),
    ],
)
def test_what_is_compared(text: str, expected: Comparison) -> None:
    assert comparisons(tokens(text)) == [expected]


@pytest.mark.parametrize("text", ["", "a black one", "one more", "more please", "the lamp"])
def test_nothing_is(text: str) -> None:
    assert comparisons(tokens(text)) == []
