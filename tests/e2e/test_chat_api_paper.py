"""The chat API's paper: its OpenAPI document, its headers, who may embed it."""

import re
from collections.abc import Iterator

import httpx
import pytest

from tests.chat_client import (
    Chat,
)
from tests.conftest import Shop

PURPOSE = {"id", "text", "consent"}


@pytest.fixture
def chat(shop: Shop) -> Iterator[Chat]:
    with Chat(shop.url) as chat:
        yield chat


def test_the_openapi_document_holds_together(shop: Shop) -> None:
    document = httpx.get(f"{shop.url}/api/openapi.json", trust_env=False).json()
    assert document["openapi"].startswith("3.")
    paths = document["paths"]
    assert {
        (method, path) for path, calls in paths.items() for method in calls if path.startswith("/api/")
    } == {
        ("post", "/api/chat/session"),
        ("delete", "/api/chat/session"),
        ("post", "/api/chat/identity"),
        ("post", "/api/chat/session/renew"),
        ("post", "/api/chat/message"),
        ("get", "/api/chat/history"),
        ("delete", "/api/chat/history"),
    }
    schemas = document["components"]["schemas"]
    named = set(
        re.findall(
            r'"\$ref": ?"#/components/schemas/(\w+)"',
            httpx.get(f"{shop.url}/api/openapi.json", trust_env=False).text,
        )
    )
    assert named <= schemas.keys()
    operations = [call for calls in paths.values() for call in calls.values()]
    names = [call["operationId"] for call in operations]
    assert len(names) == len(set(names))
    for call in operations:
        assert call["summary"]
        assert any(code.startswith("2") for code in call["responses"])
    message = paths["/api/chat/message"]["post"]
    assert {"200", "400", "401", "422", "429", "503"} <= message["responses"].keys()


def test_answers_carry_the_headers_of_a_careful_house(chat: Chat) -> None:
    for answer in (
        chat.send(text="hello"),
        chat.send(token="x", text="hello"),
        chat.call("GET", "/nothing"),
        chat.http.get("/"),
    ):
        headers = answer.headers
        assert headers["x-content-type-options"] == "nosniff"
        assert "default-src 'none'" in headers["content-security-policy"]
        assert "frame-ancestors 'none'" in headers["content-security-policy"]
        assert "server" not in headers
        assert not [name for name in headers if name.startswith("access-control-")]
    assert chat.send(text="hello").headers["cache-control"] == "no-store"


def test_pages_that_may_embed_the_chat_and_others(shop: Shop) -> None:
    asked = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "authorization"}
    url = f"{shop.url}/api/chat/message"
    listed = httpx.options(url, headers={"Origin": shop.embed_origin, **asked}, trust_env=False)
    assert listed.headers["access-control-allow-origin"] == shop.embed_origin
    assert "access-control-allow-credentials" not in listed.headers
    for origin in ("https://evil.example", "null", shop.embed_origin + ".evil.example"):
        other = httpx.options(url, headers={"Origin": origin, **asked}, trust_env=False)
        assert "access-control-allow-origin" not in other.headers
    page = httpx.options(
        f"{shop.url}/demo/outbox", headers={"Origin": shop.embed_origin, **asked}, trust_env=False
    )
    assert "access-control-allow-origin" not in page.headers
