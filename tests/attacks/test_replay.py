"""What was sent once and is sent again: messages, buttons, codes, links and pages of a checkpoint."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from tests.chat_client import Browser, Chat, buttons, new_key, page_of, people_of, refused, replied, words
from tests.conftest import Shop


@pytest.fixture
def chat(shop: Shop) -> Iterator[Chat]:
    with Chat(shop.url) as chat:
        yield chat


@pytest.fixture
def email(shop: Shop) -> str:
    return str(people_of(shop.home)[20]["email"])


def test_the_same_key_is_the_same_message(chat: Chat) -> None:
    key = new_key()
    first = chat.say("What are your opening hours?", key)
    assert chat.say("What are your opening hours?", key) == first
    # Whatever comes with it: the key says which message it is.
    assert chat.say("Where is my order?", key) == first
    assert [entry["from"] for entry in chat.history()] == ["shopper", "assistant"]


def test_a_key_counts_in_its_own_conversation(shop: Shop, chat: Chat) -> None:
    key = new_key()
    chat.say("What are your opening hours?", key)
    with Chat(shop.url) as other:
        assert "opening" not in words(other.say("thank you", key)).lower()


def test_the_same_message_many_times_at_once_is_answered_once(chat: Chat) -> None:
    key = new_key()
    with ThreadPoolExecutor(8) as pool:
        sent = [pool.submit(chat.send, key, text="thank you") for _ in range(8)]
    assert {answer.result().status_code for answer in sent} == {httpx.codes.OK}
    assert len({answer.result().text for answer in sent}) == 1
    assert [entry["from"] for entry in chat.history()] == ["shopper", "assistant"]


def test_one_mail_for_one_address_however_often_it_is_sent(shop: Shop, chat: Chat, email: str) -> None:
    chat.say("I want to sign in")
    mails, key = len(shop.outbox(email)), new_key()
    assert chat.say(email, key) == chat.say(email, key)
    assert len(shop.outbox(email)) == mails + 1


def test_a_button_is_spent_once(chat: Chat) -> None:
    choices = buttons(chat.say("hello"))
    chosen, key = choices["Where is my order?"], new_key()
    first = chat.press(chosen, key)
    assert "choice has passed" not in words(first)
    assert "choice has passed" in words(chat.press(chosen))
    # The message that spent it may be sent again; it is still the same one.
    assert chat.press(chosen, key) == first
    assert [entry["text"] for entry in chat.history() if entry["from"] == "shopper"] == [
        "hello",
        "Where is my order?",
    ]


def test_a_button_is_spent_once_even_when_pressed_twice_at_once(chat: Chat) -> None:
    chosen = buttons(chat.say("hello"))["Where is my order?"]
    with ThreadPoolExecutor(2) as pool:
        sent = [pool.submit(chat.press, chosen) for _ in range(2)]
    assert sorted("choice has passed" in words(each.result()) for each in sent) == [False, True]


def test_a_button_is_good_among_the_last_twenty_messages(chat: Chat) -> None:
    choices = buttons(chat.say("hello"))
    for _ in range(9):
        chat.say("thanks")
    assert "choice has passed" not in words(chat.press(choices["Where is my order?"]))
    chat.say("thanks")
    assert "choice has passed" in words(chat.press(choices["Show my orders"]))


def test_a_code_signs_in_once(shop: Shop, chat: Chat, email: str) -> None:
    chat.say("I want to sign in")
    chat.say(email)
    code = chat.code_for(email)
    with Chat(shop.url) as thief:
        # In another session it is no code at all, before and after.
        thief.say("I want to sign in")
        thief.say("nobody.at.all@nowhere.example")
        assert "signed in." not in words(thief.say(code))
        assert "You're signed in." in words(chat.say(code))
        assert "signed in." not in words(thief.say(code))
    with Chat(shop.url, chat.device_key) as same_device:
        same_device.say("I want to sign in")
        assert "signed in." not in words(same_device.say(code))


def test_a_newer_code_kills_the_older(chat: Chat, email: str) -> None:
    chat.say("I want to sign in")
    chat.say(email)
    older = chat.code_for(email)
    chat.say(email)
    assert "isn't right" in words(chat.say(older))
    assert "You're signed in." in words(chat.say(chat.code_for(email)))


def test_a_checkpoint_page_is_good_once(shop: Shop, chat: Chat, email: str) -> None:
    path = page_of(chat.say("show my orders"))
    with Browser(shop.url) as page:
        assert page.call("GET", path).status_code == httpx.codes.OK
        assert page.post_form(path, email=email).status_code == httpx.codes.OK
        passed = page.post_form(path, code=chat.code_for(email))
        assert "You are signed in" in passed.text
        for again in (
            page.call("GET", path),
            page.post_form(path, email=email),
            page.post_form(path, code=chat.code_for(email)),
            page.call("GET", path[:-1]),
            page.call("GET", path.swapcase().replace("/PORTAL/CHECKPOINT/", "/portal/checkpoint/")),
        ):
            assert again.status_code in (httpx.codes.FORBIDDEN, httpx.codes.GONE)
            assert "password" not in again.text


def test_a_newer_checkpoint_kills_the_older_page(shop: Shop, chat: Chat) -> None:
    older = page_of(chat.say("show my orders"))
    newer = page_of(chat.say("show my orders"))
    with Browser(shop.url) as page:
        assert page.call("GET", older).status_code in (httpx.codes.FORBIDDEN, httpx.codes.GONE)
        assert page.call("GET", newer).status_code == httpx.codes.OK


def test_a_page_of_another_browsers_chat_is_shut(shop: Shop, email: str) -> None:
    with Browser(shop.url) as mine, Browser(shop.url) as other, Browser(shop.url) as nobody:
        mine.open()
        other.open()
        path = page_of(mine.say("show my orders"))
        for stranger in (other, nobody):
            for answer in (stranger.call("GET", path), stranger.post_form(path, email=email)):
                assert answer.status_code in (httpx.codes.FORBIDDEN, httpx.codes.GONE)
        assert mine.post_form(path, email=email).status_code == httpx.codes.OK
        code = mine.code_for(email)
        assert other.post_form(path, code=code).status_code in (httpx.codes.FORBIDDEN, httpx.codes.GONE)
        assert "You are signed in" in mine.post_form(path, code=code).text


def test_another_sites_form_passes_no_checkpoint(shop: Shop, chat: Chat, email: str) -> None:
    path = page_of(chat.say("show my orders"))
    mails = len(shop.outbox(email))
    with Browser(shop.url) as page:
        for headers in (
            {"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"},
            {"Origin": "null"},
            {"Sec-Fetch-Site": "same-site"},
            {"Origin": shop.embed_origin},
        ):
            refused(page.call("POST", path, data={"email": email}, headers=headers), 403, "origin-refused")
    assert len(shop.outbox(email)) == mails


def test_opening_a_mailed_link_changes_nothing(shop: Shop, email: str) -> None:
    with Browser(shop.url) as mine:
        mine.open()
        mine.say("I want to sign in")
        mine.say(email)
        mail = mine.outbox(email)[-1]
        start, _, token = mail["link"].partition("#")
        assert start == f"{shop.url}/portal/sign-in"
        assert len(token) >= 43
        before = dict(mine.cookies)
        for _ in range(3):
            # A scanner may even send what a browser keeps to itself.
            for path in ("/portal/sign-in", f"/portal/sign-in?token={token}", f"/portal/sign-in/{token}"):
                assert mail["code"] not in mine.call("GET", path).text
        assert mine.cookies == before
        assert "You are signed in" not in words(mine.say("thanks"))
        assert "You are signed in" in mine.post_form("/portal/sign-in", token=token).text
        # And once is enough.
        again = mine.post_form("/portal/sign-in", token=token)
        assert again.status_code == httpx.codes.GONE
        assert mail["code"] not in again.text


def test_a_stolen_link_signs_nobody_in(shop: Shop, email: str) -> None:
    with Chat(shop.url) as chat, Browser(shop.url) as thief:
        thief.open()
        chat.say("I want to sign in")
        chat.say(email)
        mail = chat.outbox(email)[-1]
        token = mail["link"].partition("#")[2]
        cookies = dict(thief.cookies)
        shown = thief.post_form("/portal/sign-in", token=token)
        # It shows the code of the very mail that the link stood in: only the chat that asked can use it.
        assert mail["code"] in shown.text
        assert thief.cookies == cookies
        assert words(thief.say(mail["code"])) != ""
        assert "once you're signed in" in words(thief.say("show my orders"))
        assert "You're signed in." in words(replied(chat.send(text=mail["code"])))
        for wrong in ("", "x", token[:-1], token.swapcase()):
            assert thief.post_form("/portal/sign-in", token=wrong).status_code == httpx.codes.GONE
