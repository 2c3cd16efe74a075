"""The rules about words: every response has what fills it, every name is declared once, nothing hangs loose.

How placeholders are compared, without running anything: a response's placeholders are the `{name}`s in its
texts, button titles and images, over all its variations. What fills them is read from the code:

- in actions, the keyword arguments of each `….say("utter_x", name=…)` or `….utter_message(response=…)`
  must *equal* them. A name given as `"a" if … else "b"` counts for both; a response named anywhere else
  in actions (a table of refusals) is said with no values, so it must have no placeholder;
- in the core, whose phrases raise when a value is missing, the keyword arguments must *cover* them;
  so must the other arguments of a page that is shown with one (`show("page.html", error="utter_x", …)`);
  an error class with `say = "utter_x"` fills them from its own attributes;
- a response that a rule or story names is filled by Rasa from slots, so its placeholders must be slots.
"""

import ast
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import yaml

ROOT = Path(__file__).parents[1]
PLACEHOLDER = re.compile(r"\{([A-Za-z_]\w*)\}")
RESPONSE = re.compile(r"utter_[a-z0-9_]+")
# Rasa's own actions, which no one here writes.
BUILT_IN = re.compile(
    r"action_(listen|restart|back|session_start|default_\w+|two_stage_fallback|unlikely_intent)$"
)
DECLARED_ONCE = ("intents", "entities", "slots", "forms", "actions", "responses")


class Said(NamedTuple):
    """One place in the code that names a response. `values` is None where no call fills it."""

    where: str
    response: str
    values: frozenset[str] | None


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


def said_in(folder: str, root: Path = ROOT) -> list[Said]:
    """Every place in a folder's code that names a response."""
    found = []
    for path in sorted((root / folder).rglob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        filled: dict[int, frozenset[str] | None] = {}
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and (name := response_of(node)) is not None:
                given = [
                    keyword.arg for keyword in node.keywords if keyword.arg not in ("response", "sensitive")
                ]
                values = None if None in given else frozenset(str(one) for one in given)
                filled.update({id(constant): values for constant in constants(name)})
            if isinstance(node, ast.ClassDef):
                filled.update(said_by_error(node))
        for node in ast.walk(tree):
            if not isinstance(node, ast.Constant) or not isinstance(node.value, str):
                continue
            if id(node) in filled or RESPONSE.fullmatch(node.value):
                where = f"{path.relative_to(root).as_posix()}:{node.lineno}"
                found.append(Said(where, node.value, filled.get(id(node))))
    return found


def response_of(call: ast.Call) -> ast.expr | None:
    """The expression that names the response, if the call says one."""
    method = call.func.attr if isinstance(call.func, ast.Attribute) else ""
    for keyword in call.keywords:
        if (method == "utter_message" and keyword.arg == "response") or (
            method == "show" and any(RESPONSE.fullmatch(one.value) for one in constants(keyword.value))
        ):
            return keyword.value
    if method not in ("say", "_say"):
        return None
    return next((arg for arg in call.args if any(constants(arg))), None)


def constants(node: ast.expr) -> list[ast.Constant]:
    """The strings an expression may come to: itself, or both branches of a choice."""
    if isinstance(node, ast.IfExp):
        return constants(node.body) + constants(node.orelse)
    return [node] if isinstance(node, ast.Constant) and isinstance(node.value, str) else []


def said_by_error(error: ast.ClassDef) -> dict[int, frozenset[str]]:
    """`say = "utter_x"` in an error class: filled from the attributes that its instances have."""
    own = {
        target.attr
        for node in ast.walk(error)
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Attribute)
    }
    return {
        id(node.value): frozenset(own)
        for node in error.body
        if isinstance(node, ast.Assign)
        if [t.id for t in node.targets if isinstance(t, ast.Name)] == ["say"]
    }


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
    """Slots whose from_text mapping would take an internal turn for an answer."""
    return [
        name
        for name, slot in declared.items()
        for mapping in slot.get("mappings") or ()
        if mapping.get("type") == "from_text" and "EXTERNAL_resume" not in names(mapping.get("not_intent"))
    ]


def steps() -> Iterator[tuple[str, str]]:
    """Every action that a rule or story of the training data takes, with the file."""
    for name, part in parts():
        for told in [*(part.get("rules") or ()), *(part.get("stories") or ())]:
            for step in told.get("steps") or ():
                if isinstance(step, dict) and isinstance(step.get("action"), str):
                    yield name, step["action"]


def test_every_response_an_action_says_has_exactly_the_values_it_needs() -> None:
    known, said = responses(), said_in("actions")
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
    said = [one for one in said_in("countersign") if one.values is not None]
    assert len(said) > 5
    wrong = [
        f"{one.where}: {one.response} lacks {sorted(known[one.response] - (one.values or frozenset()))}"
        for one in said
        if not known.get(one.response, set()) <= (one.values or frozenset())
    ]
    assert wrong == []


@pytest.mark.parametrize("folder", ["actions", "countersign"])
def test_every_response_that_code_names_exists(folder: str) -> None:
    known, said = responses(), said_in(folder)
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
    assert [f"{file}: {name} is no response" for file, name in taken if name not in known] == []
    assert [f"{file}: {name}" for file, name in taken if not known[name] <= set(declared)] == []


def test_every_action_of_the_domain_is_written_and_the_other_way_round() -> None:
    declared = {name for _, part in parts() for name in names(part.get("actions"))}
    declared = {name for name in declared if not name.startswith("utter_") and not BUILT_IN.match(name)}
    assert len(declared) > 4
    assert declared == action_names()


def test_every_action_that_a_rule_takes_is_in_the_domain() -> None:
    taken = {name for _, name in steps() if name.startswith(("action_", "validate_"))}
    assert taken
    assert {name for name in taken if not BUILT_IN.match(name)} <= action_names()


@pytest.mark.parametrize("kind", DECLARED_ONCE)
def test_no_name_is_declared_twice(kind: str) -> None:
    # Rasa merges parts and training data silently, the later one wins.
    counted = Counter(name for _, part in parts() for name in names(part.get(kind)))
    assert {name: count for name, count in counted.items() if count > 1} == {}


def test_names_are_declared_at_all() -> None:
    counted = Counter(kind for _, part in parts() for kind in DECLARED_ONCE for _ in names(part.get(kind)))
    assert counted["intents"] > 10
    assert counted["slots"] > 2


def test_no_slot_takes_an_internal_turn_for_an_answer() -> None:
    assert slots()
    assert swallowing(slots()) == []


@pytest.mark.parametrize("not_intent", [[], ["stop"], None])
def test_a_slot_that_would_is_seen(not_intent: list[str] | None) -> None:
    mapping = {"type": "from_text", "not_intent": not_intent}
    assert swallowing({"returns_comment": {"type": "text", "mappings": [mapping]}}) == ["returns_comment"]
    safe = {"type": "from_text", "not_intent": [*(not_intent or []), "EXTERNAL_resume"]}
    assert swallowing({"returns_comment": {"type": "text", "mappings": [safe]}}) == []


def test_what_is_said_is_read_from_code_as_documented(tmp_path: Path) -> None:
    (tmp_path / "actions").mkdir()
    (tmp_path / "actions" / "sample.py").write_text(
        'TABLE = {1: "utter_a"}\n'
        'scene.say("utter_b", number=1)\n'
        'scene.say("utter_c" if x else "utter_d")\n'
        'dispatcher.utter_message(response="utter_e", status=2)\n'
        'class Slow(Exception):\n    say = "utter_f"\n'
        "    def __init__(self, seconds):\n        self.seconds = seconds\n"
        'self._say(sealed, "utter_g", sensitive="code", tries=3)\n'
        'self._pages.show("page.html", 422, page=page, error="utter_h", tries=3)\n'
    )
    found = {one.response: one.values for one in said_in("actions", tmp_path)}
    assert found == {
        "utter_a": None,
        "utter_b": {"number"},
        "utter_c": frozenset(),
        "utter_d": frozenset(),
        "utter_e": {"status"},
        "utter_f": {"seconds"},
        "utter_g": {"tries"},
        "utter_h": {"page", "error", "tries"},
    }
