"""The one way into Rasa: turns of the gateway, by bearer secret."""

import asyncio
import hmac
import logging
from collections.abc import Awaitable, Callable
from typing import Any

from rasa.core.channels.channel import CollectingOutputChannel, InputChannel, UserMessage
from sanic import Blueprint
from sanic.request import Request
from sanic.response import HTTPResponse, empty, json

from rasa_ext import incoming, turn
from rasa_ext.errors import RefusedError, TurnStoppedError

logger = logging.getLogger(__name__)

_MOST_BYTES = 64 * 1024
_LEAST_SECRET = 32  # characters
Handler = Callable[[UserMessage], Awaitable[Any]]


class CountersignInput(InputChannel):
    """`POST webhook` takes one message (see `incoming`) and answers a list of replies; `GET /` is the health.

    Without a body: 401 not the gateway, 400 not a message, 413 too large, 500 the turn failed, 503 no model.
    """

    def __init__(self, secret: str) -> None:
        self._authorization = f"Bearer {secret}".encode()

    @classmethod
    def name(cls) -> str:
        """Also the last part of the path: /webhooks/countersign."""
        return "countersign"

    @classmethod
    def from_credentials(cls, credentials: dict[str, Any] | None) -> "CountersignInput":
        """The channel with the `secret` of credentials.yml. Raises RefusedError."""
        secret = str((credentials or {}).get("secret"))
        if len(secret) < _LEAST_SECRET:
            raise RefusedError(f"COUNTERSIGN_RASA_SECRET is shorter than {_LEAST_SECRET} characters")
        if logging.getLogger("rasa").isEnabledFor(logging.DEBUG):
            raise RefusedError("debug logs of Rasa show what shoppers write: run without --debug and -vv")
        return cls(secret)

    def blueprint(self, on_new_message: Handler) -> Blueprint:
        """The two routes."""
        routes = Blueprint(self.name())

        @routes.get("/")
        async def health(request: Request) -> HTTPResponse:
            return json({"status": "ok"}) if request.app.ctx.agent.is_ready() else empty(503)

        @routes.post("/webhook", stream=True)
        async def webhook(request: Request) -> HTTPResponse:
            given = request.headers.get("authorization", "").encode(errors="surrogateescape")
            if not hmac.compare_digest(given, self._authorization):
                return empty(401)
            body = b""
            while chunk := await request.stream.read():
                body += chunk
                if len(body) > _MOST_BYTES:
                    return empty(413)
            try:
                message = incoming.read(body, request.app.ctx.agent.domain)
            except RefusedError as error:
                logger.warning("a message was refused: %s", error)
                return empty(400)
            message.input_channel = self.name()
            return await _answered(message, on_new_message)

        return routes


async def _answered(message: UserMessage, on_new_message: Handler) -> HTTPResponse:
    message.output_channel = replies = CollectingOutputChannel()
    turn.current.set(turn.Turn(message.sender_id, message.metadata["ticket"]))
    try:
        # Shielded: a turn once begun is finished and stored, even when the gateway hangs up.
        await asyncio.shield(asyncio.ensure_future(on_new_message(message)))
    except (Exception, TurnStoppedError) as error:  # noqa: BLE001 (whatever it is, it may quote the shopper)
        cause = error.__cause__ or error
        logger.error("a turn failed: %s", cause if isinstance(cause, RefusedError) else type(cause).__name__)
        return empty(500)
    return json([{key: item[key] for key in item if key != "recipient_id"} for item in replies.messages])
