"""`countersign staff …` on a home of its own."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from countersign import __main__ as command
from countersign import config, logs
from countersign.bootstrap import Core
from countersign.config import Settings
from countersign.identity.staff.models import State
from countersign.identity.staff.table import Permission, Role
from countersign.kit.hidden import Secret
from tests.fakes.gateway_parts import ROOT

Run = Callable[..., tuple[int, str, str]]
DORA = ("--email", "dora@shop.example")
ADD = ("staff", "add", *DORA, "--name", "Dora Fuchs", "--role", "admin", "--role", "security")


@pytest.fixture
def countersign(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs a command: its exit code, and what it wrote on both streams."""
    for name in Settings.model_fields:
        monkeypatch.delenv(f"COUNTERSIGN_{name.upper()}", raising=False)
    monkeypatch.setenv("COUNTERSIGN_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("COUNTERSIGN_WORDS", str(ROOT / "data"))
    monkeypatch.setattr(logs, "set_up", lambda: None)

    def run(*words: object) -> tuple[int, str, str]:
        code = command.main([str(word) for word in words])
        return code, *capsys.readouterr()

    run("keys", "create")
    return run


def core() -> Core:
    """The core that a command would have now."""
    return Core(config.load())


def token_of(out: str) -> Secret:
    found = re.search(r"(?m)^http://127\.0\.0\.1:8001/set-up#([\w-]{43})$", out)
    assert found, out
    return Secret(found[1])


def test_an_account_is_added_and_its_link_printed(countersign: Run) -> None:
    code, out, err = countersign(*ADD)
    assert (code, err) == (0, "")
    invited = core().staff.accounts.invited(token_of(out))
    assert invited is not None
    assert invited.member.roles == {Role.ADMIN, Role.SECURITY}
    assert countersign("staff", "list")[1] == "dora@shop.example\tDora Fuchs\tadmin,security\tinvited\n"
    assert countersign("audit", "verify")[0] == 0


def test_a_second_account_with_the_address_is_refused(countersign: Run) -> None:
    countersign(*ADD)
    code, out, err = countersign(*ADD)
    assert (code, out) == (1, "") and "staff reset" in err


def test_a_reset_prints_a_new_link_and_the_old_one_is_dead(countersign: Run) -> None:
    old = token_of(countersign(*ADD)[1])
    new = token_of(countersign("staff", "reset", *DORA)[1])
    accounts = core().staff.accounts
    assert accounts.invited(old) is None and accounts.invited(new) is not None


def test_an_account_is_disabled(countersign: Run) -> None:
    link = token_of(countersign(*ADD)[1])
    assert countersign("staff", "disable", *DORA)[0] == 0
    accounts = core().staff.accounts
    assert [member.state for member in accounts.all()] == [State.DISABLED]
    assert accounts.invited(link) is None


@pytest.mark.parametrize("what", ["disable", "reset"])
def test_nobodys_account_is_told(countersign: Run, what: str) -> None:
    code, out, err = countersign("staff", what, "--email", "nix@shop.example")
    assert (code, out) == (1, "") and "no account" in err


class TestKeys:
    def made(self, countersign: Run) -> tuple[str, Secret]:
        code, out, _ = countersign(
            "staff", "key", "add", "--name", "head", "--permission", "audit:read_head", "--days", 7
        )
        found = re.search(r"client id: (cs_\w{16})\nclient secret, shown this once: (\1_[\w-]{43})\n", out)
        assert code == 0 and found
        return found[1], Secret(found[2])

    def test_are_made_shown_once_and_work(self, countersign: Run) -> None:
        client, secret = self.made(countersign)
        issued = core().staff.tokens.issue(client, secret)
        assert issued.scope == {Permission.AUDIT_READ_HEAD}
        code, out, _ = countersign("staff", "key", "list")
        assert code == 0 and out.startswith(f"{client}\thead\taudit:read_head\tuntil ")
        assert secret.reveal() not in out

    def test_are_revoked(self, countersign: Run) -> None:
        client, _ = self.made(countersign)
        assert countersign("staff", "key", "revoke", client)[0] == 0
        assert countersign("staff", "key", "list")[1].endswith("\trevoked\n")
        assert countersign("staff", "key", "revoke", client)[0] == 1
        assert core().staff.keys.living(client) is None


@pytest.mark.parametrize(
    "words",
    [
        ("staff",),
        ("staff", "add", *DORA),
        ("staff", "add", *DORA, "--name", "Dora", "--role", "wizard"),
        ("staff", "key", "add", "--name", "x", "--permission", "staff:add"),
        ("staff", "key", "add", "--name", "x", "--permission", "report:read", "--days", "366"),
        ("staff", "key", "revoke"),
    ],
)
def test_an_odd_command_says_what_there_is(countersign: Run, words: tuple[str, ...]) -> None:
    with pytest.raises(SystemExit) as caught:
        countersign(*words)
    assert caught.value.code == 2
