"""Only our own host names are answered, so a name that is made to point here reaches nothing.

DNS rebinding: a page of another site whose name is made to mean 127.0.0.1 would share our origin.
"""

from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send


class OwnHosts:
    def __init__(self, app: ASGIApp, hosts: frozenset[str]) -> None:
        self._app = app
        self._hosts = hosts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and Headers(scope=scope).get("host", "") not in self._hosts:
            await PlainTextResponse("not a name of this server\n", 421)(scope, receive, send)
            return
        await self._app(scope, receive, send)
