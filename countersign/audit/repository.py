"""Tables of the audit log. Nothing here updates or removes an event."""

import json
from collections.abc import Iterator
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    Integer,
    LargeBinary,
    RowMapping,
    String,
    Table,
    Text,
    insert,
    select,
    update,
)
from sqlalchemy.exc import IntegrityError

from countersign.audit.models import Event, Head, Link
from countersign.db.engine import Database
from countersign.db.schema import UtcDateTime, metadata

_BATCH = 1000
_BEFORE_ALL = -(2**63)
_ONLY = 1

audit_events = Table(
    "audit_events",
    metadata,
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    Column("at", UtcDateTime, nullable=False),
    Column("tag", String(64), nullable=False),
    Column("actor", String(128), nullable=False),
    Column("subject", String(128)),
    Column("outcome", String(64), nullable=False),
    Column("detail", Text, nullable=False),
    Column("digest", LargeBinary(32), nullable=False),
    Column("mac", LargeBinary(32), nullable=False),
)

audit_head = Table(
    "audit_head",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("seq", BigInteger, nullable=False),
    Column("digest", LargeBinary(32), nullable=False),
    Column("mac", LargeBinary(32), nullable=False),
)


class AuditRepository:
    def __init__(self, database: Database) -> None:
        self.database = database

    def head(self, *, locked: bool = False) -> Head | None:
        """`locked` holds it for the rest of the write transaction, so that one writer extends it."""
        query = select(audit_head.c.seq, audit_head.c.digest, audit_head.c.mac)
        with self.database.read() as connection:
            row = connection.execute(query.with_for_update() if locked else query).one_or_none()
        return None if row is None else Head(**row._mapping)

    def start(self, head: Head) -> bool:
        """Stores the very first head; False when another writer was first."""
        try:
            with self.database.begin() as connection:
                connection.execute(insert(audit_head).values(id=_ONLY, **vars(head)))
        except IntegrityError:
            return False
        return True

    def append(self, link: Link, head: Head) -> None:
        values = {**vars(link.event), "detail": _written(link.event), "digest": link.digest, "mac": link.mac}
        with self.database.begin() as connection:
            connection.execute(insert(audit_events).values(**values))
            connection.execute(update(audit_head).values(**vars(head)))

    def is_empty(self) -> bool:
        with self.database.read() as connection:
            return connection.execute(select(audit_events.c.seq).limit(1)).first() is None

    def links(self) -> Iterator[Link]:
        """All events, oldest first; `read()` around it makes them one snapshot with the head."""
        after = _BEFORE_ALL
        while batch := self._batch(after):
            yield from batch
            after = batch[-1].event.seq

    def _batch(self, after: int) -> list[Link]:
        query = (
            select(audit_events).where(audit_events.c.seq > after).order_by(audit_events.c.seq).limit(_BATCH)
        )
        with self.database.read() as connection:
            return [_link(row) for row in connection.execute(query).mappings()]


def _written(event: Event) -> str:
    return json.dumps(dict(event.detail), sort_keys=True)


def _link(row: RowMapping) -> Link:
    fields: dict[str, Any] = dict(row)
    digest, mac = fields.pop("digest"), fields.pop("mac")
    try:
        fields["detail"] = json.loads(fields["detail"])
    except ValueError:
        fields["detail"] = {"unreadable": fields["detail"]}
    return Link(Event(**fields), digest, mac)
