"""Tokens become values again: at the very end, for the conversation they belong to, and only there."""

import re

from countersign.gateway.interfaces import Tokens

# Broader than the shape of a real token: what is in these brackets and is not ours is not shown.
_BRACKETED = re.compile(r"⟦([^⟦⟧]{0,80})⟧?|⟧")
# A value in an address would leave for whoever owns the address, at one click.
_ADDRESS = re.compile(r"[a-z][a-z0-9+.-]{0,20}:(?=//)\S*", re.IGNORECASE)
_UNKNOWN = "…"
_DRAWN = frozenset({"card", "checkpoint", "choices", "proposal"})


class Unsealer:
    def __init__(self, tokens: Tokens) -> None:
        self._tokens = tokens

    def open(self, conversation: str, text: str) -> str:
        """`text` with this conversation's tokens as their values.

        A foreign, unknown or forged token becomes «…»; the token of what is
        drawn and never read, such as a card, becomes nothing. In a web address none is opened.
        """
        addresses = [found.span() for found in _ADDRESS.finditer(text)]

        def value(match: re.Match[str]) -> str:
            if _kind(match) in _DRAWN:
                return ""
            if any(start < match.start() < end for start, end in addresses):
                return _UNKNOWN
            known = self._tokens.open(conversation, match[0]) if match[1] else None
            return _UNKNOWN if known is None else known.reveal()

        return _BRACKETED.sub(value, text)


def _kind(match: re.Match[str]) -> str:
    return (match[1] or "").partition(":")[0]
