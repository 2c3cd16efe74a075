"""Bad input in other places: frames beyond measure, odd positions, odd forms."""

import httpx
import pytest
from websockets.exceptions import ConnectionClosedError

from tests.chat_client import Chat, buttons, dial, replied
from tests.conftest import Shop


def test_a_frame_beyond_all_measure_closes_the_socket_and_loses_nothing(shop: Shop) -> None:
    with Chat(shop.url) as chat:
        with chat.line() as line:
            line.say("hello")
            line.socket.send("x" * 100_000)
            with pytest.raises(ConnectionClosedError) as closed:
                line.socket.recv(timeout=10)
            assert closed.value.rcvd is not None
            assert closed.value.rcvd.code == 1009  # too big, by RFC 6455
        before = chat.history()
        with chat.line(after=before[-1]["id"]) as line:
            assert line.welcome == []
            line.say("thanks")
        assert chat.history()[:2] == before


def test_an_odd_place_to_go_on_from(shop: Shop) -> None:
    with Chat(shop.url) as chat:
        chat.say("hello")
        everything = chat.history()
        for after in ("x", "-1", "1e3", "9" * 400, "\u00b2", [1], {"a": 1}, None, 0):
            with dial(shop.url) as line:
                line.send(type="hello", token=chat.token, after=after)
                assert line.read("welcome")["messages"] == everything


# The pages.


def test_odd_forms(shop: Shop) -> None:
    with Chat(shop.url) as chat:
        url = chat.say("show my orders")[0]["checkpoint"]["url"]
        form = {"Content-Type": "application/x-www-form-urlencoded", "Origin": shop.url}
        for fields in (
            {"email": ""},
            {"email": "no address"},
            {"email": "a@b@c.example"},
            {"email": "x@y.example\r\nBcc: all@nowhere.example"},
            {"email": "x" * 255},
            {"code": "x" * 65},
            {"code": "⟦code:x⟧"},
            {"email": "\0"},
        ):
            answer = httpx.post(url, data=fields, headers={"Origin": shop.url}, trust_env=False)
            assert 400 <= answer.status_code < 500, fields
            assert "Traceback" not in answer.text
        for body in (b"", b"\xff\xfe", b"email=%00", b"email=%ff%fe", b"%", b"email=a@b.example&" * 200):
            answer = httpx.post(url, content=body, headers=form, trust_env=False)
            assert answer.status_code < 500, body[:20]
        for path in (
            "/portal/checkpoint/x",
            "/portal/checkpoint/%00",
            "/portal/checkpoint/%ff",
            "/products/%00",
        ):
            assert 400 <= httpx.get(shop.url + path, trust_env=False).status_code < 500, path
        for query in (
            "q=" + "x" * 101,
            "page=0",
            "page=x",
            "page=99999999999999999999",
            "q=%00",
            "department=%ff",
        ):
            assert httpx.get(f"{shop.url}/products?{query}", trust_env=False).status_code < 500, query
        assert buttons(replied(chat.send(text="stop")))
