"""Which changes are still to be told of by mail. Nothing personal: what was done, the shop knows."""

from datetime import datetime

from sqlalchemy import Boolean, Column, String, Table, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from countersign.db.engine import Database
from countersign.db.schema import UtcDateTime, metadata

letters = Table(
    "letters",
    metadata,
    Column("proposal", String(64), primary_key=True),
    Column("at", UtcDateTime, nullable=False, index=True),
    Column("open", Boolean, nullable=False),
)


class LetterRepository:
    def __init__(self, database: Database) -> None:
        self._database = database

    def expect(self, proposal: str, at: datetime) -> None:
        """A second time, also after it was closed, changes nothing."""
        try:
            with self._database.begin() as connection:
                connection.execute(insert(letters).values(proposal=proposal, at=at, open=True))
        except IntegrityError:
            return

    def close(self, proposal: str) -> bool:
        """Whether it was open until now."""
        this = (letters.c.proposal == proposal) & letters.c.open
        with self._database.begin() as connection:
            return connection.execute(update(letters).where(this).values(open=False)).rowcount > 0

    def open_before(self, then: datetime) -> list[str]:
        """Oldest first."""
        query = select(letters.c.proposal).where(letters.c.open, letters.c.at < then).order_by(letters.c.at)
        with self._database.read() as connection:
            return list(connection.scalars(query))

    def remove_before(self, then: datetime) -> int:
        with self._database.begin() as connection:
            return connection.execute(delete(letters).where(letters.c.at < then)).rowcount
