"""Questions and ways out: what a shopper may say instead of the answer that was asked for."""

import re
from importlib import resources

import yaml

from countersign.kit.personal_forms import fold

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_AUXILIARY = (
    r"(?:is|are|am|was|were|do|does|did|can|could|will|would|should|must|may|might|have|has|"
    r"isn't|aren't|don't|doesn't|can't|won't)"
)
_ASKED = re.compile(
    rf"(?:and |but |so |ok |hi |hello |sorry |wait )?(?:(?:why|what|how|when|where|who|which|whose)(?:'?s|"
    rf"'?re|'?d)?\s+(?:{_AUXILIARY}|you|that|this|sees|gets|reads|knows|needs|wants|it|the|my|kind|sort|much|many|long|so|for|about|not|"
    rf"if)\b|"
    rf"(?:why|what|how|when|where|who)(?:'?s|'?re)\s+\w|why\b|{_AUXILIARY}\s+(?:i|you|we|they|it|he|she|"
    rf"that|this|these|those|there|my|your|the|someone|somebody|anyone)\b)"
)  # fmt: skip


class WaysOut:
    def __init__(self, phrases: list[str], padding: str) -> None:
        self._padding = frozenset(fold(padding).split())
        self._phrases = frozenset(bare for phrase in phrases if (bare := self._bare(phrase)))

    @classmethod
    def load(cls) -> "WaysOut":
        """The one list: `ways_out.yml` beside this file."""
        raw = resources.files(__package__).joinpath("ways_out.yml").read_text("utf-8")
        content = yaml.safe_load(raw)
        return cls(content["phrases"], content["padding"])

    def leads_out(self, text: str) -> bool:
        """Whether `text` is a way out, or only politeness, instead of a value."""
        bare = self._bare(text)
        return not bare or bare in self._phrases

    def asks(self, text: str) -> bool:
        """Whether `text` is a question."""
        plain = fold(text).replace("’", "'").strip(" .,!\"'")
        return plain.endswith("?") or _ASKED.match(plain) is not None

    def _bare(self, text: str) -> tuple[str, ...]:
        words = (word.replace("’", "'") for word in _WORD.findall(fold(text)))
        return tuple(word for word in words if word not in self._padding)
