"""Conversations' data keys: lent again and again, gone once destroyed."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from countersign.db.engine import Database
from countersign.vault.data_keys import DataKeys
from countersign.vault.errors import TamperedError
from countersign.vault.repository import DataKeyRepository, conversation_keys
from countersign.vault.service import Vault
from tests.fakes.clock import FakeClock


@pytest.fixture
def keys(vault: Vault, database: Database, clock: FakeClock) -> DataKeys:
    return DataKeys(vault, DataKeyRepository(database), clock)


def test_a_conversation_keeps_its_key(keys: DataKeys) -> None:
    key = keys.lend("cnv_1")
    assert len(key) == 32
    assert keys.lend("cnv_1") == key
    assert keys.lend("cnv_2") != key
    assert keys.lent("cnv_1") == keys.lent("cnv_1")


def test_a_destroyed_key_never_comes_back(keys: DataKeys) -> None:
    before = keys.lent("cnv_1")
    keys.destroy("cnv_1")
    after = keys.lent("cnv_1")
    assert after.key != before.key
    assert after.id != before.id
    keys.destroy("cnv_never_seen")


def test_a_key_moved_to_another_conversation_does_not_open(keys: DataKeys, database: Database) -> None:
    keys.lend("cnv_1")
    with database.begin() as connection:
        connection.execute(conversation_keys.update().values(conversation="cnv_2"))
    with pytest.raises(TamperedError):
        keys.lend("cnv_2")


def test_no_key_is_on_the_disk_before_or_after_it_was_destroyed(keys: DataKeys, tmp_path: Path) -> None:
    lent = keys.lent("cnv_1")
    assert lent.id.encode() in _written(tmp_path)
    assert lent.key not in _written(tmp_path)
    assert repr(lent) == f"LentKey(id={lent.id!r})"


def test_a_destroyed_wrapped_key_is_overwritten_in_the_file(
    keys: DataKeys, database: Database, tmp_path: Path
) -> None:
    keys.lend("cnv_1")
    with database.read() as connection:
        wrapped = connection.execute(conversation_keys.select()).one().wrapped.raw
    assert wrapped in _written(tmp_path)
    keys.destroy("cnv_1")
    # Closing the last connection moves the write-ahead log into the file.
    database.dispose()
    assert wrapped not in _written(tmp_path)


def test_lent_at_once_in_many_threads_it_is_one_key(
    vault: Vault, any_database: Database, clock: FakeClock
) -> None:
    keys = DataKeys(vault, DataKeyRepository(any_database), clock)
    with ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(keys.lend, ["cnv_1"] * 32))) == 1


def _written(folder: Path) -> bytes:
    return b"".join(file.read_bytes() for file in folder.iterdir())
