"""The demo's mailbox: readable for the demo, not on the disk."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from countersign.db.engine import Database
from countersign.kit.hidden import Personal, Secret
from countersign.notify.models import Message
from countersign.notify.repository import DemoRepository
from countersign.notify.senders.demo import DemoOutbox
from countersign.vault.service import Vault
from tests.fakes.clock import FakeClock


@pytest.fixture
def outbox(vault: Vault, database: Database, clock: FakeClock) -> DemoOutbox:
    return DemoOutbox(vault, DemoRepository(database), clock)


def _message(id_: str, to: str = "mei@example.com", minute: int = 0, **more: Secret) -> Message:
    at = datetime(2026, 11, 2, 9, minute, tzinfo=UTC)
    return Message(id_, at, "mail", Personal(to), "Your code", Personal("It is ABCD-2345"), **more)


def test_a_message_is_shown_with_what_it_carries(outbox: DemoOutbox) -> None:
    outbox.send(_message("msg_1", code=Secret("ABCD-2345"), link=Secret("http://shop/in?t=1")))
    outbox.send(_message("msg_2", minute=1))
    plain = {"to": "mei@example.com", "medium": "mail", "subject": "Your code", "text": "It is ABCD-2345"}
    assert outbox.messages() == [
        {"at": "2026-11-02T09:00:00+00:00", **plain, "code": "ABCD-2345", "link": "http://shop/in?t=1"},
        {"at": "2026-11-02T09:01:00+00:00", **plain},
    ]


def test_messages_of_one_address_newest_last(outbox: DemoOutbox) -> None:
    outbox.send(_message("msg_b", minute=5))
    outbox.send(_message("msg_a", minute=2))
    outbox.send(_message("msg_c", to="leo@example.com", minute=3))
    assert [shown["at"][14:16] for shown in outbox.messages("Mei@Example.com ")] == ["02", "05"]
    assert outbox.messages("nobody@example.com") == []


def test_the_same_message_twice_is_shown_once(outbox: DemoOutbox) -> None:
    outbox.send(_message("msg_1"))
    outbox.send(_message("msg_1"))
    assert len(outbox.messages()) == 1


def test_nothing_is_readable_on_disk(outbox: DemoOutbox, tmp_path: Path) -> None:
    outbox.send(_message("msg_1", code=Secret("ABCD-2345")))
    written = b"".join(file.read_bytes() for file in tmp_path.iterdir())
    assert b"msg_1" in written
    assert not [word for word in (b"mei@example", b"ABCD", b"Your code") if word in written]


def test_what_is_older_than_a_day_goes_with_the_next_message(outbox: DemoOutbox, clock: FakeClock) -> None:
    outbox.send(_message("msg_1"))
    clock.advance(hours=24)
    outbox.send(replace(_message("msg_2"), at=clock.now()))
    assert [shown["at"][:10] for shown in outbox.messages()] == ["2026-11-03"]
    clock.advance(hours=25)
    assert outbox.purge() == 1
    assert outbox.messages() == []
