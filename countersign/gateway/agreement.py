"""Whether a message is a yes to what was read back: the core's own judgement, never Rasa's."""

import json
import re
from importlib import resources

import yaml

from countersign.conversations.proposals import Proposals
from countersign.kit.personal_forms import fold

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*|[^\w\s]")
_HARMLESS = frozenset(".,!:;()\"'…👍")
_AFFIRM = "/affirm"


class Agreement:
    def __init__(self, proposals: Proposals) -> None:
        raw = resources.files(__package__).joinpath("yes.yml").read_text("utf-8")
        content = yaml.safe_load(raw)
        self._proposals = proposals
        self._padding = frozenset(fold(content["padding"]).split())
        self._yes = frozenset(self._bare(phrase) for phrase in content["agrees"])
        self._alone = frozenset(fold(content["alone"]).split())

    def hear(self, conversation: str, words: str) -> None:
        """Notes that the shopper wrote `words`: a yes agrees to what is shown, all else withdraws it."""
        shown = self._proposals.waiting(conversation)
        self._proposals.hear(conversation, shown if shown and self.is_yes(words) else None)

    def press(self, conversation: str, payload: str) -> None:
        """Notes that the shopper pressed a button: only the one of the very proposal agrees to it."""
        name = None
        if payload.startswith(_AFFIRM + "{"):
            name = json.loads(payload.removeprefix(_AFFIRM)).get("proposal")
        self._proposals.hear(conversation, name if isinstance(name, str) else None)

    def is_yes(self, words: str) -> bool:
        """Whether the whole text says yes and nothing but yes; a question never does."""
        found = _WORD.findall(fold(words).replace("’", "'"))
        if any(not word[0].isalnum() and word not in _HARMLESS for word in found):
            return False
        said = [word for word in found if word[0].isalnum()]
        bare = tuple(word for word in said if word not in self._padding)
        if not bare:
            return bool(said) and bool(self._alone.intersection(said))
        return self._all_yes(bare)

    def _all_yes(self, said: tuple[str, ...]) -> bool:
        """«Yes, go ahead, do it» is several of the phrases, one after the other."""
        if not said:
            return True
        starts = [len(phrase) for phrase in self._yes if phrase and said[: len(phrase)] == phrase]
        return any(self._all_yes(said[length:]) for length in starts)

    def _bare(self, phrase: str) -> tuple[str, ...]:
        return tuple(word for word in fold(phrase).split() if word not in self._padding)
