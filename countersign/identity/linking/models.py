"""A messenger's chat, and whose account it belongs to."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from countersign.kit.hidden import Personal, Secret

CODE_LIFE = timedelta(minutes=10)
MOST_LINKS = 10
"""Chats of one person; one more must wait until another is unlinked."""


@dataclass(frozen=True)
class Chat:
    """`id` is the messenger's own opaque name for the chat: never a display name, never a phone number."""

    channel: str
    id: Personal = field(repr=False)


@dataclass(frozen=True)
class LinkCode:
    """To be typed in the messenger: XXXX-XXXX."""

    code: Secret
    expires_at: datetime


@dataclass(frozen=True)
class Link:
    """`id` is what unlinking names; nothing here tells which chat it is."""

    id: str
    channel: str
    linked_at: datetime


@dataclass(frozen=True)
class Linked:
    link: Link
    person: str = field(repr=False)


@dataclass(frozen=True)
class NotLinked:
    """Whatever was wrong with the code: to whoever typed it, it reads alike."""
