"""The rules about words: every response has what fills it, every name is declared once, nothing hangs loose.

What is unknown, declared twice or said by no one is found by ops/words and refused here.

How placeholders are compared, without running anything: a response's placeholders are the `{name}`s in its
texts, button titles and images, over all its variations. What fills them is read from the code (how:
ops/words/code.py). In actions the values must *equal* them; in the core, whose phrases raise when a value is
missing, they must *cover* them; a response that a rule or story names is filled by Rasa from slots, so its
placeholders must be slots.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from ops.words import faults
from ops.words.code import said_in
from ops.words.faults import BUILT_IN_ACTION

ROOT = Path(__file__).parents[1]
PLACEHOLDER = re.compile(r"\{([A-Za-z_]\w*)\}")


def parts(root: Path = ROOT) -> list[tuple[str, dict[str, Any]]]:
    """Every YAML that Rasa reads for training, with its name."""
    files = [root / "domain.yml", *sorted((root / "data").rglob("*.yml"))]
    return [
        (p.relative_to(root).as_posix(), yaml.safe_load(p.read_text(encoding="utf-8")) or {}) for p in files
    ]


def names(section: object) -> list[str]:
    """The names in a section of a domain: a list (of names or one-entry mappings) or a mapping."""
    if isinstance(section, dict):
        return [str(name) for name in section]
    items = section if isinstance(section, list) else []
    return [str(next(iter(item))) if isinstance(item, dict) else str(item) for item in items]


def responses() -> dict[str, set[str]]:
    """Every response and the placeholders of all its variations."""
    return {
        name: {found for text in texts(variations) for found in PLACEHOLDER.findall(text)}
        for _, part in parts()
        for name, variations in (part.get("responses") or {}).items()
    }


def texts(variations: object) -> Iterator[str]:
    """What a shopper reads of a response. Payloads are JSON, whose braces are no placeholders."""
    if isinstance(variations, dict):
        for key, value in variations.items():
            if key not in ("payload", "condition", "metadata"):
                yield from texts(value)
    elif isinstance(variations, list):
        for value in variations:
            yield from texts(value)
    elif isinstance(variations, str):
        yield variations


def action_names() -> set[str]:
    """The NAME of every action class."""
    return {
        node.value.value
        for path in (ROOT / "actions").rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant)
        if [t.id for t in node.targets if isinstance(t, ast.Name)] == ["NAME"]
    }


def slots() -> dict[str, dict[str, Any]]:
    return {name: slot for _, part in parts() for name, slot in (part.get("slots") or {}).items()}


def swallowing(declared: dict[str, dict[str, Any]]) -> list[str]:
    """Slots with a mapping that would take an internal turn for an answer.

    One from intents names those it is for; a custom one without an action is set by actions only.
    """
    return [
        name
        for name, slot in declared.items()
        for mapping in slot.get("mappings") or ()
        if (
            mapping.get("type") in ("from_text", "from_entity")
            or (mapping.get("type") in ("from_intent", "from_trigger_intent") and not mapping.get("intent"))
            or (mapping.get("type") == "custom" and "action" in mapping)
        )
        and "EXTERNAL_resume" not in names(mapping.get("not_intent"))
    ]


def steps() -> Iterator[tuple[str, str]]:
    """Every action that a rule or story of the training data takes, with the file."""
    for name, part in parts():
        for told in [*(part.get("rules") or ()), *(part.get("stories") or ())]:
            for step in told.get("steps") or ():
                if isinstance(step, dict) and isinstance(step.get("action"), str):
                    yield name, step["action"]


def test_nothing_is_unknown_declared_twice_or_said_by_no_one() -> None:
    assert faults.find(ROOT) == []


def test_every_response_an_action_says_has_exactly_the_values_it_needs() -> None:
    known, said = responses(), said_in("actions", ROOT)
    assert len(known) > 20
    assert len(said) > 10
    wrong = [
        f"{one.where}: {one.response} needs {known[one.response]}, is given {set(one.values or ())}"
        for one in said
        if one.response in known and known[one.response] != (one.values or frozenset())
    ]
    assert wrong == []


def test_every_response_the_core_says_can_be_filled() -> None:
    known = responses()
    said = [one for one in said_in("countersign", ROOT) if one.values is not None]
    assert len(said) > 5
    wrong = [
        f"{one.where}: {one.response} lacks {sorted(known[one.response] - (one.values or frozenset()))}"
        for one in said
        if not known.get(one.response, set()) <= (one.values or frozenset())
    ]
    assert wrong == []


@pytest.mark.parametrize("folder", ["actions", "countersign"])
def test_every_response_that_code_names_exists(folder: str) -> None:
    known, said = responses(), said_in(folder, ROOT)
    assert said
    assert [f"{one.where}: {one.response}" for one in said if one.response not in known] == []


def test_every_card_has_its_labels() -> None:
    known, checked = responses(), 0
    for path in (ROOT / "actions").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and node.func.attr == "card"
            ):
                kind = node.args[0]
                assert isinstance(kind, ast.Constant), (
                    f"{path.name}:{node.lineno}: a card's kind is a plain string"
                )
                pairs = [pair for arg in node.args[2:] if isinstance(arg, ast.List) for pair in arg.elts]
                for pair in pairs:
                    assert isinstance(pair, ast.Tuple)
                    assert isinstance(pair.elts[0], ast.Constant)
                    label = f"card_{kind.value}_{pair.elts[0].value}"
                    assert label in known, f"{path.name}:{node.lineno}: {label} is no response"
                    checked += 1
    assert checked > 2


def test_what_rasa_says_by_itself_is_filled_from_slots() -> None:
    known, declared, taken = responses(), slots(), [s for s in steps() if s[1].startswith("utter_")]
    assert len(taken) > 5
    assert [f"{file}: {name}" for file, name in taken if not known[name] <= set(declared)] == []


def test_every_action_of_the_domain_is_written_and_the_other_way_round() -> None:
    declared = {name for _, part in parts() for name in names(part.get("actions"))}
    declared = {
        name for name in declared if not name.startswith("utter_") and not BUILT_IN_ACTION.match(name)
    }
    assert len(declared) > 4
    assert declared == action_names()


def test_no_slot_takes_an_internal_turn_for_an_answer() -> None:
    assert slots()
    assert swallowing(slots()) == []


@pytest.mark.parametrize("not_intent", [[], ["stop"], None])
@pytest.mark.parametrize(
    "reads",
    [
        {"type": "from_text"},
        {"type": "from_entity", "entity": "order_number"},
        {"type": "from_intent", "value": True},
        {"type": "custom", "action": "action_validate_slot_mappings"},
    ],
    ids=lambda reads: reads["type"],
)
def test_a_slot_that_would_is_seen(reads: dict[str, Any], not_intent: list[str] | None) -> None:
    mapping = {**reads, "not_intent": not_intent}
    assert swallowing({"returns_comment": {"type": "text", "mappings": [mapping]}}) == ["returns_comment"]
    safe = {**reads, "not_intent": [*(not_intent or []), "EXTERNAL_resume"]}
    assert swallowing({"returns_comment": {"type": "text", "mappings": [safe]}}) == []
