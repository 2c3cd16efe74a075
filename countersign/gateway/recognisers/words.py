"""The words that recognisers know, read from data: ordinary words, names, ways out of a question."""

from dataclasses import dataclass, field
from importlib import resources
from typing import Any

import yaml

from countersign.kit.personal_forms import fold


@dataclass(frozen=True)
class Words:
    """Sets of folded words (no accents, lower case) by the name of their list in the YAML files."""

    lists: dict[str, frozenset[str]] = field(repr=False)

    @classmethod
    def load(cls) -> "Words":
        content: dict[str, Any] = {}
        for file in ("words.yml", "names.yml"):
            content |= yaml.safe_load(resources.files(__package__).joinpath(file).read_text("utf-8"))
        return cls({name: frozenset(fold(text).split()) for name, text in content.items()})

    def has(self, name: str, word: str) -> bool:
        # Not cached: what shoppers write should not outlive its message.
        return (word.lower() if word.isascii() else fold(word)) in self.lists[name]
