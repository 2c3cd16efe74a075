"""Tokens become values again: at the very end, for the conversation they belong to, and only there."""

import re

from countersign.gateway.interfaces import Tokens
from countersign.kit.hidden import Personal

# Broader than the shape of a real token: what is in these brackets and is not ours is not shown.
_BRACKETED = re.compile(r"⟦([^⟦⟧]{0,80})⟧?|⟧")
_UNKNOWN = "…"
CARD = "card"


class Unsealer:
    def __init__(self, tokens: Tokens) -> None:
        self._tokens = tokens

    def open(self, conversation: str, text: str) -> str:
        """`text` with this conversation's tokens as their values.

        A foreign, unknown or forged token becomes «…»; a card's token becomes nothing (see `cards`).
        """

        def value(match: re.Match[str]) -> str:
            if _kind(match) == CARD:
                return ""
            known = self._tokens.open(conversation, match[0]) if match[1] else None
            return _UNKNOWN if known is None else known.reveal()

        return _BRACKETED.sub(value, text)

    def cards(self, conversation: str, text: str) -> list[Personal]:
        """The data of the cards whose tokens stand in `text`, in order; unknown ones are left out."""
        tokens = (match[0] for match in _BRACKETED.finditer(text) if _kind(match) == CARD)
        opened = (self._tokens.open(conversation, token) for token in tokens)
        return [card for card in opened if card is not None]


def _kind(match: re.Match[str]) -> str:
    return (match[1] or "").partition(":")[0]
