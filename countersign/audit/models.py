"""One event of the log, the head of its chain, and what a check may find."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

GENESIS = bytes(32)


@dataclass(frozen=True)
class Event:
    """`actor` and `subject` are pseudonyms: a customer, session or conversation id, or `system`."""

    seq: int
    at: datetime
    tag: str
    actor: str
    subject: str | None
    outcome: str
    detail: Mapping[str, str]

    def digest(self, previous: bytes) -> bytes:
        """SHA-256 over the previous event's digest and this event as canonical JSON, 32 bytes."""
        fields = {
            "seq": self.seq,
            "at": self.at.isoformat(timespec="microseconds"),
            "tag": self.tag,
            "actor": self.actor,
            "subject": self.subject,
            "outcome": self.outcome,
            "detail": dict(self.detail),
        }
        canonical = json.dumps(fields, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
        return hashlib.sha256(previous + canonical.encode("ascii")).digest()


@dataclass(frozen=True)
class Link:
    """An event as it is stored: with its digest, and the keyed hash over that."""

    event: Event
    digest: bytes
    mac: bytes


@dataclass(frozen=True)
class Head:
    """The last event's number and digest, and a keyed hash over both. seq 0: nothing yet."""

    seq: int
    digest: bytes
    mac: bytes


@dataclass(frozen=True, order=True)
class Problem:
    """`seq` is the event at which the chain breaks; 0 for the head."""

    seq: int
    what: str
