"""What each process is told, and what Rasa is not."""

import socket
from pathlib import Path

import pytest

from ops import settings
from ops.progress import OpsError


def load(
    home: Path, environ: dict[str, str] | None = None, given: dict[str, str] | None = None
) -> settings.Settings:
    return settings.load(str(home), environ or {}, given or {}, auto_ports=False)


def test_secrets_are_made_once_differ_and_are_for_the_owner_only(tmp_path: Path) -> None:
    first, second = load(tmp_path / "var"), load(tmp_path / "var")
    secrets = [first.values[name] for name in ("COUNTERSIGN_INNER_SECRET", "COUNTERSIGN_RASA_SECRET")]
    assert first == second
    assert len(set(secrets)) == 2 and all(len(secret) >= 43 for secret in secrets)
    assert (tmp_path / "var" / "secrets.env").stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "var").stat().st_mode & 0o777 == 0o700
    assert load(tmp_path / "other").values["COUNTERSIGN_RASA_SECRET"] not in secrets


def test_secrets_that_others_can_read_are_refused(tmp_path: Path) -> None:
    load(tmp_path)
    (tmp_path / "secrets.env").chmod(0o644)
    with pytest.raises(OpsError, match="chmod 600"):
        load(tmp_path)


def test_a_broken_line_in_secrets_is_named_without_its_content(tmp_path: Path) -> None:
    load(tmp_path)
    (tmp_path / "secrets.env").write_text("COUNTERSIGN_RASA_SECRET hunter2\n")
    with pytest.raises(OpsError, match="line 1") as caught:
        load(tmp_path)
    assert "hunter2" not in str(caught.value)


def test_rasa_hears_its_list_and_nothing_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "x")
    told = load(tmp_path, {"COUNTERSIGN_SMTP_URL": "smtp://u:p@mail", "COUNTERSIGN_KEYS": "/k"}).for_rasa()
    ours = {name for name in told if name.startswith("COUNTERSIGN_")}
    assert {name.removeprefix("COUNTERSIGN_") for name in ours} == {
        "RASA_SECRET",
        "INNER_SECRET",
        "INNER_URL",
        "TRACKER_DB",
    }
    assert "AWS_SECRET_ACCESS_KEY" not in told
    assert told["RASA_TELEMETRY_ENABLED"] == "false" and told["LOG_LEVEL"] == "INFO"
    assert Path(told["HOME"]) == tmp_path.resolve() / "rasa"


def test_what_is_given_outweighs_the_environment_and_that_the_defaults(tmp_path: Path) -> None:
    assert load(tmp_path).url == "http://127.0.0.1:8000"
    environ = {"COUNTERSIGN_PUBLIC": "127.0.0.1:8100"}
    assert load(tmp_path, environ).url == "http://127.0.0.1:8100"
    assert load(tmp_path, environ, {"COUNTERSIGN_PUBLIC": "127.0.0.1:8200"}).public == "http://127.0.0.1:8200"
    assert load(tmp_path, {"COUNTERSIGN_BASE_URL": "https://shop.example"}).url == "https://shop.example"


def test_automatic_ports_are_free_and_differ(tmp_path: Path) -> None:
    found = settings.load(str(tmp_path), {"COUNTERSIGN_PUBLIC": "127.0.0.1:8000"}, {}, auto_ports=True)
    settings.refuse_taken_ports(found)
    assert len({found.public, found.inner, found.rasa, found.staff}) == 4
    assert found.for_core()["COUNTERSIGN_STAFF"] == found.staff.removeprefix("http://") != "127.0.0.1:8001"
    assert found.url == found.public != "http://127.0.0.1:8000"


@pytest.mark.parametrize("which", ["PUBLIC", "INNER", "RASA", "STAFF"])
def test_a_taken_port_is_named_with_the_variable_to_change(tmp_path: Path, which: str) -> None:
    name = f"COUNTERSIGN_{which}"
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        port = holder.getsockname()[1]
        value = f"127.0.0.1:{port}"
        found = settings.load(str(tmp_path), {}, {name: value}, auto_ports=True)
        with pytest.raises(OpsError, match=rf"Port {port} on 127.0.0.1 can't be used.*{name}="):
            settings.refuse_taken_ports(found)


@pytest.mark.parametrize(
    ("name", "value"), [("COUNTERSIGN_PUBLIC", "localhost"), ("COUNTERSIGN_RASA", "http://0.0.0.0:5005")]
)
def test_an_unusable_address_is_refused(tmp_path: Path, name: str, value: str) -> None:
    with pytest.raises(OpsError, match=name):
        settings.refuse_taken_ports(settings.load(str(tmp_path), {}, {name: value}, auto_ports=True))
