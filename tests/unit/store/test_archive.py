"""What the command line calls: import, seed, dump."""

import json
import stat
from pathlib import Path

import pytest

from countersign.store.archive import dump_store, import_store, seed_store
from countersign.store.errors import StoreFileInvalidError, StoreFileUnwritableError, StoreUnavailableError
from countersign.vault.service import Vault
from tests.fakes.store import BrokenStore, FakeStore, small_shop, small_store


def _silent(done: int, total: int) -> None:
    pass


def test_a_file_becomes_the_shop(vault: Vault, tmp_path: Path) -> None:
    file = tmp_path / "shop.json"
    file.write_text(json.dumps(small_shop()))
    store = FakeStore(vault)
    import_store(store, file, _silent)
    assert store.whole_shop() == small_store()


def test_a_faulty_file_changes_nothing(vault: Vault, tmp_path: Path) -> None:
    faulty = small_shop()
    faulty["orders"][0]["items"][0]["price"] = -1
    file = tmp_path / "shop.json"
    file.write_text(json.dumps(faulty))
    store = FakeStore(vault, small_store())
    with pytest.raises(StoreFileInvalidError, match=r"orders\[0\]\.items\[0\]\.price"):
        import_store(store, file, _silent)
    assert store.whole_shop() == small_store()


def test_the_demo_shop_becomes_the_shop(vault: Vault) -> None:
    store = FakeStore(vault, small_store())
    seed_store(store, _silent)
    assert len(store.whole_shop().products) >= 300


def test_a_dump_is_the_file_again_and_its_owners_alone(vault: Vault, tmp_path: Path) -> None:
    file = tmp_path / "out.json"
    file.write_text("old")
    dump_store(FakeStore(vault, small_store()), file)
    assert json.loads(file.read_text(encoding="utf-8")) == small_shop()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert list(tmp_path.iterdir()) == [file]


def test_a_dump_goes_to_the_standard_output(vault: Vault, capsys: pytest.CaptureFixture[str]) -> None:
    dump_store(FakeStore(vault, small_store()), None)
    assert json.loads(capsys.readouterr().out) == small_shop()


def test_when_the_store_is_down_an_older_dump_stays(vault: Vault, tmp_path: Path) -> None:
    file = tmp_path / "out.json"
    file.write_text("old")
    with pytest.raises(StoreUnavailableError):
        dump_store(BrokenStore(vault), file)
    assert file.read_text() == "old"


def test_a_dump_to_nowhere_is_told(vault: Vault, tmp_path: Path) -> None:
    for path in (tmp_path / "no" / "out.json", tmp_path):
        with pytest.raises(StoreFileUnwritableError, match="cannot be written"):
            dump_store(FakeStore(vault, small_store()), path)
    assert list(tmp_path.iterdir()) == []
