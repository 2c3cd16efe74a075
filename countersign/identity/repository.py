"""Sessions, sign-in challenges and known devices as rows.

Tokens, codes and device keys are keyed hashes; a person is sealed, and found by a blind index.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import Column, Index, Integer, LargeBinary, Row, String, Table, delete, insert, select, update

from countersign.db.engine import Database
from countersign.db.schema import UtcDateTime, metadata

sessions = Table(
    "sessions",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("token", LargeBinary(32), nullable=False, unique=True),
    Column("device", LargeBinary(32), nullable=False),
    Column("conversation", String(64), nullable=False, index=True),
    Column("level", Integer, nullable=False),
    Column("person", LargeBinary),
    Column("person_index", LargeBinary(32)),
    Column("channel", String(32), nullable=False),
    Column("language", String(16), nullable=False),
    Column("transport", String(16), nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("last_seen_at", UtcDateTime, nullable=False),
    Column("authenticated_at", UtcDateTime),
    Column("expires_at", UtcDateTime, nullable=False, index=True),
    Column("ended_at", UtcDateTime),
    Column("successor", String(64)),
    Column("renewed_at", UtcDateTime),
    Index("ix_sessions_person", "person_index", "ended_at"),
)
challenges = Table(
    "sign_in_challenges",
    metadata,
    Column("session", String(64), primary_key=True),
    Column("id", String(64), nullable=False),
    Column("person", LargeBinary, nullable=False),
    Column("code", LargeBinary(32), nullable=False),
    Column("code_shown", LargeBinary, nullable=False),
    Column("link", LargeBinary(32), nullable=False, unique=True),
    Column("tries", Integer, nullable=False),
    Column("expires_at", UtcDateTime, nullable=False, index=True),
)
known_devices = Table(
    "known_devices",
    metadata,
    Column("person_index", LargeBinary(32), primary_key=True),
    Column("device", LargeBinary(32), primary_key=True),
    Column("seen_at", UtcDateTime, nullable=False, index=True),
)
SessionRow = Row[Any]
ChallengeRow = Row[Any]


class SessionRepository:
    def __init__(self, db: Database) -> None:
        self._db = db

    def add(self, **values: Any) -> None:
        with self._db.begin() as tx:
            tx.execute(insert(sessions).values(**values))

    def by_token(self, token: bytes) -> SessionRow | None:
        with self._db.read() as tx:
            return tx.execute(select(sessions).where(sessions.c.token == token)).one_or_none()

    def by_id(self, id_: str) -> SessionRow | None:
        with self._db.read() as tx:
            return tx.execute(select(sessions).where(sessions.c.id == id_)).one_or_none()

    def not_ended_of_conversation(self, conversation: str) -> list[SessionRow]:
        query = (
            select(sessions)
            .where(sessions.c.conversation == conversation, sessions.c.ended_at.is_(None))
            .order_by(sessions.c.created_at.desc())
        )
        with self._db.read() as tx:
            return list(tx.execute(query))

    def not_ended_of_person(self, person: bytes) -> list[SessionRow]:
        """The one used last comes first."""
        query = (
            select(sessions)
            .where(sessions.c.person_index == person, sessions.c.ended_at.is_(None))
            .order_by(sessions.c.last_seen_at.desc(), sessions.c.created_at.desc())
        )
        with self._db.read() as tx:
            return list(tx.execute(query))

    def touch(self, id_: str, now: datetime) -> None:
        with self._db.begin() as tx:
            tx.execute(
                update(sessions)
                .where(sessions.c.id == id_, sessions.c.ended_at.is_(None), sessions.c.last_seen_at < now)
                .values(last_seen_at=now)
            )

    def end(self, id_: str, now: datetime, successor: str | None = None) -> bool:
        """False when it had ended before: of two at once, one wins."""
        with self._db.begin() as tx:
            ended = tx.execute(
                update(sessions)
                .where(sessions.c.id == id_, sessions.c.ended_at.is_(None))
                .values(ended_at=now, successor=successor)
            )
            return ended.rowcount == 1

    def change_conversation(self, id_: str, conversation: str) -> bool:
        """False when the session has ended."""
        with self._db.begin() as tx:
            changed = tx.execute(
                update(sessions)
                .where(sessions.c.id == id_, sessions.c.ended_at.is_(None))
                .values(conversation=conversation)
            )
            return changed.rowcount == 1

    def end_all(self, person: bytes, now: datetime) -> None:
        with self._db.begin() as tx:
            tx.execute(
                update(sessions)
                .where(sessions.c.person_index == person, sessions.c.ended_at.is_(None))
                .values(ended_at=now)
            )

    def spend_renewal(self, id_: str, now: datetime) -> bool:
        """False when it was spent before: of two at once, one wins."""
        with self._db.begin() as tx:
            spent = tx.execute(
                update(sessions)
                .where(sessions.c.id == id_, sessions.c.renewed_at.is_(None))
                .values(renewed_at=now)
            )
            return spent.rowcount == 1

    def replace_token(self, id_: str, token: bytes, now: datetime) -> bool:
        """False when the session has ended."""
        with self._db.begin() as tx:
            replaced = tx.execute(
                update(sessions)
                .where(sessions.c.id == id_, sessions.c.ended_at.is_(None))
                .values(token=token, last_seen_at=now)
            )
            return replaced.rowcount == 1

    def purge(self, before: datetime) -> int:
        """Deletes what ended or ran out before that moment."""
        with self._db.begin() as tx:
            return tx.execute(
                delete(sessions).where((sessions.c.ended_at < before) | (sessions.c.expires_at < before))
            ).rowcount


class ChallengeRepository:
    """At most one challenge per session: a newer one replaces it."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def replace(self, session: str, **values: Any) -> None:
        with self._db.begin() as tx:
            tx.execute(delete(challenges).where(challenges.c.session == session))
            tx.execute(insert(challenges).values(session=session, tries=0, **values))

    def living(self, session: str, now: datetime) -> ChallengeRow | None:
        query = select(challenges).where(challenges.c.session == session, challenges.c.expires_at > now)
        with self._db.read() as tx:
            return tx.execute(query).one_or_none()

    def living_by_link(self, link: bytes, now: datetime) -> ChallengeRow | None:
        query = select(challenges).where(challenges.c.link == link, challenges.c.expires_at > now)
        with self._db.read() as tx:
            return tx.execute(query).one_or_none()

    def count_try(self, session: str, most: int, now: datetime) -> ChallengeRow | None:
        """The living challenge with this try counted in it, or None when it has none left.

        Counted in one statement before anything is compared, so parallel tries are never more than
        `most`.
        """
        with self._db.begin() as tx:
            return tx.execute(
                update(challenges)
                .where(
                    challenges.c.session == session,
                    challenges.c.tries < most,
                    challenges.c.expires_at > now,
                )
                .values(tries=challenges.c.tries + 1)
                .returning(*challenges.c)
            ).one_or_none()

    def spend(self, session: str, id_: str) -> bool:
        """False when it was spent or replaced before: of two at once, one wins."""
        with self._db.begin() as tx:
            spent = tx.execute(
                delete(challenges).where(challenges.c.session == session, challenges.c.id == id_)
            )
            return spent.rowcount == 1

    def purge(self, before: datetime) -> int:
        with self._db.begin() as tx:
            return tx.execute(delete(challenges).where(challenges.c.expires_at < before)).rowcount


class DeviceRepository:
    """Devices on which somebody has been seen before; both halves are hashes, or an account's id.

    `table` has three columns: whose, which device, and when it was last seen.
    """

    def __init__(self, db: Database, table: Table = known_devices) -> None:
        self._db = db
        self._table = table
        self._owner, self._device, self._seen = table.columns

    def remember(self, owner: bytes | str, device: bytes, now: datetime) -> None:
        with self._db.begin() as tx:
            tx.execute(delete(self._table).where(self._owner == owner, self._device == device))
            values = {self._owner: owner, self._device: device, self._seen: now}
            tx.execute(insert(self._table).values(values))

    def knows(self, owner: bytes | str, device: bytes) -> bool:
        query = select(self._seen).where(self._owner == owner, self._device == device)
        with self._db.read() as tx:
            return tx.execute(query).one_or_none() is not None

    def forget(self, owner: bytes | str) -> None:
        with self._db.begin() as tx:
            tx.execute(delete(self._table).where(self._owner == owner))

    def purge(self, before: datetime) -> int:
        with self._db.begin() as tx:
            return tx.execute(delete(self._table).where(self._seen < before)).rowcount
