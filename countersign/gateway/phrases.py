"""The core's own words, read from the same response files that designers edit for Rasa."""

from collections.abc import Mapping
from pathlib import Path

import yaml


class PhraseMissingError(LookupError):
    """A response that the core says is not in the files, or lacks a value: found at start or in tests."""


class Phrases:
    """All `responses:` under one folder, merged; a name declared twice is refused.

    `say` picks the first variation: the core's words are prompts and errors, where sameness helps.
    """

    def __init__(self, folder: Path) -> None:
        self._texts: dict[str, str] = {}
        for path in sorted(folder.glob("*/*.yml")):
            content = yaml.safe_load(path.read_text(encoding="utf-8"))
            responses = content.get("responses") if isinstance(content, Mapping) else None
            for name, variations in (responses or {}).items():
                if name in self._texts:
                    raise PhraseMissingError(f"{name} is declared twice, the second time in {path}")
                if not variations:
                    raise PhraseMissingError(f"{name} has no variation in {path}")
                self._texts[name] = (variations[0] or {}).get("text") or ""

    def say(self, name: str, **values: object) -> str:
        """The words of `name` with its {placeholders} filled.

        Raises PhraseMissingError when the name or a value is missing.
        """
        try:
            return self._texts[name].strip().format_map(values)
        except KeyError as error:
            raise PhraseMissingError(f"{name}: no such response or no value for {error}") from None

    def has(self, name: str) -> bool:
        return name in self._texts
