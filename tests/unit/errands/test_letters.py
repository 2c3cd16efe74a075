"""A change that was made is told of by mail: once, whatever fails or happens twice, and never instead of it.

The core is the real one on a real database; the shop, and in places the mail server, are played.
"""

import re
from concurrent.futures import ThreadPoolExecutor

import pytest

from countersign.checkpoints.grants import Grant
from countersign.checkpoints.guard import Refusal
from countersign.errands.letters import KEPT, TURN_IS_OVER, Letters
from countersign.gateway.cards import CardDrawer
from countersign.gateway.phrases import Phrases
from countersign.identity.models import Session
from countersign.kit.hidden import Personal
from countersign.notify.errors import AddressRefusedError, DeliveryDeferredError
from countersign.notify.repository import OutboxRepository
from countersign.notify.service import Notify
from countersign.store.changes import (
    DEEDS,
    CancelOrder,
    Change,
    ChangeAddress,
    ChangeDefaultAddress,
    ChangeItems,
    ChangePayment,
    OpenExchange,
    OpenReturn,
    subject_of,
    text_of,
)
from countersign.store.errors import StoreUnavailableError
from countersign.store.outcomes import Broken, Done, Outcome
from countersign.vault.service import Vault
from tests.fakes.gateway_parts import UNA, Stage
from tests.fakes.notify import FakeSender
from tests.fakes.shop_to_change import BY_CARD, DELIVERED, NEW_HOME, PROCESSED, shop_to_change
from tests.fakes.store import FakeStore
from tests.unit.errands.conftest import Chat

REASON = "no longer needed"
CANCELLING = CancelOrder(BY_CARD, REASON)
CODE = re.compile(r"\b[0-9A-Z]{4}-[0-9A-Z]{4}\b")
CHANGES: list[tuple[Change, list[str]]] = [
    (
        CANCELLING,
        ["Item: Desk Lamp", "Reason: no longer needed", "You get back: €68.00 to Visa ending in 0042"],
    ),
    (
        ChangeItems(BY_CARD, ("v3",), ("v6",), "gift_2"),
        ["→ Desk Lamp (red)", "You pay: €10.00 from Gift card"],
    ),
    (ChangeAddress(BY_CARD, NEW_HOME), ["It goes to: 4 Mill Lane, Leeds, LS1 4AB", "cancel the order"]),
    (ChangePayment(BY_CARD, "gift_2"), ["You pay: €68.00 from Gift card", "You get back: €68.00 to Visa"]),
    (OpenReturn(DELIVERED, ("v3",), "gift_2"), ["€49.00 to Gift card, at once", "How to send things back"]),
    (OpenExchange(DELIVERED, ("v3",), ("v7",), "card_1"), ["(blue)", "How to send things back"]),
    (ChangeDefaultAddress(NEW_HOME), ["Address: 4 Mill Lane", "change it back"]),
]


def agreed(stage: Stage, session: Session, change: Change) -> Grant:
    """The grant for a change that was read back and agreed to."""
    conversation, subject = session.conversation, subject_of(change)
    name = stage.proposals.propose(conversation, DEEDS[type(change)], subject, text_of(change))
    stage.proposals.drawn(conversation, name)
    stage.proposals.seen(conversation)
    stage.proposals.hear(conversation, name)
    grant = stage.guard.require(DEEDS[type(change)], session, subject)
    assert not isinstance(grant, Refusal)
    return grant


def mails(stage: Stage, to: Personal = UNA) -> list[dict[str, str]]:
    """Those about changes: no mail with a code."""
    return [mail for mail in stage.demo_outbox.messages(to.reveal()) if "code" not in mail]


@pytest.mark.parametrize(("change", "told"), CHANGES, ids=lambda value: type(value).__name__)
def test_every_change_is_told_to_the_address_that_the_shop_has(
    chat: Chat, change: Change, told: list[str]
) -> None:
    assert isinstance(chat.stage.counter.apply(agreed(chat.stage, chat.una, change)), Outcome)
    (mail,) = mails(chat.stage)
    number = subject_of(change)
    assert mail["to"] == "Una.Lark@post.example"
    assert number is None or (number in mail["subject"] and number in mail["text"])
    assert [part for part in told if part not in mail["text"]] == []
    assert "If it wasn't you" in mail["text"] and "sign out everywhere" in mail["text"]
    assert "{" not in mail["subject"] + mail["text"]


@pytest.mark.parametrize(
    "change", [change for change, _ in CHANGES], ids=lambda change: type(change).__name__
)
def test_no_letter_looks_as_if_it_held_a_sign_in_code(chat: Chat, change: Change) -> None:
    before = chat.stage.code()
    chat.stage.counter.apply(agreed(chat.stage, chat.una, change))
    (mail,) = mails(chat.stage)
    assert set(mail) == {"at", "to", "medium", "subject", "text"}
    assert not CODE.search(mail["subject"] + mail["text"]) and CODE.search(before)
    assert "code" not in (mail["subject"] + mail["text"]).lower()
    assert chat.stage.code() == before


def test_a_gift_card_is_named_without_what_was_left_on_it(chat: Chat) -> None:
    chat.stage.counter.apply(agreed(chat.stage, chat.una, ChangePayment(BY_CARD, "gift_2")))
    (mail,) = mails(chat.stage)
    assert "€68.00 from Gift card" in mail["text"] and "left" not in mail["text"]


def test_the_same_yes_twice_is_told_once(chat: Chat) -> None:
    grant = agreed(chat.stage, chat.una, CANCELLING)
    first, second = chat.stage.counter.apply(grant), chat.stage.counter.apply(grant)
    assert isinstance(first, Outcome) and first == second
    assert len(mails(chat.stage)) == 1


def test_the_same_yes_many_times_at_once_is_told_once(chat: Chat) -> None:
    grant = agreed(chat.stage, chat.una, CANCELLING)
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: chat.stage.counter.apply(grant), range(4)))
    assert all(isinstance(answer, Outcome) for answer in answers)
    chat.stage.notify.deliver_pending()
    assert len(mails(chat.stage)) == 1


def test_two_changes_are_told_each(chat: Chat) -> None:
    for change in (ChangeDefaultAddress(NEW_HOME), CANCELLING):
        chat.stage.counter.apply(agreed(chat.stage, chat.una, change))
    assert len({mail["subject"] for mail in mails(chat.stage)}) == 2


def test_what_was_not_done_is_not_told(chat: Chat) -> None:
    answer = chat.stage.counter.apply(agreed(chat.stage, chat.una, CancelOrder(PROCESSED, REASON)))
    assert isinstance(answer, Broken)
    chat.stage.clock.advance(minutes=5)
    chat.stage.letters.settle_waiting()
    assert mails(chat.stage) == []


class Crash(BaseException):
    """The process ends here."""


def crashes(*_: object) -> None:
    raise Crash


def later(stage: Stage) -> None:
    """The job of the next start."""
    stage.clock.advance(seconds=TURN_IS_OVER.total_seconds() + 1)
    stage.letters.settle_waiting()
    stage.notify.deliver_pending()


def test_a_crash_between_change_and_letter_loses_nothing_and_doubles_nothing(
    chat: Chat, monkeypatch: pytest.MonkeyPatch
) -> None:
    grant = agreed(chat.stage, chat.una, CANCELLING)
    with monkeypatch.context() as patch:
        patch.setattr(chat.stage.letters, "settle", crashes)
        with pytest.raises(Crash):
            chat.stage.counter.apply(grant)
    assert mails(chat.stage) == []
    chat.stage.letters.settle_waiting()
    assert mails(chat.stage) == [], "its turn may still be at it"
    later(chat.stage)
    later(chat.stage)
    assert len(mails(chat.stage)) == 1


def test_a_crash_before_the_change_tells_nothing(chat: Chat, monkeypatch: pytest.MonkeyPatch) -> None:
    grant = agreed(chat.stage, chat.una, CANCELLING)
    with monkeypatch.context() as patch:
        patch.setattr(chat.stage.store, "carry_out", crashes)
        with pytest.raises(Crash):
            chat.stage.counter.apply(grant)
    later(chat.stage)
    assert mails(chat.stage) == []


def test_a_crash_between_letter_and_sending_loses_nothing(
    chat: Chat, vault: Vault, monkeypatch: pytest.MonkeyPatch
) -> None:
    grant, sender = agreed(chat.stage, chat.una, CANCELLING), FakeSender()
    with monkeypatch.context() as patch:
        patch.setattr(chat.stage.letters, "_post", crashes)
        with pytest.raises(Crash):
            chat.stage.counter.apply(grant)
    started = Notify(vault, OutboxRepository(chat.stage.database), sender, chat.stage.clock)
    assert started.deliver_pending() == 1
    later(chat.stage)
    assert [message.to.reveal() for message in sender.sent] == ["Una.Lark@post.example"]
    assert started.deliver_pending() == 0 and mails(chat.stage) == []


def test_a_mail_server_that_is_down_is_no_trouble_of_the_change(chat: Chat, vault: Vault) -> None:
    stage, sender = chat.stage, FakeSender()
    sender.failure = DeliveryDeferredError("connect refused")
    stage.notify = Notify(vault, OutboxRepository(stage.database), sender, stage.clock)
    assert isinstance(stage.counter.apply(agreed(stage, chat.una, CANCELLING)), Outcome)
    assert sender.tries == 1 and sender.sent == []
    sender.failure = None
    stage.clock.advance(seconds=5)
    assert stage.notify.deliver_pending() == 1


class BrokenNotify(Notify):
    def __init__(self, error: Exception) -> None:
        self._error = error
        self.tries = 0

    def mail(self, *_: object, **__: object) -> None:
        self.tries += 1
        raise self._error

    def deliver_pending(self) -> int:
        return 0


@pytest.mark.parametrize(
    ("error", "tries"), [(AddressRefusedError("two addresses"), 1), (StoreUnavailableError("full"), 2)]
)
def test_a_letter_that_cannot_be_written_is_no_trouble_of_the_change(
    chat: Chat, error: Exception, tries: int
) -> None:
    """What will never be any better is not tried again."""
    stage = chat.stage
    stage.notify = broken = BrokenNotify(error)
    assert isinstance(stage.counter.apply(agreed(stage, chat.una, CANCELLING)), Outcome)
    order = stage.store.order(BY_CARD, frozenset({"status"}))
    assert order is not None and order.status == "cancelled"
    later(stage)
    assert broken.tries == tries


def test_words_that_an_editor_broke_are_tried_until_they_are_mended(chat: Chat, tmp_path: object) -> None:
    stage = chat.stage

    class Broken(Phrases):
        def __init__(self) -> None:
            pass

        def say(self, name: str, **values: object) -> str:
            raise LookupError(name)

    stage.letters = letters(stage, Broken())
    assert isinstance(stage.counter.apply(agreed(stage, chat.una, CANCELLING)), Outcome)
    assert mails(stage) == []
    stage.letters = letters(stage, stage.phrases)
    later(stage)
    assert len(mails(stage)) == 1


def letters(stage: Stage, words: Phrases) -> Letters:
    return Letters(
        stage.database,
        stage.store,
        stage.notify,
        words,
        CardDrawer(stage.phrases),
        stage.clock,
        shop_name="Shop",
        post=stage.notify.deliver_pending,
    )


def test_a_database_that_is_down_before_the_change_does_not_stop_it(
    chat: Chat, monkeypatch: pytest.MonkeyPatch
) -> None:
    def down(*_: object) -> None:
        raise StoreUnavailableError("down")

    grant = agreed(chat.stage, chat.una, CANCELLING)
    monkeypatch.setattr(chat.stage.letters._rows, "expect", down)
    assert isinstance(chat.stage.counter.apply(grant), Outcome)


class FormerCustomer(FakeStore):
    """Whose change was made for somebody who is gone."""

    def done(self, key: str) -> Done | None:
        done = super().done(key)
        return done and Done("cus_gone", done.outcome)


def test_who_is_gone_gets_no_mail(chat: Chat, vault: Vault) -> None:
    chat.stage.store = FormerCustomer(vault, shop_to_change())
    assert isinstance(chat.stage.counter.apply(agreed(chat.stage, chat.una, CANCELLING)), Outcome)
    later(chat.stage)
    assert [mail for mail in chat.stage.demo_outbox.messages() if "code" not in mail] == []


def test_after_a_day_a_letter_is_forgotten(chat: Chat) -> None:
    chat.stage.counter.apply(agreed(chat.stage, chat.una, CANCELLING))
    assert chat.stage.letters.purge() == 0
    chat.stage.clock.advance(seconds=KEPT.total_seconds() + 1)
    assert chat.stage.letters.purge() == 1


def test_the_jobs_look_after_letters(chat: Chat) -> None:
    assert {"letters", "old letters"} <= {job.name for job in chat.stage.jobs()}
