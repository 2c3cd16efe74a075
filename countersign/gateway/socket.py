"""The chat API over a WebSocket: the same objects, and pushes.

Client frames: `{type: hello, token?, after?}`, `{type: message, key, text | payload}`.
Server frames: `welcome`, `typing`, `reply`, `error`, `push`, `ended` (docs/chat-api.md).
"""

import asyncio
import contextlib
import json
from typing import Any

import structlog
from fastapi import APIRouter, WebSocket, WebSocketDisconnect
from pydantic import ValidationError
from starlette.websockets import WebSocketDisconnected

from countersign.conversations.service import Conversations
from countersign.gateway.access import Access, bearer_token
from countersign.gateway.errors import SessionRequiredError
from countersign.gateway.hub import Frame
from countersign.gateway.models import Incoming
from countersign.gateway.phrases import Phrases
from countersign.gateway.problems import Problem, plain, problem
from countersign.gateway.schemas import SocketMessage
from countersign.gateway.turn import Gateway, shown
from countersign.identity.models import Session
from countersign.identity.service import Sessions
from countersign.kit.errors import CountersignError, UnavailableError
from countersign.kit.ids import new_id

log = structlog.get_logger()

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
        with self._gateway.hub.place(self._access.origin(self._socket)) as free:
            await (self._attend() if free else self._socket.close(_TRY_AGAIN))

    async def _attend(self) -> None:
        await self._socket.accept()
        try:
            session, hello = await self._greeted()
        except UnavailableError:
            await self._socket.close(_TRY_AGAIN)
            return
        except (TimeoutError, CountersignError, ValueError):
            await self.send({"type": "ended"})
            return
        if not self._gateway.hub.join(session.conversation, self.send):
            await self._socket.close(_TRY_AGAIN)
            return
        try:
            await self._welcome(session, hello)
            while True:
                await self._serve(session, await self._read_frame())
        except SessionRequiredError:
            await self.send({"type": "ended"})
        except UnavailableError:
            # Nothing is over: whoever dials again finds everything as it was.
            await self._socket.close(_TRY_AGAIN)
        finally:
            self._gateway.hub.leave(session.conversation, self.send)

    async def _greeted(self) -> tuple[Session, dict[str, Any]]:
        """Whose socket it is, and their first frame. Raises CountersignError, TimeoutError and ValueError."""
        token, hello = bearer_token(self._socket.headers), dict[str, Any]()
        device = self._access.device(self._socket)
        if not token:
            hello = await asyncio.wait_for(self._read(), HELLO_WITHIN)
            if token := str(hello.get("token") or ""):
                device = str(hello["device_key"]) if hello.get("device_key") else None
            else:
                token = self._access.token(self._socket)
        return await asyncio.to_thread(self._access.of_token, token, device), hello

    async def send(self, frame: Frame) -> None:
        async with self._sending:
            await self._socket.send_text(json.dumps(frame, ensure_ascii=False))
        if frame.get("type") == "ended":
            with contextlib.suppress(RuntimeError):
                await self._socket.close(_POLICY)

    async def _read(self) -> dict[str, Any]:
        """One frame. Raises ValueError for what is not a JSON object or too large."""
        try:
            text = await self._socket.receive_text()
            frame = json.loads(text) if len(text) <= FRAME_LIMIT else None
        except (KeyError, RecursionError):
            frame = None  # a binary frame; more brackets than Python will follow
        if not isinstance(frame, dict):
            raise ValueError("not a JSON object, or too large")
        return frame

    async def _read_frame(self) -> dict[str, Any]:
        while True:
            try:
                return await self._read()
            except ValueError:
                await self._error(None, plain(400, "bad-request", "send one JSON object of at most 32 kB"))

    async def _welcome(self, session: Session, hello: dict[str, Any]) -> None:
        after = str(hello.get("after") or "")
        number = int(after) if after.isdecimal() and len(after) <= 12 else 0
        await asyncio.to_thread(self._gateway.seen, session.conversation)
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
        try:
            body = SocketMessage.model_validate({"key": new_id("key"), **frame})
        except ValidationError as error:
            wanted = "give text or payload, and as key at most 100 printable ASCII characters without spaces"
            await self._error(_readable_key(frame, error), plain(400, "bad-request", wanted))
            return
        kind, value = ("text", body.text) if body.text is not None else ("payload", body.payload)
        incoming = Incoming(kind, value or "", body.key)  # type: ignore[arg-type]
        await self.send({"type": "typing"})
        try:
            origin = self._access.origin(self._socket)
            reply = await self._gateway.receive(living, incoming, origin, asker=self.send)
        except CountersignError as error:
            await self._error(body.key, problem(error, self._phrases))
            return
        except Exception as error:
            # One message's bad luck, as over HTTP: the line stays up.
            log.error("request.crashed", path="socket", error=type(error).__name__, exc_info=error)
            await self._error(body.key, plain(500, "internal-error", "something went wrong"))
            return
        answer: Frame = {"type": "reply", "key": body.key, "messages": [shown(e) for e in reply.entries]}
        if reply.opened is not None:
            answer |= rotation(reply.opened.session, reply.opened.token.reveal())
        await self.send(answer)
        if reply.ended:
            raise SessionRequiredError("signed out")

    async def _error(self, key: str | None, found: Problem) -> None:
        await self.send({"type": "error", "key": key, "problem": found})


def _readable_key(frame: Frame, error: ValidationError) -> str | None:
    """The key of a frame that was refused for something else."""
    faulty = any("key" in fault["loc"] for fault in error.errors())
    return None if faulty else frame.get("key")


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
        with contextlib.suppress(WebSocketDisconnect, WebSocketDisconnected):
            await connection.run()

    return router
