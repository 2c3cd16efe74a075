from typing import Any

import httpx
import pytest

from countersign.gateway.access import DEVICE_COOKIE, SESSION_COOKIE
from countersign.gateway.rasa_client import Item
from countersign.identity.models import Level, Session
from countersign.kit.hidden import Personal
from countersign.risk.table import Bucket, one_machine
from tests.fakes.gateway_parts import UNA, Stage
from tests.fakes.rasa import Heard
from tests.fakes.visitors import Visitor

SESSION, MESSAGE, HISTORY = "/api/chat/session", "/api/chat/message", "/api/chat/history"
RENEW = "/api/chat/session/renew"
SECURE = "https://testserver"


class Client:
    """A program or an embedded widget: a bearer token, and a device key."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.http = Visitor(stage.public_app())
        self.opened = self.http.post(SESSION, json={}).json()
        self.token = str(self.opened["token"])

    @property
    def session(self) -> Session:
        return self.stage.sessions.resolve(self.token)

    def call(self, method: str, url: str, body: object = None, **headers: str) -> httpx.Response:
        given = {"Authorization": f"Bearer {self.token}", **headers}
        return self.http.request(method, url, json=body, headers=given)

    def say(self, text: str, key: str = "key_1") -> httpx.Response:
        return self.call("POST", MESSAGE, {"text": text}, **{"Idempotency-Key": key})

    def said(self) -> list[tuple[str, str]]:
        messages = self.call("GET", HISTORY).json()["messages"]
        return [(message["from"], message["text"]) for message in messages]

    def sign_in(self) -> dict[str, Any]:
        """The reply to the right code."""
        self.stage.conversations.expect_sign_in(self.session.conversation, "email")
        self.say(UNA.reveal(), "key_email")
        reply: dict[str, Any] = self.say(self.stage.code(), "key_code").json()
        return reply


@pytest.fixture
def client(stage: Stage) -> Client:
    return Client(stage)


def problem(answer: httpx.Response) -> tuple[int, str]:
    assert answer.headers["content-type"] == "application/problem+json"
    return answer.status_code, str(answer.json()["type"]).removeprefix("/problems/")


class TestOpening:
    def test_gives_a_token_a_device_key_and_the_notice(self, client: Client) -> None:
        assert set(client.opened) == {"token", "device_key", "expires_at", "notice"}
        notice = client.opened["notice"]
        assert "computer program, not a person" in notice["text"]
        assert [purpose["id"] for purpose in notice["purposes"]] == ["service"]
        assert len(notice["version"]) == 12
        assert client.session.level is Level.ANYONE

    def test_needs_no_body(self, stage: Stage) -> None:
        assert Visitor(stage.public_app()).post(SESSION).status_code == 201

    def test_tells_a_known_device_no_key_again(self, stage: Stage, client: Client) -> None:
        again = client.http.post(SESSION, json={"device_key": client.opened["device_key"]})
        assert "device_key" not in again.json()
        first, second = client.session, stage.sessions.resolve(again.json()["token"])
        assert stage.sessions.device_of(first) == stage.sessions.device_of(second)
        assert first.conversation != second.conversation

    def test_keeps_channel_and_language(self, stage: Stage) -> None:
        answer = Visitor(stage.public_app()).post(SESSION, json={"channel": "app", "language": "de-AT"})
        session = stage.sessions.resolve(answer.json()["token"])
        assert (session.channel, session.language) == ("app", "de-AT")

    @pytest.mark.parametrize(
        "body",
        [
            {"channel": "Web!"},
            {"language": "english"},
            {"transport": "header"},
            {"device_key": "short"},
            {"conversation": "cnv_mine"},
            [],
        ],
    )
    def test_refuses_what_it_does_not_know(self, stage: Stage, body: object) -> None:
        answer = Visitor(stage.public_app()).post(SESSION, json=body)
        assert problem(answer) == (400, "bad-request")

    def test_from_one_address_has_a_limit(self, stage: Stage, client: Client) -> None:
        rate = one_machine()[Bucket.SESSIONS_PER_ADDRESS][0]
        here = stage.message_limits.origin("127.0.0.1")  # as httpx's ASGI transport calls itself
        stage.limits.hit(Bucket.SESSIONS_PER_ADDRESS, here, cost=rate.amount - 1)
        answer = client.http.post(SESSION)
        assert problem(answer) == (429, "slow-down")
        assert int(answer.headers["retry-after"]) > 0

    def test_in_a_cookie_shows_no_token(self, stage: Stage) -> None:
        browser = Visitor(stage.public_app(), SECURE)
        answer = browser.post(SESSION, json={"transport": "cookie"}, headers={"Origin": SECURE})
        assert set(answer.json()) == {"expires_at", "notice"}
        assert stage.sessions.resolve(browser.cookies[SESSION_COOKIE]).transport == "cookie"
        assert browser.cookies[DEVICE_COOKIE] not in answer.text

    def test_in_a_cookie_again_knows_the_device(self, stage: Stage) -> None:
        browser, devices = Visitor(stage.public_app(), SECURE), set()
        for _ in range(2):
            browser.post(SESSION, json={"transport": "cookie"})
            session = stage.sessions.resolve(browser.cookies[SESSION_COOKIE])
            devices.add(stage.sessions.device_of(session))
        assert len(devices) == 1

    @pytest.mark.parametrize(
        "headers", [{"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}]
    )
    def test_in_a_cookie_is_for_our_own_pages(self, stage: Stage, headers: dict[str, str]) -> None:
        browser = Visitor(stage.public_app(), SECURE)
        answer = browser.post(SESSION, json={"transport": "cookie"}, headers=headers)
        assert problem(answer) == (403, "origin-refused")
        assert "set-cookie" not in answer.headers


class TestMessage:
    def test_is_answered(self, client: Client) -> None:
        answer = client.say("hello")
        assert answer.status_code == 200
        (message,) = answer.json()["messages"]
        assert set(answer.json()) == {"messages"}
        assert (message["from"], message["text"]) == ("assistant", "You said: hello")
        assert set(message) == {"id", "at", "from", "text"}

    def test_with_the_same_key_is_answered_once(self, stage: Stage, client: Client) -> None:
        assert client.say("hello").json() == client.say("hello").json()
        assert stage.rasa.values == ["hello"]

    def test_without_a_key_is_a_message_each_time(self, stage: Stage, client: Client) -> None:
        for _ in range(2):
            client.call("POST", MESSAGE, {"text": "hello"})
        assert stage.rasa.values == ["hello", "hello"]

    def test_may_be_a_button_and_only_one_that_was_offered(self, stage: Stage, client: Client) -> None:
        stage.rasa.says = lambda heard: [
            {"text": "Well?", "buttons": [{"title": "Yes", "payload": "/affirm"}]}
        ]
        (button,) = client.say("hello").json()["messages"][0]["buttons"]
        for payload in (button["payload"], "/affirm", '/confirm{"amount":1}', "/restart"):
            client.call("POST", MESSAGE, {"payload": payload})
        assert [(h.kind, h.value) for h in stage.rasa.heard] == [("text", "hello"), ("payload", "/affirm")]
        assert [text for sender, text in client.said() if sender == "assistant"][-3:] == [
            "That choice has passed. Please use the newest buttons, or write what you need."
        ] * 3

    @pytest.mark.parametrize(
        ("body", "status", "type_"),
        [
            ({"text": ""}, 422, "empty-message"),
            ({"text": "x" * 2001}, 422, "message-too-long"),
            ({"text": "a\u0000b"}, 422, "not-text"),
            ({"text": "x" * 32_769}, 413, "too-large"),
            ({}, 400, "bad-request"),
            ({"text": "a", "payload": "b"}, 400, "bad-request"),
            ({"text": "a", "metadata": {}}, 400, "bad-request"),
            ({"payload": "x" * 2001}, 400, "bad-request"),
            ({"text": 7}, 400, "bad-request"),
        ],
    )
    def test_that_cannot_be_taken_is_a_problem(
        self, stage: Stage, client: Client, body: object, status: int, type_: str
    ) -> None:
        assert problem(client.call("POST", MESSAGE, body)) == (status, type_)
        assert stage.rasa.heard == [] and client.said() == []

    @pytest.mark.parametrize("key", ["two words", "k" * 101, ""])
    def test_with_an_odd_key_is_a_problem(self, client: Client, key: str) -> None:
        assert problem(client.say("hello", key)) == (400, "bad-request")

    def test_while_rasa_is_down_is_a_problem_and_stays(self, stage: Stage, client: Client) -> None:
        stage.rasa.down = True
        answer = client.say("hello")
        assert problem(answer) == (503, "assistant-unavailable")
        assert answer.headers["retry-after"] == "2"
        assert client.said() == [("shopper", "hello")]

    @pytest.mark.parametrize("authorization", ["Bearer forged", "Bearer ", "Basic abc"])
    def test_needs_a_session(self, client: Client, authorization: str) -> None:
        answer = client.call("POST", MESSAGE, {"text": "hello"}, Authorization=authorization)
        assert problem(answer) == (401, "session-required")

    def test_that_signs_in_brings_the_new_token_and_the_old_is_dead(
        self, stage: Stage, client: Client
    ) -> None:
        reply = client.sign_in()
        assert [message["text"] for message in reply["messages"]] == ["You're signed in."]
        assert stage.sessions.resolve(reply["token"]).level is Level.SIGNED_IN
        assert problem(client.say("hello", "key_9")) == (401, "session-required")
        client.token = reply["token"]
        assert client.say("hello", "key_9").status_code == 200

    def test_that_signs_in_rotates_the_cookie_and_shows_no_token(self, stage: Stage) -> None:
        browser = Visitor(stage.public_app(), SECURE)
        browser.post(SESSION, json={"transport": "cookie"})
        before = browser.cookies[SESSION_COOKIE]
        conversation = stage.sessions.resolve(before).conversation
        stage.conversations.expect_sign_in(conversation, "email")
        browser.post(MESSAGE, json={"text": UNA.reveal()})
        answer = browser.post(MESSAGE, json={"text": stage.code()})
        assert set(answer.json()) == {"messages"}
        after = browser.cookies[SESSION_COOKIE]
        assert stage.sessions.resolve(after).conversation == conversation
        assert before != after and after not in answer.text

    def test_that_signs_out_says_so(self, stage: Stage, client: Client) -> None:
        session = client.session

        def says(heard: Heard) -> list[Item]:
            stage.sessions.end(session)
            return [{"text": "Bye"}]

        stage.rasa.says = says
        assert client.say("sign out").json()["ended"] is True
        assert problem(client.say("hello", "key_2")) == (401, "session-required")


class TestHistory:
    def test_is_what_this_session_said_and_heard(self, client: Client) -> None:
        client.say("I'm una.lark@post.example")
        Client(client.stage).say("somebody else")
        assert client.said() == [
            ("shopper", "I'm una.lark@post.example"),
            ("assistant", "You said: I'm una.lark@post.example"),
        ]

    def test_needs_a_session(self, client: Client) -> None:
        for method in ("GET", "DELETE"):
            answer = client.call(method, HISTORY, Authorization="Bearer forged")
            assert problem(answer) == (401, "session-required")

    def test_deleted_leaves_nothing_and_the_session_goes_on_under_a_new_name(
        self, stage: Stage, client: Client
    ) -> None:
        client.say("hello")
        before = client.session.conversation
        token = stage.tokens.issue(before, "email", Personal("una.lark@post.example"))
        key = stage.data_keys.lend(before)
        assert client.call("DELETE", HISTORY).status_code == 204
        assert client.said() == [] and stage.conversations.history(before) == []
        assert stage.tokens.open(before, token) is None
        assert stage.data_keys.lend(before) != key
        assert client.session.conversation != before
        client.say("hello again", "key_2")
        assert stage.rasa.heard[-1].conversation == client.session.conversation

    def test_deleted_after_a_sign_in_leaves_the_shopper_signed_in(self, client: Client) -> None:
        client.token = client.sign_in()["token"]
        client.call("DELETE", HISTORY)
        assert client.session.level is Level.SIGNED_IN


class TestRenewal:
    def test_gives_the_token_that_was_missed_once(self, stage: Stage, client: Client) -> None:
        missed = client.sign_in()["token"]
        body = {"device_key": client.opened["device_key"]}
        renewed = client.call("POST", RENEW, body)
        assert renewed.status_code == 200
        assert stage.sessions.resolve(renewed.json()["token"]).level is Level.SIGNED_IN
        assert problem(client.call("POST", RENEW, body)) == (401, "session-required")
        client.token = missed
        assert problem(client.say("hello", "key_9")) == (401, "session-required")

    @pytest.mark.parametrize("body", [None, {}, {"device_key": "x" * 43}])
    def test_needs_the_same_device(self, client: Client, body: object) -> None:
        client.sign_in()
        assert problem(client.call("POST", RENEW, body)) == (401, "session-required")

    def test_comes_within_a_minute_or_never(self, stage: Stage, client: Client) -> None:
        client.sign_in()
        stage.clock.advance(seconds=61)
        body = {"device_key": client.opened["device_key"]}
        assert problem(client.call("POST", RENEW, body)) == (401, "session-required")

    def test_of_a_session_that_did_not_rise_is_refused(self, client: Client) -> None:
        body = {"device_key": client.opened["device_key"]}
        assert problem(client.call("POST", RENEW, body)) == (401, "session-required")

    def test_by_cookie_rotates_the_cookie(self, stage: Stage) -> None:
        browser = Visitor(stage.public_app(), SECURE)
        browser.post(SESSION, json={"transport": "cookie"})
        old = browser.cookies[SESSION_COOKIE]
        stage.sign_in_of(stage.sessions.resolve(old))
        answer = browser.post(RENEW)
        assert set(answer.json()) == {"expires_at"}
        assert stage.sessions.resolve(browser.cookies[SESSION_COOKIE]).level is Level.SIGNED_IN


class TestSigningOut:
    def test_ends_the_session_and_clears_the_cookie(self, stage: Stage) -> None:
        browser = Visitor(stage.public_app(), SECURE)
        browser.post(SESSION, json={"transport": "cookie"})
        session = stage.sessions.resolve(browser.cookies[SESSION_COOKIE])
        answer = browser.request("DELETE", SESSION)
        assert answer.status_code == 204
        assert stage.sessions.current(session.id) is None
        assert SESSION_COOKIE not in browser.cookies and DEVICE_COOKIE in browser.cookies

    def test_twice_needs_a_session(self, client: Client) -> None:
        assert client.call("DELETE", SESSION).status_code == 204
        assert problem(client.call("DELETE", SESSION)) == (401, "session-required")

    def test_by_cookie_is_for_our_own_pages(self, stage: Stage) -> None:
        browser = Visitor(stage.public_app(), SECURE)
        browser.post(SESSION, json={"transport": "cookie"})
        answer = browser.request("DELETE", SESSION, headers={"Origin": "https://evil.example"})
        assert problem(answer) == (403, "origin-refused")
        assert stage.sessions.resolve(browser.cookies[SESSION_COOKIE])


def test_the_api_describes_itself(client: Client) -> None:
    described = client.http.get("/api/openapi.json").json()
    assert {SESSION, MESSAGE, HISTORY, RENEW} <= set(described["paths"])
    assert {"/portal/sign-in", "/products"}.isdisjoint(described["paths"])
