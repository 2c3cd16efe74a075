"""The conversations' rows. Message bodies and errands are sealed before they come here."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from sqlalchemy import (
    Boolean,
    Column,
    Index,
    Integer,
    LargeBinary,
    Row,
    String,
    Table,
    delete,
    func,
    insert,
    or_,
    select,
    update,
)

from countersign.db.engine import Database
from countersign.db.schema import UtcDateTime, metadata

messages = Table(
    "conversation_messages",
    metadata,
    Column("conversation", String(64), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("at", UtcDateTime, nullable=False, index=True),
    Column("sender", String(16), nullable=False),
    Column("key", String(128)),
    Column("body", LargeBinary, nullable=False),
    Column("delivered", Boolean, nullable=False),
    Index("ix_conversation_messages_key", "conversation", "key"),
)
buttons = Table(
    "conversation_buttons",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("conversation", String(64), nullable=False, index=True),
    Column("number", Integer, nullable=False),
    Column("title", LargeBinary, nullable=False),
    Column("payload", String(2000), nullable=False),
    Column("spent_by", String(128)),
)
states = Table(
    "conversation_states",
    metadata,
    Column("conversation", String(64), primary_key=True),
    Column("answer", String(32)),
    Column("sign_in", String(8)),
)
turns = Table(
    "conversation_turns",
    metadata,
    Column("ticket", LargeBinary(32), primary_key=True),
    Column("conversation", String(64), nullable=False, index=True),
    Column("session", String(64), nullable=False),
    Column("origin", String(64), nullable=False),
    Column("expires_at", UtcDateTime, nullable=False),
)
errands = Table(
    "conversation_errands",
    metadata,
    Column("conversation", String(64), primary_key=True),
    Column("page", LargeBinary(32), nullable=False, unique=True),
    Column("action", String(64), nullable=False),
    Column("slots", LargeBinary, nullable=False),
    Column("deed", String(64), nullable=False),
    Column("level", String(32), nullable=False),
    Column("reason", String(32), nullable=False),
    Column("expires_at", UtcDateTime, nullable=False),
    Column("passed", Boolean, nullable=False),
)
proposals = Table(
    "conversation_proposals",
    metadata,
    Column("conversation", String(64), primary_key=True),
    Column("id", String(64), nullable=False),
    Column("deed", String(64), nullable=False),
    Column("subject", String(100)),
    Column("details", LargeBinary, nullable=False),
    Column("shown", LargeBinary),
    Column("state", String(8), nullable=False),
    Column("expires_at", UtcDateTime, nullable=False),
)
desks = Table(
    "conversation_desks",
    metadata,
    Column("conversation", String(64), primary_key=True),
    Column("content", LargeBinary, nullable=False),
)
ALL = (messages, buttons, states, turns, errands, proposals, desks)


class ConversationRepository:
    def __init__(self, database: Database) -> None:
        self._db = database

    @contextmanager
    def together(self) -> Iterator[None]:
        """All that is written inside is kept, or nothing of it."""
        with self._db.begin():
            yield

    def append(self, conversation: str, **values: Any) -> int:
        with self._db.begin() as tx:
            last = tx.execute(
                select(func.max(messages.c.number)).where(messages.c.conversation == conversation)
            ).scalar()
            number = (last or 0) + 1
            tx.execute(insert(messages).values(conversation=conversation, number=number, **values))
        return number

    def messages(self, conversation: str, after: int, limit: int) -> Sequence[Row[Any]]:
        """The newest `limit` messages with a number above `after`, oldest first."""
        query = (
            select(messages)
            .where(messages.c.conversation == conversation, messages.c.number > after)
            .order_by(messages.c.number.desc())
            .limit(limit)
        )
        with self._db.read() as tx:
            return tx.execute(query).all()[::-1]

    def of_key(self, conversation: str, key: str) -> Sequence[Row[Any]]:
        query = (
            select(messages)
            .where(messages.c.conversation == conversation, messages.c.key == key)
            .order_by(messages.c.number)
        )
        with self._db.read() as tx:
            return tx.execute(query).all()

    def undelivered(self, conversation: str) -> Sequence[Row[Any]]:
        query = (
            select(messages)
            .where(messages.c.conversation == conversation, messages.c.delivered.is_(False))
            .order_by(messages.c.number)
        )
        with self._db.read() as tx:
            return tx.execute(query).all()

    def deliver(self, conversation: str, key: str | None) -> None:
        """All counts as delivered; what was not yet becomes part of the answer to the message with `key`."""
        mine = (messages.c.conversation == conversation, messages.c.delivered.is_(False))
        with self._db.begin() as tx:
            tx.execute(update(messages).where(*mine).values(delivered=True, key=key))

    def last_number(self, conversation: str) -> int:
        with self._db.read() as tx:
            query = select(func.max(messages.c.number)).where(messages.c.conversation == conversation)
            return tx.execute(query).scalar() or 0

    def offer(self, rows: list[dict[str, Any]]) -> None:
        with self._db.begin() as tx:
            tx.execute(insert(buttons), rows)

    def spend(self, conversation: str, button: str, not_before: int, key: str) -> Row[Any] | None:
        """The button's row, if it is this conversation's, recent and unspent; from now on it is spent.

        The message that spent it may be sent again: the same `key` finds it once more.
        """
        mine = (
            buttons.c.id == button,
            buttons.c.conversation == conversation,
            buttons.c.number >= not_before,
            or_(buttons.c.spent_by.is_(None), buttons.c.spent_by == key),
        )
        with self._db.begin() as tx:
            if tx.execute(update(buttons).where(*mine).values(spent_by=key)).rowcount != 1:
                return None
            return tx.execute(select(buttons).where(buttons.c.id == button)).one()

    def state(self, conversation: str) -> Row[Any] | None:
        with self._db.read() as tx:
            return tx.execute(select(states).where(states.c.conversation == conversation)).one_or_none()

    def set_state(self, conversation: str, **values: str | None) -> None:
        with self._db.begin() as tx:
            changed = tx.execute(
                update(states).where(states.c.conversation == conversation).values(**values)
            ).rowcount
            if not changed:
                tx.execute(insert(states).values(conversation=conversation, **values))

    def begin_turn(self, **values: Any) -> None:
        with self._db.begin() as tx:
            tx.execute(insert(turns).values(**values))

    def turn(self, conversation: str, ticket: bytes, now: datetime) -> Row[Any] | None:
        query = select(turns).where(
            turns.c.ticket == ticket, turns.c.conversation == conversation, turns.c.expires_at > now
        )
        with self._db.read() as tx:
            return tx.execute(query).one_or_none()

    def end_turn(self, ticket: bytes, now: datetime) -> None:
        with self._db.begin() as tx:
            tx.execute(delete(turns).where((turns.c.ticket == ticket) | (turns.c.expires_at <= now)))

    def keep_errand(self, conversation: str, **values: Any) -> None:
        with self._db.begin() as tx:
            tx.execute(delete(errands).where(errands.c.conversation == conversation))
            tx.execute(insert(errands).values(conversation=conversation, passed=False, **values))

    def errand(self, conversation: str) -> Row[Any] | None:
        with self._db.read() as tx:
            return tx.execute(select(errands).where(errands.c.conversation == conversation)).one_or_none()

    def errand_of_page(self, page: bytes) -> Row[Any] | None:
        with self._db.read() as tx:
            return tx.execute(select(errands).where(errands.c.page == page)).one_or_none()

    def pass_errand(self, conversation: str) -> None:
        with self._db.begin() as tx:
            tx.execute(update(errands).where(errands.c.conversation == conversation).values(passed=True))

    def drop_errand(self, conversation: str) -> None:
        with self._db.begin() as tx:
            tx.execute(delete(errands).where(errands.c.conversation == conversation))

    def keep_proposal(self, conversation: str, **values: Any) -> None:
        with self._db.begin() as tx:
            tx.execute(delete(proposals).where(proposals.c.conversation == conversation))
            tx.execute(insert(proposals).values(conversation=conversation, **values))

    def proposal(self, conversation: str) -> Row[Any] | None:
        query = select(proposals).where(proposals.c.conversation == conversation)
        with self._db.read() as tx:
            return tx.execute(query).one_or_none()

    def move_proposal(self, conversation: str, name: str, before: str, after: str, **values: Any) -> bool:
        """Whether this proposal was in the state `before`; it is in `after` now."""
        mine = (
            proposals.c.conversation == conversation,
            proposals.c.id == name,
            proposals.c.state == before,
        )
        with self._db.begin() as tx:
            return tx.execute(update(proposals).where(*mine).values(state=after, **values)).rowcount == 1

    def spend_proposal(self, conversation: str, name: str, before: str, after: str) -> bool:
        """As `move_proposal`; its details are gone."""
        mine = (
            proposals.c.conversation == conversation,
            proposals.c.id == name,
            proposals.c.state == before,
        )
        with self._db.begin() as tx:
            spent = update(proposals).where(*mine).values(state=after, details=b"", shown=None)
            return tx.execute(spent).rowcount == 1

    def drop_proposal(self, conversation: str, state: str | None = None) -> bool:
        """Removes the proposal, if it is in that state; whether there was one."""
        gone = delete(proposals).where(proposals.c.conversation == conversation)
        with self._db.begin() as tx:
            return tx.execute(gone if state is None else gone.where(proposals.c.state == state)).rowcount == 1

    def drop_proposals(self, before: datetime) -> int:
        with self._db.begin() as tx:
            return tx.execute(delete(proposals).where(proposals.c.expires_at < before)).rowcount

    def desk(self, conversation: str) -> bytes | None:
        """What is being worked on, sealed."""
        with self._db.read() as tx:
            query = select(desks.c.content).where(desks.c.conversation == conversation)
            return tx.execute(query).scalar()

    def set_desk(self, conversation: str, content: bytes | None) -> None:
        with self._db.begin() as tx:
            tx.execute(delete(desks).where(desks.c.conversation == conversation))
            if content is not None:
                tx.execute(insert(desks).values(conversation=conversation, content=content))

    def forget(self, conversation: str) -> None:
        with self._db.begin() as tx:
            for table in ALL:
                tx.execute(delete(table).where(table.c.conversation == conversation))

    def older_than(self, moment: datetime) -> list[str]:
        """Conversations whose newest message is older than `moment`."""
        query = (
            select(messages.c.conversation)
            .group_by(messages.c.conversation)
            .having(func.max(messages.c.at) < moment)
        )
        with self._db.read() as tx:
            return list(tx.execute(query).scalars())
