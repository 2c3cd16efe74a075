"""Whoever calls an ASGI app: over HTTP as a browser does, and over a socket."""

import asyncio
import contextlib
import json
from collections.abc import Mapping
from types import TracebackType
from typing import Any

import httpx
from starlette.types import ASGIApp, Message

_PATIENCE = 10.0
"""Seconds after which a test that waits for a frame has failed."""


class Visitor:
    """Keeps its cookies from one request to the next; an error inside the app is a 500 to it."""

    def __init__(self, app: ASGIApp, base: str = "http://testserver") -> None:
        self._app = app
        self._base = base
        self.cookies = httpx.Cookies()

    def request(self, method: str, url: str, **given: Any) -> httpx.Response:
        return asyncio.run(self.requested(method, url, **given))

    async def requested(self, method: str, url: str, **given: Any) -> httpx.Response:
        transport = httpx.ASGITransport(self._app, raise_app_exceptions=False)
        async with httpx.AsyncClient(
            transport=transport, base_url=self._base, cookies=self.cookies
        ) as client:
            answer = await client.request(method, url, **given)
            self.cookies = client.cookies
        return answer

    def get(self, url: str, **given: Any) -> httpx.Response:
        return self.request("GET", url, **given)

    def post(self, url: str, **given: Any) -> httpx.Response:
        return self.request("POST", url, **given)


class ClosedError(Exception):
    """The app closed the socket, with this code."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


class Wire:
    """A socket's client end: `async with Wire(app) as wire`. While `cut` is set, nothing gets through."""

    def __init__(
        self, app: ASGIApp, path: str = "/api/chat/socket", headers: Mapping[str, str] | None = None
    ) -> None:
        given = {"host": "testserver", **(headers or {})}
        self._scope = {
            "type": "websocket",
            "scheme": "ws",
            "server": ("testserver", 80),
            "client": ("192.0.2.1", 5000),
            "path": path,
            "query_string": b"",
            "headers": [(name.lower().encode(), value.encode()) for name, value in given.items()],
            "subprotocols": [],
        }
        self._app = app
        self._in: asyncio.Queue[Message] = asyncio.Queue()
        self._out: asyncio.Queue[Message] = asyncio.Queue()
        self.cut = False

    async def __aenter__(self) -> "Wire":
        self._task = asyncio.create_task(self._app(self._scope, self._in.get, self._take))
        self._in.put_nowait({"type": "websocket.connect"})
        first = await self._next()
        if first["type"] != "websocket.accept":
            raise ClosedError(first.get("code", 1000))
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, *_: BaseException | TracebackType | None
    ) -> None:
        self.hang_up()
        if kind is None:
            # What went wrong inside comes out here.
            await asyncio.wait_for(self._task, _PATIENCE)
        else:
            self._task.cancel()
            with contextlib.suppress(Exception, asyncio.CancelledError):
                await self._task

    def send(self, frame: object) -> None:
        """A JSON frame, or as they are a text or a binary one."""
        part = {"bytes": frame} if isinstance(frame, bytes) else {"text": frame}
        if not isinstance(frame, str | bytes):
            part = {"text": json.dumps(frame)}
        self._in.put_nowait({"type": "websocket.receive", **part})

    async def hear(self) -> dict[str, Any]:
        """The next frame. Raises ClosedError."""
        message = await self._next()
        if message["type"] == "websocket.close":
            raise ClosedError(message.get("code", 1000))
        frame: dict[str, Any] = json.loads(message["text"])
        return frame

    async def closed(self) -> int:
        """The code with which the app closes, skipping what it says before."""
        while True:
            try:
                await self.hear()
            except ClosedError as error:
                return error.code

    def hang_up(self) -> None:
        self._in.put_nowait({"type": "websocket.disconnect", "code": 1001})

    async def _next(self) -> Message:
        taken = asyncio.create_task(self._out.get())
        await asyncio.wait({taken, self._task}, timeout=_PATIENCE, return_when=asyncio.FIRST_COMPLETED)
        if not taken.done() and self._task.done() and self._out.empty():
            taken.cancel()
            self._task.result()
            raise ClosedError(1006)
        return await asyncio.wait_for(taken, _PATIENCE)

    async def _take(self, message: Message) -> None:
        if self.cut:
            raise OSError("the line is cut")
        self._out.put_nowait(message)
