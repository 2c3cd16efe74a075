from collections.abc import Iterator

import httpx
import pytest

from countersign.conversations.turns import LIFETIME
from countersign.gateway.errors import RasaUnavailableError
from countersign.gateway.rasa_client import Item, Kind, RasaClient
from countersign.kit.hidden import Secret
from tests.fakes.gateway_parts import run
from tests.fakes.rasa import Asked, RasaServer

TICKET = Secret("ticket-of-the-turn")


@pytest.fixture
def server() -> Iterator[RasaServer]:
    server = RasaServer()
    yield server
    server.close()


def sent(url: str, kind: Kind = "text", value: str = "hello") -> list[Item]:
    async def send() -> list[Item]:
        client = RasaClient(url, Secret("the-secret"))
        try:
            return await client.send("cnv_1", kind, value, TICKET)
        finally:
            await client.close()

    return run(send())


@pytest.mark.parametrize(
    ("kind", "value"), [("text", "hällo ⟦name:aaaabbbb⟧"), ("payload", "/sign_in"), ("event", "resume")]
)
def test_one_turn_is_one_call_with_secret_and_ticket(server: RasaServer, kind: Kind, value: str) -> None:
    server.body = b'[{"text": "hi"}, {"custom": {"expects": "postcode"}}]'
    assert sent(server.url + "/", kind, value) == [{"text": "hi"}, {"custom": {"expects": "postcode"}}]
    assert server.asked == [
        Asked(
            "/webhooks/countersign/webhook",
            "Bearer the-secret",
            {"conversation": "cnv_1", kind: value, "metadata": {"ticket": "ticket-of-the-turn"}},
        )
    ]


def test_an_empty_answer_is_an_answer(server: RasaServer) -> None:
    assert sent(server.url) == []


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (401, b"[]"),
        (500, b"[]"),
        (204, b""),
        (302, b"[]"),
        (200, b""),
        (200, b"<html>"),
        (200, b"\xff\xfe"),
        (200, b'{"text": "hi"}'),
        (200, b'["hi"]'),
        (200, b"null"),
    ],
)
def test_anything_but_a_list_of_messages_is_no_answer(server: RasaServer, status: int, body: bytes) -> None:
    server.status, server.body = status, body
    with pytest.raises(RasaUnavailableError):
        sent(server.url)


def test_nobody_at_the_door_is_no_answer(server: RasaServer) -> None:
    server.close()
    with pytest.raises(RasaUnavailableError) as caught:
        sent(server.url, value="12 Birch Street")
    assert "Birch" not in str(caught.value) and caught.value.__cause__ is None


def test_an_answer_that_takes_too_long_is_none(server: RasaServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(RasaClient, "TIMEOUT", httpx.Timeout(0.1))
    server.held.clear()
    with pytest.raises(RasaUnavailableError):
        sent(server.url)


def test_it_gives_up_before_the_ticket_dies() -> None:
    longest = RasaClient.TIMEOUT
    assert longest.connect is not None and longest.read is not None
    assert longest.connect + longest.read < LIFETIME.total_seconds()


def test_no_proxy_of_the_environment_hears_it(server: RasaServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("NO_PROXY", "")
    assert sent(server.url) == []
