"""What no conversation test reaches is named."""

from pathlib import Path

import pytest

from ops.words.coverage import missing, summary
from ops.words.house import House

DOMAIN = """\
intents: [greet, {stop: {use_entities: []}}]
actions: [action_stop, action_go_on, action_ask_notes_topic, validate_notes_form]
forms: {notes_form: {required_slots: []}}
"""
RULES = """\
rules:
  - rule: hello
    steps: [{intent: greet}, {action: utter_hello}]
  - rule: after going on, wait
    steps: [{action: action_go_on}]
"""
TEST = """\
stories:
  - story: hello and stop
    steps: [{intent: greet}, {action: utter_hello}, {action: action_listen}]
"""
REST = "  - story: stop\n    steps: [{or: [{intent: stop}]}, {action: notes_form}, {action: action_stop}]\n"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for name, text in {
        "domain.yml": DOMAIN,
        "data/notes/rules.yml": RULES,
        "tests/conversations/test_notes.yml": TEST,
    }.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    return tmp_path


def test_what_no_test_reaches_is_named(root: Path) -> None:
    assert missing(House(root)) == {"intents": ["stop"], "actions": ["action_stop", "notes_form"]}
    assert summary(House(root)) == [
        "intents reached by conversation tests: 1 of 2 (50 %)",
        "  no test reaches stop",
        "actions reached by conversation tests: 1 of 3 (33 %)",
        "  no test reaches action_stop",
        "  no test reaches notes_form",
    ]


def test_all_of_it_is_all(root: Path) -> None:
    (root / "tests/conversations/test_notes.yml").write_text(TEST + REST)
    assert missing(House(root)) == {"intents": [], "actions": []}
    assert summary(House(root))[0].endswith("2 of 2 (100 %)")
