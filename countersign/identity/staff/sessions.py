"""Sessions of the staff: apart from shoppers', shorter, and over as soon as the account is.

Each look reads the account with them, so a role that was taken away is gone at the next click.
"""

from datetime import datetime

from countersign.audit.service import Audit
from countersign.audit.tags import Tag
from countersign.db.engine import Database
from countersign.identity.staff.errors import StaffSessionError
from countersign.identity.staff.models import (
    ABSOLUTE,
    IDLE,
    KEEP_ENDED,
    MAX_SESSIONS,
    TOUCH_EVERY,
    StaffOpened,
    StaffSession,
    State,
)
from countersign.identity.staff.repository import AnyRow, StaffSessionRepository
from countersign.identity.staff.table import Role
from countersign.kit.clock import Clock
from countersign.kit.hidden import Secret
from countersign.kit.ids import new_id, new_token
from countersign.vault.service import Vault


class StaffSessions:
    def __init__(self, db: Database, vault: Vault, audit: Audit, clock: Clock) -> None:
        self._db = db
        self._rows = StaffSessionRepository(db)
        self._vault = vault
        self._audit = audit
        self._clock = clock

    def open(self, staff: str) -> StaffOpened:
        """A session of somebody who has just given password and second factor.

        Raises StaffSessionError when the account is not active.
        """
        now = self._clock.now()
        with self._db.begin():
            opened = self._add(staff, now, now + ABSOLUTE)
            others = [row.id for row in self._rows.not_ended_of(staff) if row.id != opened.session.id]
            for id_ in others[MAX_SESSIONS - 1 :]:
                self._end(id_, staff, "too-many")
        return opened

    def resolve(self, token: str) -> StaffSession:
        """Whose token this is; counts as use. Raises StaffSessionError, whatever the reason."""
        row = self._rows.by_token(self._hash(token))
        if row is None or not self._lives(row):
            raise StaffSessionError("no living session has this token")
        now = self._clock.now()
        if now - row.last_seen_at >= TOUCH_EVERY:
            self._rows.touch(row.id, now)
        return _session(row)

    def current(self, id_: str) -> StaffSession | None:
        """The session of this id as it stands now, or None when it is over."""
        row = self._rows.by_id(id_)
        return _session(row) if row is not None and self._lives(row) else None

    def of(self, staff: str) -> list[StaffSession]:
        """An account's living sessions, the one used last first."""
        return [_session(row) for row in self._rows.not_ended_of(staff) if self._lives(row)]

    def rotate(self, session: StaffSession) -> StaffOpened:
        """The same sign-in goes on under a new id and token, freshly authenticated; the old one is dead.

        Its absolute end stays where it was. Raises StaffSessionError when the session is over.
        """
        with self._db.begin():
            living = self.current(session.id)
            if living is None or not self._rows.end(living.id, self._clock.now()):
                raise StaffSessionError("the session is over")
            return self._add(living.staff, living.created_at, living.expires_at)

    def end(self, session: StaffSession) -> None:
        """Sign out. Ending twice is no error."""
        with self._db.begin():
            self._end(session.id, session.staff, "sign-out")

    def end_one(self, staff: str, id_: str) -> bool:
        """Ends a session of this account; False when it has no such living one."""
        with self._db.begin():
            mine = any(row.id == id_ for row in self._rows.not_ended_of(staff))
            return mine and self._end(id_, staff, "ended")

    def end_all(self, staff: str, but: StaffSession | None = None) -> int:
        """Ends an account's sessions, `but` one if given; how many."""
        with self._db.begin():
            ended = self._rows.end_all(staff, self._clock.now(), but.id if but else "")
            self._audit.record(
                Tag.STAFF_SESSION_END,
                actor=but.id if but else staff,
                subject=staff,
                outcome="done",
                detail={"count": str(ended)},
            )
        return ended

    def purge(self) -> int:
        """Deletes sessions that ended more than a day ago; how many."""
        return self._rows.purge(self._clock.now() - KEEP_ENDED)

    def _add(self, staff: str, created_at: datetime, expires_at: datetime) -> StaffOpened:
        now, token, id_ = self._clock.now(), new_token(), new_id("sts")
        self._rows.add(
            id=id_,
            token=self._hash(token),
            staff=staff,
            authenticated_at=now,
            created_at=created_at,
            last_seen_at=now,
            expires_at=expires_at,
        )
        session = self.current(id_)
        if session is None:
            raise StaffSessionError("the account is not active")
        return StaffOpened(session, Secret(token))

    def _end(self, id_: str, staff: str, reason: str) -> bool:
        ended = self._rows.end(id_, self._clock.now())
        if ended:
            self._audit.record(
                Tag.STAFF_SESSION_END, actor=id_, subject=staff, outcome="done", detail={"reason": reason}
            )
        return ended

    def _lives(self, row: AnyRow) -> bool:
        now = self._clock.now()
        return (
            row.ended_at is None
            and row.state == State.ACTIVE
            and now < row.expires_at
            and now < row.last_seen_at + IDLE
        )

    def _hash(self, token: str) -> bytes:
        return self._vault.mac(token, purpose="staff.session")


def _session(row: AnyRow) -> StaffSession:
    return StaffSession(
        id=row.id,
        staff=row.staff,
        roles=roles_of(row.roles),
        authenticated_at=row.authenticated_at,
        created_at=row.created_at,
        last_seen_at=row.last_seen_at,
        expires_at=row.expires_at,
    )


def roles_of(written: str) -> frozenset[Role]:
    """A name that the table no longer has gives nothing."""
    return frozenset(Role(name) for name in written.split(",") if name in Role)
