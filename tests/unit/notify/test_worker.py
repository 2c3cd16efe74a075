"""The thread that empties the outbox."""

import threading

import pytest

from countersign.db.engine import Database
from countersign.db.errors import DatabaseUnavailableError
from countersign.kit.hidden import Personal
from countersign.notify.models import Message
from countersign.notify.repository import OutboxRepository
from countersign.notify.service import Notify
from countersign.notify.worker import OutboxWorker
from countersign.vault.service import Vault
from tests.fakes.clock import FakeClock


class _SignallingSender:
    def __init__(self) -> None:
        self.sent = threading.Event()

    def send(self, message: Message) -> None:
        self.sent.set()


class _FailsFirst:
    """An outbox whose first round goes wrong."""

    def __init__(self, error: Exception) -> None:
        self.error = error
        self.rounds = 0
        self.second = threading.Event()

    def purge(self) -> int:
        return 0

    def deliver_pending(self) -> int:
        self.rounds += 1
        if self.rounds == 1:
            raise self.error
        self.second.set()
        return 0


def test_a_mail_leaves_soon_after_it_was_written(vault: Vault, database: Database, clock: FakeClock) -> None:
    sender = _SignallingSender()
    notify = Notify(vault, OutboxRepository(database), sender, clock)
    worker = OutboxWorker(notify, clock, interval_s=0.01)
    worker.start()
    try:
        notify.mail(Personal("mei@example.com"), "Your order", "…")
        assert sender.sent.wait(10)
    finally:
        worker.stop()


@pytest.mark.parametrize("error", [DatabaseUnavailableError("locked"), ZeroDivisionError("a bug")])
def test_a_round_that_fails_is_reported_and_the_next_one_comes(clock: FakeClock, error: Exception) -> None:
    outbox, heard = _FailsFirst(error), list[Exception]()
    worker = OutboxWorker(outbox, clock, interval_s=0.01, on_error=heard.append)  # type: ignore[arg-type]
    worker.start()
    try:
        assert outbox.second.wait(10)
    finally:
        worker.stop()
    assert heard == [error]
