"""All that the YAML of a house declares and tells, each with its place."""

import re
from pathlib import Path
from typing import Any, Dict, Iterator, List, NamedTuple

from ops.words import marked
from ops.words.marked import Place, Word

KINDS = ("intents", "entities", "slots", "forms", "actions", "responses")
_TOLD = {"rules": "rule", "stories": "story"}
_ANNOTATED = re.compile(r"\[[^\]\[]*\](?:\((\w+)[^)]*\)|\{[^}]*?\"entity\":\s*\"(\w+)\"[^}]*\})")


class Part(NamedTuple):
    """One file as it was read."""

    file: str
    content: Dict[str, Any]


class Telling(NamedTuple):
    """A rule, story or conversation test."""

    kind: str
    name: str
    place: Place
    content: Dict[str, Any]

    def __str__(self) -> str:
        return f"{self.kind} «{self.name}»"


class Example(NamedTuple):
    text: str
    place: Place


class House:
    """`declared`: of each kind each name with every place where it is declared."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.twice: List[str] = []
        self.parts = [
            self._part(path) for path in [root / "domain.yml", *sorted((root / "data").rglob("*.yml"))]
        ]
        self.tests = [self._part(path) for path in sorted((root / "tests/conversations").glob("test_*.yml"))]
        self.declared: Dict[str, Dict[str, List[Place]]] = {kind: {} for kind in KINDS}
        self.content: Dict[str, Dict[str, Any]] = {kind: {} for kind in KINDS}
        for part in self.parts:
            for kind in KINDS:
                for name, content in entries(part.content.get(kind)):
                    place = Place(part.file, marked.line_of(name))
                    self.declared[kind].setdefault(str(name), []).append(place)
                    self.content[kind].setdefault(str(name), content)
        self.told = list(_tellings(self.parts, ""))
        self.tested = list(_tellings(self.tests, "test "))
        self.examples = self._examples()

    def has(self, kind: str, name: str) -> bool:
        return name in self.declared[kind]

    def _part(self, path: Path) -> Part:
        file = path.relative_to(self.root).as_posix()
        content, twice = marked.read(path)
        self.twice += [f"{Place(file, line)}: {name} stands twice here" for name, line in twice]
        return Part(file, content if isinstance(content, dict) else {})

    def _examples(self) -> Dict[str, List[Example]]:
        """Of each intent in the training data its examples."""
        found: Dict[str, List[Example]] = {}
        for part in self.parts:
            for block in part.content.get("nlu") or ():
                if isinstance(block, dict) and "intent" in block:
                    told = found.setdefault(block["intent"], [])
                    told += _lines(block.get("examples"), part.file)
        return found


def entries(section: Any) -> Iterator[Any]:
    """(name, content) of each entry of a section: a mapping, or a list of names and one-entry mappings."""
    if isinstance(section, dict):
        yield from section.items()
    for item in section if isinstance(section, list) else ():
        if isinstance(item, dict):
            yield from item.items()
        else:
            yield item, None


def names(section: Any) -> List[str]:
    """The names alone; a single one may stand for a list."""
    if isinstance(section, str):
        return [section]
    return [name for name, _ in entries(section)]


def entities_in(text: str) -> List[str]:
    """The entities that are marked in an example."""
    return [one or other for one, other in _ANNOTATED.findall(text)]


def steps_of(telling: Telling) -> List[Dict[str, Any]]:
    """Condition and steps as one list; each alternative of an `or` is a step of its own."""
    told = [*(telling.content.get("condition") or ()), *(telling.content.get("steps") or ())]
    flat: List[Dict[str, Any]] = []
    for step in told:
        if isinstance(step, dict):
            flat += [one for one in step["or"] if isinstance(one, dict)] if "or" in step else [step]
    return flat


def pairs(step: Any) -> Iterator[Any]:
    """(slot, value, line) of a step's `slot_was_set`; the value is ... where none is given."""
    for name, value in entries(step.get("slot_was_set")):
        yield str(name), ... if value is None and not _is_given(step, name) else value, marked.line_of(name)


def _is_given(step: Any, name: str) -> bool:
    told = step["slot_was_set"]
    return isinstance(told, dict) or any(isinstance(item, dict) and name in item for item in told)


def _tellings(parts: List[Part], prefix: str) -> Iterator[Telling]:
    for part in parts:
        for section, kind in _TOLD.items():
            for content in part.content.get(section) or ():
                if isinstance(content, dict) and kind in content:
                    name = content[kind]
                    place = Place(part.file, marked.line_of(name))
                    yield Telling(prefix + kind, str(name), place, content)


def _lines(examples: Any, file: str) -> Iterator[Example]:
    if isinstance(examples, Word):
        for number, line in enumerate(examples.split("\n"), examples.line + 1):
            if line.strip().startswith("- "):
                yield Example(line.strip()[2:].strip(), Place(file, number))
    for item in examples if isinstance(examples, list) else ():
        text = item.get("text") if isinstance(item, dict) else item
        if isinstance(text, Word):
            yield Example(str(text).strip(), Place(file, text.line))
