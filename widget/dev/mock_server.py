"""Serves the widget, the shop's pages with sample data and a fake of the chat API on loopback.

`.venv/bin/python widget/dev/mock_server.py [PORT]` to look at it; the browser tests start it in a thread.
Never part of the product.
"""

import asyncio
import sys
import threading
from pathlib import Path
from typing import Any

import uvicorn
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import HTTPConnection, Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Mount, Route, WebSocketRoute
from starlette.staticfiles import StaticFiles
from starlette.websockets import WebSocket, WebSocketDisconnect

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))
from widget.dev.mock_chat import Frame, Mock, Talk  # noqa: E402
from widget.dev.sample_pages import PAGES  # noqa: E402

COOKIE = "mock_session"
CONTENT_SECURITY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; "
    "require-trusted-types-for 'script'; trusted-types 'none'"
)


def problem(status: int, detail: str, retry_after: int | None = None) -> Frame:
    found = {"type": f"/problems/{status}", "title": detail, "status": status, "detail": detail}
    return found | ({"retry_after": retry_after} if retry_after else {})


FAULTS = {
    "slow": problem(429, "A little slower, please.", 1),
    "busy": problem(503, "Something failed on our side. Nothing has changed; please try again."),
    "expired": problem(401, "A session is needed"),
}


class Server:
    """The fake on a port of its own; `mock` is what tests steer it with."""

    def __init__(self, port: int = 0) -> None:
        self.mock = Mock()
        self._embed: list[str] = []
        self._pages = Environment(
            loader=FileSystemLoader(ROOT / "countersign/portal/templates"),
            autoescape=select_autoescape(("html",)),
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._pages.globals.update(say=lambda name, **_: f"({name})", shop_name="Tern & Tide")
        config = uvicorn.Config(self.app(), "127.0.0.1", port, log_level="warning", ws="websockets-sansio")
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._server.run, daemon=True)

    def start(self) -> "Server":
        self._thread.start()
        while not self._server.started:
            if not self._thread.is_alive():
                raise RuntimeError("the fake server did not start")
            self._thread.join(0.02)
        port = self._server.servers[0].sockets[0].getsockname()[1]
        self.url = f"http://127.0.0.1:{port}"
        return self

    def stop(self) -> None:
        self._server.should_exit = True
        self._thread.join(10)

    def allow(self, origin: str) -> None:
        """Lets another site's pages embed the widget."""
        self._embed.append(origin)

    def tell(self, frame: Frame) -> None:
        """Sends a frame on every open socket, as from a push."""
        for talk in self.mock.talks.values():
            for send in talk.sockets:
                asyncio.run_coroutine_threadsafe(send(frame), self._loop).result(10)

    def app(self) -> Starlette:
        chat = [
            Route("/session", self.session, methods=["POST", "DELETE"]),
            Route("/session/renew", self.renew, methods=["POST"]),
            Route("/message", self.message, methods=["POST"]),
            Route("/history", self.history, methods=["GET", "DELETE"]),
            WebSocketRoute("/socket", self.socket),
        ]
        return Starlette(
            routes=[
                Mount("/api/chat", routes=chat),
                Mount("/widget", StaticFiles(directory=ROOT / "widget/dist")),
                Mount("/static", StaticFiles(directory=ROOT / "countersign/portal/static")),
                Route("/pages/{name}", self.page),
                Route("/", self.page),
            ],
            middleware=[
                Middleware(
                    CORSMiddleware,
                    allow_origins=self._embed,
                    allow_methods=("GET", "POST", "DELETE"),
                    allow_headers=("authorization", "content-type", "idempotency-key", "x-device-key"),
                )
            ],
        )

    def page(self, request: Request) -> Response:
        name = request.path_params.get("name", "shop")
        template, values = PAGES[name]
        headers = {"Content-Security-Policy": CONTENT_SECURITY}
        return HTMLResponse(self._pages.get_template(template).render(**values), headers=headers)

    def _talk(self, request: HTTPConnection, token: str | None = None) -> Talk | None:
        bearer = request.headers.get("authorization", "").removeprefix("Bearer ")
        return self.mock.talks.get(token or bearer or request.cookies.get(COOKIE, ""))

    async def session(self, request: Request) -> Response:
        if request.method == "DELETE":
            self.mock.talks.pop(getattr(self._talk(request), "token", ""), None)
            return Response(status_code=204)
        body = await request.json()
        talk = self.mock.open()
        words = "You are talking to an automated assistant. It keeps this chat for 30 days."
        answer: dict[str, Any] = {"expires_at": "2030-01-01T00:00:00Z"}
        answer["notice"] = {"version": "1", "text": words, "purposes": []}
        cookie = body.get("transport") == "cookie"
        if not cookie:
            answer |= {"token": talk.token, "device_key": "d" * 24}
        response = JSONResponse(answer, 201)
        if cookie:
            response.set_cookie(COOKIE, talk.token, httponly=True, samesite="strict")
        return response

    async def renew(self, request: Request) -> Response:
        return JSONResponse(FAULTS["expired"], 401)

    async def message(self, request: Request) -> Response:
        talk = self._talk(request)
        fault = "expired" if talk is None else talk.faults.pop(0) if talk.faults else None
        if talk is None or fault in FAULTS:
            found = FAULTS[fault or "expired"]
            return JSONResponse(found, found["status"])
        messages, risen = await talk.answer(request.headers["idempotency-key"], await request.json())
        response = JSONResponse({"messages": messages} | ({"token": self.mock.rotate(talk)} if risen else {}))
        return response

    async def history(self, request: Request) -> Response:
        talk = self._talk(request)
        if talk is None:
            return JSONResponse(FAULTS["expired"], 401)
        if request.method == "DELETE":
            talk.history.clear()
            return Response(status_code=204)
        return JSONResponse({"messages": talk.history})

    async def socket(self, socket: WebSocket) -> None:
        if self.mock.sockets_refused:
            await socket.close(1008)
            return
        await socket.accept()
        self._loop = asyncio.get_running_loop()
        hello = await socket.receive_json()
        talk = self._talk(socket, hello.get("token"))
        if talk is None:
            await socket.send_json({"type": "ended"})
            await socket.close(1008)
            return
        after = hello.get("after") or ""
        missed = [message for message in talk.history if message["id"] > after]
        talk.sockets.append(socket.send_json)
        await socket.send_json({"type": "welcome", "messages": missed})
        try:
            while await self._serve(socket, talk, await socket.receive_json()):
                pass
        except WebSocketDisconnect:
            pass
        finally:
            talk.sockets.remove(socket.send_json)

    async def _serve(self, socket: WebSocket, talk: Talk, frame: Frame) -> bool:
        key = frame["key"]
        fault = talk.faults.pop(0) if talk.faults else None
        if fault in FAULTS:
            if fault == "expired":
                self.mock.talks.pop(talk.token, None)
            await socket.send_json({"type": "error", "key": key, "problem": FAULTS[fault]})
            return True
        if fault == "lost":
            await socket.close(1012)
            return False
        await socket.send_json({"type": "typing"})
        messages, risen = await talk.answer(key, frame)
        if fault == "cut":
            await socket.close(1012)
            return False
        rise = {"token": self.mock.rotate(talk)} if risen and "mock_session" not in socket.cookies else {}
        await socket.send_json({"type": "reply", "key": key, "messages": messages} | rise)
        return True


if __name__ == "__main__":
    server = Server(int(sys.argv[1]) if len(sys.argv) > 1 else 8700).start()
    sys.stdout.write(f"Ready: {server.url}\n")
    sys.stdout.flush()
    threading.Event().wait()
