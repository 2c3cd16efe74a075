"""Accounts, one-time links, TOTP secrets, devices and sessions of the staff as rows.

Tokens and device keys are keyed hashes; addresses, names, password hashes and TOTP secrets are sealed.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    Index,
    LargeBinary,
    Row,
    String,
    Table,
    delete,
    insert,
    select,
    update,
)
from sqlalchemy.exc import IntegrityError

from countersign.db.engine import Database
from countersign.db.schema import UtcDateTime, metadata

accounts = Table(
    "staff_accounts",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("email_index", LargeBinary(32), nullable=False, unique=True),
    Column("email", LargeBinary, nullable=False),
    Column("name", LargeBinary, nullable=False),
    Column("roles", String(200), nullable=False),
    Column("state", String(16), nullable=False),
    Column("password", LargeBinary),
    Column("made_at", UtcDateTime, nullable=False),
)
links = Table(
    "staff_links",
    metadata,
    Column("staff", String(64), primary_key=True),
    Column("token", LargeBinary(32), nullable=False, unique=True),
    Column("secret", LargeBinary, nullable=False),
    Column("expires_at", UtcDateTime, nullable=False, index=True),
)
totp = Table(
    "staff_totp",
    metadata,
    Column("staff", String(64), primary_key=True),
    Column("secret", LargeBinary, nullable=False),
    Column("last_step", BigInteger, nullable=False),
)
# Browsers on which an account has signed in: a `DeviceRepository` keeps them.
staff_devices = Table(
    "staff_devices",
    metadata,
    Column("staff", String(64), primary_key=True),
    Column("device", LargeBinary(32), primary_key=True),
    Column("seen_at", UtcDateTime, nullable=False, index=True),
)
sessions = Table(
    "staff_sessions",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("token", LargeBinary(32), nullable=False, unique=True),
    Column("staff", String(64), nullable=False),
    Column("authenticated_at", UtcDateTime, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("last_seen_at", UtcDateTime, nullable=False),
    Column("expires_at", UtcDateTime, nullable=False, index=True),
    Column("ended_at", UtcDateTime),
    Index("ix_staff_sessions_staff", "staff", "ended_at"),
)
AnyRow = Row[Any]


class AccountRepository:
    def __init__(self, db: Database) -> None:
        self._db = db

    def add(self, **values: Any) -> bool:
        """False when the address has an account already: of two at once, one wins."""
        try:
            with self._db.begin() as tx:
                tx.execute(insert(accounts).values(**values))
        except IntegrityError:
            return False
        return True

    def by_email(self, index: bytes) -> AnyRow | None:
        with self._db.read() as tx:
            return tx.execute(select(accounts).where(accounts.c.email_index == index)).one_or_none()

    def by_id(self, id_: str) -> AnyRow | None:
        with self._db.read() as tx:
            return tx.execute(select(accounts).where(accounts.c.id == id_)).one_or_none()

    def all(self) -> list[AnyRow]:
        with self._db.read() as tx:
            return list(tx.execute(select(accounts).order_by(accounts.c.made_at, accounts.c.id)))

    def change(self, id_: str, was: str, **values: Any) -> bool:
        """Only when it is in state `was`; False when it is not."""
        with self._db.begin() as tx:
            changed = tx.execute(
                update(accounts).where(accounts.c.id == id_, accounts.c.state == was).values(**values)
            )
            return changed.rowcount == 1

    def set_state(self, id_: str, state: str, **values: Any) -> None:
        with self._db.begin() as tx:
            tx.execute(update(accounts).where(accounts.c.id == id_).values(state=state, **values))


class LinkRepository:
    """At most one link per account: a newer one replaces it."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def replace(self, staff: str, **values: Any) -> None:
        with self._db.begin() as tx:
            tx.execute(delete(links).where(links.c.staff == staff))
            tx.execute(insert(links).values(staff=staff, **values))

    def living(self, token: bytes, now: datetime) -> AnyRow | None:
        with self._db.read() as tx:
            return tx.execute(
                select(links).where(links.c.token == token, links.c.expires_at > now)
            ).one_or_none()

    def spend(self, token: bytes, now: datetime) -> bool:
        """False when it was spent, replaced or run out before: of two at once, one wins."""
        with self._db.begin() as tx:
            spent = tx.execute(delete(links).where(links.c.token == token, links.c.expires_at > now))
            return spent.rowcount == 1

    def remove(self, staff: str) -> None:
        with self._db.begin() as tx:
            tx.execute(delete(links).where(links.c.staff == staff))

    def purge(self, before: datetime) -> int:
        with self._db.begin() as tx:
            return tx.execute(delete(links).where(links.c.expires_at < before)).rowcount


class TotpRepository:
    def __init__(self, db: Database) -> None:
        self._db = db

    def replace(self, staff: str, secret: bytes, last_step: int) -> None:
        with self._db.begin() as tx:
            tx.execute(delete(totp).where(totp.c.staff == staff))
            tx.execute(insert(totp).values(staff=staff, secret=secret, last_step=last_step))

    def of(self, staff: str) -> AnyRow | None:
        with self._db.read() as tx:
            return tx.execute(select(totp).where(totp.c.staff == staff)).one_or_none()

    def spend(self, staff: str, step: int) -> bool:
        """False when this step or a later one was used before: of two at once, one wins."""
        with self._db.begin() as tx:
            spent = tx.execute(
                update(totp).where(totp.c.staff == staff, totp.c.last_step < step).values(last_step=step)
            )
            return spent.rowcount == 1

    def remove(self, staff: str) -> None:
        with self._db.begin() as tx:
            tx.execute(delete(totp).where(totp.c.staff == staff))


class StaffSessionRepository:
    """Sessions are read with the account's roles and state as they are now."""

    _WITH_ACCOUNT = select(sessions, accounts.c.roles, accounts.c.state).join_from(
        sessions, accounts, accounts.c.id == sessions.c.staff
    )

    def __init__(self, db: Database) -> None:
        self._db = db

    def add(self, **values: Any) -> None:
        with self._db.begin() as tx:
            tx.execute(insert(sessions).values(**values))

    def by_token(self, token: bytes) -> AnyRow | None:
        with self._db.read() as tx:
            return tx.execute(self._WITH_ACCOUNT.where(sessions.c.token == token)).one_or_none()

    def by_id(self, id_: str) -> AnyRow | None:
        with self._db.read() as tx:
            return tx.execute(self._WITH_ACCOUNT.where(sessions.c.id == id_)).one_or_none()

    def not_ended_of(self, staff: str) -> list[AnyRow]:
        """The one used last comes first."""
        query = self._WITH_ACCOUNT.where(sessions.c.staff == staff, sessions.c.ended_at.is_(None)).order_by(
            sessions.c.last_seen_at.desc(), sessions.c.created_at.desc(), sessions.c.id
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

    def end(self, id_: str, now: datetime) -> bool:
        """False when it had ended before: of two at once, one wins."""
        with self._db.begin() as tx:
            ended = tx.execute(
                update(sessions)
                .where(sessions.c.id == id_, sessions.c.ended_at.is_(None))
                .values(ended_at=now)
            )
            return ended.rowcount == 1

    def end_all(self, staff: str, now: datetime, but: str = "") -> int:
        with self._db.begin() as tx:
            ended = tx.execute(
                update(sessions)
                .where(sessions.c.staff == staff, sessions.c.ended_at.is_(None), sessions.c.id != but)
                .values(ended_at=now)
            )
            return ended.rowcount

    def purge(self, before: datetime) -> int:
        """Deletes what ended or ran out before that moment."""
        with self._db.begin() as tx:
            return tx.execute(
                delete(sessions).where((sessions.c.ended_at < before) | (sessions.c.expires_at < before))
            ).rowcount
