"""`python3 -m ops.run` as a person meets it when it can't start."""

import socket
import subprocess
import sys
from pathlib import Path

from ops.lock import HomeLock

ROOT = Path(__file__).parents[3]


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "ops.run", *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)


def test_a_second_start_in_the_same_home_is_refused_at_once(tmp_path: Path) -> None:
    with HomeLock(tmp_path) as lock:
        lock.note("pid 1, http://127.0.0.1:8000")
        done = run("--home", str(tmp_path), "--ports", "auto")
    assert done.returncode == 1
    assert "Already running" in done.stdout and "http://127.0.0.1:8000" in done.stdout
    assert "Traceback" not in done.stdout + done.stderr


def test_a_taken_port_is_refused_before_any_work(tmp_path: Path) -> None:
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        port = holder.getsockname()[1]
        inner = f"COUNTERSIGN_INNER=127.0.0.1:{port}"
        done = run("--home", str(tmp_path), "--ports", "auto", "--env", inner)
    assert done.returncode == 1
    assert f"Port {port}" in done.stdout and "COUNTERSIGN_INNER=" in done.stdout
    assert "training" not in done.stdout


def test_a_stray_variable_is_refused(tmp_path: Path) -> None:
    done = run("--home", str(tmp_path), "--ports", "auto", "--env", "SEALING=off")
    assert done.returncode == 1
    assert "COUNTERSIGN_NAME=VALUE" in done.stdout
