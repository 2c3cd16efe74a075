"""What shoppers thought of the help they got. Comments are sealed before they come here."""

from datetime import datetime
from typing import Any

from sqlalchemy import Column, Row, String, Table, delete, insert, select, update

from countersign.db.engine import Database
from countersign.db.schema import UtcDateTime, metadata
from countersign.vault.models import Sealed
from countersign.vault.repository import SealedColumn

feedback = Table(
    "feedback",
    metadata,
    Column("id", String(64), primary_key=True),
    # A pseudonym: by it an erasure finds what a person wrote.
    Column("conversation", String(64), nullable=False, index=True),
    Column("at", UtcDateTime, nullable=False, index=True),
    Column("rating", String(16), nullable=False),
    Column("comment", SealedColumn),
)


class FeedbackRepository:
    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, id_: str, conversation: str, at: datetime, rating: str, comment: Sealed | None) -> None:
        row = {"id": id_, "conversation": conversation, "at": at, "rating": rating, "comment": comment}
        with self._database.begin() as connection:
            connection.execute(insert(feedback).values(**row))

    def uncommented(self, conversation: str, since: datetime) -> Row[Any] | None:
        """The newest one since then, if it has no comment yet."""
        query = (
            select(feedback)
            .where(feedback.c.conversation == conversation, feedback.c.at >= since)
            .order_by(feedback.c.at.desc())
            .limit(1)
        )
        with self._database.read() as connection:
            row = connection.execute(query).one_or_none()
        return row if row is not None and row.comment is None else None

    def set_comment(self, id_: str, comment: Sealed) -> None:
        with self._database.begin() as connection:
            connection.execute(update(feedback).where(feedback.c.id == id_).values(comment=comment))

    def of_conversation(self, conversation: str) -> list[Row[Any]]:
        """Oldest first."""
        query = select(feedback).where(feedback.c.conversation == conversation).order_by(feedback.c.at)
        with self._database.read() as connection:
            return list(connection.execute(query))

    def remove_before(self, then: datetime) -> int:
        with self._database.begin() as connection:
            return connection.execute(delete(feedback).where(feedback.c.at < then)).rowcount
