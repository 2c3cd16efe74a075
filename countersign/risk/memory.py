"""The counters of one process, for the `limits` library.

The library's own memory storage asks the system's time, forgets no key and keeps a thread alive
to do its sweeping; this one asks our Clock, sweeps as it goes, and needs no thread.
"""

from collections import deque
from dataclasses import dataclass, field
from threading import Lock

from limits.storage.base import MovingWindowSupport, Storage

from countersign.kit.clock import Clock

SWEEP_EVERY_S = 60.0


@dataclass
class _Window:
    expiry: int
    hits: deque[float] = field(default_factory=deque)

    def drop_old(self, now: float) -> None:
        while self.hits and self.hits[0] <= now - self.expiry:
            self.hits.popleft()


class MemoryWindows(Storage, MovingWindowSupport):
    """Moving windows in memory: exact, safe between threads, gone with the process.

    Several processes each allow the full rate; share a Redis between them where that is too much.
    """

    STORAGE_SCHEME = None

    def __init__(self, clock: Clock) -> None:
        super().__init__()
        self._clock = clock
        self._lock = Lock()
        self._windows: dict[str, _Window] = {}
        self._sweep_at = 0.0

    @property
    def base_exceptions(self) -> type[Exception]:
        return ValueError

    def acquire_entry(self, key: str, limit: int, expiry: int, amount: int = 1) -> bool:
        with self._lock:
            now = self._now()
            window = self._windows.setdefault(key, _Window(expiry))
            window.drop_old(now)
            if len(window.hits) + amount > limit:
                return False
            window.hits.extend([now] * amount)
            return True

    def get_moving_window(self, key: str, limit: int, expiry: int) -> tuple[float, int]:
        with self._lock:
            now = self._now()
            window = self._windows.get(key, _Window(expiry))
            window.drop_old(now)
            return (window.hits[0], len(window.hits)) if window.hits else (now, 0)

    def check(self) -> bool:
        return True

    def clear(self, key: str) -> None:
        with self._lock:
            self._windows.pop(key, None)

    def reset(self) -> int:
        with self._lock:
            count = len(self._windows)
            self._windows.clear()
            return count

    def get(self, key: str) -> int:
        with self._lock:
            return len(self._windows[key].hits) if key in self._windows else 0

    def get_expiry(self, key: str) -> float:
        with self._lock:
            window = self._windows.get(key)
            return window.hits[-1] + window.expiry if window and window.hits else self._now()

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        raise NotImplementedError("only moving windows are kept here")

    def _now(self) -> float:
        now = self._clock.now().timestamp()
        if now >= self._sweep_at:
            self._sweep_at = now + SWEEP_EVERY_S
            for key in [k for k, window in self._windows.items() if _empty(window, now)]:
                del self._windows[key]
        return now


def _empty(window: _Window, now: float) -> bool:
    window.drop_old(now)
    return not window.hits
