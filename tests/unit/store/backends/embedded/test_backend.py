"""What only the embedded backend promises: nothing readable on disk, one transaction, clear failures."""

import json
import re
import sqlite3
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, event, update

from countersign.db.engine import Database
from countersign.kit.hidden import Personal
from countersign.store.backends.embedded import tables
from countersign.store.backends.embedded.backend import EmbeddedStore
from countersign.store.demo.seed import demo_shop
from countersign.store.errors import StoreSealBrokenError, StoreUnavailableError
from countersign.store.models import ORDER_FIELDS
from countersign.store.shopfile.document import StoreFile
from countersign.store.shopfile.reader import load_store_file
from countersign.vault.keyring import KeyRing
from countersign.vault.service import Vault
from tests.fakes.clock import FakeClock
from tests.fakes.identity import statements
from tests.fakes.store import small_shop, small_store

UNA = Personal("una.lark@post.example")
ROOT = Path(__file__).parents[5]
TAU2 = ROOT.parent / "shared" / "tau2-retail" / "store.json"


def _silent(done: int, total: int) -> None:
    pass


@pytest.fixture
def store(store_database: Database, vault: Vault) -> EmbeddedStore:
    store = EmbeddedStore(store_database, vault)
    store.replace_shop(small_store(), _silent)
    return store


# Nothing readable at rest


def _personal(shop: StoreFile) -> Iterator[str]:
    """Every value of some length; shorter ones stand inside other text by chance."""
    for customer in shop.customers:
        yield from (customer.id, customer.email, customer.phone or "", customer.address.line1)
        yield f"{customer.name.first} {customer.name.last}"
        yield customer.name.last
    for order in shop.orders:
        yield from (order.address.line1, order.address.name or "", order.address.city)


def _postcodes(shop: StoreFile) -> set[str]:
    return {record.address.postcode for record in (*shop.customers, *shop.orders)}


def _written(folder: Path) -> bytes:
    files = [file for file in folder.rglob("*") if file.is_file()]
    assert files
    return b"".join(file.read_bytes() for file in files).lower()


@pytest.mark.parametrize("name", ["demo", "tau2"])
def test_no_personal_value_can_be_read_from_any_file(name: str, tmp_path: Path, vault: Vault) -> None:
    if name == "tau2" and not TAU2.exists():
        pytest.skip("the outside shop is not on this machine")
    shop = load_store_file(TAU2) if name == "tau2" else demo_shop()
    database = Database(f"sqlite:///{tmp_path / 'store.db'}")
    with database.begin() as connection:
        tables.store_metadata.create_all(connection)
    store = EmbeddedStore(database, vault)
    store.replace_shop(shop, _silent)
    store.replace_shop(shop, _silent)  # what was replaced must not be left behind either
    written = _written(tmp_path)
    words = set(re.findall(rb"[a-z0-9@.]+", written))
    assert shop.products[0].name.lower().encode() in written
    assert shop.orders[0].id.lower().encode() in written
    values = {value.casefold() for value in _personal(shop) if len(value) > 5}
    public = json.dumps(shop.as_json()["products"], ensure_ascii=False).casefold()
    assert len(values) > 500
    assert [value for value in values if value.encode() in written and value not in public] == []
    assert [code for code in _postcodes(shop) if len(code) > 4 and code.lower().encode() in words] == []
    assert store.whole_shop() == shop
    database.dispose()


def test_equal_postcodes_do_not_look_equal(store: EmbeddedStore, store_database: Database) -> None:
    same = small_shop()
    same["orders"][1]["address"]["postcode"] = same["orders"][0]["address"]["postcode"]
    store.replace_shop(StoreFile.of(same), _silent)
    with store_database.read() as connection:
        rows = connection.execute(tables.orders.select()).all()
    assert len({row.key_mac for row in rows}) == len(rows)


# The same work, there or not


@pytest.mark.parametrize(
    ("there", "not_there"),
    [
        (lambda s: s.find(UNA), lambda s: s.find(Personal("nobody@post.example"))),
        (lambda s: s.owner_of_order("#W1000001"), lambda s: s.owner_of_order("#W9999999")),
        (
            lambda s: s.matches("#W1000001", Personal("CB7 4DL")),
            lambda s: s.matches("#W9999999", Personal("CB7 4DL")),
        ),
        (
            lambda s: s.matches("#W1000001", Personal("wrong")),
            lambda s: s.matches("#W9999999", Personal("")),
        ),
    ],
    ids=["email", "owner", "right postcode", "wrong postcode"],
)
def test_the_same_statements_run_there_or_not(store: EmbeddedStore, there: Any, not_there: Any) -> None:
    with statements() as first:
        there(store)
    with statements() as second:
        not_there(store)
    assert first == second != []


def test_an_address_that_is_not_wanted_is_not_decrypted(
    store: EmbeddedStore, store_database: Database
) -> None:
    with statements() as seen:
        store.order("#W1000001", ORDER_FIELDS - {"address"})
    assert not any("address" in statement for statement in seen)


# One transaction


def test_a_reader_sees_the_old_shop_or_the_new_one(
    store: EmbeddedStore, store_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between the emptied tables and the commit, another thread reads: it still has the old shop."""
    seen: list[tuple[int, object]] = []

    def look() -> None:
        page = store.products(None, (), 0, 1)
        seen.append((page.total, store.find(UNA) is not None))

    def note(conn: Any, cursor: Any, statement: str, *rest: Any) -> None:
        if statement.startswith("INSERT INTO store_orders") and not seen:
            reader = threading.Thread(target=look)
            reader.start()
            reader.join()

    event.listen(Engine, "before_cursor_execute", note)
    other = small_shop()
    other["customers"], other["products"] = other["customers"][1:], other["products"][2:]
    other["orders"] = other["orders"][2:]
    try:
        store.replace_shop(StoreFile.of(other), _silent)
    finally:
        event.remove(Engine, "before_cursor_execute", note)
    assert seen == [(4, True)]
    assert store.products(None, (), 0, 1).total == 2
    assert store.find(UNA) is None


def test_an_import_that_breaks_off_changes_nothing(store: EmbeddedStore) -> None:
    before = store.whole_shop()

    def note(conn: Any, cursor: Any, statement: str, *rest: Any) -> None:
        if statement.startswith("INSERT INTO store_items"):
            raise KeyboardInterrupt

    event.listen(Engine, "before_cursor_execute", note)
    try:
        with pytest.raises(KeyboardInterrupt):
            store.replace_shop(demo_shop(), _silent)
    finally:
        event.remove(Engine, "before_cursor_execute", note)
    assert store.whole_shop() == before


# Failures


def _every_read(store: EmbeddedStore) -> list[Any]:
    return [
        lambda: store.find(UNA),
        lambda: store.customer("cus_x"),
        lambda: store.known_values([bytes(32)]),
        lambda: store.order("#W1000001", ORDER_FIELDS),
        lambda: store.orders_of("cus_x", ORDER_FIELDS),
        lambda: store.owner_of_order("#W1000001"),
        lambda: store.matches("#W1000001", UNA),
        store.number_shapes,
        store.departments,
        lambda: store.products(None, (), 0, 1),
        lambda: store.product("p1"),
        store.whole_shop,
    ]


@pytest.mark.parametrize(
    "content", [None, b"", b"no database at all " * 500], ids=["missing", "empty", "corrupt"]
)
def test_a_database_that_is_none_is_unavailable(tmp_path: Path, vault: Vault, content: bytes | None) -> None:
    file = tmp_path / "store.db"
    if content is not None:
        file.write_bytes(content)
    database = Database(f"sqlite:///{file}")
    store = EmbeddedStore(database, vault)
    for read in _every_read(store):
        with pytest.raises(StoreUnavailableError):
            read()
    with pytest.raises(StoreUnavailableError):
        store.replace_shop(small_store(), _silent)
    database.dispose()


def test_a_locked_database_is_unavailable_to_an_import_and_readable(
    store: EmbeddedStore, tmp_path: Path
) -> None:
    lock = sqlite3.connect(tmp_path / "store.db", isolation_level=None)
    lock.execute("BEGIN IMMEDIATE")
    try:
        with pytest.raises(StoreUnavailableError):
            store.replace_shop(small_store(), _silent)
        assert store.find(UNA) is not None
    finally:
        lock.close()
    store.replace_shop(small_store(), _silent)


def test_a_shop_sealed_with_other_keys_is_a_broken_seal(
    store: EmbeddedStore, store_database: Database
) -> None:
    person = store.find(UNA)
    assert person is not None
    clock = FakeClock()
    stranger = EmbeddedStore(store_database, Vault(KeyRing.fresh(clock), clock))
    assert stranger.find(UNA) is None
    for read in (lambda: stranger.customer(person), stranger.whole_shop):
        with pytest.raises(StoreSealBrokenError):
            read()
    assert not stranger.matches("#W1000001", Personal("CB7 4DL"))


def test_a_row_moved_to_another_customer_does_not_open(
    store: EmbeddedStore, store_database: Database
) -> None:
    una, joerg = store.find(UNA), store.find(Personal("joerg@post.example"))
    assert una is not None
    assert joerg is not None
    with store_database.begin() as connection:
        rows = {row.id: row for row in connection.execute(tables.customers.select())}
        moved = update(tables.customers).where(tables.customers.c.id == una)
        connection.execute(moved.values(address=rows[joerg].address))
    with pytest.raises(StoreSealBrokenError):
        store.customer(una)


def test_an_empty_database_has_no_shop_to_dump(store_database: Database, vault: Vault) -> None:
    store = EmbeddedStore(store_database, vault)
    with pytest.raises(StoreUnavailableError, match="no shop yet"):
        store.whole_shop()
    assert store.products(None, (), 0, 10).total == 0
    assert store.number_shapes() == ()


@pytest.mark.skipif(not TAU2.exists(), reason="the outside shop is not on this machine")
def test_a_shop_that_nobody_here_made_makes_the_round_trip(store: EmbeddedStore) -> None:
    started = time.perf_counter()
    store.replace_shop(load_store_file(TAU2), _silent)
    assert time.perf_counter() - started < 5
    assert store.whole_shop().as_json() == json.loads(TAU2.read_text(encoding="utf-8"))
