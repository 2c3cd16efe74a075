"""Sessions: opened, resolved, raised, renewed and ended, all on the server's side.

OWASP ASVS 7.2.3 and 7.2.4: ids and tokens from the operating system's generator; every rise of
level gives a new id and a new token, and the old ones are dead in the same transaction.
"""

import hmac
import re
from datetime import datetime
from typing import Any

from countersign.audit.service import Audit
from countersign.audit.tags import Tag
from countersign.db.engine import Database
from countersign.identity.errors import (
    PersonDiffersError,
    SessionExpiredError,
    SessionRenewRefusedError,
    SessionUnknownError,
)
from countersign.identity.models import (
    KEEP_DEVICES,
    KEEP_ENDED,
    MAX_SESSIONS_PER_PERSON,
    RENEW_WITHIN,
    TIME_OUTS,
    TOUCH_EVERY,
    Level,
    Opened,
    Session,
)
from countersign.identity.pseudonyms import person_index, pseudonym
from countersign.identity.repository import DeviceRepository, SessionRepository, SessionRow
from countersign.kit.clock import Clock
from countersign.kit.hidden import Personal, Secret
from countersign.kit.ids import new_id, new_token
from countersign.vault.models import Sealed
from countersign.vault.service import Vault

_PERSON = "session.person"
_DEVICE_KEY = re.compile(r"[A-Za-z0-9_-]{22,128}")


class Sessions:
    def __init__(self, db: Database, vault: Vault, audit: Audit, clock: Clock) -> None:
        self._db = db
        self._rows = SessionRepository(db)
        self._devices = DeviceRepository(db)
        self._vault = vault
        self._audit = audit
        self._clock = clock

    def open(self, channel: str, language: str, transport: str, device_key: str | None = None) -> Opened:
        """A new conversation with nobody in particular.

        `device_key` is the one that an earlier session returned; one that we cannot have made
        (not 22 to 128 URL-safe characters) is replaced.
        """
        if device_key is None or not _DEVICE_KEY.fullmatch(device_key):
            device_key = new_token()
        with self._db.begin():
            opened = self._add(
                conversation=new_id("cnv"),
                level=Level.ANYONE,
                person=None,
                device=self._vault.mac(device_key, purpose="session.device"),
                channel=channel,
                language=language,
                transport=transport,
            )
            self._record(Tag.SESSION_OPEN, opened.session, channel=channel, transport=transport)
        return Opened(opened.session, opened.token, Secret(device_key))

    def resolve(self, token: str, device_key: str | None = None) -> Session:
        """Whose token this is. Raises SessionUnknownError or SessionExpiredError: outside, the same 401.

        A token that comes with another device's key was taken from somewhere: the session ends at once,
        for the thief and for whose it was, who signs in anew. `device_key` None: nothing to compare.
        """
        row = self._rows.by_token(self._hash(token))
        if row is None or row.ended_at is not None:
            raise SessionUnknownError("no session has this token")
        if device_key is not None and not self._same_device(row, device_key):
            self._stolen(row)
            raise SessionUnknownError(f"session {row.id} was used from another device")
        now = self._clock.now()
        if _lapsed(row, now):
            raise SessionExpiredError(f"session {row.id} has run out")
        if now - row.last_seen_at >= TOUCH_EVERY:
            self._rows.touch(row.id, now)
        return self._session(row)

    def current(self, id_: str) -> Session | None:
        """The session of this id as it stands now, or None when it is over."""
        row = self._rows.by_id(id_)
        return self._session(row) if row is not None and self._lives(row) else None

    def of_conversation(self, conversation: str) -> Session | None:
        """The living session of a conversation: there is at most one."""
        for row in self._rows.not_ended_of_conversation(conversation):
            if self._lives(row):
                return self._session(row)
        return None

    def seen(self, conversation: str) -> Session | None:
        """As `of_conversation`, and counts as use: what a socket asks at each message."""
        session = self.of_conversation(conversation)
        if session is not None and self._clock.now() - session.last_seen_at >= TOUCH_EVERY:
            self._rows.touch(session.id, self._clock.now())
        return session

    def change_conversation(self, session: Session) -> str:
        """The session goes on under a new pseudonym, which is returned; nothing ties it to the old one.

        Raises SessionUnknownError when the session is over.
        """
        conversation = new_id("cnv")
        if not self._rows.change_conversation(session.id, conversation):
            raise SessionUnknownError(f"session {session.id} is over")
        return conversation

    def of_person(self, person: str) -> list[Session]:
        """A person's living sessions, the one used last first."""
        rows = self._rows.not_ended_of_person(person_index(self._vault, person))
        return [self._session(row) for row in rows if self._lives(row)]

    def rise(
        self, session: Session, person: str, level: Level, authenticated_at: datetime | None = None
    ) -> Opened:
        """The same conversation goes on in a new session, at exactly `level`; the old one is dead.

        `authenticated_at` is when the person proved who they are, where somebody else says so; never
        later than now, which it is by itself.

        Exactly: signing in again by mail after a step-up gives SIGNED_IN, since a mailed code must not
        make the old step-up fresh again (ASVS 6.3.6). Raises SessionUnknownError when the session
        is over, PersonDiffersError when it belongs to somebody else.
        """
        if level < Level.SIGNED_IN:
            raise ValueError("a session rises to SIGNED_IN or higher")
        with self._db.begin():
            row = self._rows.by_id(session.id)
            if row is None or not self._lives(row):
                raise SessionUnknownError(f"session {session.id} is over")
            if self._person(row) not in (None, person):
                raise PersonDiffersError(f"conversation {row.conversation} belongs to another person")
            opened = self._add(
                conversation=row.conversation,
                level=level,
                person=person,
                device=row.device,
                channel=row.channel,
                language=row.language,
                transport=row.transport,
                authenticated_at=authenticated_at,
            )
            if not self._rows.end(row.id, self._clock.now(), successor=opened.session.id):
                raise SessionUnknownError(f"session {session.id} is over")
            self._record(Tag.SESSION_RISE, opened.session, level=level.name, session=row.id)
            self._end_surplus(person)
        return opened

    def renew(self, old_token: str, device_key: str) -> Opened:
        """A fresh token of the session that replaced `old_token`'s, for a client that missed it.

        Once, within 60 s of the rise, with the same device key; whoever comes second, later or
        from another device gets nothing, and the token handed out at the rise is dead after it.
        Raises SessionRenewRefusedError.
        """
        token = new_token()
        with self._db.begin():
            row = self._rows.by_token(self._hash(old_token))
            session = None if row is None else self._successor(row, device_key)
            if session is not None:
                now = self._clock.now()
                self._rows.replace_token(session.id, self._hash(token), now)
                self._record(Tag.SESSION_RENEW, session)
            elif row is not None:
                self._audit.record(
                    Tag.SESSION_RENEW, actor=row.id, subject=row.conversation, outcome="refused"
                )
        if session is None:
            raise SessionRenewRefusedError("no right to a fresh token")
        return Opened(session, Secret(token), Secret(device_key))

    def end(self, session: Session) -> None:
        """Sign out. Ending twice is no error."""
        with self._db.begin():
            if self._rows.end(session.id, self._clock.now()):
                self._record(Tag.SESSION_END, session)

    def handle(self, session: Session) -> str:
        """A name for a session that its own person may be shown; it opens nothing."""
        return self._vault.mac(session.id, purpose="session.handle").hex()[:16]

    def end_by_handle(self, person: str, handle: str) -> bool:
        """Ends the person's session of that `handle`; False when none is living."""
        for session in self.of_person(person):
            if hmac.compare_digest(self.handle(session), handle):
                self.end(session)
                return True
        return False

    def end_all(self, person: str) -> int:
        """Signs a person out everywhere, and no device counts as known any more.

        Returns how many living sessions there were.
        """
        with self._db.begin():
            living = self.of_person(person)
            index = person_index(self._vault, person)
            self._rows.end_all(index, self._clock.now())
            self._devices.forget(index)
            self._audit.record(
                Tag.SESSION_END_ALL,
                actor=pseudonym(self._vault, person),
                subject=None,
                outcome="done",
                detail={"count": str(len(living))},
            )
        return len(living)

    def device_of(self, session: Session) -> bytes:
        """The keyed hash of the device key that this session was opened with.

        Raises SessionUnknownError.
        """
        row = self._rows.by_id(session.id)
        if row is None:
            raise SessionUnknownError(f"no session {session.id}")
        return bytes(row.device)

    def purge(self) -> int:
        """Deletes sessions that were over a day ago and devices unused for 90; how many rows."""
        now = self._clock.now()
        with self._db.begin():
            return self._rows.purge(now - KEEP_ENDED) + self._devices.purge(now - KEEP_DEVICES)

    def _add(
        self, *, level: Level, person: str | None, authenticated_at: datetime | None = None, **values: Any
    ) -> Opened:
        now, token, id_ = self._clock.now(), new_token(), new_id("ses")
        session = Session(
            id=id_,
            level=level,
            person=person,
            authenticated_at=min(now, authenticated_at or now) if person else None,
            created_at=now,
            last_seen_at=now,
            expires_at=now + TIME_OUTS[level].absolute,
            **{name: value for name, value in values.items() if name != "device"},
        )
        self._rows.add(
            **{name: value for name, value in vars(session).items() if name not in ("level", "person")},
            level=int(level),
            person=self._vault.seal(Personal(person), purpose=_PERSON, subject=id_).raw if person else None,
            person_index=person_index(self._vault, person) if person else None,
            token=self._hash(token),
            device=values["device"],
        )
        return Opened(session, Secret(token), None)

    def _same_device(self, row: SessionRow, device_key: str) -> bool:
        return hmac.compare_digest(self._vault.mac(device_key, purpose="session.device"), row.device)

    def _stolen(self, row: SessionRow) -> None:
        with self._db.begin():
            if self._rows.end(row.id, self._clock.now()):
                self._record(Tag.SESSION_STOLEN, self._session(row))

    def _successor(self, row: SessionRow, device_key: str) -> Session | None:
        now = self._clock.now()
        if (
            row.successor is None
            or row.ended_at is None
            or now - row.ended_at > RENEW_WITHIN
            or not self._same_device(row, device_key)
        ):
            return None
        # Spent even when the successor is over by now: a right that failed is not tried again.
        return self.current(row.successor) if self._rows.spend_renewal(row.id, now) else None

    def _end_surplus(self, person: str) -> None:
        for session in self.of_person(person)[MAX_SESSIONS_PER_PERSON:]:
            self._rows.end(session.id, self._clock.now())
            self._record(Tag.SESSION_END, session, reason="too-many")

    def _lives(self, row: SessionRow) -> bool:
        return row.ended_at is None and not _lapsed(row, self._clock.now())

    def _person(self, row: SessionRow) -> str | None:
        if row.person is None:
            return None
        return self._vault.open(Sealed(row.person), purpose=_PERSON, subject=row.id).reveal()

    def _session(self, row: SessionRow) -> Session:
        return Session(
            id=row.id,
            conversation=row.conversation,
            level=Level(row.level),
            person=self._person(row),
            authenticated_at=row.authenticated_at,
            created_at=row.created_at,
            last_seen_at=row.last_seen_at,
            expires_at=row.expires_at,
            channel=row.channel,
            language=row.language,
            transport=row.transport,
        )

    def _hash(self, token: str) -> bytes:
        return self._vault.mac(token, purpose="session")

    def _record(self, tag: Tag, about: Session, **detail: str) -> None:
        self._audit.record(
            tag,
            actor=about.id,
            subject=pseudonym(self._vault, about.person) if about.person else about.conversation,
            outcome="done",
            detail=detail,
        )


def _lapsed(row: SessionRow, now: datetime) -> bool:
    idle_until: datetime = row.last_seen_at + TIME_OUTS[Level(row.level)].idle
    return now >= row.expires_at or now >= idle_until
