"""Starts child processes so that none outlives us, and stops them together."""

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Dict, List, Mapping, Sequence

from ops.progress import OpsError

_LEASH = Path(__file__).with_name("leash.py")
TAIL_LINES = 15


class Children:
    """The processes started through it. Each leads a process group of its own, so Ctrl-C reaches us alone."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._processes: Dict[int, subprocess.Popen] = {}
        self._closed = False

    def spawn(self, argv: Sequence[str], *, env: Mapping[str, str], cwd: Path, log: Path) -> subprocess.Popen:
        """Start a process whose output goes to the end of `log` (made 0600).

        Raises OpsError when we are stopping already.
        """
        log.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with self._lock:
            if self._closed:
                raise OpsError("stopping")
            with open(os.open(str(log), os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "ab") as out:
                process = subprocess.Popen(
                    [sys.executable, "-I", str(_LEASH), str(os.getpid()), *argv],
                    env=dict(env),
                    cwd=str(cwd),
                    stdin=subprocess.DEVNULL,
                    stdout=out,
                    stderr=subprocess.STDOUT,
                    start_new_session=True,
                )
            self._processes[process.pid] = process
        return process

    def run(self, argv: Sequence[str], *, env: Mapping[str, str], cwd: Path, log: Path, what: str) -> None:
        """Run a command to its end. Raises OpsError with the end of its log when it fails."""
        begin = log.stat().st_size if log.exists() else 0
        process = self.spawn(argv, env=env, cwd=cwd, log=log)
        code = process.wait()
        with self._lock:
            self._processes.pop(process.pid, None)
        if code != 0:
            raise OpsError(f"{what} failed ({describe_exit(code)}):\n{tail(log, begin)}")

    def stop(self, grace_seconds: float = 10.0) -> List[int]:
        """Ask all to end, wait, then kill the groups that did not; nothing can be started any more.

        Returns the pids that had to be killed.
        """
        with self._lock:
            self._closed = True
            processes = list(self._processes.values())
        for process in processes:
            _signal_group(process, signal.SIGTERM)
        until, killed = time.monotonic() + grace_seconds, []
        for process in processes:
            try:
                process.wait(timeout=max(0.0, until - time.monotonic()))
            except subprocess.TimeoutExpired:
                killed.append(process.pid)
            # Whatever a child left behind in its group goes with it.
            _signal_group(process, signal.SIGKILL)
            process.wait()
        return killed


def describe_exit(code: int) -> str:
    """`exit code 3`, or `signal SIGKILL` for a negative code."""
    if code >= 0:
        return f"exit code {code}"
    try:
        return f"signal {signal.Signals(-code).name}"
    except ValueError:
        return f"signal {-code}"


def tail(log: Path, begin: int = 0) -> str:
    """The last lines of a log, indented, from byte `begin` on."""
    try:
        with log.open("rb") as stream:
            stream.seek(begin)
            lines = stream.read().decode("utf-8", "replace").splitlines()[-TAIL_LINES:]
    except OSError:
        lines = []
    return "\n".join("    " + line for line in lines) + f"\n    (whole log: {log})"


def _signal_group(process: subprocess.Popen, number: int) -> None:
    try:
        os.killpg(process.pid, number)
    except (ProcessLookupError, PermissionError):
        pass
