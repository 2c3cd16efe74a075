"""Tables of the vault: conversations' wrapped data keys, and the tokens that stand for values in chat."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Column, Dialect, LargeBinary, String, Table, UniqueConstraint, delete, insert, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.types import TypeDecorator

from countersign.db.engine import Database
from countersign.db.schema import UtcDateTime, metadata
from countersign.vault.models import Sealed


class SealedColumn(TypeDecorator[Sealed]):
    """A column that holds envelopes and refuses everything else."""

    impl = LargeBinary
    cache_ok = True

    def process_bind_param(self, value: Sealed | None, dialect: Dialect) -> bytes | None:
        if value is not None and not isinstance(value, Sealed):
            raise TypeError("seal the value before it is stored")
        return None if value is None else value.raw

    def process_result_value(self, value: bytes | None, dialect: Dialect) -> Sealed | None:
        return None if value is None else Sealed(value)


conversation_keys = Table(
    "conversation_keys",
    metadata,
    Column("conversation", String(64), primary_key=True),
    Column("key_id", String(32), nullable=False),
    Column("wrapped", SealedColumn, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
)

chat_tokens = Table(
    "chat_tokens",
    metadata,
    Column("conversation", String(64), primary_key=True),
    Column("id", String(16), primary_key=True),
    Column("kind", String(16), nullable=False),
    Column("digest", LargeBinary(32), nullable=False),
    Column("sealed", SealedColumn, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    UniqueConstraint("conversation", "digest"),
)


@dataclass(frozen=True)
class WrappedKey:
    conversation: str
    key_id: str
    wrapped: Sealed
    created_at: datetime


@dataclass(frozen=True)
class TokenRow:
    conversation: str
    id: str
    kind: str
    digest: bytes
    sealed: Sealed
    created_at: datetime


class DataKeyRepository:
    def __init__(self, database: Database) -> None:
        self._database = database

    def find(self, conversation: str) -> WrappedKey | None:
        query = select(conversation_keys).where(conversation_keys.c.conversation == conversation)
        with self._database.read() as connection:
            row = connection.execute(query).one_or_none()
        return None if row is None else WrappedKey(**row._mapping)

    def add(self, key: WrappedKey) -> bool:
        """False when the conversation has a key already."""
        return _added(self._database, conversation_keys, vars(key))

    def remove(self, conversation: str) -> None:
        with self._database.begin() as connection:
            connection.execute(
                delete(conversation_keys).where(conversation_keys.c.conversation == conversation)
            )


class TokenRepository:
    def __init__(self, database: Database) -> None:
        self._database = database

    def find(self, conversation: str, id_: str) -> TokenRow | None:
        return self._one(conversation, chat_tokens.c.id == id_)

    def find_digest(self, conversation: str, digest: bytes) -> TokenRow | None:
        return self._one(conversation, chat_tokens.c.digest == digest)

    def add(self, token: TokenRow) -> bool:
        """False when the id or the digest is taken in this conversation."""
        return _added(self._database, chat_tokens, vars(token))

    def remove_all(self, conversation: str) -> int:
        with self._database.begin() as connection:
            statement = delete(chat_tokens).where(chat_tokens.c.conversation == conversation)
            return connection.execute(statement).rowcount

    def _one(self, conversation: str, condition: object) -> TokenRow | None:
        query = select(chat_tokens).where(chat_tokens.c.conversation == conversation, condition)  # type: ignore[arg-type]
        with self._database.read() as connection:
            row = connection.execute(query).one_or_none()
        return None if row is None else TokenRow(**row._mapping)


def _added(database: Database, table: Table, values: dict[str, object]) -> bool:
    try:
        with database.begin() as connection:
            connection.execute(insert(table).values(**values))
    except IntegrityError:
        return False
    return True
