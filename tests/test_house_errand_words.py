"""The rules about the words of errands: each question, read-back, refusal and outcome has its response.

The tables of the code are read as they are, so that a new kind, rule or row without words fails here.
"""

from pathlib import Path

import pytest

from actions.errands import DONE
from actions.errands import KINDS as INTENTS
from actions.questions import ASKS, CLOSED, FOR_ALL, NOTHING, RULES
from countersign.errands.letters import NAMES
from countersign.errands.models import Asked, Kind
from countersign.errands.telling import CARDS
from countersign.errands.world import KINDS
from countersign.gateway.phrases import Phrases
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
)
from countersign.store.outcomes import Rule
from tests.test_house_words import parts, responses

ROOT = Path(__file__).parents[1]
# By hand, from what a change can do: the rows that its read-back may have.
ROWS: dict[type[Change], set[str]] = {
    CancelOrder: {"item", "reason", "refund"},
    ChangeAddress: {"address"},
    ChangeDefaultAddress: {"address"},
    ChangeItems: {"item", "payment", "refund"},
    ChangePayment: {"payment", "refund"},
    OpenExchange: {"item", "payment", "refund"},
    OpenReturn: {"item", "refund"},
}
# Said by the order's status, or by what the shopper has at all.
BY_STATUS = {Rule.STATUS_CLOSED}
# The core asks for these itself before a change is exact, from what the shop has: no shopper can break them.
UNREACHABLE = {
    Rule.ITEM_NOT_IN_ORDER,
    Rule.ITEMS_MISSING,
    Rule.NOTHING_PAID,
    Rule.ORDER_UNKNOWN,
    Rule.OTHER_PRODUCT,
    Rule.REASON_UNLISTED,
}


@pytest.fixture(scope="module")
def phrases() -> Phrases:
    return Phrases(ROOT / "data")


def test_every_change_has_its_card_and_every_card_its_change() -> None:
    assert set(CARDS) == {kind.__name__ for kind in DEEDS} == {kind.__name__ for kind in ROWS}
    assert len(set(CARDS.values())) == len(CARDS)


@pytest.mark.parametrize("change", ROWS, ids=lambda change: change.__name__)
def test_every_read_back_has_its_title_and_the_labels_of_its_rows(
    phrases: Phrases, change: type[Change]
) -> None:
    kind = CARDS[change.__name__]
    labels = {name for name in responses() if name.startswith(f"card_{kind}_")}
    assert labels == {f"card_{kind}_{row}" for row in ("title", *ROWS[change])}
    about = set() if change is ChangeDefaultAddress else {"number"}
    assert responses()[f"card_{kind}_title"] == about
    assert all(phrases.say(f"card_{kind}_{row}") for row in ROWS[change])
    if about:
        assert "#W1" in phrases.say(f"card_{kind}_title", number="#W1")


@pytest.mark.parametrize(
    "table",
    [ASKS, CLOSED, DONE, FOR_ALL, NOTHING, RULES],
    ids=["asks", "closed", "done", "for all", "nothing", "rules"],
)
def test_every_line_of_a_table_names_a_response_that_needs_no_value(table: dict[object, str]) -> None:
    known = responses()
    assert table
    assert {name for name in table.values() if known.get(name) != set()} == set()


def test_every_rule_that_a_shopper_can_break_has_its_words() -> None:
    assert set(RULES).isdisjoint(BY_STATUS | UNREACHABLE)
    assert set(RULES) | BY_STATUS | UNREACHABLE == set(Rule)


def test_every_change_says_that_it_is_done() -> None:
    assert set(DONE) == set(DEEDS)


@pytest.mark.parametrize("change", DEEDS, ids=lambda change: change.__name__)
def test_every_change_has_its_letter(change: type[Change]) -> None:
    assert set(NAMES) == {kind.__name__ for kind in DEEDS}
    known, name = responses(), NAMES[change.__name__]
    about = set() if change is ChangeDefaultAddress else {"number"}
    assert known[f"mail_{name}_subject"] <= {*about, "shop"}
    back = {"how_to_send_back"} if change in (OpenReturn, OpenExchange) else set()
    # What was done, and what to do if it wasn't you, are in each.
    assert known[f"mail_{name}_text"] == {*about, *back, "details", "not_you", "shop"}


def test_what_stands_in_letters_needs_no_more_than_they_are_given() -> None:
    known = responses()
    assert known["mail_how_to_send_back"] <= {"number", "shop"}
    assert known["mail_not_you"] <= {"number", "shop"}


def test_every_kind_of_errand_says_why_it_cannot_be_done() -> None:
    # An own address is never closed, and everybody has one.
    assert set(CLOSED) == set(NOTHING) == set(Kind) - {Kind.DEFAULT_ADDRESS}


def test_every_question_that_a_kind_can_come_to_has_its_words() -> None:
    needs = {
        Kind.ADDRESS: {Asked.ORDER, Asked.ADDRESS},
        Kind.CANCEL: {Asked.ORDER, Asked.REASON},
        Kind.DEFAULT_ADDRESS: {Asked.ADDRESS},
        Kind.PAYMENT: {Asked.ORDER, Asked.METHOD},
        Kind.RETURN: {Asked.ORDER, Asked.ITEMS, Asked.METHOD},
        # A variant is asked for with the item's name, by a line of its own.
        Kind.SWAP: {Asked.ORDER, Asked.ITEMS, Asked.METHOD},
    }
    assert set(needs) == set(Kind) == set(KINDS)
    assert {(asked, kind) for kind, all_ in needs.items() for asked in all_} <= set(ASKS)
    # These may be asked in the middle of any errand.
    assert {Asked.FIX, Asked.STOP_OR_CANCEL} <= set(FOR_ALL)


def test_every_wish_for_an_errand_is_an_intent_of_the_domain() -> None:
    declared = {
        name if isinstance(name, str) else next(iter(name))
        for _, part in parts()
        for name in part.get("intents") or ()
    }
    assert set(INTENTS) <= declared
    assert set(INTENTS.values()) == set(Kind)


def test_titles_of_buttons_and_money_exist_with_what_fills_them() -> None:
    known = responses()
    assert {name: known.get(name) for name in known if name.startswith(("choice_", "card_move_"))} == {
        "card_move_at_once": {"amount", "method"},
        "card_move_days": {"amount", "method", "first", "last"},
        "card_move_payment": {"amount", "method"},
        "card_move_payment_later": {"amount", "method"},
        "choice_cancel_order": set(),
        "choice_items_all": set(),
        "choice_items_done": set(),
        "choice_method": {"kind"},
        "choice_method_card": {"brand", "last4"},
        "choice_method_gift_card": {"balance"},
        "choice_method_paypal": set(),
        "choice_no": set(),
        "choice_stop": set(),
        "choice_variant": {"options", "price"},
        "choice_yes": set(),
    }
