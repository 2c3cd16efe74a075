"""What most unit tests need: an empty database, a vault with keys of its own, a clock that stands."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import cast

import pytest
from hypothesis import settings
from sqlalchemy import make_url, text

from countersign.db.engine import Database
from countersign.db.schema import metadata, store_metadata
from countersign.vault.keyring import KeyRing
from countersign.vault.service import Vault
from tests.fakes.clock import FakeClock


def pytest_configure() -> None:
    # A busy machine is no fault of the code: examples are judged by what they do, not by their time.
    settings.register_profile("house", deadline=None)
    settings.load_profile("house")


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    """A fresh SQLite file with every core table that the test's imports declare."""
    database = Database(f"sqlite:///{tmp_path / 'core.db'}")
    with database.begin() as connection:
        metadata.create_all(connection)
    yield database
    database.dispose()


@pytest.fixture
def store_database(tmp_path: Path) -> Iterator[Database]:
    """A fresh SQLite file with every store table that the test's imports declare."""
    database = Database(f"sqlite:///{tmp_path / 'store.db'}")
    with database.begin() as connection:
        store_metadata.create_all(connection)
    yield database
    database.dispose()


@pytest.fixture
def postgres() -> Iterator[Database]:
    """An emptied PostgreSQL database; skipped where COUNTERSIGN_TEST_POSTGRES names none."""
    url = os.environ.get("COUNTERSIGN_TEST_POSTGRES")
    if not url:
        pytest.skip("COUNTERSIGN_TEST_POSTGRES is not set")
    # It is emptied: never let that be a shop's.
    assert "test" in (make_url(url).database or ""), "COUNTERSIGN_TEST_POSTGRES: name the database …test…"
    database = Database(url)
    with database.begin() as connection:
        connection.execute(text("DROP SCHEMA public CASCADE"))
        connection.execute(text("CREATE SCHEMA public"))
    yield database
    database.dispose()


@pytest.fixture(params=["sqlite", "postgresql"])
def any_database(request: pytest.FixtureRequest) -> Database:
    """For what must hold on both, above all under concurrency: the test runs on each."""
    if request.param == "sqlite":
        return cast(Database, request.getfixturevalue("database"))
    database = cast(Database, request.getfixturevalue("postgres"))
    with database.begin() as connection:
        metadata.create_all(connection)
    return database


@pytest.fixture
def vault(clock: FakeClock) -> Vault:
    return Vault(KeyRing.fresh(clock), clock)
