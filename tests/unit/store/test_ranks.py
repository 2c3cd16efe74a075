import pytest

from countersign.store.finder import Match
from countersign.store.ranks import extreme, rank
from tests.unit.store.shops import tau2


@pytest.mark.parametrize(
    ("less", "more"),
    [
        ("S", "XL"),
        ("small", "large"),
        ("low", "high"),
        ("500 ml", "1 l"),
        ("1 liter", "1.5 liters"),
        ("25ft", "100ft"),
        ("256GB SSD", "1TB SSD"),
        ("10,000 mAh", "20,000 mAh"),
        ("3x", "10x"),
    ],
)
def test_values_are_ranked(less: str, more: str) -> None:
    one, other = rank(less), rank(more)
    assert one is not None and other is not None
    assert one < other


@pytest.mark.parametrize("value", ["red", "", "Wi-Fi", "fixed"])
def test_what_has_no_size_has_no_rank(value: str) -> None:
    assert rank(value) is None


def _match(name: str) -> Match:
    product = next(product for product in tau2() if product.name == name)
    return Match(product, product.variants)


def test_the_largest_and_the_smallest_are_those_that_can_be_had() -> None:
    largest = extreme(_match("Digital Camera"), ["zoom"], largest=True)
    assert {variant.options["zoom"] for variant in largest.variants} == {"10x"}
    assert all(variant.available for variant in largest.variants)
    smallest = extreme(_match("Water Bottle"), [], largest=False)
    assert {variant.options["capacity"] for variant in smallest.variants} == {"500ml"}


def test_what_has_no_sizes_stays_whole() -> None:
    match = _match("Gaming Mouse")
    assert extreme(match, [], largest=True) == match
