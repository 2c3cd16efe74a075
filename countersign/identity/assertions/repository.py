"""Tokens that were used, as keyed hashes, until they would have run out by themselves."""

from datetime import datetime

from sqlalchemy import Column, LargeBinary, Table, delete, insert
from sqlalchemy.exc import IntegrityError

from countersign.db.engine import Database
from countersign.db.schema import UtcDateTime, metadata

assertions = Table(
    "identity_assertions",
    metadata,
    Column("token", LargeBinary(32), primary_key=True),
    Column("expires_at", UtcDateTime, nullable=False, index=True),
)


class AssertionRepository:
    def __init__(self, db: Database) -> None:
        self._db = db

    def spend(self, token: bytes, expires_at: datetime) -> bool:
        """False when it was spent before: of two at once, one wins."""
        try:
            with self._db.begin() as tx:
                tx.execute(insert(assertions).values(token=token, expires_at=expires_at))
        except IntegrityError:
            return False
        return True

    def purge(self, before: datetime) -> int:
        with self._db.begin() as tx:
            return tx.execute(delete(assertions).where(assertions.c.expires_at < before)).rowcount
