"""How each kind of database is opened: the settings that make both behave alike."""

import os
import sqlite3
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError

from countersign.db.errors import DatabaseMisusedError

LOCK_WAIT_S = 2.0
# More than the worker threads that ask at once; a connection is opened when it is needed.
_POOL: dict[str, Any] = {"pool_size": 8, "max_overflow": 40, "pool_timeout": LOCK_WAIT_S}
_WRITES = "countersign_writes"
_WAIT_S = "countersign_wait_s"

# FULL: what was answered (a code spent, an audit record) outlives a power cut.
# secure_delete: an erased value is overwritten in its page, not merely unlinked.
_PRAGMAS = (
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",
    "PRAGMA foreign_keys = ON",
    "PRAGMA secure_delete = ON",
)


def open_engine(url: str) -> Engine:
    """Raises DatabaseMisusedError for a kind of database that is not supported."""
    try:
        parsed = make_url(url)
    except ArgumentError:
        raise DatabaseMisusedError("no database URL: give sqlite:///FILE or postgresql://…") from None
    kind = parsed.get_backend_name()
    if kind == "sqlite":
        return _sqlite(parsed)
    if kind == "postgresql":
        return _postgresql(parsed)
    raise DatabaseMisusedError(f"no support for {kind}: give sqlite:///FILE or postgresql://…")


def options(dialect: str, writes: bool, wait_s: float) -> dict[str, Any]:
    """What a connection is given for one transaction."""
    if dialect == "sqlite":
        return {_WRITES: writes, _WAIT_S: wait_s}
    return {} if writes else {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}


def _sqlite(url: URL) -> Engine:
    if url.database in (None, "", ":memory:"):
        raise DatabaseMisusedError("an in-memory SQLite differs per connection: give a file")
    _make_private(Path(str(url.database)))
    # hide_parameters: an SQLAlchemy error would otherwise print the row it failed on.
    engine = create_engine(url, connect_args={"timeout": LOCK_WAIT_S}, hide_parameters=True, **_POOL)
    event.listen(engine, "connect", _set_up_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _make_private(path: Path) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))


def _set_up_sqlite(connection: sqlite3.Connection, record: object) -> None:
    # The driver's own BEGIN is deferred and comes late; with None we send it ourselves.
    connection.isolation_level = None
    for pragma in _PRAGMAS:
        connection.execute(pragma)


def _begin_sqlite(connection: Connection) -> None:
    given = connection.get_execution_options()
    writes, wait_ms = given.get(_WRITES, True), int(given.get(_WAIT_S, LOCK_WAIT_S) * 1000)
    connection.exec_driver_sql(f"PRAGMA busy_timeout = {wait_ms}")
    connection.exec_driver_sql(f"PRAGMA query_only = {0 if writes else 1}")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN DEFERRED")


def _postgresql(url: URL) -> Engine:
    settings = f"-c lock_timeout={LOCK_WAIT_S * 1000:.0f} -c timezone=UTC"
    return create_engine(
        url.set(drivername="postgresql+psycopg"),
        connect_args={"connect_timeout": int(LOCK_WAIT_S), "options": settings},
        pool_pre_ping=True,
        hide_parameters=True,
        **_POOL,
    )
