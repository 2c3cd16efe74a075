"""Connections and transactions: the only place that opens either.

`begin()` is a write transaction and `read()` a snapshot that refuses to write. Both are re-entrant:
an inner one joins the outer transaction, so a service can put another's rows and its own into
one commit without handing a connection around. An inner `begin()` is a savepoint: when it fails
and the caller goes on, only the inner part is undone.

A transaction belongs to the thread and the asyncio task that opened it. A task or a worker
thread started inside inherits the context, not the transaction: it opens one of its own.
"""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from contextvars import ContextVar
from dataclasses import dataclass

from sqlalchemy import Connection
from sqlalchemy.exc import DatabaseError, DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from countersign.db.errors import DatabaseUnavailableError, WriteInsideReadError
from countersign.db.setup import LOCK_WAIT_S, open_engine, options
from countersign.db.turns import Turns


@dataclass(frozen=True)
class _Open:
    connection: Connection
    writes: bool
    owner: tuple[int, int]


class Database:
    """One database by URL (`sqlite:///FILE`, or `postgresql://…` through psycopg 3)."""

    def __init__(self, url: str) -> None:
        self._engine = open_engine(url)
        self._turns = Turns(LOCK_WAIT_S)
        self._open: ContextVar[_Open | None] = ContextVar("open_transaction", default=None)

    @contextmanager
    def begin(self) -> Iterator[Connection]:
        """A write transaction, committed at the end and rolled back when the block raises.

        SQLite takes the write lock at once (BEGIN IMMEDIATE). On PostgreSQL (READ COMMITTED) a row
        that is read in order to be changed wants `.with_for_update()`, which SQLite ignores.

        Raises WriteInsideReadError inside a `read()`, DatabaseUnavailableError when the lock or the
        server cannot be had within 2 s.
        """
        outer = self._joined()
        if outer is None:
            with self._transaction(writes=True) as connection:
                yield connection
        elif outer.writes:
            with _unavailable_named(), outer.connection.begin_nested():
                yield outer.connection
        else:
            raise WriteInsideReadError("begin() inside read(): open the write transaction first")

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A consistent snapshot, or the surrounding transaction. Writing through it fails.

        Raises DatabaseUnavailableError.
        """
        outer = self._joined()
        if outer is None:
            with self._transaction(writes=False) as connection:
                yield connection
        else:
            with _unavailable_named():
                yield outer.connection

    def dispose(self) -> None:
        """Closes every pooled connection."""
        self._engine.dispose()

    @property
    def dialect(self) -> str:
        """`sqlite` or `postgresql`."""
        return self._engine.dialect.name

    @contextmanager
    def _transaction(self, *, writes: bool) -> Iterator[Connection]:
        with _unavailable_named(), self._connected(writes) as connection, connection.begin():
            mark = self._open.set(_Open(connection, writes, _owner()))
            try:
                yield connection
            finally:
                self._open.reset(mark)

    @contextmanager
    def _connected(self, writes: bool) -> Iterator[Connection]:
        alone = writes and self.dialect == "sqlite"
        with (
            self._turns.mine() if alone else nullcontext(LOCK_WAIT_S) as wait_s,
            self._engine.connect() as fresh,
        ):
            yield fresh.execution_options(**options(self.dialect, writes, wait_s))

    def _joined(self) -> _Open | None:
        outer = self._open.get()
        return outer if outer is not None and outer.owner == _owner() else None


def _owner() -> tuple[int, int]:
    try:
        task = asyncio.current_task()
    except RuntimeError:
        task = None
    return threading.get_ident(), id(task) if task is not None else 0


@contextmanager
def _unavailable_named() -> Iterator[None]:
    try:
        yield
    except (OperationalError, InterfaceError, PoolTimeoutError) as error:
        raise DatabaseUnavailableError(_reason(error)) from error
    except DBAPIError as error:
        # The bare class is how SQLite says that the file is damaged or no database.
        if error.connection_invalidated or type(error) is DatabaseError:
            raise DatabaseUnavailableError(_reason(error)) from error
        raise


def _reason(error: Exception) -> str:
    cause = getattr(error, "orig", None) or error
    return f"{type(cause).__name__}: {cause}"
