"""One instance per HOME."""

import subprocess
import sys
from pathlib import Path

import pytest

from ops.lock import HomeLock
from ops.progress import OpsError

ROOT = Path(__file__).parents[3]
HOLD = """
import sys
from pathlib import Path
from ops.lock import HomeLock
with HomeLock(Path(sys.argv[1])) as lock:
    lock.note("pid 1, http://127.0.0.1:8000")
    print("held", flush=True)
    sys.stdin.read()
"""


def test_the_second_is_told_who_holds_it(tmp_path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(tmp_path)],
        cwd=ROOT,
        text=True,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(OpsError, match=r"Already running.*http://127.0.0.1:8000"), HomeLock(tmp_path):
            pytest.fail("entered a HOME that another process holds")
        holder.kill()
    with HomeLock(tmp_path):
        assert "starting" in (tmp_path / "run.lock").read_text()
