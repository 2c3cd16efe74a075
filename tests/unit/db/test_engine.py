"""Transactions on SQLite: re-entrant, private to their thread and task, quick to say when it cannot be."""

import asyncio
import os
import sqlite3
import stat
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import Column, Integer, MetaData, Table, Text, func, insert, select
from sqlalchemy.exc import IntegrityError

from countersign.db.engine import Database
from countersign.db.errors import DatabaseMisusedError, DatabaseUnavailableError, WriteInsideReadError

TABLES = MetaData()
notes = Table("notes", TABLES, Column("id", Integer, primary_key=True), Column("text", Text, unique=True))


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    database = Database(f"sqlite:///{tmp_path / 'deep' / 'notes.db'}")
    with database.begin() as connection:
        TABLES.create_all(connection)
    yield database
    database.dispose()


def _note(database: Database, text: str) -> None:
    with database.begin() as connection:
        connection.execute(insert(notes).values(text=text))


def _texts(database: Database) -> list[str]:
    with database.read() as connection:
        return list(connection.execute(select(notes.c.text).order_by(notes.c.id)).scalars())


def test_a_block_that_ends_is_committed_and_one_that_raises_is_not(database: Database) -> None:
    _note(database, "kept")
    with pytest.raises(IntegrityError):
        _both(database, "lost", "kept")
    assert _texts(database) == ["kept"]


def test_an_inner_begin_joins_and_sees_what_the_outer_wrote(database: Database) -> None:
    with database.begin() as outer:
        _note(database, "first")
        with database.begin() as inner, database.read() as reader:
            assert inner is outer is reader
            assert reader.execute(select(func.count()).select_from(notes)).scalar_one() == 1
    assert _texts(database) == ["first"]


def test_an_inner_failure_that_is_caught_undoes_only_the_inner_part(database: Database) -> None:
    with database.begin():
        _note(database, "outer")
        with pytest.raises(IntegrityError):
            _both(database, "inner", "outer")
        _note(database, "after")
    assert _texts(database) == ["outer", "after"]


def _both(database: Database, *texts: str) -> None:
    with database.begin():
        for text in texts:
            _note(database, text)


def test_begin_inside_read_is_refused_and_the_read_goes_on(database: Database) -> None:
    _note(database, "one")
    with database.read() as connection:
        with pytest.raises(WriteInsideReadError, match="open the write transaction first"), database.begin():
            pass
        assert connection.execute(select(notes.c.text)).scalar_one() == "one"


def test_a_read_cannot_write_and_the_connection_can_again_afterwards(database: Database) -> None:
    with pytest.raises(DatabaseUnavailableError, match="readonly"), database.read() as connection:
        connection.execute(insert(notes).values(text="sneaked in"))
    _note(database, "written")
    assert _texts(database) == ["written"]


def test_a_read_is_one_snapshot(database: Database) -> None:
    _note(database, "before")
    with database.read() as connection:
        assert len(connection.execute(select(notes)).all()) == 1
        _in_thread(lambda: _note(database, "meanwhile"))
        assert len(connection.execute(select(notes)).all()) == 1
    assert _texts(database) == ["before", "meanwhile"]


def test_a_thread_started_inside_does_not_join(database: Database) -> None:
    with database.begin():
        _note(database, "not yet committed")
        seen: list[list[str]] = []
        _in_thread(lambda: seen.append(_texts(database)))
        assert seen == [[]]


async def _task_inside(database: Database) -> list[str]:
    with database.begin():
        _note(database, "not yet committed")
        return await asyncio.create_task(_read_in_task(database))


async def _read_in_task(database: Database) -> list[str]:
    return _texts(database)


def test_a_task_started_inside_does_not_join(database: Database) -> None:
    assert asyncio.run(_task_inside(database)) == []
    assert _texts(database) == ["not yet committed"]


async def _in_worker_thread(database: Database) -> list[str]:
    with database.begin():
        _note(database, "not yet committed")
        return await asyncio.to_thread(_texts, database)


def test_a_worker_thread_that_inherits_the_context_does_not_join(database: Database) -> None:
    assert asyncio.run(_in_worker_thread(database)) == []


def test_no_write_is_lost_between_threads(database: Database) -> None:
    """Read-modify-write: BEGIN IMMEDIATE makes each see the one before."""
    _note(database, "0")
    threads = [threading.Thread(target=_count_up, args=(database, 25)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert _texts(database) == ["100"]


def _count_up(database: Database, times: int) -> None:
    for _ in range(times):
        with database.begin() as connection:
            text = connection.execute(select(notes.c.text)).scalar_one()
            connection.execute(notes.update().values(text=str(int(text) + 1)))


def test_a_locked_database_is_named_within_its_wait(database: Database, tmp_path: Path) -> None:
    other = sqlite3.connect(tmp_path / "deep" / "notes.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    try:
        started = time.monotonic()
        with pytest.raises(DatabaseUnavailableError, match="locked"):
            _note(database, "too late")
        assert 1.5 < time.monotonic() - started < 3.0
        assert _texts(database) == [], "readers go on"
    finally:
        other.close()
    _note(database, "in time")
    assert _texts(database) == ["in time"]


def test_a_writer_of_this_process_that_does_not_finish_is_waited_for_no_longer(database: Database) -> None:
    waited: list[float] = []
    with database.begin():
        _in_thread(lambda: waited.append(_seconds_until_refused(database)))
    assert 1.5 < waited[0] < 3.0
    _note(database, "the next one")


def _seconds_until_refused(database: Database) -> float:
    started = time.monotonic()
    with pytest.raises(DatabaseUnavailableError, match="locked"):
        _note(database, "too late")
    return time.monotonic() - started


def test_many_writers_at_once_all_get_their_turn(database: Database) -> None:
    with ThreadPoolExecutor(32) as pool:
        list(pool.map(lambda number: _note(database, str(number)), range(320)))
    assert sorted(_texts(database), key=int) == [str(number) for number in range(320)]


def test_a_file_that_is_no_database_is_named(tmp_path: Path) -> None:
    (tmp_path / "no.db").write_bytes(b"this is not a database, but it is long enough to look" * 100)
    database = Database(f"sqlite:///{tmp_path / 'no.db'}")
    with pytest.raises(DatabaseUnavailableError, match="not a database"):
        _texts(database)


def test_the_file_is_private_and_durable(database: Database, tmp_path: Path) -> None:
    assert stat.S_IMODE(os.stat(tmp_path / "deep" / "notes.db").st_mode) == 0o600
    assert stat.S_IMODE(os.stat(tmp_path / "deep").st_mode) == 0o700
    with database.read() as connection:
        pragmas = {
            name: _pragma(connection, name) for name in ("journal_mode", "synchronous", "foreign_keys")
        }
    assert pragmas == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}


def _pragma(connection: object, name: str) -> object:
    return connection.exec_driver_sql(f"PRAGMA {name}").scalar()  # type: ignore[attr-defined]


def test_a_failing_statement_does_not_show_its_values(database: Database) -> None:
    _note(database, "mei.kowalski@example.com")
    with pytest.raises(IntegrityError) as failed:
        _note(database, "mei.kowalski@example.com")
    assert "mei.kowalski" not in str(failed.value)


@pytest.mark.parametrize("url", ["sqlite://", "sqlite:///:memory:", "mysql://localhost/shop"])
def test_what_is_not_supported_is_refused(url: str) -> None:
    with pytest.raises(DatabaseMisusedError):
        Database(url)


def test_a_server_that_is_down_is_unavailable() -> None:
    database = Database("postgresql://nobody@127.0.0.1:1/none")
    with pytest.raises(DatabaseUnavailableError), database.read():
        pass


def _in_thread(work: object) -> None:
    thread = threading.Thread(target=work)  # type: ignore[arg-type]
    thread.start()
    thread.join()
