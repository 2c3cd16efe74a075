"""Shoppers of the demo shop by the chat API: which order they mean, and what must not break."""

import time
from collections.abc import Iterator

import pytest

from bench.chat import Chat, words_of
from tests.conftest import Shop

ALEX = "alex@demo.example"


@pytest.fixture
def chat(shop: Shop) -> Iterator[Chat]:
    chat = Chat(shop.url)
    yield chat
    chat.close()


def said(chat: Chat, *lines: str) -> str:
    """What is answered to the last of these lines."""
    return [words_of(chat.say(line)) for line in lines][-1]


def codes(chat: Chat) -> list[str]:
    mails = chat._http.get("/demo/outbox", params={"to": ALEX}).json()
    return [mail["code"] for mail in mails if mail.get("code")]


def passed(chat: Chat) -> str:
    """What is answered to the right code, once Alex's e-mail address has been asked for."""
    before = len(codes(chat))
    assert "mailbox" in said(chat, ALEX)
    until = time.monotonic() + 10
    while time.monotonic() < until:
        if len(codes(chat)) > before:
            return said(chat, codes(chat)[-1])
        time.sleep(0.05)
    raise AssertionError("no mail")


@pytest.fixture
def alex(chat: Chat) -> Chat:
    said(chat, "sign in")
    assert "signed in" in passed(chat)
    return chat


def test_of_whoever_is_signed_in_an_order_is_found_by_words(alex: Chat) -> None:
    assert "#W1000004" in said(alex, "where is my last order?")
    assert "#W1000001" in said(alex, "the one with the keyboard")
    assert "Kettle" in said(alex, "what's in my last order?")
    assert "Keyboard" in said(alex, "what was in the one with the keyboard?")


def test_an_order_that_was_named_is_meant_by_it(chat: Chat) -> None:
    assert "delivered" in said(chat, "where is W1000001", "97205")
    assert "Order #W1000001: delivered" in said(chat, "when will it arrive?")
    assert "Order #W1000001: delivered" in said(chat, "is it delivered?")


def test_an_errand_that_goes_on_is_the_last_one_named(chat: Chat) -> None:
    said(chat, "where is my last order", "W1000001")
    assert "Order #W1000001" in passed(chat)


def test_whoever_is_signed_in_is_not_told_to_sign_in(alex: Chat) -> None:
    answer = said(alex, "where is W9999999")
    assert "in your account" in answer
    assert "sign in" not in answer
    assert said(alex, "where is W1000005") == answer.replace("9999999", "1000005")
