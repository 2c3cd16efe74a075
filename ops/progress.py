"""What a person at the terminal reads while ops works: a line a step, signs of life in long ones."""

import sys
import threading
import time
from contextlib import contextmanager
from typing import Iterator

HEARTBEAT_SECONDS = 5.0


class OpsError(Exception):
    """Something a person must settle; the message says what happened and what to do."""


class Progress:
    """Lines such as `[ 12.3 s] training: done in 9.8 s`, from any thread, to one stream."""

    def __init__(self, stream=None) -> None:
        self._stream = stream or sys.stdout
        self._lock = threading.Lock()
        self._start = time.monotonic()

    def line(self, text: str) -> None:
        """Write one line exactly as it is."""
        with self._lock:
            self._stream.write(text + "\n")
            self._stream.flush()

    def say(self, text: str) -> None:
        """Write one line behind the time since the start."""
        self.line(f"[{time.monotonic() - self._start:5.1f} s] {text}")

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Announce a step, its end, and every few seconds that it is still going."""
        begun, over = time.monotonic(), threading.Event()

        def heartbeat() -> None:
            while not over.wait(HEARTBEAT_SECONDS):
                self.say(f"{name}: still going ({time.monotonic() - begun:.0f} s)")

        self.say(name)
        threading.Thread(target=heartbeat, daemon=True).start()
        try:
            yield
        finally:
            over.set()
        self.say(f"{name}: done in {time.monotonic() - begun:.1f} s")
