"""The check of the words names each fault with its file and line, and nothing where there is none."""

from pathlib import Path

import pytest

from ops import stories
from ops.words import faults

HOUSE = {
    "domain.yml": """\
intents:
  - greet
  - notes_read:
      use_entities: []
entities:
  - topic
slots:
  notes_topic:
    type: categorical
    values: [one, two]
    mappings:
      - type: from_entity
        entity: topic
  notes_open:
    type: text
    influence_conversation: false
    mappings:
      - type: from_text
        not_intent: [greet]
forms:
  notes_form:
    required_slots: [notes_topic]
actions:
  - action_read_notes
responses:
  utter_hello:
    - text: Hello!
      buttons:
        - title: Read
          payload: '/notes_read{"topic":"one"}'
  utter_ask_notes_topic:
    - text: Which?
  utter_read:
    - condition: [{type: slot, name: notes_topic, value: one}]
      text: Read.
""",
    "data/notes/nlu.yml": """\
nlu:
  - intent: greet
    examples: |
      - yes
      - hi
  - intent: notes_read
    examples: |
      - read
      - read [one](topic)
""",
    "data/notes/rules.yml": """\
rules:
  - rule: hello
    steps:
      - intent: greet
      - action: utter_hello
  - rule: read
    steps:
      - intent: notes_read
      - action: action_read_notes
  - rule: read the second
    condition:
      - slot_was_set:
          - notes_topic: two
    steps:
      - intent: notes_read
      - action: notes_form
      - active_loop: notes_form
""",
    "data/notes/stories.yml": """\
stories:
  - story: hello, then read
    steps:
      - intent: greet
      - action: utter_hello
      - intent: notes_read
      - action: action_read_notes
""",
    "tests/conversations/test_notes.yml": """\
stories:
  - story: read one
    steps:
      - user: read [one](topic)
        intent: notes_read
      - slot_was_set:
          - notes_topic: one
      - action: action_read_notes
""",
    "actions/notes.py": 'scene.say("utter_read")\n',
    "countersign/nothing.py": "",
}
RULES, STORIES, NLU = "data/notes/rules.yml", "data/notes/stories.yml", "data/notes/nlu.yml"
TEST = "tests/conversations/test_notes.yml"


@pytest.fixture
def house(tmp_path: Path) -> Path:
    for name, text in HOUSE.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    return tmp_path


def test_a_house_in_order_has_no_fault(house: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert faults.find(house) == []
    assert stories.main(["--root", str(house)]) == 0
    assert capsys.readouterr().out == "0 faults in rules, stories and words\n"


def test_a_payload_may_have_its_braces_twice_as_rasa_wants_them(house: Path) -> None:
    old, new = '/notes_read{"topic":"one"}', '/notes_read{{"topic":"one"}}'
    assert old in HOUSE["domain.yml"]
    (house / "domain.yml").write_text(HOUSE["domain.yml"].replace(old, new))
    assert faults.find(house) == []


@pytest.mark.parametrize(
    ("file", "old", "new", "fault"),
    [
        (RULES, "intent: greet", "intent: gret", f"{RULES}:4: unknown intent gret in rule «hello»"),
        (STORIES, "intent: greet", "intent: gret", f"{STORIES}:4: unknown intent gret in story «hello, "),
        (TEST, "intent: notes", "intent: note", f"{TEST}:5: unknown intent note_read in test story «read"),
        (RULES, "utter_hello", "utter_hallo", f"{RULES}:5: unknown response utter_hallo in rule «hello»"),
        (RULES, "action_read_notes", "action_reed", f"{RULES}:9: unknown action action_reed in rule «read»"),
        (RULES, "notes_topic: two", "topic: two", f"{RULES}:13: unknown slot topic in rule «read the sec"),
        (RULES, "loop: notes_form", "loop: form", f"{RULES}:17: unknown form form in rule «read the second»"),
        (TEST, "](topic)", "](subject)", f"{TEST}:4: unknown entity subject in test story «read one»"),
        (TEST, "topic: one", "subject: one", f"{TEST}:7: unknown slot notes_subject in test story «read"),
        (NLU, "](topic)", "](subject)", f"{NLU}:9: unknown entity subject in an example of notes_read"),
        (NLU, "- hi", "- read", f"{NLU}:8: «read» is an example of notes_read here, of greet at {NLU}:5"),
        (NLU, "intent: greet", "intent: gret", f"{NLU}:2: unknown intent gret, which has examples"),
        (NLU, "      - yes\n      - hi", "", "domain.yml:2: intent greet has no examples"),
        ("domain.yml", "entity: topic", "entity: tpic", "domain.yml:13: unknown entity tpic in slot notes"),
        ("domain.yml", "[greet]", "[gret]", "domain.yml:19: unknown intent gret in slot notes_open"),
        ("domain.yml", "slots: [notes_", "slots: [", "domain.yml:22: unknown slot topic in form notes_form"),
        ("domain.yml", "name: notes_", "name: ", "domain.yml:34: unknown slot topic in utter_read"),
        ("domain.yml", "/notes_read", "/read", 'domain.yml:30: the payload /read{"topic":"one"} of utter_h'),
        ("domain.yml", '{"topic', '{"tpic', "domain.yml:30: unknown entity tpic in the payload /notes_read"),
        ("domain.yml", '"one"}', "one}", 'domain.yml:30: the payload /notes_read{"topic":one} of utter_hel'),
        ("actions/notes.py", "utter_read", "utter_hello", "domain.yml:33: response utter_read is said by no"),
        (RULES, "rule: read\n", "rule: hello\n", f"{RULES}:6: rule «hello» stands at {RULES}:2 already"),
        (RULES, "steps:\n", "steps:\n    steps:\n", f"{RULES}:4: steps stands twice here"),
    ],
)  # fmt: skip
def test_each_fault_is_named_with_its_line(house: Path, file: str, old: str, new: str, fault: str) -> None:
    assert old in HOUSE[file]
    (house / file).write_text(HOUSE[file].replace(old, new, 1))
    assert [one for one in faults.find(house) if one.startswith(fault)] != []


@pytest.mark.parametrize(
    ("declared", "fault"),
    [
        ("intents:\n  - greet", "intent greet"),
        ("entities:\n  - topic", "entity topic"),
        ("slots:\n  notes_open:\n    type: text", "slot notes_open"),
        ("forms:\n  notes_form:\n    required_slots: []", "form notes_form"),
        ("actions:\n  - action_read_notes", "action action_read_notes"),
        ("responses:\n  utter_read:\n    - text: Read", "response utter_read"),
    ],
)
def test_a_name_declared_twice_is_named_where_it_stands_again(house: Path, declared: str, fault: str) -> None:
    (house / "data/notes/domain.yml").write_text(declared + "\n")
    found = [one for one in faults.find(house) if "already" in one]
    assert len(found) == 1
    assert found[0].startswith(f"data/notes/domain.yml:2: {fault} is declared at domain.yml:")


def test_two_tests_of_one_file_have_two_names(house: Path) -> None:
    told = HOUSE[TEST].partition("stories:\n")[2]
    (house / "tests/conversations/test_other.yml").write_text(HOUSE[TEST])
    assert faults.find(house) == []
    (house / TEST).write_text(HOUSE[TEST] + told)
    assert faults.find(house) == [f"{TEST}:9: test story «read one» stands at {TEST}:2 already"]


def contradictions(house: Path, file: str, added: str) -> list[str]:
    (house / file).write_text(HOUSE[file] + added)
    found = faults.find(house)
    assert all(" takes " in one for one in found), found
    return found


OTHER_RULE = """\
  - rule: another greeting
    steps:
      - intent: greet
      - action: utter_read
"""
GOES_ON = """\
  - rule: hello and read
    steps:
      - intent: greet
      - action: utter_hello
      - action: action_read_notes
"""
LONGER = """\
  - rule: hello again
    steps:
      - action: utter_hello
      - intent: greet
      - action: utter_read
"""
CONDITIONED = """\
  - rule: read the first
    condition:
      - slot_was_set:
          - notes_topic: one
    steps:
      - intent: notes_read
      - action: utter_read
"""


def test_a_rule_against_a_rule(house: Path) -> None:
    assert contradictions(house, RULES, OTHER_RULE) == [
        f"{RULES}:5: rule «hello» takes utter_hello where rule «another greeting» ({RULES}:21) "
        "takes utter_read",
        f"{STORIES}:5: story «hello, then read» takes utter_hello where rule «another greeting» "
        f"({RULES}:21) takes utter_read",
    ]


def test_a_rule_that_goes_on_where_another_waits(house: Path) -> None:
    (found, *_) = contradictions(house, RULES, GOES_ON)
    assert found == (
        f"{RULES}:5: rule «hello» takes action_listen where rule «hello and read» ({RULES}:22) "
        "takes action_read_notes"
    )


@pytest.mark.parametrize("longer", [LONGER, CONDITIONED.replace("one", '"other"')])
def test_a_longer_rule_or_one_with_a_condition_is_no_contradiction(house: Path, longer: str) -> None:
    assert contradictions(house, RULES, longer) == []


def test_a_story_against_a_rule(house: Path) -> None:
    added = """\
  - story: read at once
    steps:
      - intent: notes_read
      - action: utter_read
"""
    assert contradictions(house, STORIES, added) == [
        f"{STORIES}:11: story «read at once» takes utter_read where rule «read» ({RULES}:9) "
        "takes action_read_notes"
    ]


def test_a_test_against_a_rule_that_its_slots_choose(house: Path) -> None:
    assert contradictions(house, RULES, CONDITIONED) == [
        f"{TEST}:8: test story «read one» takes action_read_notes where rule «read the first» "
        f"({RULES}:24) takes utter_read"
    ]


def test_one_alternative_of_an_or_is_enough(house: Path) -> None:
    added = """\
  - story: either
    steps:
      - or:
          - intent: greet
          - intent: notes_read
      - action: utter_hello
"""
    (found,) = contradictions(house, STORIES, added)
    assert found.startswith(f"{STORIES}:13: story «either» takes utter_hello where rule «read» ")


def test_what_a_form_does_is_left_to_rasa(house: Path) -> None:
    added = """\
  - story: in the form
    steps:
      - slot_was_set:
          - notes_topic: two
      - intent: notes_read
      - action: notes_form
      - active_loop: notes_form
      - intent: greet
      - action: utter_read
"""
    assert contradictions(house, STORIES, added) == []


def test_what_is_no_yaml_is_named_too(house: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (house / RULES).write_text("rules:\n  - rule: [hello\n")
    assert stories.main(["--root", str(house)]) == 1
    assert "line 3" in capsys.readouterr().out
