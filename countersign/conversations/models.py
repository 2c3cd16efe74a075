from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

Sender = Literal["shopper", "assistant", "agent"]
Message = dict[str, Any]
"""What a shopper sees: {text?, buttons?, card?, cards?, image?, checkpoint?, sensitive?}."""


@dataclass(frozen=True)
class Entry:
    """One message of a conversation's history; `number` counts from 1 and never repeats.

    `key` is the idempotency key of the shopper's message that it is, or answers.
    """

    number: int
    at: datetime
    sender: Sender
    body: Message
    key: str | None


@dataclass(frozen=True)
class Turn:
    """A living turn: what the holder of its ticket may act for."""

    conversation: str
    session: str
    origin: str
    """A keyed hash of the network address, for limits only."""


@dataclass(frozen=True)
class Expectation:
    """What the next message may hold."""

    answer: str | None = None
    """A kind of personal value that the last response asked for."""
    sign_in: Literal["email", "code"] | None = None


@dataclass(frozen=True)
class Errand:
    """What was interrupted by a checkpoint, kept so that it goes on by itself."""

    conversation: str
    action: str
    slots: Mapping[str, str]
    deed: str
    level: str
    reason: str
    expires_at: datetime
    passed: bool
