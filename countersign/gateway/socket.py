"""The chat API over a WebSocket: the same objects, and pushes.

Client frames: `{type: hello, token?, after?}`, `{type: message, key, text | payload}`.
Server frames: `welcome`, `typing`, `reply`, `error`, `push`, `ended` (docs/chat-api.md).
"""

import asyncio
import contextlib
import json
from typing import Any

from fastapi import APIRouter, WebSocket, WebSocketDisconnect
from pydantic import ValidationError

from countersign.conversations.service import Conversations
from countersign.gateway.access import SESSION_COOKIE, Access, bearer_token
from countersign.gateway.errors import SessionRequiredError
from countersign.gateway.hub import Frame
from countersign.gateway.models import Incoming
from countersign.gateway.phrases import Phrases
from countersign.gateway.problems import Problem, plain, problem
from countersign.gateway.schemas import SendMessage
from countersign.gateway.turn import Gateway, shown
from countersign.identity.models import Session
from countersign.identity.service import Sessions
from countersign.kit.errors import CountersignError
from countersign.kit.ids import new_id

HELLO_WITHIN = 10.0
"""Seconds that a stranger may hold a socket without saying who they are."""
FRAME_LIMIT = 32_768
_POLICY, _TRY_AGAIN = 1008, 1013


class Connection:
    """One open socket, from accept to close."""

    def __init__(
        self,
        socket: WebSocket,
        gateway: Gateway,
        access: Access,
        sessions: Sessions,
        conversations: Conversations,
        phrases: Phrases,
    ) -> None:
        self._socket = socket
        self._gateway = gateway
        self._access = access
        self._sessions = sessions
        self._conversations = conversations
        self._phrases = phrases
        self._sending = asyncio.Lock()

    async def run(self) -> None:
        if not self._access.may_connect(self._socket):
            await self._socket.close(_POLICY)
            return
        await self._socket.accept()
        token = bearer_token(self._socket.headers) or self._socket.cookies.get(SESSION_COOKIE, "")
        first: dict[str, Any] = {}
        try:
            if not bearer_token(self._socket.headers):
                first = await asyncio.wait_for(self._read(), HELLO_WITHIN)
            session = await asyncio.to_thread(self._access.of_token, str(first.get("token") or token))
        except (TimeoutError, CountersignError, ValueError):
            await self.send({"type": "ended"})
            await self._socket.close(_POLICY)
            return
        self._gateway.hub.join(session.conversation, self.send)
        try:
            await self._welcome(session, first)
            while True:
                await self._serve(session, await self._read_frame())
        except SessionRequiredError:
            await self.send({"type": "ended"})
            await self._socket.close(_POLICY)
        finally:
            self._gateway.hub.leave(session.conversation, self.send)

    async def send(self, frame: Frame) -> None:
        async with self._sending:
            await self._socket.send_text(json.dumps(frame, ensure_ascii=False))
        if frame.get("type") == "ended":
            with contextlib.suppress(RuntimeError):
                await self._socket.close(_POLICY)

    async def _read(self) -> dict[str, Any]:
        """One frame. Raises ValueError for what is not a JSON object or too large."""
        text = await self._socket.receive_text()
        if len(text) > FRAME_LIMIT:
            raise ValueError("too large")
        frame = json.loads(text)
        if not isinstance(frame, dict):
            raise ValueError("not an object")
        return frame

    async def _read_frame(self) -> dict[str, Any]:
        while True:
            try:
                return await self._read()
            except (ValueError, KeyError):
                await self._error(None, plain(400, "bad-request", "send one JSON object of at most 32 kB"))

    async def _welcome(self, session: Session, hello: dict[str, Any]) -> None:
        after = str(hello.get("after") or "")
        number = int(after) if after.isdecimal() and len(after) <= 12 else 0
        entries = await asyncio.to_thread(self._conversations.history, session.conversation, number)
        await asyncio.to_thread(self._conversations.take_undelivered, session.conversation)
        await self.send({"type": "welcome", "messages": [shown(entry) for entry in entries]})
        if "text" in hello or "payload" in hello:
            await self._serve(session, hello)

    async def _serve(self, session: Session, frame: dict[str, Any]) -> None:
        """Answers one frame. Raises SessionRequiredError when the session is over."""
        if frame.get("type", "message") != "message":
            return
        living = await asyncio.to_thread(self._sessions.seen, session.conversation)
        if living is None:
            raise SessionRequiredError("over")
        key = str(frame.get("key") or new_id("key"))[:100]
        try:
            body = SendMessage(text=frame.get("text"), payload=frame.get("payload"))
        except ValidationError:
            await self._error(key, plain(400, "bad-request", "give either text or payload"))
            return
        kind, value = ("text", body.text) if body.text is not None else ("payload", body.payload)
        incoming = Incoming(kind, value or "", key)  # type: ignore[arg-type]
        await self.send({"type": "typing"})
        try:
            origin = self._access.origin(self._socket)
            reply = await self._gateway.receive(living, incoming, origin, asker=self.send)
        except CountersignError as error:
            await self._error(key, problem(error, self._phrases))
            return
        answer: Frame = {"type": "reply", "key": key, "messages": [shown(e) for e in reply.entries]}
        if reply.opened is not None:
            answer |= rotation(reply.opened.session, reply.opened.token.reveal())
        await self.send(answer)
        if reply.ended:
            raise SessionRequiredError("signed out")

    async def _error(self, key: str | None, found: Problem) -> None:
        await self.send({"type": "error", "key": key, "problem": found})


def rotation(session: Session, token: str) -> Frame:
    """How a socket tells of a new token: itself, or for a cookie that there is one to fetch."""
    return {"rotate": True} if session.transport == "cookie" else {"token": token}


def socket_routes(
    gateway: Gateway, access: Access, sessions: Sessions, conversations: Conversations, phrases: Phrases
) -> APIRouter:
    router = APIRouter()

    @router.websocket("/api/chat/socket")
    async def chat_socket(socket: WebSocket) -> None:
        connection = Connection(socket, gateway, access, sessions, conversations, phrases)
        with contextlib.suppress(WebSocketDisconnect):
            await connection.run()

    return router
