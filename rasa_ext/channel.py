"""The one way into Rasa: turns of the gateway, by bearer secret."""

import asyncio
import hmac
import logging
from collections.abc import Awaitable, Callable
from typing import Any

from rasa.core.agent import Agent
from rasa.core.channels.channel import CollectingOutputChannel, InputChannel, UserMessage
from sanic import Blueprint
from sanic.request import Request
from sanic.response import HTTPResponse, empty, json

from rasa_ext import incoming, turn
from rasa_ext.errors import BadBodyError, TurnStoppedError, UnfitConfigError

logger = logging.getLogger(__name__)
Handler = Callable[[UserMessage], Awaitable[Any]]

_NAME = "countersign"
_MOST_BYTES = 64 * 1024
_LEAST_SECRET = 32  # characters


class Replies(CollectingOutputChannel):
    """What the turn says, in order; a response's text and its custom part are two items."""

    @classmethod
    def name(cls) -> str:
        return _NAME


class CountersignInput(InputChannel):
    """`POST webhook` takes one message (see `incoming`) and answers a list of replies; `GET /` is the health.

    Without a body: 401 not the gateway, 400 not a message, 413 too large, 503 no model, 500 the turn failed.
    """

    def __init__(self, secret: str) -> None:
        self._authorization = f"Bearer {secret}".encode()

    @classmethod
    def name(cls) -> str:
        """Also the last part of the path: /webhooks/countersign."""
        return _NAME

    @classmethod
    def from_credentials(cls, credentials: dict[str, Any] | None) -> "CountersignInput":
        """The channel with the `secret` of credentials.yml. Raises UnfitConfigError."""
        secret = str((credentials or {}).get("secret"))
        if len(secret) < _LEAST_SECRET:
            raise UnfitConfigError(f"COUNTERSIGN_RASA_SECRET is shorter than {_LEAST_SECRET} characters")
        if logging.getLogger("rasa").isEnabledFor(logging.DEBUG):
            raise UnfitConfigError("debug logs of Rasa show what shoppers write: run without --debug and -vv")
        return cls(secret)

    def blueprint(self, on_new_message: Handler) -> Blueprint:
        """The two routes."""
        routes = Blueprint(_NAME)

        @routes.get("/")
        async def health(request: Request) -> HTTPResponse:
            return json({"status": "ok"}) if _agent(request) else empty(503)

        @routes.post("/webhook", stream=True)
        async def webhook(request: Request) -> HTTPResponse:
            given = request.headers.get("authorization", "").encode(errors="surrogateescape")
            if not hmac.compare_digest(given, self._authorization):
                return empty(401)
            if not (agent := _agent(request)):
                return empty(503)
            body = await _body(request)
            if len(body) > _MOST_BYTES:
                return empty(413)
            try:
                message = incoming.read(body, agent.domain)
            except BadBodyError as error:
                logger.warning("a message was refused: %s", error)
                return empty(400)
            return await _answered(message, on_new_message)

        return routes


async def _answered(message: UserMessage, on_new_message: Handler) -> HTTPResponse:
    replies = Replies()
    message.output_channel, message.input_channel = replies, _NAME
    turn.current.set(turn.Turn(message.sender_id, message.metadata["ticket"]))
    try:
        # Shielded: a turn once begun is finished and stored, even when the gateway hangs up.
        await asyncio.shield(asyncio.ensure_future(on_new_message(message)))
    except (Exception, TurnStoppedError) as error:  # noqa: BLE001 (whatever it is, its message may quote the shopper)
        cause = type(error.__cause__).__name__ if error.__cause__ else "unknown"
        logger.error("a turn failed: %s, caused by %s", type(error).__name__, cause)
        return empty(500)
    return json([{key: item[key] for key in item if key != "recipient_id"} for item in replies.messages])


async def _body(request: Request) -> bytes:
    """The request's body, no further read than to see that it is too large."""
    body = b""
    while len(body) <= _MOST_BYTES and (chunk := await request.stream.read()):
        body += chunk
    return body


def _agent(request: Request) -> Agent | None:
    agent: Agent | None = getattr(request.app.ctx, "agent", None)
    return agent if agent and agent.is_ready() else None
