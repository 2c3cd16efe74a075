"""The helper that tests and benches start instances with, over a supervisor of our own."""

import json
import sys
from pathlib import Path

import pytest

from ops import instance
from ops.progress import OpsError

READY = {
    "url": "http://127.0.0.1:1",
    "inner": "http://127.0.0.1:2",
    "rasa": "http://127.0.0.1:3",
    "staff": "http://127.0.0.1:5",
    "pids": {"core": 4},
}
# Prints what it was given, is ready, talks more than a pipe holds, ends on SIGTERM with 0.
GOOD = f"""
import json, signal, sys
signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
print("Ready: …", flush=True)
print(json.dumps(dict({READY!r}, home=json.dumps(sys.argv[1:]))), flush=True)
print("x" * 1_000_000, flush=True)
signal.pause()
"""


def test_options_reach_the_supervisor_and_leaving_stops_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COUNTERSIGN_PUBLIC", "127.0.0.1:8000")
    with instance.start(
        tmp_path,
        store="s.json",
        env={"COUNTERSIGN_SEALING": "off"},
        endpoints="e.yml",
        command=[sys.executable, "-c", GOOD],
    ) as running:
        given = json.loads(str(running.home))
        assert running.url == READY["url"] and running.pids == READY["pids"]
        assert running.staff == READY["staff"]
    assert given[:5] == ["--home", str(tmp_path), "--ports", "auto", "--json-ready"]
    assert given[5:] == ["--store", "s.json", "--endpoints", "e.yml", "--env", "COUNTERSIGN_SEALING=off"]
    assert running.stop() == 0


def test_one_that_never_gets_ready_tells_all_it_said(tmp_path: Path) -> None:
    with pytest.raises(OpsError, match=r"exit code 7\):\nPort 8000 is taken"):
        instance.start(
            tmp_path, command=[sys.executable, "-c", "print('Port 8000 is taken'); raise SystemExit(7)"]
        )
