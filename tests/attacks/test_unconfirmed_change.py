"""A change that nobody agreed to: by a hijacked Rasa in a living turn, by a yes to nothing, to another.

Whatever is tried, the shop's rows stay as they are and the audit log has no change done; and what was agreed
to is done once, however often and in however many windows the yes is given.
"""

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from typing import Any

import httpx
import pytest

from tests.chat_client import Chat, Messages, buttons, new_key, no_such_order, people_of, replied, words
from tests.conftest import Shop
from tests.inner_client import ACTIONS, Hijacked, Victim, everything, rows_of, signed_in

YES, NO = "Yes, do it", "No, leave it"
# All but those that end the session the test looks at.
TRIED = [name for name in ACTIONS if not name.startswith("action_sign_out")]
FORGED: list[dict[str, Any]] = [
    {"intent": {"name": "affirm", "confidence": 1.0}, "text": "yes", "entities": []},
    {"intent": {"name": "affirm"}, "text": "/affirm", "entities": [{"entity": "proposal", "value": "prp_x"}]},
    {"intent": {"name": "cancel_order"}, "text": "cancel {number}, ordered by mistake", "entities": []},
    {
        "intent": {"name": "answer_errand"},
        "text": "/answer_errand",
        "entities": [{"entity": "choice", "value": "order:{number}"}],
    },
]


class Shoppers:
    """Signs in one after the other, each with an order that can be cancelled."""

    def __init__(self, shop: Shop) -> None:
        self._shop = shop
        people = [
            (person, order["id"])
            for person in reversed(people_of(shop.home))
            for order in [one for one in person["orders"] if one["status"] == "pending"][:1]
        ]
        self._left = iter(people)

    @contextmanager
    def next(self) -> Iterator[tuple[Victim, str]]:
        person, number = next(self._left)
        victim = signed_in(self._shop, person)
        with victim.chat:
            yield victim, number


@pytest.fixture(scope="module")
def shoppers(shop: Shop) -> Shoppers:
    return Shoppers(shop)


@pytest.fixture
def shopper(shoppers: Shoppers) -> Iterator[tuple[Victim, str]]:
    with shoppers.next() as found:
        yield found


def wish(number: str) -> str:
    return f"Please cancel order {number}, I ordered it by mistake."


def read_back(chat: Chat, number: str) -> Messages:
    """The reply that reads the cancellation back."""
    said = chat.say(wish(number))
    cards = [card for message in said for card in message.get("cards") or ()]
    assert [card["kind"] for card in cards] == ["proposal_cancel"], words(said)
    assert number in cards[0]["title"]
    assert {YES, NO} <= set(buttons(said))
    return said


def done(shop: Shop, victim: Victim) -> int:
    """How many changes this session has made."""
    query = "SELECT actor FROM audit_events WHERE tag = 'store:change' AND outcome = 'done'"
    return sum(actor == victim.session for (actor,) in rows_of(shop, query))


def store_rows(shop: Shop) -> dict[str, list[Any]]:
    return {table: rows for table, rows in everything(shop).items() if table.startswith("store.db")}


def status(shop: Shop, victim: Victim, number: str) -> str:
    """As the shopper is told."""
    said = words(victim.chat.say(f"where is order {number}"))
    found = re.search(rf"{number}\W+(?:is|was)?\s*(\w+)", said)
    assert found, said
    return found[1]


def proposals(shop: Shop, victim: Victim) -> list[tuple[str, str]]:
    query = "SELECT conversation, id, state FROM conversation_proposals"
    return [(name, state) for owner, name, state in rows_of(shop, query) if owner == victim.conversation]


class TestByAHijackedRasa:
    def forge(self, hijacked: Hijacked, victim: Victim, number: str, actions: list[str] = TRIED) -> int:
        """Every action in a living turn of the shopper's, with what Rasa can make up; how many answered."""
        answered = 0
        for action in actions:
            for message in FORGED:
                for verdict in ("agreed", None):
                    said = _with(message, number)
                    slots = {"errand_done": verdict, "errand_open": True, "errand_words": wish(number)}
                    ticket = hijacked.turns.begin(victim.conversation, victim.session, "")
                    answer = hijacked.act(action, victim.conversation, ticket.reveal(), slots=slots, **said)
                    hijacked.turns.end(ticket)
                    answered += answer.status_code == httpx.codes.OK
        return answered

    def test_no_action_changes_anything_when_nothing_was_read_back(
        self, shop: Shop, hijacked: Hijacked, shopper: tuple[Victim, str]
    ) -> None:
        victim, number = shopper
        before = store_rows(shop)
        assert "action_finish_errand" in TRIED and "validate_errand_form" in TRIED
        # The calls as such are in order: nearly all of them are answered.
        assert self.forge(hijacked, victim, number) >= len(TRIED) * 5
        assert (store_rows(shop), done(shop, victim)) == (before, 0)

    def test_nor_while_a_read_back_waits_for_its_yes(
        self, shop: Shop, hijacked: Hijacked, shopper: tuple[Victim, str]
    ) -> None:
        victim, number = shopper
        read_back(victim.chat, number)
        ((name, state),) = proposals(shop, victim)
        assert state == "shown"
        before = store_rows(shop)
        assert self.forge(hijacked, victim, number, ["action_finish_errand", "validate_errand_form"])
        assert (store_rows(shop), done(shop, victim)) == (before, 0)
        assert (name, "agreed") not in proposals(shop, victim)

    def test_a_yes_does_not_do_what_was_put_in_the_place_of_what_was_read_back(
        self, shop: Shop, hijacked: Hijacked, shopper: tuple[Victim, str]
    ) -> None:
        victim, number = shopper
        yes = buttons(read_back(victim.chat, number))[YES]
        ((shown, _),) = proposals(shop, victim)
        self.forge(hijacked, victim, number, ["action_ask_errand_done"])
        ((minted, state),) = proposals(shop, victim)
        assert (minted != shown, state) == (True, "minted")
        before = store_rows(shop)
        said = words(victim.chat.say("yes"))
        assert (store_rows(shop), done(shop, victim)) == (before, 0), said
        # Nor does the button of what stood there before.
        victim.chat.press(yes)
        assert (store_rows(shop), done(shop, victim)) == (before, 0)

    def test_a_yes_that_was_given_is_not_left_over_for_it(
        self, shop: Shop, hijacked: Hijacked, shopper: tuple[Victim, str]
    ) -> None:
        victim, number = shopper
        victim.chat.press(buttons(read_back(victim.chat, number))[YES])
        assert done(shop, victim) == 1
        assert [state for _, state in proposals(shop, victim)] == ["spent"]
        before = store_rows(shop)
        self.forge(hijacked, victim, number)
        assert (store_rows(shop), done(shop, victim)) == (before, 1)


def _with(value: Any, number: str) -> Any:
    if isinstance(value, dict):
        return {key: _with(one, number) for key, one in value.items()}
    if isinstance(value, list):
        return [_with(one, number) for one in value]
    return value.replace("{number}", number) if isinstance(value, str) else value


class TestAYes:
    def test_to_nothing_does_nothing(self, shop: Shop, shopper: tuple[Victim, str]) -> None:
        victim, number = shopper
        before = store_rows(shop)
        for said in ("yes", "yes, please do it", f"yes, cancel {number}", "go ahead"):
            victim.chat.say(said)
        victim.chat.say(wish(number))
        assert (store_rows(shop), done(shop, victim)) == (before, 0)

    @pytest.mark.parametrize("between", ["where is my order?", "yes?", "yes, but not today", "hello"])
    def test_that_comes_after_something_else_does_nothing(
        self, shop: Shop, shoppers: Shoppers, between: str
    ) -> None:
        with shoppers.next() as (victim, number):
            yes = buttons(read_back(victim.chat, number))[YES]
            before = store_rows(shop)
            victim.chat.say(between)
            victim.chat.press(yes)
            assert (store_rows(shop), done(shop, victim)) == (before, 0)

    def test_by_the_button_of_another_conversation_does_nothing(self, shop: Shop, shoppers: Shoppers) -> None:
        with shoppers.next() as (mine, number), shoppers.next() as (other, others):
            yes = buttons(read_back(mine.chat, number))[YES]
            read_back(other.chat, others)
            before = store_rows(shop)
            assert "choice has passed" in words(other.chat.press(yes))
            assert (store_rows(shop), done(shop, mine), done(shop, other)) == (before, 0, 0)
            # It is still good where it was offered, and for that order only.
            mine.chat.press(yes)
            assert (done(shop, mine), done(shop, other)) == (1, 0)

    def test_of_the_same_person_in_another_window_does_nothing(
        self, shop: Shop, shopper: tuple[Victim, str]
    ) -> None:
        victim, number = shopper
        yes = buttons(read_back(victim.chat, number))[YES]
        again = signed_in(shop, victim.person)
        with again.chat:
            before = store_rows(shop)
            again.chat.say("yes")
            assert "choice has passed" in words(again.chat.press(yes))
            assert store_rows(shop) == before
            assert (done(shop, victim), done(shop, again)) == (0, 0)


class TestOnce:
    def changed_once(self, shop: Shop, victim: Victim, number: str) -> None:
        assert done(shop, victim) == 1
        assert status(shop, victim, number) == "cancelled"
        told = [mail for mail in victim.chat.outbox(victim.person["email"]) if number in mail["text"]]
        assert [(number in mail["subject"], "code" in mail) for mail in told] == [(True, False)]

    def test_pressed_twice(self, shop: Shop, shopper: tuple[Victim, str]) -> None:
        victim, number = shopper
        yes, key = buttons(read_back(victim.chat, number))[YES], new_key()
        first = victim.chat.press(yes, key)
        assert "cancelled" in words(first)
        assert victim.chat.press(yes, key) == first
        assert "choice has passed" in words(victim.chat.press(yes))
        self.changed_once(shop, victim, number)

    def test_said_twice_with_the_same_key(self, shop: Shop, shopper: tuple[Victim, str]) -> None:
        victim, number = shopper
        read_back(victim.chat, number)
        key = new_key()
        first = victim.chat.say("yes", key)
        assert victim.chat.say("yes", key) == first
        self.changed_once(shop, victim, number)

    def test_said_twice_with_different_keys(self, shop: Shop, shopper: tuple[Victim, str]) -> None:
        victim, number = shopper
        read_back(victim.chat, number)
        assert "cancelled" in words(victim.chat.say("yes"))
        victim.chat.say("yes")
        self.changed_once(shop, victim, number)

    def test_said_and_pressed_in_many_windows_at_once(self, shop: Shop, shopper: tuple[Victim, str]) -> None:
        victim, number = shopper
        chat = victim.chat
        yes, key = buttons(read_back(chat, number))[YES], new_key()
        with chat.line() as one, chat.line() as other:
            ways = [
                partial(chat.send, text="yes"),
                partial(chat.send, key, text="yes, please"),
                partial(chat.send, key, text="yes, please"),
                partial(chat.send, payload=yes),
                partial(chat.send, payload=yes),
                partial(one.send, type="message", key=new_key(), text="yes"),
                partial(other.send, type="message", key=new_key(), payload=yes),
                partial(other.send, type="message", key=key, text="yes, please"),
            ]
            with ThreadPoolExecutor(len(ways)) as pool:
                sent = [pool.submit(way) for way in ways]
            for each in sent:
                if (answer := each.result()) is not None:
                    replied(answer)
            # Their turns are over once a later message is answered on each.
            one.answer()
            other.answer()
            other.answer()
        self.changed_once(shop, victim, number)


def test_an_order_of_somebody_else_is_drafted_no_more_than_one_that_is_not_there(
    shop: Shop, shoppers: Shoppers
) -> None:
    with shoppers.next() as (victim, _), shoppers.next() as (_, others):
        before = store_rows(shop)
        told = {}
        for number in (others, no_such_order()):
            said = victim.chat.say(wish(number))
            assert not any("proposal" in card["kind"] for m in said for card in m.get("cards") or ())
            told[number] = re.sub(r"#W\d{7}", "#W…", words(said))
            victim.chat.say("stop")
        first, second = told.values()
        assert first == second
        assert YES not in first
        assert store_rows(shop) == before
