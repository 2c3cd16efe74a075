"""The small shop in every store backend: in memory, on SQLite and, where there is one, on PostgreSQL."""

import os
from collections.abc import Iterator
from typing import Protocol

import pytest
from sqlalchemy import text

from countersign.db.engine import Database
from countersign.db.migrate import upgrade
from countersign.store.backends.embedded.backend import EmbeddedStore
from countersign.store.interfaces import Shop, ShopArchive
from countersign.vault.keyring import KeyRing
from countersign.vault.service import Vault
from tests.fakes.clock import FakeClock
from tests.fakes.shop_to_change import shop_to_change
from tests.fakes.store import FakeStore, small_store


class Store(Shop, ShopArchive, Protocol):
    pass


@pytest.fixture(scope="module")
def vault() -> Vault:
    return Vault(KeyRing.fresh(FakeClock()), FakeClock())


@pytest.fixture(scope="module", params=["memory", "sqlite", "postgresql"])
def store(
    request: pytest.FixtureRequest, vault: Vault, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Store]:
    """Holds the small shop. For tests that only read."""
    if request.param == "memory":
        yield FakeStore(vault, small_store())
        return
    file = tmp_path_factory.mktemp("store") / "store.db"
    database = _emptied_postgres() if request.param == "postgresql" else Database(f"sqlite:///{file}")
    upgrade(database, "store")
    embedded = EmbeddedStore(database, vault)
    embedded.replace_shop(small_store(), silent)
    yield embedded
    database.dispose()


@pytest.fixture
def changeable(store: Store) -> Iterator[Store]:
    """The same, put right again afterwards."""
    yield store
    store.replace_shop(small_store(), silent)


@pytest.fixture
def to_change(store: Store) -> Iterator[Store]:
    """Holds a shop whose orders may be changed in every way."""
    store.replace_shop(shop_to_change(), silent)
    yield store
    store.replace_shop(small_store(), silent)


def _emptied_postgres() -> Database:
    url = os.environ.get("COUNTERSIGN_TEST_POSTGRES")
    if not url:
        pytest.skip("COUNTERSIGN_TEST_POSTGRES is not set")
    database = Database(url)
    with database.begin() as connection:
        connection.execute(text("DROP SCHEMA public CASCADE"))
        connection.execute(text("CREATE SCHEMA public"))
    return database


def silent(done: int, total: int) -> None:
    pass
