"""The outbox: with the caller's transaction, at least once, never in plaintext."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import select

from countersign.db.engine import Database
from countersign.kit.hidden import Personal, Secret
from countersign.notify.errors import (
    AddressRefusedError,
    DeliveryDeferredError,
    DeliveryRefusedError,
    SubjectRefusedError,
)
from countersign.notify.models import Message
from countersign.notify.repository import OutboxRepository, outbox
from countersign.notify.service import Notify
from countersign.vault.service import Vault
from tests.fakes.clock import FakeClock
from tests.fakes.notify import FakeSender

TO = Personal("mei.kowalski@example.com")


@pytest.fixture
def sender() -> FakeSender:
    return FakeSender()


@pytest.fixture
def rows(database: Database) -> OutboxRepository:
    return OutboxRepository(database)


@pytest.fixture
def notify(vault: Vault, rows: OutboxRepository, sender: FakeSender, clock: FakeClock) -> Notify:
    return Notify(vault, rows, sender, clock)


def test_a_mail_is_sent_once_with_all_that_it_carries(notify: Notify, sender: FakeSender) -> None:
    notify.mail(TO, "Your code", "It is ABCD-2345", code=Secret("ABCD-2345"), link="http://shop/in?t=1")
    assert notify.deliver_pending() == 1
    assert notify.deliver_pending() == 0
    [message] = sender.sent
    assert (message.to, message.subject, message.text.reveal()) == (TO, "Your code", "It is ABCD-2345")
    assert (message.code, message.link) == (Secret("ABCD-2345"), Secret("http://shop/in?t=1"))


def test_mails_leave_in_the_order_they_were_written(
    notify: Notify, sender: FakeSender, clock: FakeClock
) -> None:
    for subject in ("one", "two", "three"):
        notify.mail(TO, subject, "…")
        clock.advance(seconds=1)
    assert notify.deliver_pending() == 3
    assert [message.subject for message in sender.sent] == ["one", "two", "three"]


def test_a_rolled_back_change_mails_nothing(notify: Notify, sender: FakeSender, database: Database) -> None:
    with pytest.raises(RuntimeError, match="changed my mind"):
        _mail_and_fail(notify, database)
    assert notify.deliver_pending() == 0
    assert sender.tries == 0


def _mail_and_fail(notify: Notify, database: Database) -> None:
    with database.begin():
        notify.mail(TO, "Your order", "…")
        raise RuntimeError("changed my mind")


def test_a_deferred_mail_waits_longer_each_time_and_is_then_sent_once(
    notify: Notify, sender: FakeSender, clock: FakeClock
) -> None:
    sender.failure = DeliveryDeferredError("connection")
    notify.mail(TO, "Your order", "…")
    for tries, delay in enumerate((2, 4, 8, 16, 32, 64, 128, 256, 300, 300), start=1):
        assert notify.deliver_pending() == 0
        clock.advance(seconds=delay - 1)
        assert notify.deliver_pending() == 0
        assert sender.tries == tries
        clock.advance(seconds=1)
    sender.failure = None
    assert notify.deliver_pending() == 1
    clock.advance(hours=12)
    assert notify.deliver_pending() == 0
    assert len(sender.sent) == 1


def test_one_stuck_mail_holds_up_no_other(notify: Notify, sender: FakeSender) -> None:
    sender.failure = DeliveryDeferredError("451")
    notify.mail(TO, "stuck", "…")
    assert notify.deliver_pending() == 0
    sender.failure = None
    notify.mail(TO, "fine", "…")
    assert notify.deliver_pending() == 1
    assert [message.subject for message in sender.sent] == ["fine"]


def test_a_refused_mail_is_given_up_and_marked(
    notify: Notify, sender: FakeSender, rows: OutboxRepository, clock: FakeClock
) -> None:
    sender.failure = DeliveryRefusedError("550")
    notify.mail(TO, "Your order", "…")
    assert notify.deliver_pending() == 0
    clock.advance(hours=1)
    assert notify.deliver_pending() == 0
    assert sender.tries == 1
    assert (rows.count("refused"), rows.count("pending")) == (1, 0)


def test_a_mail_whose_code_has_died_is_not_sent(
    notify: Notify, sender: FakeSender, rows: OutboxRepository, clock: FakeClock
) -> None:
    notify.mail(TO, "Your code", "…", code=Secret("ABCD-2345"))
    notify.mail(TO, "Your order", "…")
    clock.advance(minutes=10)
    assert notify.deliver_pending() == 1
    assert [message.subject for message in sender.sent] == ["Your order"]
    assert rows.count("expired") == 1


def test_a_crash_after_sending_sends_again_under_the_same_id(
    notify: Notify, sender: FakeSender, rows: OutboxRepository, clock: FakeClock, vault: Vault
) -> None:
    notify.mail(TO, "Your order", "…")
    notify.deliver_pending()
    [first] = sender.sent
    crashing = Notify(vault, rows, _CrashesAfterSending(sender), clock)
    crashing.mail(TO, "Your other order", "…")
    with pytest.raises(KeyboardInterrupt):
        crashing.deliver_pending()
    assert notify.deliver_pending() == 0, "another worker does not touch it while it is claimed"
    clock.advance(minutes=2)
    assert notify.deliver_pending() == 1
    assert sender.sent[1].id == sender.sent[2].id != first.id


class _CrashesAfterSending:
    def __init__(self, sender: FakeSender) -> None:
        self._sender = sender

    def send(self, message: Message) -> None:
        self._sender.send(message)
        raise KeyboardInterrupt


@pytest.mark.parametrize(
    "address",
    [
        "",
        "mei",
        "mei@",
        "@example.com",
        "mei@example.com\nBcc: all@example.com",
        "mei@example.com\r\n",
        "mei@example.com, leo@example.com",
        "Mei <mei@example.com>",
        "mei@example.com\x00",
        "mei@exam\u2028ple.com",
        "a b@example.com",
        "m" * 65 + "@example.com",
    ],
)
def test_an_address_that_is_not_one_plain_address_is_refused(
    notify: Notify, sender: FakeSender, address: str
) -> None:
    with pytest.raises(AddressRefusedError) as refused:
        notify.mail(Personal(address), "Your order", "…")
    assert address == "" or address not in str(refused.value)
    assert notify.deliver_pending() == sender.tries == 0


@pytest.mark.parametrize(
    "subject", ["Hi\nBcc: all@example.com", "Hi\r", "Hi\x00", "Hi\u2028there", "x" * 201]
)
def test_a_subject_that_could_end_its_header_is_refused(notify: Notify, subject: str) -> None:
    with pytest.raises(SubjectRefusedError):
        notify.mail(TO, subject, "…")


def test_purge_removes_what_is_older_than_a_day(notify: Notify, clock: FakeClock) -> None:
    notify.mail(TO, "old", "…")
    clock.advance(hours=23)
    notify.mail(TO, "new", "…")
    clock.advance(hours=2)
    assert notify.purge() == 1
    assert notify.deliver_pending() == 1


def test_nothing_of_a_mail_is_readable_on_disk(notify: Notify, database: Database, tmp_path: Path) -> None:
    notify.mail(
        TO, "Hello Mei", "Use code WXYZ-6789", code=Secret("WXYZ-6789"), link="http://shop/in?t=tokentoken"
    )
    for file in tmp_path.iterdir():
        content = file.read_bytes()
        assert not [word for word in (b"mei.kowalski", b"Hello", b"WXYZ", b"tokentoken") if word in content]
    assert any(b"outbox" in file.read_bytes() for file in tmp_path.iterdir()), (
        "the search reads the right files"
    )


def test_a_delivered_mail_leaves_no_content_behind(
    notify: Notify, database: Database, sender: FakeSender
) -> None:
    notify.mail(TO, "Your order", "…")
    notify.deliver_pending()
    with database.read() as connection:
        [row] = connection.execute(select(outbox.c.state, outbox.c.sealed)).all()
    assert tuple(row) == ("sent", None)


def test_workers_at_once_send_each_mail_once(vault: Vault, any_database: Database, clock: FakeClock) -> None:
    sender, rows = FakeSender(), OutboxRepository(any_database)
    notify = Notify(vault, rows, sender, clock)
    for number in range(40):
        notify.mail(TO, f"number {number}", "…")
    with ThreadPoolExecutor(4) as pool:
        sent = list(pool.map(lambda _: notify.deliver_pending(), range(4)))
    assert sum(sent) == rows.count("sent") == 40
    assert sorted(message.subject for message in sender.sent) == sorted(f"number {n}" for n in range(40))


def test_a_row_that_was_altered_is_given_up_not_sent(
    notify: Notify, sender: FakeSender, rows: OutboxRepository, database: Database, vault: Vault
) -> None:
    notify.mail(TO, "Your order", "…")
    moved = vault.seal(Personal("{}"), purpose="outbox", subject="msg_of_another")
    with database.begin() as connection:
        connection.execute(outbox.update().values(sealed=moved))
    assert notify.deliver_pending() == sender.tries == 0
    assert rows.count("refused") == 1
