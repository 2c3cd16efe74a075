"""The comparison of two Rasas sees what it should, and both are told the same."""

from pathlib import Path

import pytest

from bench import rasa_stack_walks as walks
from bench.rasa_stack import differences, largest_gap
from bench.rasa_stack_actions import answer

EVENT = {"event": "user", "timestamp": 1.0, "parse_data": {"intent": {"name": "greet", "confidence": 0.5}}}


def changed(**intent: object) -> dict[str, object]:
    return {
        **EVENT,
        "timestamp": 2.0,
        "parse_data": {"intent": {"name": "greet", "confidence": 0.5, **intent}},
    }


def test_moments_and_roundings_are_no_difference() -> None:
    assert list(differences([EVENT], [changed(confidence=0.5 + 1e-7)])) == []
    assert largest_gap([EVENT], [changed(confidence=0.5 + 1e-7)]) == pytest.approx(1e-7)


@pytest.mark.parametrize(
    ("other", "at"),
    [
        ([changed(name="thank")], "[0].parse_data.intent.name"),
        ([changed(confidence=0.50001)], "[0].parse_data.intent.confidence"),
        ([changed(extra=None, more=1)], "[0].parse_data.intent.more"),
        ([], ""),
        ([EVENT, EVENT], ""),
    ],
)
def test_anything_else_is(other: list[object], at: str) -> None:
    assert [place for place, *_ in differences([EVENT], other)] == [at]


def test_the_same_seed_makes_the_same_walks() -> None:
    said = {"greet": ["hi", "good morning"], "track_order": ["where is my order", "track W1234567"]}
    one, again, other = (walks.random_walks(said, 20, seed) for seed in (1, 1, 2))
    assert one == again != other
    assert all(message for walk in one for message in walk["messages"])


def test_examples_are_told_as_shoppers_type_them(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    examples = '- where is [W1](order_number)\n    - the [board]{"entity": "hint"}\n'
    (tmp_path / "data" / "nlu.yml").write_text(f"nlu:\n- intent: track\n  examples: |\n    {examples}")
    assert walks.examples(tmp_path) == {"track": ["where is W1", "the board"]}


def test_the_stub_answers_the_same_call_the_same_way() -> None:
    call = {
        "next_action": "action_track_order",
        "tracker": {"sender_id": "walk 1", "slots": {"orders_number": None}, "events": [{"event": "user"}]},
        "domain": {
            "actions": ["action_track_order", "action_stop"],
            "responses": {"utter_orders_status": [{"text": "{number} is {status}"}]},
            "slots": {"orders_number": {"type": "rasa.shared.core.slots.TextSlot"}},
        },
    }
    given = answer(call)
    assert given == answer(call)
    assert set(given["responses"][0]) == {"response", "number", "status"}
