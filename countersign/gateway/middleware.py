"""What every response carries and every request is held to: headers, sizes, origins."""

from collections.abc import Iterable

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from countersign.gateway.problems import plain

BODY_LIMIT = 32_768
"""Bytes of a request: a message of 2,000 characters is 8 kB at most, escaped 24 kB."""

CONTENT_SECURITY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "font-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
        "require-trusted-types-for 'script'",
        "trusted-types 'none'",
    )
)


class SecurityHeaders:
    """CSP, nosniff and the like on every answer (ASVS 3.4; OWASP Secure Headers)."""

    def __init__(self, app: ASGIApp, *, https: bool) -> None:
        self._app = app
        self._headers = {
            "Content-Security-Policy": CONTENT_SECURITY,
            "X-Content-Type-Options": "nosniff",
            # With no-referrer a browser posts a form with `Origin: null`, which no origin check can tell.
            "Referrer-Policy": "same-origin",
            "Cross-Origin-Opener-Policy": "same-origin",
            "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=()",
        }
        if https:
            self._headers["Strict-Transport-Security"] = "max-age=31536000; includeSubDomains"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in self._headers.items():
                    headers.setdefault(name, value)
                if scope["path"].startswith("/api/") or scope["path"].startswith("/portal/"):
                    headers.setdefault("Cache-Control", "no-store")
            await send(message)

        await self._app(scope, receive, with_headers if scope["type"] == "http" else send)


class BodyLimit:
    """Refuses a body over the limit as it arrives, whatever Content-Length says."""

    def __init__(self, app: ASGIApp, limit: int = BODY_LIMIT) -> None:
        self._app = app
        self._limit = limit

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        body = b""
        while True:
            message = await receive()
            if message["type"] == "http.disconnect":
                return
            body += message.get("body", b"")
            if len(body) > self._limit:
                found = plain(413, "too-large", f"at most {self._limit} bytes")
                await JSONResponse(found, 413, media_type="application/problem+json")(scope, receive, send)
                return
            if not message.get("more_body"):
                break
        whole: Message = {"type": "http.request", "body": body, "more_body": False}
        parts = iter((whole,))

        async def replay() -> Message:
            return next(parts, None) or await receive()

        await self._app(scope, replay, send)


class EmbedOrigins:
    """CORS for the pages that may embed the widget: bearer only, never a cookie (no credentials)."""

    ALLOW = "authorization, content-type, idempotency-key, x-device-key"

    def __init__(self, app: ASGIApp, origins: Iterable[str]) -> None:
        self._app = app
        self._origins = frozenset(origins)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        origin = Headers(scope=scope).get("origin", "") if scope["type"] == "http" else ""
        if origin not in self._origins or not _embeddable(scope["path"]):
            await self._app(scope, receive, send)
            return
        shared = {"Access-Control-Allow-Origin": origin, "Vary": "Origin"}
        if scope["method"] == "OPTIONS":
            preflight = shared | {
                "Access-Control-Allow-Methods": "GET, POST, DELETE",
                "Access-Control-Allow-Headers": self.ALLOW,
                "Access-Control-Max-Age": "600",
            }
            await JSONResponse(None, 200, headers=preflight)(scope, receive, send)
            return

        async def with_cors(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(shared)
            await send(message)

        await self._app(scope, receive, with_cors)


def _embeddable(path: str) -> bool:
    return path.startswith("/api/chat/") or path.startswith("/widget/")
