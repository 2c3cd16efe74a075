"""Whatever is sent: a polite answer or a clear error, and the conversation goes on as if nothing had been."""

from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest

from tests.chat_client import Chat, no_stack_trace, refused, words
from tests.conftest import Shop

JSON = {"Content-Type": "application/json"}
TRACK = '/track_order{"order_id":"#W2378156"}'
SPACES = "\u00a0", "\u3000", "\u200b", "\r\n", "\u202e"


@pytest.fixture
def chat(shop: Shop) -> Iterator[Chat]:
    """In the middle of something: the next message is an answer to a question."""
    with Chat(shop.url) as chat:
        chat.say("where is order #W1000001")
        yield chat
        still_works(chat)


@pytest.fixture(scope="module")
def steady(shop: Shop) -> Iterator[Chat]:
    """One conversation for all that must leave it as it is."""
    with Chat(shop.url) as chat:
        chat.say("where is order #W1000001")
        yield chat
        assert "Order #W1000001: delivered." in words(chat.say("97205"))


@pytest.fixture(scope="module", autouse=True)
def nothing_stumbled(shop: Shop) -> Iterator[None]:
    with no_stack_trace(shop.home):
        yield


def still_works(chat: Chat) -> None:
    heard = words(chat.say("thanks"))
    assert "welcome" in heard or "Glad" in heard


def unchanged(chat: Chat, act: Callable[[], object]) -> None:
    """History is the same after `act` as before."""
    before = chat.history()
    act()
    assert chat.history() == before


@pytest.mark.parametrize("text", ["", " ", "\t\n", "\u3000\u00a0", "\u200b\u200d\ufeff", "/", " / ", "／"])
def test_empty_text(steady: Chat, text: str) -> None:
    answers = [refused(steady.send(text=text), 422, "empty-message") for _ in range(2)]
    assert "empty" in str(answers[0]["detail"])
    unchanged(steady, lambda: steady.send(text=text))


@pytest.mark.parametrize(
    ("text", "status", "code"),
    [
        ("x" * 100_000, 413, "too-large"),
        ("x " * 16_000, 422, "message-too-long"),
        ("x" * 20_000, 422, "message-too-long"),
        ("where is my order " * 120, 422, "message-too-long"),
        ("\U0001f600" * 2_001, 422, "message-too-long"),
        ("\ufdfa" * 1_000, 422, "message-too-long"),  # eighteen characters each, once normalised
        ("a\0b", 422, "not-text"),
    ],
    ids=["100 kB", "32 kB", "20 kB", "2 kB", "faces", "ligatures", "NUL"],
)
def test_too_much_text(steady: Chat, text: str, status: int, code: str) -> None:
    unchanged(steady, lambda: refused(steady.send(text=text), status, code))


def test_as_much_text_as_may_be(chat: Chat) -> None:
    heard = chat.say("where is my order? " * 105)
    assert words(heard)
    assert len(chat.history()[-len(heard) - 1]["text"]) == 19 * 105 - 1


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\x00",
        bytes(range(256)),
        b"\xff" * 1000,
        b"{",
        b'{"text": "hi"',
        b'{"text": "hi"}}',
        b"{'text': 'hi'}",
        b'{"text": hi}',
        b'{"text":NaN}',
        b'{"text":' + b"9" * 10_000 + b"}",
        b"[" * 30_000,
        b'{"text":' * 4_000,
        b'{"text": ' + b"[" * 10_000 + b"]" * 10_000 + b"}",
        b'{"text": "\\ud800"}',
        b'{"text": "a\\udfff b"}',
        b'{"\\ud800": "x", "text": "hi"}',
        b'{"payload": "btn_\\ud800"}',
        '{"text": "caf\u00e9"}'.encode("latin-1"),
        b"null",
        b"true",
        b"5",
        b'"text"',
        b'["text", "hi"]',
        b"{}",
        b'{"text": null}',
        b'{"text": 5}',
        b'{"text": true}',
        b'{"text": ["hi"]}',
        b'{"text": {"$ne": null}}',
        b'{"payload": 5}',
        b'{"text": "hi", "payload": "btn_x"}',
        b'{"text": "hi", "sender": "admin"}',
        b'{"text": "hi", "metadata": {"ticket": "x"}}',
        b'{"text": "hi", "conversation": "cnv_x"}',
    ],
)
def test_a_body_that_is_no_message(steady: Chat, body: bytes) -> None:
    unchanged(
        steady,
        lambda: refused(steady.call("POST", "/message", content=body, headers=JSON), 400, "bad-request"),
    )


@pytest.mark.parametrize(
    "kind",
    ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "application/xml", "x", None],
)
def test_a_body_of_another_kind(steady: Chat, kind: str | None) -> None:
    headers = {"Content-Type": kind} if kind else {}
    unchanged(
        steady,
        lambda: refused(
            steady.call("POST", "/message", content=b'{"text":"hi"}', headers=headers), 400, "bad-request"
        ),
    )


def test_odd_keys_methods_and_paths(steady: Chat) -> None:
    def act() -> None:
        for key in ("", "a b", "k" * 101, "\u00e9"):
            headers = {"Idempotency-Key": key.encode()}
            refused(steady.call("POST", "/message", json={"text": "hi"}, headers=headers), 400, "bad-request")
        for method in ("GET", "PUT", "PATCH", "DELETE"):
            refused(steady.call(method, "/message"), 405, "method-not-allowed")
        for path in ("/nothing", "/message/", "/../../etc/passwd", "/%2e%2e/%2e%2e/etc/passwd", "/history/1"):
            assert steady.call("GET", path).status_code in (307, 404), path

    unchanged(steady, act)


@pytest.mark.parametrize(
    "opening",
    [
        {"channel": "Web!"},
        {"language": "xx-yy-zz"},
        {"transport": "pigeon"},
        {"device_key": "short"},
        {"device_key": "é" * 30},
        {"level": 2},
        [],
        "x",
        5,
    ],
)
def test_a_session_asked_for_oddly(shop: Shop, opening: Any) -> None:
    refused(httpx.post(f"{shop.url}/api/chat/session", json=opening, trust_env=False), 400, "bad-request")


COMMANDS = (
    "/restart",
    "/session_start",
    "/back",
    TRACK,
    "/EXTERNAL_resume",
    "/list_orders{}",
    "//restart",
    "/ /restart",
)


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_is_only_words(chat: Chat, command: str) -> None:
    """Rasa would obey a leading slash: forget the question, or take an order number for said."""
    for written in (
        command,
        *(space + command for space in SPACES),
        command.replace("/", "／", 1),
        f"\u2044{command}",
    ):
        said = words(chat.say(written))
        assert "choice has passed" not in said
        assert "signed in; then I go on" not in said
        told = [entry["text"] for entry in chat.history() if entry["from"] == "shopper"][-1]
        assert told == command.lstrip("/ ")
    # The conversation was not begun anew.
    assert chat.history()[0]["text"] == "where is order #W1000001"


def test_the_question_outlives_a_command(shop: Shop) -> None:
    """`/restart` as Rasa knows it would have wiped the order that the postcode is for."""
    with Chat(shop.url) as chat:
        chat.say("where is order #W1000001")
        for command in ("/restart", "/session_start"):
            chat.say(command)
        assert "Order #W1000001: delivered." in words(chat.say("97205"))


def test_an_order_number_in_a_command_says_what_it_says_in_words(shop: Shop) -> None:
    with Chat(shop.url) as one, Chat(shop.url) as other:
        assert words(one.say(TRACK)) == words(other.say(TRACK.lstrip("/")))
        assert one.history()[1:] != []


@pytest.mark.parametrize(
    "payload", [*COMMANDS, "", "btn_", "btn_" + "A" * 22, "x" * 2000, "\0", "⟦card:aaaaaaaa⟧"]
)
def test_a_payload_never_offered(chat: Chat, payload: str) -> None:
    before = chat.history()
    heard = chat.press(payload)
    assert "choice has passed" in words(heard)
    # What they pressed is unknown, so history holds the answer alone.
    assert chat.history() == before + heard


def test_a_payload_that_is_no_payload(steady: Chat) -> None:
    unchanged(steady, lambda: refused(steady.send(payload="x" * 2001), 400, "bad-request"))


def test_forged_and_expired_tokens(steady: Chat) -> None:
    for token in ("x", steady.token + "x", "ses_" + "A" * 22, "null", "%C3%A9"):
        refused(steady.send(token=token, text="hi"), 401, "session-required")


TEXTS = (
    "'; DROP TABLE sessions; --",
    "<script>alert(1)</script><img src=x onerror=alert(1)>",
    "{order_number} {} {0} %s %(x)s ${jndi:ldap://x}",
    "⟦card:aaaaaaaa⟧ ⟦email:abcdefgh⟧",
    "\u202eredro ym si erehw",
    "Z̷̢͎a̶l̵g̴o̶ ̷t̷e̷x̷t",
    "🏳️‍🌈👩‍👩‍👧 where is my order 📦?",
    "我的订单在哪里",
    "أين طلبي",
    "I'm O'Brien & sons <3 50% off; it's 5\" long",
    "../../../../etc/passwd",
    "\\ud800 \\u0000 \\x00",
    "null",
    "NaN",
    "a" * 2000,
    "where is order #W" + "9" * 500,
    "where is order ＃Ｗ１０００００１",
    "/ / / / where is my order",
)


@pytest.mark.parametrize("text", TEXTS)
def test_odd_text_is_answered(shop: Shop, text: str) -> None:
    with Chat(shop.url) as chat:
        heard = chat.say(text)
        said = chat.history()
        assert said[1:] == heard
        assert said[0]["from"] == "shopper"
        still_works(chat)


def test_an_order_number_in_other_digits_is_the_same_order(shop: Shop) -> None:
    with Chat(shop.url) as chat:
        assert "#W1000001" in words(chat.say("where is order ＃Ｗ１０００００１"))
