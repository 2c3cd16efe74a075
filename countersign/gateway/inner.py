"""The inner socket: Rasa's action webhook and key service, behind the bearer secret.

Nothing runs without the living ticket of the very conversation that it is asked for.
"""

import asyncio
import base64
import hmac
from typing import Annotated, Any

import structlog
from fastapi import Body, Depends, FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from rasa_sdk.executor import ActionExecutor
from rasa_sdk.interfaces import ActionExecutionRejection, ActionNotFoundException
from starlette.exceptions import HTTPException

from countersign.audit.service import Audit
from countersign.audit.tags import Tag
from countersign.conversations.errors import TurnForgedError
from countersign.conversations.turns import Turns
from countersign.gateway.access import bearer_token
from countersign.kit.errors import UnavailableError
from countersign.kit.hidden import Secret
from countersign.vault.data_keys import DataKeys

log = structlog.get_logger()


class Lend(BaseModel):
    model_config = ConfigDict(extra="forbid")

    conversation: Annotated[str, Field(max_length=64)]
    ticket: Annotated[str, Field(max_length=128)]


class _Loose(BaseModel):
    model_config = ConfigDict(extra="allow")


class _Metadata(_Loose):
    ticket: str = ""


class _LatestMessage(_Loose):
    metadata: _Metadata | None = None


class _Tracker(_Loose):
    sender_id: str
    latest_message: _LatestMessage | None = None


class ActionCall(_Loose):
    """Rasa's call as far as we look at it; rasa_sdk reads the rest."""

    next_action: str
    sender_id: str
    tracker: _Tracker

    @property
    def ticket(self) -> str:
        message = self.tracker.latest_message
        return message.metadata.ticket if message and message.metadata else ""


class Inner:
    """What the inner socket does, once the bearer secret was right."""

    def __init__(self, executor: ActionExecutor, turns: Turns, data_keys: DataKeys, audit: Audit) -> None:
        self._executor = executor
        self._turns = turns
        self._data_keys = data_keys
        self._audit = audit

    async def act(self, call: dict[str, Any]) -> JSONResponse:
        """Runs one action; answers as rasa_sdk's own server does."""
        try:
            asked = ActionCall.model_validate(call)
        except ValidationError:
            raise HTTPException(400) from None
        if asked.tracker.sender_id != asked.sender_id:
            raise await asyncio.to_thread(self._forged)
        await asyncio.to_thread(self._living, asked.sender_id, asked.ticket)
        # Rasa leaves the domain out when it may; rasa_sdk would answer 449, which Rasa 3.6 does not know.
        call.setdefault("domain", {})
        try:
            result = await self._executor.run(call)
        except TurnForgedError:
            raise await asyncio.to_thread(self._forged) from None
        except ActionExecutionRejection as error:
            return JSONResponse({"error": error.message, "action_name": error.action_name}, 400)
        except ActionNotFoundException as error:
            return JSONResponse({"error": error.message, "action_name": error.action_name}, 404)
        return JSONResponse(result.model_dump() if result else None)

    def lend(self, wanted: Lend) -> dict[str, str]:
        self._living(wanted.conversation, wanted.ticket)
        lent = self._data_keys.lent(wanted.conversation)
        return {"key": base64.b64encode(lent.key).decode(), "key_id": lent.id}

    def _living(self, conversation: str, ticket: str) -> None:
        try:
            self._turns.living(conversation, ticket)
        except TurnForgedError:
            raise self._forged() from None

    def _forged(self) -> HTTPException:
        self._audit.record(Tag.TURN_FORGED, actor="rasa", subject=None, outcome="refused")
        return HTTPException(403)


def inner_app(inner: Inner, secret: Secret) -> FastAPI:
    def known(request: Request) -> None:
        given = bearer_token(request.headers).encode()
        if not hmac.compare_digest(given, secret.reveal().encode()):
            raise HTTPException(401)

    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None)
    guarded = [Depends(known)]

    @app.exception_handler(UnavailableError)
    async def unavailable(request: Request, error: UnavailableError) -> JSONResponse:
        log.error("inner.unavailable", path=request.url.path, error=type(error).__name__)
        return JSONResponse({}, 503)

    @app.exception_handler(RequestValidationError)
    async def invalid(request: Request, error: RequestValidationError) -> JSONResponse:
        # FastAPI's own answer would repeat what was sent.
        return JSONResponse({}, 400)

    @app.get("/actions/health")
    def health() -> dict[str, str]:
        return {"status": "ok"}

    @app.post("/actions/webhook", dependencies=guarded)
    async def webhook(call: Annotated[dict[str, Any], Body()]) -> JSONResponse:
        return await inner.act(call)

    @app.post("/keys/lend", dependencies=guarded)
    def lend(wanted: Lend) -> dict[str, str]:
        return inner.lend(wanted)

    return app
