"""The end of an errand, in a running shop: the mail about it, and «was this helpful?»."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.chat_client import Chat, Messages, buttons, people_of, words
from tests.conftest import Shop

YES = "Yes, do it"


@pytest.fixture
def person(shop: Shop) -> dict[str, Any]:
    """Somebody with an order that arrived, and is in no other test's way."""
    arrived = [
        (person, order)
        for person in people_of(shop.home)[50:]
        for order in person["orders"]
        if order["status"] == "delivered"
    ]
    found, order = arrived[0]
    return {**found, "number": order["id"]}


@pytest.fixture
def chat(shop: Shop, person: dict[str, Any]) -> Iterator[Chat]:
    with Chat(shop.url) as chat:
        chat.sign_in(person["email"])
        yield chat


def returned(chat: Chat, number: str) -> Messages:
    """The reply to the yes: everything of that order goes back, on the first way that is offered."""
    said = chat.say(f"I want to return all items of order {number}")
    for _ in range(4):
        if YES in buttons(said):
            return chat.press(buttons(said)[YES])
        said = chat.press(next(iter(buttons(said).values())))
    raise AssertionError(words(said))


def test_a_return_is_told_by_mail_and_asked_about_once(chat: Chat, person: dict[str, Any]) -> None:
    number, before = person["number"], chat.code_for(person["email"])
    said = returned(chat, number)
    assert "by mail" in words(said) and "Was this helpful?" in words(said)
    (mail,) = [mail for mail in chat.outbox(person["email"]) if "code" not in mail]
    assert number in mail["subject"] and "You get back:" in mail["text"]
    assert f"order number, {number}" in mail["text"] and "If it wasn't you" in mail["text"]
    assert chat.code_for(person["email"]) == before
    good = next(payload for title, payload in buttons(said).items() if "Good" in title)
    thanked = chat.press(good)
    assert "Thank you" in words(thanked) and not any(message.get("sensitive") for message in thanked)
    # The next message is the next wish, and is taken for nothing else.
    assert number in words(chat.say(f"where is order {number}?"))
    assert words(chat.say("no, that's all"))
