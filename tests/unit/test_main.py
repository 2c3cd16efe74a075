"""The command line, on a home of its own."""

import json
import stat
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import text

from countersign import __main__ as command
from countersign import logs
from countersign.config import Settings
from countersign.db.engine import Database
from tests.fakes.gateway_parts import ROOT
from tests.fakes.store import small_shop

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    home = tmp_path / "home"
    home.mkdir()
    for name in Settings.model_fields:
        monkeypatch.delenv(f"COUNTERSIGN_{name.upper()}", raising=False)
    monkeypatch.setenv("COUNTERSIGN_HOME", str(home))
    monkeypatch.setenv("COUNTERSIGN_WORDS", str(ROOT / "data"))
    # It would set logging up for all later tests too.
    monkeypatch.setattr(logs, "set_up", lambda: None)
    return home


@pytest.fixture
def countersign(home: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs a command: its exit code, and what it wrote on both streams."""

    def run(*words: object) -> tuple[int, str, str]:
        code = command.main([str(word) for word in words])
        return code, *capsys.readouterr()

    return run


@pytest.fixture
def shop_file(tmp_path: Path) -> Path:
    path = tmp_path / "shop.json"
    path.write_text(json.dumps(small_shop()), encoding="utf-8")
    return path


class TestKeys:
    def test_are_made_for_their_owner_only(self, countersign: Run, home: Path) -> None:
        code, out, err = countersign("keys", "create")
        keys = home / "keys.json"
        assert (code, err) == (0, "")
        assert str(keys) in out and "keep a copy" in out
        assert stat.S_IMODE(keys.stat().st_mode) == 0o600
        assert not any(value in out for value in json.loads(keys.read_text())["keys"].values())

    def test_are_never_overwritten(self, countersign: Run, home: Path) -> None:
        countersign("keys", "create")
        before = (home / "keys.json").read_bytes()
        code, _, err = countersign("keys", "create")
        assert code == 1 and err.startswith("countersign: ")
        assert (home / "keys.json").read_bytes() == before

    @pytest.mark.parametrize("words", [("store", "dump"), ("audit", "verify")])
    def test_are_needed_outside_the_demo(self, countersign: Run, home: Path, words: tuple[str, ...]) -> None:
        code, out, err = countersign(*words)
        assert (code, out) == (1, "")
        assert "keys.json" in err
        assert not (home / "core.db").exists()

    def test_are_made_by_the_demo_itself_and_only_the_first_time(
        self, countersign: Run, home: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("COUNTERSIGN_DEMO", "1")
        assert countersign("audit", "verify")[0] == 0
        (home / "keys.json").unlink()
        code, _, err = countersign("audit", "verify")
        assert code == 1 and "keys.json" in err
        assert not (home / "keys.json").exists()


class TestStore:
    @pytest.fixture(autouse=True)
    def _keys(self, countersign: Run) -> None:
        countersign("keys", "create")

    def test_that_was_imported_is_dumped_as_it_came(
        self, countersign: Run, shop_file: Path, tmp_path: Path
    ) -> None:
        assert countersign("store", "import", shop_file)[0] == 0
        out_file = tmp_path / "out.json"
        assert countersign("store", "dump", out_file)[:2] == (0, "")
        dumped, given = json.loads(out_file.read_text()), json.loads(shop_file.read_text())
        assert [order["id"] for order in dumped["orders"]] == [order["id"] for order in given["orders"]]
        assert countersign("store", "import", out_file)[0] == 0
        again = tmp_path / "again.json"
        countersign("store", "dump", again)
        assert again.read_bytes() == out_file.read_bytes()

    def test_is_dumped_to_the_terminal_without_a_file(self, countersign: Run, shop_file: Path) -> None:
        countersign("store", "import", shop_file)
        code, out, _ = countersign("store", "dump")
        assert code == 0 and json.loads(out)["currency"] == "EUR"

    def test_stays_when_a_file_with_an_error_is_refused(
        self, countersign: Run, shop_file: Path, tmp_path: Path
    ) -> None:
        countersign("store", "import", shop_file)
        _, before, _ = countersign("store", "dump")
        broken = small_shop()
        broken["orders"][0]["items"][0]["price"] = "9,50"
        broken["customers"][1]["email"] = "nobody"
        bad = tmp_path / "bad.json"
        bad.write_text(json.dumps(broken), encoding="utf-8")
        code, out, err = countersign("store", "import", bad)
        assert (code, out) == (1, "")
        assert "orders[0].items[0].price" in err and "customers[1].email" in err
        assert "nobody" not in err
        assert countersign("store", "dump")[1] == before

    def test_file_that_is_not_there_is_named(self, countersign: Run, tmp_path: Path) -> None:
        code, _, err = countersign("store", "import", tmp_path / "none.json")
        assert code == 1 and "none.json" in err

    def test_is_seeded_with_the_demo_shop(self, countersign: Run) -> None:
        assert countersign("store", "seed")[0] == 0
        shop = json.loads(countersign("store", "dump")[1])
        assert len(shop["products"]) >= 300 and len(shop["customers"]) >= 200


class TestAudit:
    @pytest.fixture(autouse=True)
    def _keys(self, countersign: Run) -> None:
        countersign("keys", "create")

    def test_of_a_sound_log_finds_nothing(self, countersign: Run) -> None:
        assert countersign("audit", "verify") == (0, "audit log: 0 problems\n", "")

    def test_of_an_altered_log_tells_each_problem(self, countersign: Run, home: Path) -> None:
        countersign("audit", "verify")
        database = Database(f"sqlite:///{home / 'core.db'}")
        with database.begin() as tx:
            tx.execute(
                text(
                    "INSERT INTO audit_events (seq, at, tag, actor, outcome, detail, digest, mac)"
                    " VALUES (1, '2026-11-02 09:30:00', 'session:open', 'ses_1', 'done', '{}', x'00', x'00')"
                )
            )
        database.dispose()
        code, out, _ = countersign("audit", "verify")
        assert code == 1
        assert int(out.splitlines()[-1].split()[2]) == len(out.splitlines()) - 1 > 0


class TestRefusals:
    def test_of_settings_name_every_fault(self, countersign: Run, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("COUNTERSIGN_PUBLIC", "nowhere")
        monkeypatch.setenv("COUNTERSIGN_DEMO", "perhaps")
        code, out, err = countersign("audit", "verify")
        assert (code, out) == (1, "")
        assert "COUNTERSIGN_PUBLIC" in err and "COUNTERSIGN_DEMO" in err

    def test_to_serve_come_before_anything_is_opened(self, countersign: Run, home: Path) -> None:
        code, _, err = countersign("serve")
        assert code == 1
        assert "COUNTERSIGN_INNER_SECRET" in err and "COUNTERSIGN_SMTP_URL" in err
        assert list(home.iterdir()) == []

    def test_of_a_mail_server_that_cannot_be_used_show_no_password(
        self, countersign: Run, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for name, value in {
            "DEMO": "1",
            "INNER_SECRET": "a" * 32,
            "RASA_SECRET": "b" * 32,
            "SMTP_URL": "http://mailer:pass-word@mail.example",
        }.items():
            monkeypatch.setenv(f"COUNTERSIGN_{name}", value)
        code, _, err = countersign("serve")
        assert code == 1 and "smtp" in err
        assert "pass-word" not in err

    @pytest.mark.parametrize("url", ["nonsense", "mysql://user:pass-word@host/db"])
    def test_of_a_database_that_cannot_be_used_say_which_could(
        self, countersign: Run, monkeypatch: pytest.MonkeyPatch, url: str
    ) -> None:
        monkeypatch.setenv("COUNTERSIGN_DEMO", "1")
        monkeypatch.setenv("COUNTERSIGN_DATABASE_URL", url)
        code, _, err = countersign("audit", "verify")
        assert code == 1 and "sqlite:///FILE" in err
        assert "pass-word" not in err

    @pytest.mark.parametrize("words", [(), ("store",), ("store", "import"), ("nothing",)])
    def test_of_an_odd_command_say_what_there_is(
        self, home: Path, capsys: pytest.CaptureFixture[str], words: tuple[str, ...]
    ) -> None:
        with pytest.raises(SystemExit) as caught:
            command.main(list(words))
        assert caught.value.code == 2
        assert "usage: countersign" in capsys.readouterr().err

    def test_by_the_keyboard_end_quietly(self, countersign: Run, monkeypatch: pytest.MonkeyPatch) -> None:
        def interrupted(*_: object) -> None:
            raise KeyboardInterrupt

        monkeypatch.setattr(command, "dump_store", interrupted)
        countersign("keys", "create")
        assert countersign("store", "dump") == (130, "", "")


def test_progress_is_drawn_on_a_terminal_only(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    command._bar(1, 2)
    assert capsys.readouterr().err == ""
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    command._bar(1, 2)
    command._bar(2, 2)
    assert capsys.readouterr().err == f"\r[{'#' * 15}{'.' * 15}] 1/2\r[{'#' * 30}] 2/2\n"
