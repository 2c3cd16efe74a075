"""Which responses the code says, and with what, read from its syntax without running anything.

- In actions, the keyword arguments of each `….say("utter_x", name=…)` or `….utter_message(response=…)`
  are what fills the response. A name given as `"a" if … else "b"` counts for both; a response named
  anywhere else (a table of refusals) is said with no values.
- A choice is data, `{"say": "choice_x", "with": {"name": …}}`, and is filled with the keys of `with`.
- In the core the same holds; so do the other arguments of a page that is shown with a response
  (`show("page.html", error="utter_x", …)`); an error class with `say = "utter_x"` fills it from its own
  attributes.
"""

import ast
import re
from pathlib import Path
from typing import Dict, FrozenSet, List, NamedTuple, Optional

FOLDERS = ("actions", "countersign")
RESPONSE = re.compile(r"utter_[a-z0-9_]+")


class Said(NamedTuple):
    """One place in the code that names a response. `values` is None where no call fills it."""

    where: str
    response: str
    values: Optional[FrozenSet[str]]


def said_in(folder: str, root: Path) -> List[Said]:
    """Every place in a folder's code that names a response."""
    found = []
    for path in sorted((root / folder).rglob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        filled: Dict[int, Optional[FrozenSet[str]]] = {}
        for node in ast.walk(tree):
            name = _response_of(node) if isinstance(node, ast.Call) else None
            if isinstance(node, ast.Call) and name is not None:
                given = [
                    keyword.arg for keyword in node.keywords if keyword.arg not in ("response", "sensitive")
                ]
                values = None if None in given else frozenset(str(one) for one in given)
                filled.update({id(constant): values for constant in _constants(name)})
            if isinstance(node, ast.ClassDef):
                filled.update(_said_by_error(node))
            if isinstance(node, ast.Dict):
                filled.update(_said_by_choice(node))
        for node in ast.walk(tree):
            if not isinstance(node, ast.Constant) or not isinstance(node.value, str):
                continue
            if id(node) in filled or RESPONSE.fullmatch(node.value):
                where = f"{path.relative_to(root).as_posix()}:{node.lineno}"
                found.append(Said(where, node.value, filled.get(id(node))))
    return found


def beginnings_in(folder: str, root: Path) -> List[str]:
    """What names of responses that the code puts together begin with: `say(f"card_{kind}")` gives `card_`."""
    calls = [
        node
        for path in sorted((root / folder).rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and _method(node) in ("say", "_say", "utter_message")
    ]
    given = [arg for call in calls for arg in [*call.args, *(keyword.value for keyword in call.keywords)]]
    firsts = [arg.values[0] for arg in given if isinstance(arg, ast.JoinedStr) and arg.values]
    texts = [one.value for one in firsts if isinstance(one, ast.Constant)]
    return [text for text in texts if isinstance(text, str) and text.endswith("_")]


def _method(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else ""


def _response_of(call: ast.Call) -> Optional[ast.expr]:
    """The expression that names the response, if the call says one."""
    method = _method(call)
    for keyword in call.keywords:
        if (method == "utter_message" and keyword.arg == "response") or (
            method == "show" and any(RESPONSE.fullmatch(one.value) for one in _constants(keyword.value))
        ):
            return keyword.value
    if method not in ("say", "_say"):
        return None
    return next((arg for arg in call.args if any(_constants(arg))), None)


def _constants(node: ast.expr) -> List[ast.Constant]:
    """The strings an expression may come to: itself, or both branches of a choice."""
    if isinstance(node, ast.IfExp):
        return _constants(node.body) + _constants(node.orelse)
    return [node] if isinstance(node, ast.Constant) and isinstance(node.value, str) else []


def _said_by_choice(node: ast.Dict) -> Dict[int, FrozenSet[str]]:
    given = {key.value: value for key, value in zip(node.keys, node.values) if isinstance(key, ast.Constant)}
    values = given.get("with")
    keys = values.keys if isinstance(values, ast.Dict) else []
    names = frozenset(str(key.value) for key in keys if isinstance(key, ast.Constant))
    return {id(one): names for one in _constants(given["say"])} if "say" in given else {}


def _said_by_error(error: ast.ClassDef) -> Dict[int, FrozenSet[str]]:
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
