"""Money adds up within one currency."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from countersign.kit.money import Money


@given(st.lists(st.integers(-(10**12), 10**12), min_size=1))
def test_a_sum_is_exact_to_the_minor_unit(amounts: list[int]) -> None:
    total = Money(0, "USD")
    for amount in amounts:
        total = total + Money(amount, "USD")
    assert total == Money(sum(amounts), "USD")


def test_two_currencies_do_not_add() -> None:
    with pytest.raises(ValueError, match="EUR to USD"):
        Money(1, "USD") + Money(1, "EUR")


def test_amounts_are_not_ordered_across_currencies() -> None:
    with pytest.raises(TypeError):
        sorted([Money(1, "USD"), Money(2, "EUR")])  # type: ignore[type-var]
