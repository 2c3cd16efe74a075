"""What only the embedded backend promises of changes: sealed, all or nothing, an index no one can stuff."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, event, select

from countersign.db.engine import Database
from countersign.kit.hidden import Personal
from countersign.kit.personal_forms import INDEX_FORMS
from countersign.store.backends.embedded import tables
from countersign.store.backends.embedded.backend import EmbeddedStore
from countersign.store.changes import CancelOrder, Change, ChangeAddress, ChangeDefaultAddress
from countersign.store.errors import StoreSealBrokenError, StoreUnavailableError
from countersign.store.outcomes import Broken, Outcome
from countersign.store.policy import load_policy
from countersign.vault.keyring import KeyRing
from countersign.vault.service import Vault
from tests.fakes.clock import FakeClock
from tests.fakes.shop_to_change import BY_CARD, NEW_HOME, shop_to_change

UNA = Personal("una.lark@post.example")
NOW = datetime(2026, 11, 2, 9, tzinfo=UTC)
CANCEL = CancelOrder(BY_CARD, "no longer needed")


@pytest.fixture
def store(store_database: Database, vault: Vault) -> EmbeddedStore:
    store = EmbeddedStore(store_database, vault)
    store.replace_shop(shop_to_change(), lambda done, total: None)
    return store


def _do(store: EmbeddedStore, change: Change, key: str = "pro_1") -> Outcome | Broken:
    return store.carry_out(change, store.find(UNA) or "", key, load_policy(), NOW)


def _home(line1: str, postcode: str, name: str | None = None) -> ChangeDefaultAddress:
    parts = {"line1": Personal(line1), "postcode": Personal(postcode), "name": name and Personal(name)}
    return ChangeDefaultAddress(replace(NEW_HOME, **parts))  # type: ignore[arg-type]


def test_nothing_of_a_new_address_can_be_read_from_any_file(store: EmbeddedStore, tmp_path: Path) -> None:
    assert isinstance(_do(store, ChangeAddress(BY_CARD, NEW_HOME)), Outcome)
    assert isinstance(_do(store, ChangeDefaultAddress(NEW_HOME), "pro_2"), Outcome)
    written = b"".join(file.read_bytes() for file in tmp_path.rglob("*") if file.is_file())
    assert b"pro_2" in written
    assert [word for word in (b"Mill Lane", b"Leeds", b"LS1 4AB", b"LS14AB") if word in written] == []


def test_what_was_done_stands_in_the_table(store: EmbeddedStore, store_database: Database) -> None:
    _do(store, CANCEL)
    with store_database.read() as connection:
        [deed] = connection.execute(select(tables.deeds)).all()
    assert (deed.key, deed.customer_id, deed.order_number) == ("pro_1", store.find(UNA), BY_CARD)
    assert (deed.kind, deed.at) == ("CancelOrder", NOW)


@pytest.fixture(params=["UPDATE store_orders", "INSERT INTO store_payments", "INSERT INTO store_deeds"])
def breaking(request: pytest.FixtureRequest) -> Iterator[None]:
    def note(conn: Any, cursor: Any, statement: str, *rest: Any) -> None:
        if statement.startswith(request.param):
            raise KeyboardInterrupt

    event.listen(Engine, "before_cursor_execute", note)
    yield
    event.remove(Engine, "before_cursor_execute", note)


def test_a_change_that_breaks_off_changes_nothing(store: EmbeddedStore, breaking: None) -> None:
    with pytest.raises(KeyboardInterrupt):
        _do(store, CANCEL)
    assert store.whole_shop() == shop_to_change()


@pytest.mark.parametrize(
    ("kind", "text", "change"),
    [
        ("street", "where is my order", _home("Where is my order", "LS1 4AB")),
        ("street", "my order 1000004", _home("my order 1000004", "LS1 4AB")),
        ("street", "order W1000004", _home("order #W1000004", "LS1 4AB")),
        ("street", "1234 5678", _home("1234 5678", "LS1 4AB")),
        ("postcode", "W1000004", _home("4 Mill Lane", "#W1000004")),
        ("postcode", "W1000004", _home("4 Mill Lane", "W1000004")),
        ("postcode", "1000004", _home("4 Mill Lane", "1000004")),
        ("postcode", "order", _home("4 Mill Lane", "order")),
        ("name", "my order", _home("4 Mill Lane", "LS1 4AB", "My Order")),
    ],
)
def test_nobody_can_have_other_words_taken_for_an_address(
    store: EmbeddedStore, vault: Vault, kind: str, text: str, change: Change
) -> None:
    """What is in the index is sealed in everybody's messages, and Rasa then never reads it."""
    assert isinstance(_do(store, change), Outcome)
    assert store.known_values([vault.index(INDEX_FORMS[kind](text), kind=kind)]) == set()


@pytest.mark.parametrize("postcode", ["97205", "97205-1234", "SW1A 1AA", "D-10115", "1012 AB", "00-950"])
def test_postcodes_of_many_countries_are_known(store: EmbeddedStore, vault: Vault, postcode: str) -> None:
    digest = vault.index(INDEX_FORMS["postcode"](postcode), kind="postcode")
    assert isinstance(_do(store, _home("4 Mill Lane", postcode)), Outcome)
    assert store.known_values([digest]) == {digest}


def test_a_database_that_is_none_is_unavailable(tmp_path: Path, vault: Vault) -> None:
    database = Database(f"sqlite:///{tmp_path / 'none.db'}")
    with pytest.raises(StoreUnavailableError):
        EmbeddedStore(database, vault).carry_out(CANCEL, "cus_x", "pro_1", load_policy(), NOW)
    database.dispose()


def test_a_deed_sealed_with_other_keys_is_a_broken_seal(
    store: EmbeddedStore, store_database: Database
) -> None:
    _do(store, CANCEL)
    clock = FakeClock()
    stranger = EmbeddedStore(store_database, Vault(KeyRing.fresh(clock), clock))
    with pytest.raises(StoreSealBrokenError):
        stranger.carry_out(CANCEL, store.find(UNA) or "", "pro_1", load_policy(), NOW)
