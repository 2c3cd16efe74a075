"""Rounds under way, and which account of the provider is whose: every name a keyed hash."""

from datetime import datetime
from typing import Any

from sqlalchemy import (
    Boolean,
    Column,
    LargeBinary,
    Row,
    String,
    Table,
    UniqueConstraint,
    delete,
    insert,
    select,
)
from sqlalchemy.exc import IntegrityError

from countersign.db.engine import Database
from countersign.db.schema import UtcDateTime, metadata

rounds = Table(
    "oidc_rounds",
    metadata,
    Column("session", String(64), primary_key=True),
    Column("state", LargeBinary(32), nullable=False, unique=True),
    Column("browser", LargeBinary(32), nullable=False),
    Column("secrets", LargeBinary, nullable=False),
    Column("forced", Boolean, nullable=False),
    Column("asked_at", UtcDateTime, nullable=False),
    Column("expires_at", UtcDateTime, nullable=False, index=True),
)
links = Table(
    "oidc_links",
    metadata,
    Column("account", LargeBinary(32), primary_key=True),
    Column("issuer", LargeBinary(32), nullable=False),
    Column("person", LargeBinary, nullable=False),
    Column("person_index", LargeBinary(32), nullable=False, index=True),
    Column("linked_at", UtcDateTime, nullable=False),
    # One account of a provider a person: a second one with the same address may be somebody else's by now.
    UniqueConstraint("issuer", "person_index"),
)
RoundRow = Row[Any]
LinkRow = Row[Any]


class OidcRepository:
    def __init__(self, db: Database) -> None:
        self._db = db

    def begin(self, session: str, **values: Any) -> None:
        """At most one round a session: a newer one replaces it."""
        with self._db.begin() as tx:
            tx.execute(delete(rounds).where(rounds.c.session == session))
            tx.execute(insert(rounds).values(session=session, **values))

    def take(self, state: bytes) -> RoundRow | None:
        """The round of this state, gone with this call: of two at once, one gets it."""
        with self._db.begin() as tx:
            return tx.execute(
                delete(rounds).where(rounds.c.state == state).returning(*rounds.c)
            ).one_or_none()

    def link_of(self, account: bytes) -> LinkRow | None:
        with self._db.read() as tx:
            return tx.execute(select(links).where(links.c.account == account)).one_or_none()

    def link(self, **values: Any) -> bool:
        """False when the account is somebody's already, or the person has another one there."""
        try:
            with self._db.begin() as tx:
                tx.execute(insert(links).values(**values))
        except IntegrityError:
            return False
        return True

    def unlink(self, person: bytes) -> int:
        with self._db.begin() as tx:
            return tx.execute(delete(links).where(links.c.person_index == person)).rowcount

    def purge(self, before: datetime) -> int:
        with self._db.begin() as tx:
            return tx.execute(delete(rounds).where(rounds.c.expires_at < before)).rowcount
