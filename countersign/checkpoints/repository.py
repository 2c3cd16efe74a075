"""Which session has proved to know which order. The order number is a keyed hash here."""

from datetime import datetime

from sqlalchemy import Column, LargeBinary, String, Table, delete, insert, select

from countersign.db.engine import Database
from countersign.db.schema import UtcDateTime, metadata

order_proofs = Table(
    "order_proofs",
    metadata,
    Column("session", String(64), primary_key=True),
    Column("order", LargeBinary(32), primary_key=True),
    Column("proved_at", UtcDateTime, nullable=False, index=True),
)


class ProofRepository:
    def __init__(self, db: Database) -> None:
        self._db = db

    def add(self, session: str, order: bytes, now: datetime) -> None:
        with self._db.begin() as tx:
            tx.execute(
                delete(order_proofs).where(order_proofs.c.session == session, order_proofs.c.order == order)
            )
            tx.execute(insert(order_proofs).values(session=session, order=order, proved_at=now))

    def proved_at(self, session: str, order: bytes) -> datetime | None:
        query = select(order_proofs.c.proved_at).where(
            order_proofs.c.session == session, order_proofs.c.order == order
        )
        with self._db.read() as tx:
            return tx.execute(query).scalar_one_or_none()

    def purge(self, before: datetime) -> int:
        with self._db.begin() as tx:
            return tx.execute(delete(order_proofs).where(order_proofs.c.proved_at < before)).rowcount
