"""The thread that empties the outbox. Started and stopped by whoever runs the process."""

import threading
from collections.abc import Callable
from datetime import datetime, timedelta

from countersign.kit.clock import Clock
from countersign.notify.service import Notify

_PURGE_EVERY = timedelta(hours=1)


class OutboxWorker:
    def __init__(
        self,
        notify: Notify,
        clock: Clock,
        *,
        interval_s: float = 0.2,
        on_error: Callable[[Exception], None] = lambda error: None,
    ) -> None:
        """`on_error` hears what went wrong in a round (the database was locked); the next round comes."""
        self._notify = notify
        self._clock = clock
        self._interval_s = interval_s
        self._on_error = on_error
        self._purged_at: datetime | None = None
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="outbox", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self, timeout_s: float = 15.0) -> None:
        """Lets the message in hand finish."""
        self._stopping.set()
        self._thread.join(timeout_s)

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                self._round()
            except Exception as error:  # noqa: BLE001 - whatever it was, the mail after it must leave
                self._on_error(error)
            self._stopping.wait(self._interval_s)

    def _round(self) -> None:
        now = self._clock.now()
        if self._purged_at is None or now - self._purged_at >= _PURGE_EVERY:
            self._notify.purge()
            self._purged_at = now
        self._notify.deliver_pending()
