"""Whether a message is a yes to what was read back: the core's own judgement, never Rasa's."""

import contextlib
import json
import re
import unicodedata
from importlib import resources

import yaml

from countersign.conversations.proposals import Proposals

_PIECE = re.compile(r"[^\W_]+(?:'[^\W_]+)*|\S")
_HARMLESS = frozenset(".,!👍\ufe0f")
_HESITATES = ".."
_LONGEST = 12
"""Words. Nobody says yes at greater length and means nothing else."""
_AFFIRM = "/affirm"
Words = tuple[str, ...]


class Agreement:
    def __init__(self, proposals: Proposals) -> None:
        raw = resources.files(__package__).joinpath("yes.yml").read_text("utf-8")
        content = yaml.safe_load(raw)
        self._proposals = proposals
        self._agrees, self._padding, self._alone = (
            frozenset(tuple(phrase.casefold().split()) for phrase in content[part])
            for part in ("agrees", "padding", "alone")
        )

    def hear(self, conversation: str, words: str, standing: str | None) -> None:
        """Notes that the shopper wrote `words`: a yes agrees to what is shown, all else withdraws it.

        `standing` is the proposal that was shown when the message came. A yes that was on its way
        before the read-back was there is no yes to it.
        """
        agreed = standing is not None and self.is_yes(words)
        self._proposals.hear(conversation, standing if agreed else None)

    def press(self, conversation: str, payload: str) -> None:
        """Notes that the shopper pressed a button: only the one of the very proposal agrees to it."""
        name = None
        if payload.startswith(_AFFIRM + "{"):
            with contextlib.suppress(ValueError, RecursionError):  # Rasa may have offered anything
                name = json.loads(payload.removeprefix(_AFFIRM)).get("proposal")
        self._proposals.hear(conversation, name if isinstance(name, str) else None)

    def is_yes(self, words: str) -> bool:
        """Whether the whole text says yes and nothing but yes; a question never does."""
        # Accents stay: a «yes» with a line through it is made of them too.
        text = unicodedata.normalize("NFKC", words).casefold().replace("’", "'")
        pieces = _PIECE.findall(text)
        said = tuple(piece for piece in pieces if piece[0].isalnum())
        if _HESITATES in text or any(p not in _HARMLESS for p in pieces if not p[0].isalnum()):
            return False
        return said in self._alone or (len(said) <= _LONGEST and self._agreed(said))

    def _agreed(self, said: Words) -> bool:
        """Whether `said` is made of agreeing phrases, at least one, and padding."""
        # By place: whether what stands before it agrees so far.
        reached = {0: False}
        for start in range(len(said)):
            if start not in reached:
                continue
            for end in range(start + 1, len(said) + 1):
                phrase = said[start:end]
                if phrase in self._agrees or phrase in self._padding:
                    agrees = reached[start] or phrase in self._agrees
                    reached[end] = reached.get(end, False) or agrees
        return reached.get(len(said), False)
