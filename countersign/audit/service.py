"""An append-only log in which every event holds on to the one before it.

Each event's SHA-256 digest covers the previous digest, so an exported log can be checked without
any key. Over each digest, and over the head (number and digest of the last event), lies a keyed
hash whose key is not in the database, so whoever can rewrite the tables cannot recompute the chain.

`verify()` finds an event that was changed, removed, inserted, swapped or forged, and a tail that
was cut off. It cannot find that the whole database was put back to an older state, head
included: for that, keep `head()` on another machine and pass it as `expected`.
"""

import hmac
import re
from collections.abc import Iterator, Mapping
from types import MappingProxyType

from countersign.audit.errors import AuditBrokenError, DetailRefusedError
from countersign.audit.interfaces import Macs
from countersign.audit.models import GENESIS, Event, Head, Link, Problem
from countersign.audit.repository import AuditRepository
from countersign.audit.tags import DETAIL_KEYS, Tag
from countersign.kit.clock import Clock

# No space and no «@»: neither a sentence nor an e-mail address can slip in.
_PSEUDONYM = re.compile(r"[\w#.:/+,*-]{1,128}", re.ASCII)
_NOTHING: Mapping[str, str] = MappingProxyType({})


class Audit:
    def __init__(self, macs: Macs, repository: AuditRepository, clock: Clock) -> None:
        self._macs = macs
        self._repository = repository
        self._clock = clock

    def record(
        self,
        tag: Tag,
        *,
        actor: str,
        subject: str | None,
        outcome: str,
        detail: Mapping[str, str] = _NOTHING,
    ) -> None:
        """Adds an event, in the caller's transaction when there is one.

        Raises DetailRefusedError for a detail key that is not in DETAIL_KEYS and for any value that
        is no pseudonym (an e-mail address, a sentence); AuditBrokenError when the head was tampered
        with, so that new events never lend it credit.
        """
        check(actor, subject, outcome, detail)
        with self._repository.database.begin():
            head = self._sound_head()
            event = Event(
                head.seq + 1, self._clock.now(), Tag(tag).value, actor, subject, outcome, dict(detail)
            )
            digest = event.digest(head.digest)
            link = Link(event, digest, self._mac_of_event(digest))
            self._repository.append(link, self._head(event.seq, digest))

    def head(self) -> Head:
        """To be kept on another machine. Raises AuditBrokenError."""
        with self._repository.database.begin():
            return self._sound_head()

    def verify(self, expected: Head | None = None) -> list[Problem]:
        """Every place where the chain does not hold; empty when it does. `expected` is an earlier
        `head()` that must still be part of it."""
        with self._repository.database.read():
            return [*self._problems(self._repository.head(), expected)]

    def _problems(self, head: Head | None, expected: Head | None) -> Iterator[Problem]:
        previous, last = GENESIS, 0
        expected_found = expected is None or expected.seq == 0
        for link in self._repository.links():
            yield from self._broken(link, previous, last)
            previous, last = link.digest, link.event.seq
            expected_found = expected_found or (expected is not None and _same(expected, last, previous))
        yield from self._broken_head(head, previous, last)
        if expected is not None and not expected_found:
            yield Problem(expected.seq, "the event that was noted elsewhere is not in the log")

    def _broken(self, link: Link, previous: bytes, last: int) -> Iterator[Problem]:
        seq = link.event.seq
        if seq != last + 1:
            yield Problem(seq, f"follows event {last}: events between are missing")
        if not hmac.compare_digest(link.event.digest(previous), link.digest):
            yield Problem(seq, "was changed, or does not follow the event before it")
        if not hmac.compare_digest(self._mac_of_event(link.digest), link.mac):
            yield Problem(seq, "was not written with the key")

    def _broken_head(self, head: Head | None, digest: bytes, last: int) -> Iterator[Problem]:
        if head is None:
            if last:
                yield Problem(0, "the head is gone")
        elif not self._sound(head):
            yield Problem(0, "the head was not written with the key")
        elif head.seq > last:
            yield Problem(head.seq, f"the log ends at event {last}: its tail was cut off")
        elif not _same(head, last, digest):
            yield Problem(last, f"the head names event {head.seq}: events after it were not recorded")

    def _sound_head(self) -> Head:
        head = self._repository.head(locked=True) or self._first_head()
        if not self._sound(head):
            raise AuditBrokenError("the head of the audit log was not written with the key")
        return head

    def _first_head(self) -> Head:
        if self._repository.is_empty():
            self._repository.start(self._head(0, GENESIS))
        # Another writer may have begun the log between any two of these looks.
        head = self._repository.head(locked=True)
        if head is None:
            raise AuditBrokenError("the head of the audit log is gone")
        return head

    def _sound(self, head: Head) -> bool:
        return hmac.compare_digest(self._head(head.seq, head.digest).mac, head.mac)

    def _head(self, seq: int, digest: bytes) -> Head:
        return Head(seq, digest, self._macs.mac(f"{seq} {digest.hex()}", purpose="audit-head"))

    def _mac_of_event(self, digest: bytes) -> bytes:
        return self._macs.mac(digest.hex(), purpose="audit-event")


def _same(head: Head, seq: int, digest: bytes) -> bool:
    return head.seq == seq and hmac.compare_digest(head.digest, digest)


def check(actor: str, subject: str | None, outcome: str, detail: Mapping[str, str]) -> None:
    """Raises DetailRefusedError, see Audit.record."""
    unknown = sorted(set(detail) - DETAIL_KEYS)
    if unknown:
        raise DetailRefusedError(f"detail keys that are not listed: {', '.join(unknown)}")
    subject = "-" if subject is None else subject
    # object: a caller without type checks may hand over anything.
    fields: Mapping[str, object] = {**detail, "actor": actor, "subject": subject, "outcome": outcome}
    for name, value in fields.items():
        if not isinstance(value, str) or not _PSEUDONYM.fullmatch(value):
            raise DetailRefusedError(
                f"{name} is not a pseudonym or a word: up to 128 of A-Z a-z 0-9 _#.:/+,*-"
            )
