"""Writers of one process take turns on SQLite.

SQLite has one writer at a time, and whoever waits for the file's lock polls with growing pauses:
under load an unlucky thread would wait past its time while others pass it. A lock in memory wakes
the next one at once; the file's lock then only stands between processes.
"""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from countersign.db.errors import DatabaseUnavailableError


class Turns:
    def __init__(self, wait_s: float) -> None:
        self._wait_s = wait_s
        self._lock = threading.Lock()

    @contextmanager
    def mine(self) -> Iterator[float]:
        """Gives the seconds that are left to wait for the file's lock. Raises DatabaseUnavailableError."""
        started = time.monotonic()
        if not self._lock.acquire(timeout=self._wait_s):
            raise DatabaseUnavailableError("locked: another writer of this process did not finish in time")
        try:
            yield max(0.0, self._wait_s - (time.monotonic() - started))
        finally:
            self._lock.release()
