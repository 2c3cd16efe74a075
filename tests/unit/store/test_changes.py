"""A change and its text: what was read back is what is done."""

import pytest

from countersign.kit.hidden import Personal
from countersign.store.changes import (
    DEEDS,
    CancelOrder,
    Change,
    ChangeAddress,
    ChangeDefaultAddress,
    ChangeItems,
    ChangePayment,
    OpenExchange,
    OpenReturn,
    change_of,
    subject_of,
    text_of,
    told_of,
)
from tests.fakes.shop_to_change import NEW_HOME

EVERY: list[Change] = [
    CancelOrder("#W1", "no longer needed"),
    ChangeItems("#W1", ("v1", "v1"), ("v2", "v3"), "card_1"),
    ChangeAddress("#W1", NEW_HOME),
    ChangePayment("#W1", "card_1"),
    OpenReturn("#W1", ("v1",), "card_1"),
    OpenExchange("#W1", ("v1",), ("v2",), "card_1"),
    ChangeDefaultAddress(NEW_HOME),
]


def test_every_kind_is_here() -> None:
    assert {type(change) for change in EVERY} == set(DEEDS)


@pytest.mark.parametrize("change", EVERY)
def test_a_change_comes_back_from_its_text(change: Change) -> None:
    again = change_of(text_of(change))
    assert again == change
    assert text_of(again) == text_of(change)


def test_what_was_told_goes_with_the_text() -> None:
    text = text_of(EVERY[0], "abc")
    assert (change_of(text), told_of(text), told_of(text_of(EVERY[0]))) == (EVERY[0], "abc", "")


def test_the_text_of_an_address_keeps_what_is_empty_and_what_is_absent() -> None:
    again = change_of(text_of(ChangeDefaultAddress(NEW_HOME)))
    assert isinstance(again, ChangeDefaultAddress)
    assert (again.address.line2, again.address.region) == (Personal(""), None)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{}",
        "[]",
        '"CancelOrder"',
        '{"change": "DropTables", "number": "#W1"}',
        '{"change": "CancelOrder", "number": "#W1"}',
        '{"change": "CancelOrder", "number": "#W1", "reason": "x", "more": 1}',
        '{"change": "ChangeAddress", "number": "#W1", "address": "Ely"}',
        '{"change": "ChangeAddress", "number": "#W1", "address": {"line1": "4 Mill Lane"}}',
    ],
)
def test_another_text_is_no_change(text: str) -> None:
    with pytest.raises(ValueError, match=r"not the text of a change|Expecting value"):
        change_of(Personal(text))


def test_a_change_is_about_its_order() -> None:
    assert [subject_of(change) for change in EVERY] == ["#W1"] * 6 + [None]
