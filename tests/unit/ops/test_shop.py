"""Which shop a HOME holds, told by what the core's command line was asked to do."""

import sys
from pathlib import Path

import pytest

from ops import settings, shop
from ops.children import Children
from ops.progress import OpsError, Progress

# Stands for the core's command line: notes its arguments, and refuses a file that says so.
FAKE_CORE = """
import os, sys
from pathlib import Path
if sys.argv[2] == "import" and "broken" in Path(sys.argv[3]).read_text():
    sys.exit("orders[3].customer_id: no such customer")
with open(os.path.join(os.environ["COUNTERSIGN_HOME"], "calls"), "a") as calls:
    calls.write(" ".join(sys.argv[1:3]) + "\\n")
"""


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> settings.Settings:
    fake = tmp_path / "fake_core.py"
    fake.write_text(FAKE_CORE)
    monkeypatch.setattr(shop, "countersign", lambda: [sys.executable, str(fake)])
    return settings.load(str(tmp_path / "var"), {}, {}, auto_ports=False)


def ensure(store: str | None, config: settings.Settings) -> None:
    shop.ensure(store, config, Children(), Progress())


def calls(config: settings.Settings) -> list[str]:
    return (config.home / "calls").read_text().splitlines()


def test_the_demo_shop_is_built_once(config: settings.Settings) -> None:
    for _ in range(3):
        ensure(None, config)
    ensure("demo", config)
    assert calls(config) == ["store seed"]


def test_another_file_is_loaded_once_and_stays_without_being_named(
    tmp_path: Path, config: settings.Settings
) -> None:
    ensure(None, config)
    store = tmp_path / "store.json"
    store.write_text("{}")
    for _ in range(2):
        ensure(str(store), config)
    ensure(None, config)
    assert calls(config) == ["store seed", "store import"]
    store.write_text('{"currency": "EUR"}')
    ensure(str(store), config)
    ensure("demo", config)
    assert calls(config)[2:] == ["store import", "store seed"]


def test_a_missing_file_is_named(config: settings.Settings) -> None:
    with pytest.raises(OpsError, match=r"STORE=nowhere\.json"):
        ensure("nowhere.json", config)


def test_a_refused_file_shows_why_and_is_not_taken_for_loaded(
    tmp_path: Path, config: settings.Settings
) -> None:
    ensure(None, config)
    store = tmp_path / "store.json"
    store.write_text("broken")
    with pytest.raises(OpsError, match=r"orders\[3\]\.customer_id"):
        ensure(str(store), config)
    ensure(None, config)
    assert calls(config) == ["store seed"]
