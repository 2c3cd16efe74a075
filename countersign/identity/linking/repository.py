"""Chats and their people, codes and invitations under way: chats, codes and tokens as keyed hashes."""

from datetime import datetime
from typing import Any

from sqlalchemy import Column, LargeBinary, Row, String, Table, delete, func, insert, select
from sqlalchemy.exc import IntegrityError

from countersign.db.engine import Database
from countersign.db.schema import UtcDateTime, metadata

links = Table(
    "channel_links",
    metadata,
    Column("chat", LargeBinary(32), primary_key=True),
    Column("id", String(64), nullable=False, unique=True),
    Column("channel", String(32), nullable=False),
    Column("person", LargeBinary, nullable=False),
    Column("person_index", LargeBinary(32), nullable=False, index=True),
    Column("linked_at", UtcDateTime, nullable=False),
)
codes = Table(
    "channel_codes",
    metadata,
    Column("person_index", LargeBinary(32), primary_key=True),
    Column("code", LargeBinary(32), nullable=False, unique=True),
    Column("person", LargeBinary, nullable=False),
    # Only this chat may use it; NULL: whichever does.
    Column("chat", LargeBinary(32)),
    Column("expires_at", UtcDateTime, nullable=False, index=True),
)
invitations = Table(
    "channel_invitations",
    metadata,
    Column("chat", LargeBinary(32), primary_key=True),
    Column("token", LargeBinary(32), nullable=False, unique=True),
    Column("expires_at", UtcDateTime, nullable=False, index=True),
)
LinkRow = Row[Any]
CodeRow = Row[Any]


class LinkRepository:
    def __init__(self, db: Database) -> None:
        self._db = db

    def replace_code(self, person_index: bytes, **values: Any) -> None:
        """At most one code a person: a newer one replaces it."""
        with self._db.begin() as tx:
            tx.execute(delete(codes).where(codes.c.person_index == person_index))
            tx.execute(insert(codes).values(person_index=person_index, **values))

    def take_code(self, code: bytes) -> CodeRow | None:
        """Gone with this call: of two at once, one gets it."""
        with self._db.begin() as tx:
            return tx.execute(delete(codes).where(codes.c.code == code).returning(*codes.c)).one_or_none()

    def replace_invitation(self, chat: bytes, **values: Any) -> None:
        with self._db.begin() as tx:
            tx.execute(delete(invitations).where(invitations.c.chat == chat))
            tx.execute(insert(invitations).values(chat=chat, **values))

    def take_invitation(self, token: bytes) -> tuple[bytes, datetime] | None:
        """Whose chat it invites and until when; gone with this call."""
        with self._db.begin() as tx:
            taken = delete(invitations).where(invitations.c.token == token).returning(*invitations.c)
            row = tx.execute(taken).one_or_none()
            return None if row is None else (bytes(row.chat), row.expires_at)

    def add(self, **values: Any) -> bool:
        """False when the chat is somebody's already."""
        try:
            with self._db.begin() as tx:
                tx.execute(insert(links).values(**values))
        except IntegrityError:
            return False
        return True

    def of_chat(self, chat: bytes) -> LinkRow | None:
        with self._db.read() as tx:
            return tx.execute(select(links).where(links.c.chat == chat)).one_or_none()

    def of_person(self, person_index: bytes) -> list[LinkRow]:
        """Oldest first."""
        query = (
            select(links).where(links.c.person_index == person_index).order_by(links.c.linked_at, links.c.id)
        )
        with self._db.read() as tx:
            return list(tx.execute(query))

    def count(self, person_index: bytes) -> int:
        query = select(func.count()).select_from(links).where(links.c.person_index == person_index)
        with self._db.read() as tx:
            return int(tx.execute(query).scalar_one())

    def remove(self, person_index: bytes, id_: str) -> LinkRow | None:
        """None when this person has no such link, whoever else may."""
        with self._db.begin() as tx:
            mine = (links.c.person_index == person_index) & (links.c.id == id_)
            return tx.execute(delete(links).where(mine).returning(*links.c)).one_or_none()

    def remove_chat(self, chat: bytes) -> LinkRow | None:
        with self._db.begin() as tx:
            return tx.execute(delete(links).where(links.c.chat == chat).returning(*links.c)).one_or_none()

    def purge(self, before: datetime) -> int:
        with self._db.begin() as tx:
            old = tx.execute(delete(codes).where(codes.c.expires_at < before)).rowcount
            return old + tx.execute(delete(invitations).where(invitations.c.expires_at < before)).rowcount
