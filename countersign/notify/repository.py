"""Tables of what leaves: the outbox, and the demo's readable copy. Both sealed at rest."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import (
    Column,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    delete,
    func,
    insert,
    select,
    update,
)
from sqlalchemy.exc import IntegrityError

from countersign.db.engine import Database
from countersign.db.schema import UtcDateTime, metadata
from countersign.vault.models import Sealed
from countersign.vault.repository import SealedColumn

outbox = Table(
    "outbox",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("medium", String(16), nullable=False),
    Column("sealed", SealedColumn),
    Column("created_at", UtcDateTime, nullable=False),
    Column("expires_at", UtcDateTime, nullable=False),
    Column("state", String(16), nullable=False),
    Column("due_at", UtcDateTime, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("reason", String(64)),
    Column("done_at", UtcDateTime),
    Index("ix_outbox_state_due_at", "state", "due_at"),
)

demo_outbox = Table(
    "demo_outbox",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("at", UtcDateTime, nullable=False, index=True),
    Column("medium", String(16), nullable=False),
    Column("recipient", LargeBinary(32), nullable=False, index=True),
    Column("sealed", SealedColumn, nullable=False),
)


@dataclass(frozen=True)
class Waiting:
    """A message that was claimed for one attempt; `attempts` counts this one."""

    id: str
    medium: str
    sealed: Sealed
    created_at: datetime
    expires_at: datetime
    attempts: int


@dataclass(frozen=True)
class Kept:
    """A message in the demo's copy; `recipient` is the blind index of its address."""

    id: str
    at: datetime
    medium: str
    recipient: bytes
    sealed: Sealed


class OutboxRepository:
    """States: pending → sent | refused | expired. A finished row keeps no content."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, id_: str, medium: str, sealed: Sealed, at: datetime, expires_at: datetime) -> None:
        row = {"id": id_, "medium": medium, "sealed": sealed, "created_at": at, "expires_at": expires_at}
        with self._database.begin() as connection:
            connection.execute(insert(outbox).values(**row, state="pending", due_at=at, attempts=0))

    def claim(self, now: datetime, until: datetime) -> Waiting | None:
        """The message that is due longest, hidden from other workers `until` then; None when none is."""
        due = select(outbox.c.id).where(outbox.c.state == "pending", outbox.c.due_at <= now)
        oldest = due.order_by(outbox.c.due_at, outbox.c.created_at).limit(1)
        with self._database.read() as connection:
            if connection.execute(oldest).first() is None:
                return None
        with self._database.begin() as connection:
            id_ = connection.execute(oldest.with_for_update(skip_locked=True)).scalar_one_or_none()
            if id_ is None:
                return None
            claimed = update(outbox).where(outbox.c.id == id_)
            connection.execute(claimed.values(due_at=until, attempts=outbox.c.attempts + 1))
            columns = [outbox.c[name] for name in Waiting.__dataclass_fields__]
            return Waiting(**connection.execute(select(*columns).where(outbox.c.id == id_)).one()._mapping)

    def finish(self, id_: str, state: str, at: datetime, reason: str | None = None) -> None:
        values = {"state": state, "done_at": at, "reason": reason, "sealed": None}
        with self._database.begin() as connection:
            connection.execute(update(outbox).where(outbox.c.id == id_).values(**values))

    def defer(self, id_: str, due_at: datetime, reason: str) -> None:
        with self._database.begin() as connection:
            connection.execute(update(outbox).where(outbox.c.id == id_).values(due_at=due_at, reason=reason))

    def count(self, state: str) -> int:
        query = select(func.count()).select_from(outbox).where(outbox.c.state == state)
        with self._database.read() as connection:
            return connection.execute(query).scalar_one()

    def remove_before(self, then: datetime) -> int:
        with self._database.begin() as connection:
            return connection.execute(delete(outbox).where(outbox.c.created_at < then)).rowcount


class DemoRepository:
    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, kept: Kept) -> None:
        """A second time under the same id changes nothing."""
        try:
            with self._database.begin() as connection:
                connection.execute(insert(demo_outbox).values(**vars(kept)))
        except IntegrityError:
            return

    def all(self, recipient: bytes | None) -> list[Kept]:
        """Newest last."""
        query = select(demo_outbox).order_by(demo_outbox.c.at, demo_outbox.c.id)
        if recipient is not None:
            query = query.where(demo_outbox.c.recipient == recipient)
        with self._database.read() as connection:
            return [Kept(**row._mapping) for row in connection.execute(query)]

    def remove_before(self, then: datetime) -> int:
        with self._database.begin() as connection:
            return connection.execute(delete(demo_outbox).where(demo_outbox.c.at < then)).rowcount
