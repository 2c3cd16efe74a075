"""Tokens that are old, stolen, forged or ridden on by other sites."""

import base64
import json
import time
from collections.abc import Iterator

import httpx
import pytest
from websockets.exceptions import ConnectionClosedError, InvalidStatus

from tests.chat_client import Browser, Chat, dial, people_of, refused, words
from tests.conftest import Shop

FOREIGN = ("https://evil.example", "null", "http://127.0.0.1", "https://127.0.0.1:8000", "file://")


@pytest.fixture
def chat(shop: Shop) -> Iterator[Chat]:
    with Chat(shop.url) as chat:
        yield chat


@pytest.fixture
def email(shop: Shop) -> str:
    return str(people_of(shop.home)[21]["email"])


def refusals(chat: Chat, token: str) -> set[tuple[int, str]]:
    """What every call says to a token."""
    answers = [
        chat.send(token=token, text="show my orders"),
        chat.call("GET", "/history", token=token),
        chat.call("DELETE", "/history", token=token),
        chat.call("DELETE", "/session", token=token),
        chat.renew(token),
    ]
    for answer in answers:
        refused(answer, 401, "session-required")
        assert answer.headers["www-authenticate"] == "Bearer"
    return {(answer.status_code, answer.text) for answer in answers}


def test_signing_in_kills_the_old_token_at_once(chat: Chat, email: str) -> None:
    old = chat.token
    chat.sign_in(email)
    assert chat.token != old
    for answer in (
        chat.send(token=old, text="show my orders"),
        chat.call("GET", "/history", token=old),
        chat.call("DELETE", "/session", token=old),
    ):
        refused(answer, 401, "session-required")
    with dial(chat.url) as line:
        line.send(type="hello", token=old)
        line.read("ended")
    assert "Your orders" in words(chat.say("show my orders"))


def test_a_missed_token_is_renewed_once_and_by_the_same_device_only(shop: Shop, email: str) -> None:
    with Chat(shop.url) as chat, Chat(shop.url) as thief:
        old = chat.token
        chat.sign_in(email)
        missed = chat.token
        for key in (thief.device_key, chat.device_key[:-1] + "_", "x" * 43):
            refused(chat.renew(old, key), 401, "session-required")
        refused(thief.http.post("/api/chat/session/renew", json={"device_key": chat.device_key}), 401)
        renewed = chat.renew(old)
        assert renewed.status_code == httpx.codes.OK
        fresh = renewed.json()["token"]
        assert fresh not in (old, missed)
        # The token that was missed may have been caught by somebody else: it is dead now.
        refused(chat.call("GET", "/history", token=missed), 401)
        refused(chat.renew(old), 401)
        refused(chat.renew(missed), 401)
        assert chat.call("GET", "/history", token=fresh).status_code == httpx.codes.OK


def test_there_is_nothing_to_renew_without_a_rise(chat: Chat) -> None:
    refused(chat.renew(chat.token), 401, "session-required")
    assert chat.call("GET", "/history").status_code == httpx.codes.OK


def test_every_bad_token_reads_the_same(shop: Shop, chat: Chat, email: str) -> None:
    with Chat(shop.url) as ended:
        ended.sign_in(email)
        assert ended.call("DELETE", "/session").status_code == httpx.codes.NO_CONTENT
    claims = {"sub": email, "level": 2, "exp": int(time.time()) + 3600}
    forged = ".".join(
        base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode()
        for part in ({"alg": "none", "typ": "JWT"}, claims)
    )
    bad = (
        ended.token,
        chat.token[:-1],
        chat.token[:-1] + ("A" if chat.token[-1] != "A" else "B"),
        chat.token.swapcase(),
        f"{forged}.",
        "x",
        "x" * 5000,
        "' OR 1=1 --",
        "%00",
    )
    said = [refusals(chat, token) for token in bad]
    assert len(set().union(*said)) == 1
    assert chat.call("GET", "/history").status_code == httpx.codes.OK


def test_a_token_counts_in_its_header_only(chat: Chat) -> None:
    for sent in (
        {"params": {"token": chat.token}},
        {"params": {"access_token": chat.token}},
        {"headers": {"X-Token": chat.token}},
        {"headers": {"Authorization": f"Basic {chat.token}"}},
        {"headers": {"Authorization": chat.token}},
    ):
        refused(chat.http.get("/api/chat/history", **sent), 401, "session-required")  # type: ignore[arg-type]


def test_signing_out_everywhere_ends_the_thief_too(shop: Shop, email: str) -> None:
    with Chat(shop.url) as owner, Chat(shop.url) as thief:
        thief.sign_in(email)
        owner.sign_in(email)
        with thief.line() as line:
            owner.say("sign me out everywhere")
            refused(thief.call("GET", "/history"), 401)
            refused(owner.call("GET", "/history"), 401)
            line.send(type="message", key="k", text="show my orders")
            line.read("ended")


def test_a_cookie_is_no_use_to_other_sites(shop: Shop, email: str) -> None:
    with Browser(shop.url) as browser:
        browser.open()
        browser.say("I want to sign in")
        before = browser.call("GET", "/api/chat/history").json()
        mails = len(browser.outbox(email))
        for headers in (
            *({"Origin": origin} for origin in (*FOREIGN, shop.embed_origin)),
            {"Sec-Fetch-Site": "cross-site"},
            {"Sec-Fetch-Site": "same-site"},
        ):
            for method, path, body in (
                ("POST", "/message", {"text": email}),
                ("POST", "/session", {"transport": "cookie"}),
                ("POST", "/session/renew", {}),
                ("DELETE", "/history", None),
                ("DELETE", "/session", None),
                ("GET", "/history", None),
            ):
                answer = browser.call(method, f"/api/chat{path}", json=body, headers=headers)
                refused(answer, 403, "origin-refused")
                assert not answer.headers.get("access-control-allow-credentials")
                assert "set-cookie" not in answer.headers
        # What a plain form of another site can send is not even read as JSON.
        form = browser.call(
            "POST", "/api/chat/message", content='{"text":"x"}', headers={"Content-Type": "text/plain"}
        )
        assert 400 <= form.status_code < 500
        assert browser.call("GET", "/api/chat/history").json() == before
        assert len(browser.outbox(email)) == mails


def test_cookies_are_out_of_reach_of_scripts_and_other_sites(shop: Shop) -> None:
    with Browser(shop.url) as browser:
        opened = browser.open()
        assert "token" not in opened.json()
        assert "device_key" not in opened.json()
        lines = opened.headers.get_list("set-cookie")
        assert len(lines) == 2
        for line in lines:
            name, *attributes = (part.strip().lower() for part in line.split(";"))
            assert name.startswith("__host-countersign_")
            assert {"httponly", "secure", "samesite=strict", "path=/"} <= set(attributes)
            assert not [one for one in attributes if one.startswith("domain")]


def test_a_socket_of_a_foreign_page_is_refused(shop: Shop, chat: Chat) -> None:
    for origin in FOREIGN:
        with pytest.raises(InvalidStatus) as refusal, dial(shop.url, Origin=origin):
            pass
        assert refusal.value.response.status_code == httpx.codes.FORBIDDEN
    # A page that may embed the chat shows a token; the cookie of the shop's own pages is not for it.
    with Browser(shop.url) as browser:
        browser.open()
        for headers in (
            {"Origin": shop.embed_origin},
            {"Origin": shop.embed_origin, "Sec-Fetch-Site": "same-site"},
            {"Sec-Fetch-Site": "cross-site"},
        ):
            with dial(shop.url, Cookie=browser.cookie, **headers) as line:
                line.send(type="hello")
                line.read("ended")
        with dial(shop.url, Cookie=browser.cookie, Origin=shop.url) as line:
            line.send(type="hello")
            assert line.read("welcome")["messages"] == []
    with dial(shop.url, Origin=shop.embed_origin) as line:
        line.send(type="hello", token=chat.token)
        assert line.read("welcome")["messages"] == []


def test_a_socket_that_shows_nothing_is_closed(shop: Shop) -> None:
    for first in ('{"type":"hello"}', '{"type":"message","key":"k","text":"hi"}', "[]", "{", '"x"'):
        with dial(shop.url) as line:
            line.socket.send(first)
            line.read("ended")
            with pytest.raises(ConnectionClosedError) as closed:
                line.socket.recv(timeout=10)
            assert closed.value.rcvd is not None
            assert closed.value.rcvd.code == 1008
