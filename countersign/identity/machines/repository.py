"""API keys (keyed hashes) and the keys that sign tokens (sealed) as rows."""

from datetime import datetime
from typing import Any

from sqlalchemy import Column, LargeBinary, Row, String, Table, delete, insert, select, update

from countersign.db.engine import Database
from countersign.db.schema import UtcDateTime, metadata

keys = Table(
    "machine_keys",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("secret", LargeBinary(32), nullable=False),
    Column("name", String(100), nullable=False),
    Column("scope", String(2000), nullable=False),
    Column("made_at", UtcDateTime, nullable=False),
    Column("expires_at", UtcDateTime, nullable=False),
    Column("revoked_at", UtcDateTime),
)
signing_keys = Table(
    "machine_signing_keys",
    metadata,
    Column("kid", String(64), primary_key=True),
    Column("sealed", LargeBinary, nullable=False),
    Column("made_at", UtcDateTime, nullable=False),
)
AnyRow = Row[Any]


class KeyRepository:
    def __init__(self, db: Database) -> None:
        self._db = db

    def add(self, **values: Any) -> None:
        with self._db.begin() as tx:
            tx.execute(insert(keys).values(**values))

    def by_id(self, id_: str) -> AnyRow | None:
        with self._db.read() as tx:
            return tx.execute(select(keys).where(keys.c.id == id_)).one_or_none()

    def all(self) -> list[AnyRow]:
        with self._db.read() as tx:
            return list(tx.execute(select(keys).order_by(keys.c.made_at, keys.c.id)))

    def revoke(self, id_: str, now: datetime) -> bool:
        """False when there is no such key, or it was revoked before."""
        with self._db.begin() as tx:
            revoked = tx.execute(
                update(keys).where(keys.c.id == id_, keys.c.revoked_at.is_(None)).values(revoked_at=now)
            )
            return revoked.rowcount == 1


class SigningKeyRepository:
    def __init__(self, db: Database) -> None:
        self._db = db

    def add(self, **values: Any) -> None:
        with self._db.begin() as tx:
            tx.execute(insert(signing_keys).values(**values))

    def newest(self) -> AnyRow | None:
        query = select(signing_keys).order_by(signing_keys.c.made_at.desc(), signing_keys.c.kid).limit(1)
        with self._db.read() as tx:
            return tx.execute(query).one_or_none()

    def by_kid(self, kid: str) -> AnyRow | None:
        with self._db.read() as tx:
            return tx.execute(select(signing_keys).where(signing_keys.c.kid == kid)).one_or_none()

    def purge(self, before: datetime) -> int:
        with self._db.begin() as tx:
            return tx.execute(delete(signing_keys).where(signing_keys.c.made_at < before)).rowcount
