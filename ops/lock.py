"""One instance per HOME."""

import fcntl
import os
from pathlib import Path

from ops.progress import OpsError


class HomeLock:
    """Held from entering to leaving; the kernel lets go of it when we die, so it is never stale."""

    def __init__(self, home: Path) -> None:
        self._path = home / "run.lock"

    def __enter__(self) -> "HomeLock":
        """Raises OpsError that names the instance holding it."""
        self._file = open(os.open(str(self._path), os.O_RDWR | os.O_CREAT, 0o600), "r+", encoding="utf-8")
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = self._file.read().strip() or "another process"
            self._file.close()
            raise OpsError(
                f"Already running in this COUNTERSIGN_HOME ({self._path.parent}): {holder}\n"
                "Stop it with Ctrl-C where it runs, or start another with its own\n"
                "COUNTERSIGN_HOME and ports."
            ) from None
        self.note(f"pid {os.getpid()}, starting")
        return self

    def note(self, text: str) -> None:
        """What the next one who tries is told."""
        self._file.seek(0)
        self._file.truncate()
        self._file.write(text + "\n")
        self._file.flush()

    def __exit__(self, *_: object) -> None:
        self._file.close()
