"""From a written errand to wishes, and from wishes to a shopper's words."""

import json
from pathlib import Path
from typing import Any

import pytest

from bench import tau2_goals
from bench.tau2_goals import ASK, CANCEL, DEFAULT_ADDRESS, EXCHANGE, Shop, task_of
from bench.tau2_phrases import ANSWERS, WISHES, Words, first_person
from tests.fakes import errands

DATA = Path(__file__).parents[4] / "shared" / "tau2-retail"
needs_data = pytest.mark.skipif(not DATA.is_dir(), reason="the benchmark's data is not beside the repository")


@pytest.fixture(scope="module")
def records() -> list[dict[str, Any]]:
    return tau2_goals.load(DATA / "train.json")


@pytest.fixture(scope="module")
def retail() -> Shop:
    return Shop(json.loads((DATA / "store.json").read_text(encoding="utf-8")))


@pytest.mark.parametrize(
    ("said", "first"),
    [
        ("You want to return your lamp.", "I want to return my lamp."),
        ("You received your order and wish to send it back", "I received my order and wish to send it back"),
        ("You are Ann, and you were early.", "I am Ann, and I was early."),
        ("You're in a rush, you'd go and you've left", "I am in a rush, I'd go and I've left"),
        ("Your son is away. Your cat too.", "My son is away. My cat too."),
        ("If the agent asks you to confirm, you regret it", "If the agent asks me to confirm, I regret it"),
        ("what saves you most, sent to you", "what saves me most, sent to me"),
        ("the refund you should expect", "the refund I should expect"),
        ("You want it for yourself; it is yours", "I want it for myself; it is mine"),
        ("Why are you sure you has it?", "Why am I sure I have it?"),
        ("A young man in Youngstown", "A young man in Youngstown"),
    ],
)
def test_a_scenario_is_told_in_the_first_person(said: str, first: str) -> None:
    assert first_person(said) == first


def test_an_exchange_becomes_a_wish_in_words_without_ids() -> None:
    task = task_of(errands.errand(errands.EXCHANGE), Shop(errands.STORE))
    (goal,) = task.goals
    assert (goal.kind, goal.number, goal.number_known) == (EXCHANGE, "#W1000001", False)
    assert goal.swaps[0].changed == (("color", "white"), ("power source", "battery"))
    wish = Words("1").wish(goal, whole=True)
    assert "desk lamp" in wish and "white" in wish and "battery" in wish and "ending 9212" in wish
    assert "W1000001" not in wish and "lamp_" not in wish


def test_an_order_number_is_said_when_the_scenario_states_it() -> None:
    record = errands.errand(errands.CANCEL, reason_for_call="You want to cancel order #W1000002.")
    (goal,) = task_of(record, Shop(errands.STORE)).goals
    assert goal.kind == CANCEL and goal.number_known
    assert "#W1000002" in Words("1").wish(goal)


def test_an_errand_without_a_write_is_asked_in_its_own_words() -> None:
    record = errands.errand(reason_for_call="You want to know your balance.", must_say=["12.00"])
    task = task_of(record, Shop(errands.STORE))
    assert [goal.kind for goal in task.goals] == [ASK]
    assert task.customer["id"] == "ann_lee_1"
    assert Words("1").wish(task.goals[0]) == "I want to know my balance."


def test_what_must_be_heard_is_asked_after_the_wishes() -> None:
    reason = "You want to cancel the lamp. Finally, you want to know the total refund."
    task = task_of(
        errands.errand(errands.CANCEL, reason_for_call=reason, must_say=["140"]), Shop(errands.STORE)
    )
    assert [goal.kind for goal in task.goals] == [CANCEL, ASK]
    assert Words("1").wish(task.goals[1]) == "I want to know the total refund."


def test_a_hand_over_is_asked_for_at_the_end() -> None:
    record = errands.errand(("transfer_to_human_agents", {"summary": "."}))
    task = task_of(record, Shop(errands.STORE))
    assert task.hand_over
    assert Words("1").wish(task.goals[-1]) in ANSWERS["person"]


def test_a_stranger_has_no_errand() -> None:
    with pytest.raises(LookupError, match="task 1"):
        task_of(errands.errand(known="You are nobody."), Shop(errands.STORE))


def test_every_answer_has_five_wordings_and_a_seed_draws_the_same() -> None:
    assert min(len(set(wordings)) for wordings in (*WISHES.values(), *ANSWERS.values())) >= 5
    drawn = [[Words(seed).answer("yes") for _ in range(3)] for seed in ("1", "1", "2", "3", "4")]
    assert drawn[0] == drawn[1]
    assert len({tuple(words) for words in drawn}) > 1


@needs_data
def test_each_of_the_74_errands_parses(records: list[dict[str, Any]], retail: Shop) -> None:
    tasks = [task_of(record, retail) for record in records]
    assert len(tasks) == 74
    kinds = [goal.kind for task in tasks for goal in task.goals if goal.kind != ASK]
    assert len(kinds) == 120
    assert kinds.count(DEFAULT_ADDRESS) == 7
    assert [task.id for task in tasks if task.hand_over] == ["10", "50"]
    for task in tasks:
        for goal in task.goals:
            wish = Words("1").wish(goal, whole=True)
            assert wish and "{" not in wish.replace("{'", "") and "_" not in wish.replace(task.reason, "")


@needs_data
def test_no_scenario_still_speaks_to_its_shopper(records: list[dict[str, Any]]) -> None:
    for record in records:
        said = f" {first_person(record['reason_for_call']).lower()} "
        assert " you " not in said and " you're" not in said, record["id"]
