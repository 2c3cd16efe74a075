"""Starts an instance as a subprocess, for tests and benches: own HOME, free ports, stopped for certain."""

import json
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import Dict, List, Mapping, Optional

from ops.environments import ROOT
from ops.progress import OpsError

STOP_WITHIN_SECONDS = 20


class Instance:
    """A running instance; `with start(…) as instance:` stops it at the end."""

    def __init__(self, process: subprocess.Popen, ready: Dict) -> None:
        self._process = process
        # Goes on reading, or the supervisor would one day wait for a full pipe.
        self._reader = threading.Thread(target=self._read_on, daemon=True)
        self._reader.start()
        self.url: str = ready["url"]
        self.inner: str = ready["inner"]
        self.rasa: str = ready["rasa"]
        self.staff: str = ready["staff"]
        self.home = Path(ready["home"])
        self.pids: Dict[str, int] = ready["pids"]

    def stop(self) -> int:
        """Stop it and wait; the supervisor's exit code."""
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGTERM)
        try:
            code = self._process.wait(timeout=STOP_WITHIN_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()  # its children go with it (ops/leash.py)
            code = self._process.wait()
        self._reader.join()
        return code

    def _read_on(self) -> None:
        with self._process.stdout as stream:
            for _ in stream:
                pass

    def wait(self, timeout_seconds: float) -> int:
        """Wait until it ends by itself; its exit code. Raises subprocess.TimeoutExpired."""
        return self._process.wait(timeout=timeout_seconds)

    def __enter__(self) -> "Instance":
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()


def start(
    home: Path,
    store: Optional[str] = None,
    env: Optional[Mapping[str, str]] = None,
    endpoints: Optional[str] = None,
    command: Optional[List[str]] = None,
) -> Instance:
    """Start on free ports and return once a chat can be held.

    `env`: COUNTERSIGN_* variables; nothing of the caller's own is passed on. Raises OpsError with all that
    the supervisor said when it ends before it is ready.
    """
    argv = [
        *(command or [sys.executable, "-m", "ops.run"]),
        "--home",
        str(home),
        "--ports",
        "auto",
        "--json-ready",
    ]
    argv += ["--store", store] if store else []
    argv += ["--endpoints", endpoints] if endpoints else []
    for name, value in (env or {}).items():
        argv += ["--env", f"{name}={value}"]
    clean = {name: value for name, value in os.environ.items() if not name.startswith("COUNTERSIGN_")}
    process = subprocess.Popen(
        argv, cwd=str(ROOT), env=clean, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    said = []
    for line in process.stdout:
        if line.startswith("{"):
            return Instance(process, json.loads(line))
        said.append(line)
    process.stdout.close()
    raise OpsError("no instance (exit code {}):\n{}".format(process.wait(), "".join(said)))
