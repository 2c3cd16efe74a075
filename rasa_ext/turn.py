"""The turn under way: whose it is, and the ticket that the core minted for it."""

from contextvars import ContextVar
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Turn:
    conversation: str
    ticket: str = field(repr=False)


current: ContextVar["Turn | None"] = ContextVar("turn", default=None)
"""Set by the channel for the task of one turn; None elsewhere, as in `rasa shell`."""
