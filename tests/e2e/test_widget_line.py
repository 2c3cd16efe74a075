"""Nothing lost, nothing doubled: the widget on a bad line, against the protocol's fake."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.e2e.visit import Visit
from widget.dev.mock_server import Server

Open = Callable[..., Visit]


def once(chat: Visit, fake: Server, words: str, turns: int) -> None:
    """The message and its answer stand there once, and it was one turn."""
    chat.hears(f"You said: {words}", timeout=20_000)
    expect(chat.bubbles(words, "shopper")).to_have_count(1)
    expect(chat.bubbles(f"You said: {words}", "assistant")).to_have_count(1)
    assert fake.mock.last.turns == turns


@pytest.mark.parametrize("fault", ["lost", "cut"], ids=["before it was taken", "after, with the reply lost"])
def test_a_broken_socket_neither_loses_nor_doubles(visit: Open, fake: Server, fault: str) -> None:
    chat = visit().open(fake.url)
    chat.say("first")
    once(chat, fake, "first", 1)
    fake.mock.last.faults.append(fault)
    chat.say("second")
    once(chat, fake, "second", 2)
    chat.say("third")
    once(chat, fake, "third", 3)
    said = [entry["text"] for entry in fake.mock.last.history if entry["from"] == "shopper"]
    assert said == ["first", "second", "third"]


def test_what_is_written_offline_waits_and_arrives_in_order(visit: Open, fake: Server) -> None:
    chat = visit().open(fake.url)
    chat.say("first")
    once(chat, fake, "first", 1)
    chat.context.set_offline(True)
    expect(chat.dialog.get_by_text("You are offline.").first).to_be_visible()
    chat.say("second")
    chat.say("third")
    expect(chat.bubbles("third", "shopper")).to_be_visible()
    assert fake.mock.last.turns == 1
    chat.context.set_offline(False)
    once(chat, fake, "third", 3)
    said = [entry["text"] for entry in fake.mock.last.history if entry["from"] == "shopper"]
    assert said == ["first", "second", "third"]


def test_without_sockets_plain_http_carries_it(visit: Open, fake: Server) -> None:
    fake.mock.sockets_refused = True
    chat = visit().open(fake.url)
    chat.say("first")
    once(chat, fake, "first", 1)
    chat.say("second")
    once(chat, fake, "second", 2)


def test_what_came_meanwhile_is_caught_up_with(visit: Open, fake: Server) -> None:
    chat = visit().open(fake.url)
    chat.say("first")
    once(chat, fake, "first", 1)
    chat.context.set_offline(True)
    expect(chat.dialog.get_by_text("You are offline.").first).to_be_visible()
    fake.mock.last.add("agent", {"text": "A person has a question."})
    chat.context.set_offline(False)
    expect(chat.bubbles("A person has a question.")).to_have_count(1, timeout=20_000)
    expect(chat.bubbles("You said: first")).to_have_count(1)


def test_a_message_outlives_a_reload(visit: Open, fake: Server) -> None:
    chat = visit().open(fake.url)
    chat.say("first")
    once(chat, fake, "first", 1)
    fake.mock.sockets_refused = True
    fake.mock.last.faults += ["lost", "busy"]
    chat.say("second")
    expect(chat.dialog.get_by_role("button", name="Try again")).to_be_visible()
    chat.page.reload()
    chat.open()
    once(chat, fake, "second", 2)


def test_too_fast_waits_and_goes_by_itself(visit: Open, fake: Server) -> None:
    chat = visit().open(fake.url)
    chat.say("first")
    once(chat, fake, "first", 1)
    fake.mock.last.faults.append("slow")
    chat.say("second")
    expect(chat.log.get_by_text("Sending again in 1 s")).to_be_visible()
    once(chat, fake, "second", 2)


def test_trouble_keeps_the_message_and_offers_a_retry(visit: Open, fake: Server) -> None:
    chat = visit().open(fake.url)
    chat.say("first")
    once(chat, fake, "first", 1)
    fake.mock.last.faults += ["busy", "busy"]
    chat.say("second")
    again = chat.dialog.get_by_role("button", name="Try again")
    expect(chat.log.get_by_text("Nothing has changed; please try again.")).to_be_visible()
    again.press("Enter")
    expect(again).to_be_visible()
    again.press("Enter")
    once(chat, fake, "second", 2)
    chat.page.keyboard.press("Escape")
    expect(chat.launcher).to_be_focused()


def test_a_dead_session_is_told_and_the_message_goes_on(visit: Open, fake: Server) -> None:
    chat = visit().open(fake.url)
    chat.say("first")
    once(chat, fake, "first", 1)
    fake.mock.last.faults.append("expired")
    chat.say("second")
    once(chat, fake, "second", 1)
    expect(chat.log.get_by_text("a new one has begun")).to_be_visible()
    expect(chat.bubbles("first")).to_have_count(0)
    assert fake.mock.opened == 2


def test_a_personal_answer_never_goes_into_another_session(visit: Open, fake: Server) -> None:
    chat = visit().open(fake.url)
    chat.say("where is my order?")
    expect(chat.lock).to_be_visible()
    fake.mock.last.faults.append("expired")
    chat.say("james@example.com")
    expect(chat.log.get_by_text("Please ask again.")).to_be_visible()
    assert fake.mock.last.history == []


def test_a_session_forgotten_while_away_is_replaced(visit: Open, fake: Server) -> None:
    chat = visit().open(fake.url)
    chat.say("first")
    once(chat, fake, "first", 1)
    fake.mock.talks.clear()
    chat.page.reload()
    chat.open()
    expect(chat.log.get_by_text("a new one has begun")).to_be_visible()
    chat.say("second")
    once(chat, fake, "second", 1)


def test_an_ended_conversation_hides_what_was_said(visit: Open, fake: Server) -> None:
    chat = visit().open(fake.url)
    chat.say("first")
    once(chat, fake, "first", 1)
    fake.tell({"type": "ended"})
    expect(chat.log.get_by_text("This conversation has ended.")).to_be_visible()
    expect(chat.bubbles("first", "shopper")).to_have_count(0)
    fake.mock.talks.clear()
    chat.say("second")
    once(chat, fake, "second", 1)


def test_a_push_appears_once_in_every_window(visit: Open, fake: Server) -> None:
    chat = visit().open(fake.url)
    chat.say("first")
    once(chat, fake, "first", 1)
    pushed = fake.mock.last.add("assistant", {"text": "The checkpoint has been passed."})
    for _ in range(2):
        fake.tell({"type": "push", "reason": "checkpoint-passed", "messages": [pushed]})
    chat.hears("The checkpoint has been passed.")
    chat.say("second")
    once(chat, fake, "second", 2)
    expect(chat.bubbles("The checkpoint has been passed.")).to_have_count(1)


def test_an_unreachable_shop_is_said_and_tried_again(visit: Open, fake: Server) -> None:
    chat = visit()
    chat.page.goto(fake.url)
    chat.context.route("**/api/chat/session", lambda route: route.abort())
    chat.open()
    expect(chat.dialog.get_by_text("cannot be reached").first).to_be_visible()
    chat.say("first")
    chat.context.unroute("**/api/chat/session")
    chat.dialog.get_by_role("button", name="Try again").click()
    once(chat, fake, "first", 1)
