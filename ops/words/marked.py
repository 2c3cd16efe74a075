"""YAML whose strings know their line, read as Rasa reads it: `yes` and `no` are words."""

import re
from pathlib import Path
from typing import Any, List, NamedTuple, Tuple

import yaml


class Place(NamedTuple):
    """A line of a file; `str()` of it is what an editor jumps to."""

    file: str
    line: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"


class Word(str):
    """A string with the line it stands on; of a block (`|`) the line above its first."""

    __slots__ = ("line",)
    line: int


class Loader(yaml.SafeLoader):
    """Strings become Words. A key twice in one mapping, of which YAML keeps the last, is noted."""

    def __init__(self, stream: str) -> None:
        super().__init__(stream)
        self.twice: List[Tuple[str, int]] = []

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> Any:
        seen = set()
        for key, _ in node.value:
            if key.value in seen and key.tag != "tag:yaml.org,2002:merge":
                self.twice.append((str(key.value), key.start_mark.line + 1))
            seen.add(str(key.value))
        return super().construct_mapping(node, deep)


def _word(loader: Loader, node: yaml.ScalarNode) -> Word:
    word = Word(loader.construct_scalar(node))
    word.line = node.start_mark.line + 1
    return word


Loader.add_constructor("tag:yaml.org,2002:str", _word)
# YAML 1.2, which Rasa reads, knows no other booleans.
Loader.yaml_implicit_resolvers = {
    first: [one for one in resolvers if one[0] != "tag:yaml.org,2002:bool"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
Loader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"true|false", re.IGNORECASE), list("tTfF"))


def read(path: Path) -> Tuple[Any, List[Tuple[str, int]]]:
    """A file's content, and each key that stands twice in one mapping, with its line.

    Raises yaml.YAMLError, whose text names the line.
    """
    loader = Loader(path.read_text(encoding="utf-8"))
    try:
        return loader.get_single_data() or {}, loader.twice
    finally:
        loader.dispose()


def line_of(node: Any, default: int = 1) -> int:
    """The line of a string, or of the first one inside."""
    if isinstance(node, Word):
        return node.line
    inside = list(node) if isinstance(node, (dict, list)) else []
    lines = [line_of(one, 0) for one in inside]
    return next((line for line in lines if line), default)
