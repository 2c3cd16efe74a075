from dataclasses import dataclass, field
from typing import Literal

from countersign.conversations.models import Entry, Message
from countersign.identity.models import Opened


@dataclass(frozen=True)
class Incoming:
    """What a shopper sent: words, or the one-time name of an offered button.

    `key` is the idempotency key; the same key in the same conversation is one message.
    """

    kind: Literal["text", "payload"]
    value: str = field(repr=False)
    key: str


@dataclass
class Reply:
    """What goes back for one message; `opened` when the session was rotated, `ended` when it is over."""

    entries: list[Entry] = field(default_factory=list)
    opened: Opened | None = None
    ended: bool = False
    asked: Entry | None = None
    """The shopper's own message, for their other windows."""


@dataclass
class Prepared:
    """A message that has been through the gateway's inward steps."""

    shown: str = field(repr=False)
    """The shopper's own words as history keeps them."""
    send: tuple[Literal["text", "payload"], str] | None = None
    """What Rasa gets; None when the gateway answers by itself."""
    said: list[Message] = field(default_factory=list)
    asked: Entry | None = None
    opened: Opened | None = None
