"""Finding Python: each place in turn, each candidate tried."""

import sys
from pathlib import Path

import pytest

from ops import interpreters
from ops.progress import OpsError

HERE = f"{sys.version_info.major}.{sys.version_info.minor}"


def program(path: Path, body: str) -> Path:
    """An executable shell script at `path`."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{body}\n")
    path.chmod(0o755)
    return path


def real(path: Path) -> Path:
    """An interpreter of this version at `path`."""
    return program(path, f'exec "{sys.executable}" "$@"')


def claims(path: Path, version: str) -> Path:
    """Something that answers the probe as if it were a Python of `version`."""
    return program(path, f"echo {version}")


def environ(tmp_path: Path, *path: Path) -> dict[str, str]:
    return {"PATH": ":".join(map(str, path)), "HOME": str(tmp_path)}


def test_the_one_on_path_comes_first(tmp_path: Path) -> None:
    wanted = claims(tmp_path / "bin" / "python3.99", "3.99")
    claims(tmp_path / ".pyenv/versions/3.99.1/bin/python3.99", "3.99")
    assert interpreters.find("3.99", environ(tmp_path, tmp_path / "bin")) == wanted


def test_a_broken_shim_on_path_is_passed_over_for_pyenvs_newest(tmp_path: Path) -> None:
    program(tmp_path / "shims" / "python3.99", "echo 'pyenv: command not found' >&2; exit 127")
    claims(tmp_path / ".pyenv/versions/3.99.2/bin/python3.99", "3.99")
    newest = claims(tmp_path / ".pyenv/versions/3.99.10/bin/python3.99", "3.99")
    assert interpreters.find("3.99", environ(tmp_path, tmp_path / "shims")) == newest


def test_pyenv_root_is_honoured(tmp_path: Path) -> None:
    wanted = claims(tmp_path / "elsewhere/versions/3.99.0/bin/python3.99", "3.99")
    values = {**environ(tmp_path), "PYENV_ROOT": str(tmp_path / "elsewhere")}
    assert interpreters.find("3.99", values) == wanted


def test_a_plain_python3_of_the_right_version_will_do(tmp_path: Path) -> None:
    wanted = real(tmp_path / "bin" / "python3")
    assert interpreters.find(HERE, environ(tmp_path, tmp_path / "bin")) == wanted


def test_uv_is_asked_last(tmp_path: Path) -> None:
    wanted = claims(tmp_path / "uv-managed" / "python", "3.99")
    program(tmp_path / "bin" / "uv", f'[ "$1" = --version ] && echo uv 1 || echo "{wanted}"')
    assert interpreters.find("3.99", environ(tmp_path, tmp_path / "bin")) == wanted


def test_a_liar_is_not_taken(tmp_path: Path) -> None:
    claims(tmp_path / "bin" / "python3.99", "3.98")
    with pytest.raises(OpsError):
        interpreters.find("3.99", environ(tmp_path, tmp_path / "bin"))


def test_none_found_says_what_was_tried_and_what_to_do(tmp_path: Path) -> None:
    broken = program(tmp_path / "bin" / "python3.99", "exit 1")
    with pytest.raises(OpsError) as caught:
        interpreters.find("3.99", environ(tmp_path, tmp_path / "bin"))
    said = str(caught.value)
    assert str(broken) in said and "pyenv install 3.99" in said and "uv python install 3.99" in said


def test_the_probe_runs_a_real_interpreter() -> None:
    assert interpreters.runs(Path(sys.executable), HERE)
    assert not interpreters.runs(Path(sys.executable), "3.99")
