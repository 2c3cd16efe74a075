"""The chat API as docs/chat-api.md tells it, against the running shop."""

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from tests.chat_client import (
    Browser,
    Chat,
    buttons,
    checkpoint,
    new_key,
    page_of,
    people_of,
    refused,
    replied,
    secrets_of,
    words,
)
from tests.conftest import Shop

PURPOSE = {"id", "text", "consent"}
FORGOTTEN = (
    "chat_tokens",
    "conversation_buttons",
    "conversation_errands",
    "conversation_keys",
    "conversation_messages",
    "conversation_states",
    "conversation_turns",
)


@pytest.fixture
def chat(shop: Shop) -> Iterator[Chat]:
    with Chat(shop.url) as chat:
        yield chat


@pytest.fixture
def person(shop: Shop) -> dict[str, Any]:
    return people_of(shop.home)[22]


def ids(messages: list[dict[str, Any]]) -> list[str]:
    return [message["id"] for message in messages]


# Sessions.


def test_a_session_and_its_notice(chat: Chat) -> None:
    opened = chat.opened
    assert opened.keys() == {"token", "device_key", "expires_at", "notice"}
    assert len(opened["token"]) >= 43
    assert opened["token"] != opened["device_key"]
    ends = datetime.fromisoformat(opened["expires_at"]) - datetime.now(UTC)
    assert timedelta(days=6) < ends <= timedelta(days=7)
    notice = opened["notice"]
    assert notice.keys() == {"version", "text", "purposes"}
    assert "computer program" in notice["text"]
    assert notice["purposes"]
    assert all(purpose.keys() == PURPOSE for purpose in notice["purposes"])


def test_the_notice_keeps_its_version_while_its_words_stay(shop: Shop, chat: Chat) -> None:
    with Chat(shop.url) as other:
        assert other.opened["notice"] == chat.opened["notice"]
        assert other.token != chat.token


def test_a_session_may_be_opened_with_nothing_or_with_everything(shop: Shop) -> None:
    url = f"{shop.url}/api/chat/session"
    bare = httpx.post(url, trust_env=False)
    assert bare.status_code == httpx.codes.CREATED
    whole = {
        "channel": "kiosk",
        "language": "en-US",
        "transport": "bearer",
        "device_key": bare.json()["device_key"],
    }
    opened = httpx.post(url, json=whole, trust_env=False)
    assert opened.status_code == httpx.codes.CREATED
    assert "device_key" not in opened.json()


def test_signing_out_ends_it(shop: Shop, chat: Chat, person: dict[str, Any]) -> None:
    chat.sign_in(person["email"])
    answer = chat.send(text="sign out")
    assert answer.json()["ended"] is True
    assert "signed out" in words(replied(answer))
    refused(chat.call("GET", "/history"), 401, "session-required")


# Messages and history.


def test_the_road(shop: Shop, chat: Chat, person: dict[str, Any]) -> None:
    asked = chat.say("where is my last order?")
    found = checkpoint(asked)
    assert found.keys() == {"level", "reason", "url"}
    assert (found["level"], found["reason"]) == ("signed_in", "sign_in")
    assert found["url"].startswith(f"{shop.url}/portal/checkpoint/")
    assert [m["sensitive"] for m in asked if "sensitive" in m] == [{"kind": "email"}]
    mailed = chat.say(person["email"])
    assert [m["sensitive"] for m in mailed if "sensitive" in m] == [{"kind": "code"}]
    anonymous = chat.token
    passed = chat.say(chat.code_for(person["email"]))
    assert chat.token != anonymous
    order = person["orders"][-1]
    heard = words(passed)
    assert heard.startswith("You're signed in.")
    assert f"Order {order['id']}: {order['status']}." in heard
    listed = chat.say("show my orders")
    cards = [card for message in listed for card in message.get("cards", ())]
    assert {card["title"] for card in cards} == {order["id"] for order in person["orders"]}
    for card in cards:
        assert card.keys() == {"kind", "title", "rows", "buttons"}
        assert all(row.keys() == {"label", "value"} for row in card["rows"])
        assert {row["label"] for row in card["rows"]} == {"Status", "Placed", "Items", "Total"}
    assert f"Order {order['id']}: " in words(chat.press(buttons(listed)[order["id"]]))


def test_history_is_what_was_said(chat: Chat) -> None:
    key = new_key()
    heard = [*chat.say("hello", key), *chat.say("where is order #W1000001")]
    history = chat.history()
    assert [entry for entry in history if entry["from"] == "assistant"] == heard
    assert [entry["text"] for entry in history if entry["from"] == "shopper"] == [
        "hello",
        "where is order #W1000001",
    ]
    assert history[0]["key"] == key
    assert ids(history) == sorted(set(ids(history)))
    assert all(datetime.fromisoformat(entry["at"]).utcoffset() == timedelta(0) for entry in history)


def test_history_masks_what_nobody_may_keep(chat: Chat) -> None:
    chat.say("my card is 4111 1111 1111 1111 and my password is hunter2!")
    kept = words(chat.history())
    assert "4111" not in kept
    assert "hunter2" not in kept


def test_history_outlives_signing_in_under_the_new_token_only(chat: Chat, person: dict[str, Any]) -> None:
    old = chat.token
    first = chat.say("hello")
    chat.sign_in(person["email"])
    assert ids(first) == ids(chat.history())[1 : 1 + len(first)]
    refused(chat.call("GET", "/history", token=old), 401)


def test_deleted_history_is_gone(shop: Shop, chat: Chat) -> None:
    chat.say("my name is Zebulon Quackenbush, where is order #W1000001")
    chosen = buttons(chat.say("hello"))["Where is my order?"]
    with closing(sqlite3.connect(shop.home / "core.db")) as database:
        query = "SELECT conversation FROM sessions ORDER BY created_at DESC LIMIT 1"
        (conversation,) = database.execute(query).fetchone()

        def rows() -> dict[str, int]:
            counts = {}
            for table in FORGOTTEN:
                count = f"SELECT count(*) FROM {table} WHERE conversation = ?"  # noqa: S608
                (counts[table],) = database.execute(count, (conversation,)).fetchone()
            return counts

        before = rows()
        assert before["conversation_messages"] >= 4
        assert before["conversation_keys"] == 1
        assert before["chat_tokens"] >= 1
        assert chat.call("DELETE", "/history").status_code == httpx.codes.NO_CONTENT
        assert set(rows().values()) == {0}
        # Rasa's own record stays as bytes that nobody has the key to.
        with closing(sqlite3.connect(shop.home / "rasa" / "tracker.db")) as tracker:
            sealed = tracker.execute(
                "SELECT sealed FROM batches WHERE conversation = ?", (conversation,)
            ).fetchall()
        assert sealed
        assert not [blob for (blob,) in sealed if b"Zebulon" in blob or b"user" in blob]
        assert chat.history() == []
        # The session goes on under another pseudonym, which knows nothing of what was.
        (now,) = database.execute(query).fetchone()
        assert now != conversation
    assert "choice has passed" in words(chat.press(chosen))
    assert "Which order" in words(chat.say("97205"))
    secret = secrets_of(shop.home)["COUNTERSIGN_INNER_SECRET"]
    lent = httpx.post(
        f"{shop.instance.inner}/keys/lend",
        json={"conversation": conversation, "ticket": "x"},
        headers={"Authorization": f"Bearer {secret}"},
        trust_env=False,
    )
    assert lent.status_code == httpx.codes.FORBIDDEN


def test_deleting_keeps_who_is_signed_in(chat: Chat, person: dict[str, Any]) -> None:
    chat.sign_in(person["email"])
    with chat.line() as line:
        assert chat.call("DELETE", "/history").status_code == httpx.codes.NO_CONTENT
        line.read("ended")
    assert person["orders"][0]["id"] in words(chat.say("show my orders"))


# The socket.


def test_a_socket_gives_the_same_objects(chat: Chat) -> None:
    with chat.line() as line:
        assert line.welcome == []
        reply = line.say("hello")
        assert reply.keys() == {"type", "key", "messages"}
        assert reply["messages"] == [entry for entry in chat.history() if entry["from"] == "assistant"]


def test_coming_back_neither_loses_nor_doubles(chat: Chat) -> None:
    with chat.line() as line:
        line.say("hello")
        seen = [entry["id"] for entry in chat.history()]
    missed = [*chat.say("thanks"), *chat.say("hello")]
    with chat.line(after=seen[-1]) as line:
        assert [m for m in line.welcome if m["from"] == "assistant"] == missed
        assert seen + ids(line.welcome) == ids(chat.history())
        last = line.welcome[-1]["id"]
    with chat.line(after=last) as line:
        assert line.welcome == []


def test_a_message_cut_off_is_answered_once(chat: Chat) -> None:
    """The line breaks after the message went out; it is sent again with its key on the next."""
    key = new_key()
    with chat.line() as line:
        line.send(type="message", key=key, text="What are your opening hours?")
        line.socket.close_socket()
    with chat.line() as line:
        line.send(type="message", key=key, text="What are your opening hours?")
        reply = line.answer()
    history = chat.history()
    assert [entry["from"] for entry in history] == ["shopper", "assistant"]
    assert reply == history[1:]
    assert chat.say("What are your opening hours?", key) == history[1:]


def test_two_windows_both_see(chat: Chat) -> None:
    with chat.line() as one, chat.line() as two:
        reply = one.say("hello", "the-key")
        push = two.read("push")
        assert push["reason"] == "elsewhere"
        assert push["messages"] == chat.history()
        assert push["messages"][0]["key"] == "the-key"
        assert push["messages"][1:] == reply["messages"]
        by_http = chat.say("thanks")
        for line in (one, two):
            assert line.read("push")["messages"][1:] == by_http


def test_signing_in_on_the_socket_brings_the_token(chat: Chat, person: dict[str, Any]) -> None:
    with chat.line() as line:
        line.say("show my orders")
        line.say(person["email"])
        reply = line.say(chat.code_for(person["email"]))
        assert person["orders"][0]["id"] in words(reply["messages"])
        refused(chat.call("GET", "/history"), 401)
        chat.token = reply["token"]
        line.say("thanks")
    assert chat.history()


def test_signing_out_ends_every_window(chat: Chat, person: dict[str, Any]) -> None:
    chat.sign_in(person["email"])
    with chat.line() as one, chat.line() as two:
        assert chat.call("DELETE", "/session").status_code == httpx.codes.NO_CONTENT
        one.read("ended")
        two.read("ended")


# A checkpoint passed on its page, by a browser that runs no script.


def pass_page(shop: Shop, path: str, email: str) -> httpx.Response:
    with Browser(shop.url) as page:
        first = page.call("GET", path)
        assert forms(first.text) == [(path, {"email"})]
        second = page.post_form(path, email=email)
        assert (path, {"code"}) in forms(second.text)
        wrong = page.post_form(path, code="0000-0000")
        assert wrong.status_code == httpx.codes.UNPROCESSABLE_ENTITY
        return page.post_form(path, code=page.code_for(email))


def forms(html: str) -> list[tuple[str, set[str]]]:
    """Where each form goes, and what it asks for."""
    found = re.findall(r'<form method="post" action="([^"]+)">(.*?)</form>', html, re.DOTALL)
    return [
        (action, set(re.findall(r'<input[^>]* name="(\w+)"', inside)) - {"csrf"}) for action, inside in found
    ]


def test_passed_on_its_page_the_errand_goes_on_on_the_socket(
    shop: Shop, chat: Chat, person: dict[str, Any]
) -> None:
    path = page_of(chat.say("show my orders"))
    old = chat.token
    with chat.line() as line:
        assert "You are signed in" in pass_page(shop, path, person["email"]).text
        push = line.read("push")
        assert push["reason"] == "checkpoint-passed"
        assert person["orders"][0]["id"] in words(push["messages"])
        chat.token = push["token"]
        refused(chat.call("GET", "/history", token=old), 401)
        # It was heard, so it does not come again.
        reply = line.say("thanks")
        assert (
            ids(push["messages"]) + ids(reply["messages"])[-1:]
            == [entry["id"] for entry in chat.history() if entry["from"] == "assistant"][
                -len(push["messages"]) - 1 :
            ]
        )
        assert not set(ids(push["messages"])) & set(ids(reply["messages"]))


def test_passed_on_its_page_without_a_socket_it_comes_with_the_next_reply(
    shop: Shop, chat: Chat, person: dict[str, Any]
) -> None:
    path = page_of(chat.say("show my orders"))
    old = chat.token
    assert "You are signed in" in pass_page(shop, path, person["email"]).text
    refused(chat.send(text="thanks"), 401, "session-required")
    chat.token = chat.renew(old).json()["token"]
    waiting = [entry for entry in chat.history() if person["orders"][0]["id"] in words([entry])]
    assert waiting
    # A message that is refused takes nothing of it away.
    refused(chat.send(text=""), 422, "empty-message")
    key = new_key()
    reply = chat.say("thanks", key)
    assert ids(waiting) == ids(reply)[: len(waiting)]
    # Nor does a reply that was lost on its way.
    assert chat.say("thanks", key) == reply
    assert not set(ids(waiting)) & set(ids(chat.say("thanks")))


def test_passed_on_its_page_in_a_cookie_session(shop: Shop, person: dict[str, Any]) -> None:
    with Browser(shop.url) as browser:
        browser.open()
        path = page_of(browser.say("show my orders"))
        before = dict(browser.cookies)
        assert browser.call("GET", path).status_code == httpx.codes.OK
        browser.post_form(path, email=person["email"])
        done = browser.post_form(path, code=browser.code_for(person["email"]))
        assert "You are signed in" in done.text
        changed = {name for name in before if browser.cookies[name] != before[name]}
        assert changed == {"__Host-countersign_session"}
        assert person["orders"][0]["id"] in words(browser.say("thanks"))


def test_a_mailed_link_in_the_same_browser_signs_in(shop: Shop, person: dict[str, Any]) -> None:
    with Browser(shop.url) as browser:
        browser.open()
        browser.say("show my orders")
        browser.say(person["email"])
        link = browser.outbox(person["email"])[-1]["link"]
        page, _, token = link.removeprefix(shop.url).partition("#")
        assert ("/portal/sign-in", {"token"}) in forms(
            browser.call("GET", page).text.replace(' id="link"', "")
        )
        assert "You are signed in" in browser.post_form("/portal/sign-in", token=token).text
        assert person["orders"][0]["id"] in words(browser.say("thanks"))


def test_a_mailed_link_elsewhere_shows_the_code(shop: Shop, chat: Chat, person: dict[str, Any]) -> None:
    chat.say("show my orders")
    chat.say(person["email"])
    mail = shop.outbox(person["email"])[-1]
    with Browser(shop.url) as other:
        shown = other.post_form("/portal/sign-in", token=mail["link"].partition("#")[2])
        assert mail["code"] in shown.text
        assert "set-cookie" not in shown.headers
    assert person["orders"][0]["id"] in words(chat.say(mail["code"]))
