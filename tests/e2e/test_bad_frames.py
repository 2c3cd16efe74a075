"""Whatever is sent as a frame or as a form: a clear error, and the line and the page stay as they were."""

from collections.abc import Iterator
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosedError

from tests.chat_client import Chat, Line, dial, new_key, no_stack_trace, words
from tests.conftest import Shop


@pytest.fixture(scope="module", autouse=True)
def nothing_stumbled(shop: Shop) -> Iterator[None]:
    with no_stack_trace(shop.home):
        yield


def test_two_sockets_of_one_session(shop: Shop) -> None:
    with Chat(shop.url) as chat, chat.line() as one, chat.line() as two:
        first, second = new_key(), new_key()
        one.send(type="message", key=first, text="hello")
        two.send(type="message", key=second, text="thank you")
        mine, theirs = seen(one, first), seen(two, second)
        history = chat.history()
        # Each saw everything exactly once: its own answer, and the other's message with its answer.
        for heard, own in ((mine, first), (theirs, second)):
            ids = [message["id"] for message in heard]
            assert len(ids) == len(set(ids))
            assert set(ids) == {entry["id"] for entry in history if entry.get("key") != own}
        assert [entry["from"] for entry in history] == ["shopper", "assistant"] * 2


def seen(line: Line, key: str) -> list[dict[str, Any]]:
    """The reply to `key`, and the push about the other socket's message, in either order."""
    heard: list[dict[str, Any]] = []
    kinds = []
    while len(kinds) < 2:
        frame = line.read_any()
        if frame["type"] == "typing":
            continue
        kinds.append(frame["type"])
        heard += frame["messages"]
    assert sorted(kinds) == ["push", "reply"]
    return heard


def test_one_message_over_two_sockets_at_once_is_one(shop: Shop) -> None:
    with Chat(shop.url) as chat, chat.line() as one, chat.line() as two:
        key = new_key()
        for line in (one, two):
            line.send(type="message", key=key, text="thank you")
        replies = [line.answer() for line in (one, two)]
        assert replies[0] == replies[1]
        assert [entry["from"] for entry in chat.history()] == ["shopper", "assistant"]


FRAMES: tuple[str | bytes, ...] = (
    b"\x00\xff",
    "",
    "{",
    "[1]",
    '"x"',
    "5",
    "null",
    "[" * 30_000,
    '{"a":' * 5_000,
    "x" * 40_000,
    '{"type":"message","key":"k"}',
    '{"type":"message","key":"k","text":null}',
    '{"type":"message","key":"k","text":["hi"]}',
    '{"type":"message","key":"k","text":5}',
    '{"type":"message","key":"k","text":"a\\ud800"}',
    '{"type":"message","key":"k","text":"hi","payload":"btn_x"}',
    '{"type":"message","key":"\\ud800","text":"hi"}',
    '{"type":"message","key":"a b","text":"hi"}',
    '{"type":"message","key":{"a":1},"text":"hi"}',
    '{"type":"message","key":null,"text":"hi"}',
    '{"type":"message","key":"' + "k" * 101 + '","text":"hi"}',
)


def test_odd_frames_are_answered_and_the_line_stays_up(shop: Shop) -> None:
    with Chat(shop.url) as chat, chat.line() as line:
        for frame in FRAMES:
            line.socket.send(frame)
            found = line.read("error")
            assert found["problem"]["status"] == 400
            assert found["problem"]["type"] == "/problems/bad-request"
            assert found["key"] in (None, "k")
        for text, code in (
            ("", "empty-message"),
            ("/", "empty-message"),
            ("\0", "not-text"),
            ("x" * 2001, "message-too-long"),
        ):
            line.send(type="message", key="k2", text=text)
            found = line.read("error")
            assert (found["key"], found["problem"]["type"]) == ("k2", f"/problems/{code}")
        line.send(type="message", key="k3", payload="/restart")
        assert "choice has passed" in words(line.read("reply")["messages"])
        line.send(type="dance")
        line.send(type="hello", token="x")
        assert line.say("thanks")["messages"]
        assert [entry["from"] for entry in chat.history()] == ["assistant", "shopper", "assistant"]


@pytest.mark.parametrize(
    "first", [b"\x00\xff", "{", "[" * 30_000, '{"token":"\\ud800"}', '{"token":5}', "x" * 40_000]
)
def test_an_odd_first_frame_ends_the_socket_politely(shop: Shop, first: str | bytes) -> None:
    with dial(shop.url) as line:
        line.socket.send(first)
        line.read("ended")
        with pytest.raises(ConnectionClosedError):
            line.socket.recv(timeout=10)
