"""The three layers around an app, in the order in which bootstrap puts them and each alone."""

from collections.abc import AsyncIterator

import pytest
from fastapi import FastAPI, Request, Response
from starlette.types import Message, Scope

from countersign.gateway.middleware import (
    BODY_LIMIT,
    CONTENT_SECURITY,
    BodyLimit,
    EmbedOrigins,
    SecurityHeaders,
)
from tests.fakes.gateway_parts import EMBEDDER, Stage, run
from tests.fakes.visitors import Visitor

CHAT, WIDGET = "/api/chat/message", "/widget/countersign.js"


def inside() -> FastAPI:
    app = FastAPI()

    @app.api_route(CHAT, methods=["GET", "POST", "DELETE"])
    async def message(request: Request) -> Response:
        return Response(str(len(await request.body())), headers={"Set-Cookie": "a=b"})

    @app.get("/portal/page")
    @app.get(WIDGET)
    @app.get("/products")
    async def page() -> Response:
        return Response("page")

    @app.get("/broken")
    async def broken() -> None:
        raise RuntimeError("a bug")

    return app


class TestSecurityHeaders:
    @pytest.fixture
    def visitor(self) -> Visitor:
        return Visitor(SecurityHeaders(inside(), https=True))

    @pytest.mark.parametrize("path", [CHAT, "/products", "/nowhere", "/broken"])
    def test_stand_on_every_answer_and_on_errors_too(self, visitor: Visitor, path: str) -> None:
        headers = visitor.get(path).headers
        assert headers["content-security-policy"] == CONTENT_SECURITY
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "same-origin"
        assert headers["cross-origin-opener-policy"] == "same-origin"
        assert headers["strict-transport-security"].startswith("max-age=31536000")

    def test_allow_no_script_but_our_own_and_no_frame(self) -> None:
        policy = dict(part.split(" ", 1) for part in CONTENT_SECURITY.split("; "))
        assert policy["default-src"] == policy["frame-ancestors"] == policy["base-uri"] == "'none'"
        assert policy["script-src"] == policy["style-src"] == policy["connect-src"] == "'self'"
        assert policy["require-trusted-types-for"] == "'script'"
        assert "unsafe" not in CONTENT_SECURITY and "*" not in CONTENT_SECURITY

    @pytest.mark.parametrize(
        ("path", "kept"), [(CHAT, "no-store"), ("/portal/page", "no-store"), ("/products", None)]
    )
    def test_what_is_a_shoppers_own_is_kept_in_no_cache(
        self, visitor: Visitor, path: str, kept: str | None
    ) -> None:
        assert visitor.get(path).headers.get("cache-control") == kept

    def test_without_https_promise_none(self) -> None:
        plain = Visitor(SecurityHeaders(inside(), https=False)).get("/products")
        assert "strict-transport-security" not in plain.headers

    def test_leave_what_an_answer_sets_itself(self) -> None:
        app = FastAPI()

        @app.get("/api/own")
        def own() -> Response:
            return Response("", headers={"Cache-Control": "max-age=5"})

        assert (
            Visitor(SecurityHeaders(app, https=True)).get("/api/own").headers["cache-control"] == "max-age=5"
        )


class TestBodyLimit:
    @pytest.fixture
    def visitor(self) -> Visitor:
        return Visitor(BodyLimit(inside()))

    def test_lets_a_body_of_the_limit_through_whole(self, visitor: Visitor) -> None:
        assert visitor.post(CHAT, content=b"x" * BODY_LIMIT).text == str(BODY_LIMIT)
        assert visitor.get(CHAT).text == "0"

    def test_refuses_one_byte_more_with_problem_details(self, visitor: Visitor) -> None:
        answer = visitor.post(CHAT, content=b"x" * (BODY_LIMIT + 1))
        assert (answer.status_code, answer.json()["type"]) == (413, "/problems/too-large")
        assert answer.headers["content-type"] == "application/problem+json"

    def test_counts_what_comes_in_pieces_without_a_length(self, visitor: Visitor) -> None:
        async def pieces(count: int) -> AsyncIterator[bytes]:
            for _ in range(count):
                yield b"x" * 1024

        assert visitor.post(CHAT, content=pieces(32)).text == str(BODY_LIMIT)
        assert visitor.post(CHAT, content=pieces(33)).status_code == 413

    def test_stops_reading_at_the_limit(self) -> None:
        read, sent = [], list[Message]()

        async def endless() -> Message:
            read.append(1)
            return {"type": "http.request", "body": b"x" * 1024, "more_body": True}

        async def send(message: Message) -> None:
            sent.append(message)

        scope: Scope = {"type": "http", "method": "POST", "path": CHAT, "headers": [], "query_string": b""}
        run(BodyLimit(inside())(scope, endless, send))  # type: ignore[arg-type]
        assert sent[0]["status"] == 413
        assert len(read) == BODY_LIMIT // 1024 + 1

    def test_answers_nobody_who_hangs_up_meanwhile(self) -> None:
        messages = iter(
            [{"type": "http.request", "body": b"x", "more_body": True}, {"type": "http.disconnect"}]
        )
        sent = list[Message]()

        async def receive() -> Message:
            return next(messages)

        async def send(message: Message) -> None:
            sent.append(message)

        run(BodyLimit(inside())({"type": "http"}, receive, send))  # type: ignore[arg-type]
        assert sent == []

    def test_lets_the_app_hear_a_hang_up_after_the_body(self) -> None:
        messages = iter([{"type": "http.request", "body": b"x"}, {"type": "http.disconnect"}])
        heard = list[Message]()

        async def receive() -> Message:
            return next(messages)

        async def app(scope: Scope, receive: object, send: object) -> None:
            heard.extend([await receive(), await receive()])  # type: ignore[operator]

        run(BodyLimit(app)({"type": "http"}, receive, None))  # type: ignore[arg-type]
        assert [message["type"] for message in heard] == ["http.request", "http.disconnect"]
        assert heard[0]["body"] == b"x"


class TestEmbedOrigins:
    @pytest.fixture
    def visitor(self) -> Visitor:
        return Visitor(EmbedOrigins(inside(), [EMBEDDER]))

    @pytest.mark.parametrize("path", [CHAT, WIDGET])
    def test_an_embedder_may_read_the_api_and_the_widget(self, visitor: Visitor, path: str) -> None:
        headers = visitor.get(path, headers={"Origin": EMBEDDER}).headers
        assert (headers["access-control-allow-origin"], headers["vary"]) == (EMBEDDER, "Origin")

    def test_an_embedder_may_read_nothing_else(self, visitor: Visitor) -> None:
        for path in ("/products", "/portal/page", "/nowhere"):
            assert (
                "access-control-allow-origin" not in visitor.get(path, headers={"Origin": EMBEDDER}).headers
            )
        assert visitor.request("OPTIONS", "/products", headers={"Origin": EMBEDDER}).status_code == 405

    @pytest.mark.parametrize("origin", ["https://evil.example", "null", "https://shop.example.evil", ""])
    def test_nobody_else_may_read_anything(self, visitor: Visitor, origin: str) -> None:
        answer = visitor.get(CHAT, headers={"Origin": origin})
        asked = visitor.request(
            "OPTIONS", CHAT, headers={"Origin": origin, "Access-Control-Request-Method": "POST"}
        )
        assert answer.status_code == 200
        for headers in (answer.headers, asked.headers):
            assert not any(name.startswith("access-control") for name in headers)

    def test_a_preflight_allows_what_the_widget_sends(self, visitor: Visitor) -> None:
        answer = visitor.request(
            "OPTIONS", CHAT, headers={"Origin": EMBEDDER, "Access-Control-Request-Method": "DELETE"}
        )
        allowed = answer.headers["access-control-allow-headers"].split(", ")
        assert answer.status_code == 200
        assert answer.headers["access-control-allow-methods"] == "GET, POST, DELETE"
        assert set(allowed) == {"authorization", "content-type", "idempotency-key", "x-device-key"}

    @pytest.mark.parametrize("method", ["GET", "OPTIONS", "POST"])
    def test_cookies_never_count_for_an_embedder(self, visitor: Visitor, method: str) -> None:
        answer = visitor.request(method, CHAT, headers={"Origin": EMBEDDER})
        assert answer.headers["access-control-allow-origin"] == EMBEDDER
        assert "access-control-allow-credentials" not in answer.headers


def test_the_shop_wears_all_three(stage: Stage) -> None:
    visitor = Visitor(stage.public_app())
    too_large = visitor.post("/api/chat/message", content=b"x" * (BODY_LIMIT + 1))
    embedded = visitor.get("/api/chat/history", headers={"Origin": EMBEDDER})
    assert (too_large.status_code, embedded.status_code) == (413, 401)
    assert too_large.headers["content-security-policy"] == CONTENT_SECURITY
    assert embedded.headers["content-security-policy"] == CONTENT_SECURITY
    assert embedded.headers["access-control-allow-origin"] == EMBEDDER
