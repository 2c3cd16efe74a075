"""The turn under way: whose it is, and the ticket that the core minted for it."""

from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any


@dataclass
class Turn:
    conversation: str
    ticket: str = field(repr=False)
    held: Any = field(default=None, repr=False)  # its keys.Held, the same to the turn's end


current: ContextVar[Turn | None] = ContextVar("turn", default=None)
"""Set by the channel for the task of one turn; None elsewhere, as in `rasa shell`."""
