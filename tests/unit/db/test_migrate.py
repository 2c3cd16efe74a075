"""A migrated database has exactly the declared tables: on SQLite, and on PostgreSQL where there is one."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import Column, Integer, Table, inspect, text

from countersign.db.engine import Database
from countersign.db.errors import DatabaseUnavailableError
from countersign.db.migrate import TREES, differences, load_tables, upgrade
from countersign.db.schema import metadata

load_tables()


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[Database]:
    database = Database(f"sqlite:///{tmp_path / 'empty.db'}")
    yield database
    database.dispose()


def _tables(database: Database) -> set[str]:
    with database.read() as connection:
        return set(inspect(connection).get_table_names())


@pytest.mark.parametrize("tree", sorted(TREES))
def test_a_migrated_database_equals_the_declared_tables(empty: Database, tree: str) -> None:
    upgrade(empty, tree)
    assert differences(empty, tree) == []
    assert _tables(empty) == {*TREES[tree].tables, f"migrations_{tree}"}


@pytest.mark.parametrize("tree", sorted(TREES))
def test_the_same_on_postgresql(postgres: Database, tree: str) -> None:
    upgrade(postgres, tree)
    assert differences(postgres, tree) == []


def test_both_trees_fit_into_one_database(empty: Database) -> None:
    for tree in TREES:
        upgrade(empty, tree)
    assert {tree: differences(empty, tree) for tree in TREES} == {"core": [], "store": []}


def test_the_comparison_finds_a_table_without_migration(empty: Database) -> None:
    upgrade(empty, "core")
    forgotten = Table("forgotten", metadata, Column("id", Integer, primary_key=True))
    try:
        [(what, table)] = differences(empty, "core")
    finally:
        metadata.remove(forgotten)
    assert (what, table.name) == ("add_table", "forgotten")


def test_the_comparison_finds_a_changed_table(empty: Database) -> None:
    upgrade(empty, "core")
    with empty.begin() as connection:
        connection.execute(text("ALTER TABLE outbox DROP COLUMN reason"))
    [(what, _, table, column)] = differences(empty, "core")
    assert (what, table, column.name) == ("add_column", "outbox", "reason")


def test_a_second_upgrade_changes_nothing(empty: Database) -> None:
    upgrade(empty, "core")
    before = _tables(empty)
    upgrade(empty, "core")
    assert _tables(empty) == before


def test_two_processes_that_start_at_once_migrate_once(empty: Database, tmp_path: Path) -> None:
    databases = [empty, Database(f"sqlite:///{tmp_path / 'empty.db'}")]
    with ThreadPoolExecutor() as pool:
        # list() raises what a thread raised.
        assert list(pool.map(lambda database: upgrade(database, "core"), databases)) == [None, None]
    databases[1].dispose()
    assert differences(empty, "core") == []


def test_a_migration_that_fails_leaves_nothing_behind(empty: Database) -> None:
    with empty.begin() as connection:
        connection.execute(text("CREATE TABLE outbox (id INTEGER)"))
    with pytest.raises(DatabaseUnavailableError, match="outbox already exists"):
        upgrade(empty, "core")
    assert _tables(empty) == {"outbox"}
