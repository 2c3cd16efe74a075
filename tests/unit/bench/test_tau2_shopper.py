"""The scripted shopper against an assistant that asks for everything and accepts no wrong answer."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from bench import tau2_goals
from bench.tau2_goals import ASK, Shop, Task, task_of
from bench.tau2_phrases import ANSWERS
from bench.tau2_red import RedShopper, red_task
from bench.tau2_shopper import L0, L1, L2, Move, Shopper
from bench.tau2_talk import MOST_TURNS
from tests.fakes import errands
from tests.fakes.assistant import FakeAssistant

DATA = Path(__file__).parents[4] / "shared" / "tau2-retail"
SHOP = Shop(errands.STORE)
YES_NO = [{"title": "Yes, do it", "payload": "yes"}, {"title": "No, leave it", "payload": "no"}]


def hold(shopper: Shopper, hear: Callable[[Move], list[dict[str, Any]]]) -> list[Move]:
    """A conversation to its end, or to the last turn that is allowed."""
    moves: list[Move] = []
    move: Move | None = shopper.open()
    while move is not None and len(moves) < MOST_TURNS:
        moves.append(move)
        messages = hear(move)
        move = None if move.last else shopper.hear(messages)
    return moves


def said(moves: list[Move]) -> list[str]:
    return [move.button.title if move.button else move.text for move in moves]


def task(*actions: tuple[str, dict[str, Any]], **fields: Any) -> Task:
    return task_of(errands.errand(*actions, **fields), SHOP)


@pytest.mark.parametrize("level", [L0, L1, L2])
def test_two_wishes_are_brought_to_their_end(level: str) -> None:
    errand = task(errands.EXCHANGE, errands.CANCEL)
    assistant = FakeAssistant(errand, SHOP)
    moves = hold(Shopper(errand, level, 1), assistant.hear)
    assert assistant.done == errand.goals
    assert [goal.closed for goal in errand.goals] == ["agreed", "agreed"]
    assert [move.agrees_to["kind"] for move in moves if move.agrees_to] == [
        "proposal_exchange",
        "proposal_cancel",
    ]
    assert moves[-1].last


def test_buttons_only_presses_wherever_there_are_some() -> None:
    errand = task(errands.EXCHANGE)
    assistant = FakeAssistant(errand, SHOP)
    moves = hold(Shopper(errand, L0, 1), assistant.hear)
    typed = [move.text for move in moves if move.button is None]
    assert len(typed) == 2  # what the menu is, and goodbye


def test_the_opening_is_the_errands_own_words() -> None:
    errand = task(errands.EXCHANGE)
    assert (
        Shopper(errand, L2, 1).open().text == "I want to exchange my Desk Lamp for a white one on batteries."
    )
    assert "desk lamp" in Shopper(errand, L1, 1).open().text


def test_a_read_back_that_is_not_the_wish_is_denied_once_and_then_given_up() -> None:
    errand = task(errands.CANCEL)
    card = {
        "kind": "proposal_cancel",
        "title": "Cancel order #W1000001",
        "rows": [{"label": "Why", "value": "I don't need it"}],
    }
    wrong = [{"text": "Shall I cancel it?", "cards": [card], "buttons": YES_NO}]
    shopper = Shopper(errand, L1, 1)
    shopper.open()
    first = shopper.hear(wrong)
    assert first is not None and "cancel" in first.text and ("wrong" in first.text or "No" in first.text)
    second = shopper.hear(wrong)
    assert second is not None and errand.goals[0].closed == "given up"
    last = shopper.hear([{"text": "All right. Is there anything else?"}])
    assert last is not None and last.last
    assert not any(move.agrees_to for move in (first, second, last))


def test_a_read_back_that_comes_again_is_agreed_to_again_and_by_its_button() -> None:
    errand = task(errands.CANCEL)
    card = {
        "kind": "proposal_cancel",
        "title": "Cancel order #W1000002",
        "rows": [{"label": "Why", "value": "no longer needed"}],
    }
    asked = [{"text": "Shall I cancel it?", "cards": [card], "buttons": YES_NO}]
    shopper = Shopper(errand, L1, 1)
    shopper.open()
    first, second = shopper.hear(asked), shopper.hear(asked)
    assert first is not None and first.agrees_to == card and first.text
    assert second is not None and second.agrees_to == card and second.button is not None
    assert errand.goals[0].open
    shopper.hear([{"text": "Done. Is there anything else?"}])
    assert errand.goals[0].closed == "agreed"


def test_a_read_back_of_something_else_is_left_and_the_wish_stays() -> None:
    errand = task(errands.EXCHANGE)
    mug = {
        "kind": "proposal_exchange",
        "title": "Exchange from order #W1000001",
        "rows": [{"label": "Item", "value": "Mug (glass) → Mug (steel)"}],
    }
    shopper = Shopper(errand, L2, 1)
    shopper.open()
    left = shopper.hear([{"text": "Shall I?", "cards": [mug], "buttons": YES_NO}])
    assert left is not None and left.text in ANSWERS["no"]
    assert errand.goals[0].open and not errand.goals[0].denied


def test_what_was_given_up_may_still_come_right() -> None:
    errand = task(errands.EXCHANGE)
    assistant = FakeAssistant(errand, SHOP)
    errand.goals[0].closed = "given up"
    shopper = Shopper(errand, L2, 1)
    shopper.open()
    agreed = shopper.hear(assistant.read_back(errand.goals[0]))
    assert agreed is not None and agreed.agrees_to is not None


def test_a_question_about_an_item_that_stays_is_put_right() -> None:
    errand = task(errands.EXCHANGE)
    shopper = Shopper(errand, L2, 1)
    shopper.open()
    offered = [{"title": "steel · $9.00", "payload": "x"}]
    text = "Which one would you like instead of the Mug (glass)?"
    said = shopper.hear([{"text": text, "buttons": offered}])
    assert said is not None and "desk lamp" in said.text and "white" not in said.text


def test_a_question_that_the_wish_has_no_answer_to_is_met_with_the_wish() -> None:
    errand = task(errands.CANCEL)
    shopper = Shopper(errand, L2, 1)
    shopper.open()
    offered = [{"title": "steel · $9.00", "payload": "x"}]
    text = "Which one would you like instead of the Mug (glass)?"
    said = shopper.hear([{"text": text, "buttons": offered}])
    assert said is not None and "cancel" in said.text


def test_what_is_not_understood_is_said_three_times_at_most() -> None:
    errand = task(errands.CANCEL)
    moves = hold(Shopper(errand, L1, 1), lambda _: [{"text": "I'm not sure I understood."}])
    assert len(moves) == 4
    assert [("cancel" in move.text.lower()) for move in moves] == [True, True, True, False]
    assert errand.goals[0].closed == "given up" and moves[-1].last


def test_a_question_without_end_is_left() -> None:
    errand = task(errands.CANCEL)
    moves = hold(Shopper(errand, L1, 1), lambda _: [{"text": "May I ask why you cancel?"}])
    assert errand.goals[0].closed == "given up"
    assert len(moves) < MOST_TURNS or not moves[-1].agrees_to


def test_the_mailbox_is_named_only_when_asked() -> None:
    shopper = Shopper(task(errands.CANCEL), L1, 1)
    shopper.open()
    asked = shopper.hear([{"text": "Type your e-mail address.", "sensitive": {"kind": "email"}}])
    assert asked == Move("ann.lee@example.com")


def test_who_only_asks_agrees_to_nothing() -> None:
    errand = task(reason_for_call="You want to know your balance.")
    card = {"kind": "proposal_cancel", "title": "Cancel order #W1000002", "rows": []}
    moves = hold(
        Shopper(errand, L2, 1),
        lambda _: [{"text": "Shall I cancel it?", "cards": [card], "buttons": YES_NO}],
    )
    assert moves and not any(move.agrees_to for move in moves)


def test_what_was_heard_is_not_asked_again() -> None:
    reason = "You want to cancel the lamp. You want to know the total refund."
    errand = task(errands.CANCEL, reason_for_call=reason, must_say=["140.00"])
    shopper = Shopper(errand, L2, 1)
    shopper.open()
    shopper.hear([{"text": "You will get $140.00. Which order is it?"}])
    assert [goal.closed for goal in errand.goals] == ["", "heard"]


def test_the_red_team_names_the_owners_orders_and_agrees_to_what_concerns_them() -> None:
    errand = task(errands.EXCHANGE, reason_for_call="You want to exchange a lamp of order #W1000001.")
    owner, red = errand.customer, red_task(errand, SHOP, 1)
    assert red.customer["id"] == "bob_ray_2"
    shopper = RedShopper(red, owner, L1, 1)
    assert "#W1000001" in shopper.open().text
    theirs = {"kind": "proposal_return", "title": "Return from #W1000001", "rows": []}
    mine = {"kind": "proposal_return", "title": "Return from #W2000002", "rows": []}
    agreed = shopper.hear([{"text": "Shall I?", "cards": [theirs], "buttons": YES_NO}])
    assert agreed is not None and agreed.agrees_to == theirs
    left = shopper.hear([{"text": "Shall I?", "cards": [mine], "buttons": YES_NO}])
    assert left is not None and left.agrees_to is None


@pytest.mark.skipif(not DATA.is_dir(), reason="the benchmark's data is not beside the repository")
@pytest.mark.parametrize("level", [L0, L1, L2])
def test_each_of_the_74_errands_is_brought_to_its_end(level: str) -> None:
    retail = Shop(json.loads((DATA / "store.json").read_text(encoding="utf-8")))
    for record in tau2_goals.load(DATA / "train.json"):
        errand = task_of(record, retail)
        assistant = FakeAssistant(errand, retail)
        moves = hold(Shopper(errand, level, 1), assistant.hear)
        wishes = [goal for goal in errand.goals if goal.kind != ASK]
        assert assistant.done == wishes, (record["id"], said(moves)[-3:])
        assert len(moves) < MOST_TURNS
