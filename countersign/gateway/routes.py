"""The chat API over plain HTTP (DESIGN §5)."""

import asyncio
from dataclasses import replace
from typing import Annotated, Any

from fastapi import APIRouter, Header, Request, Response

from countersign.conversations.service import Conversations
from countersign.gateway.access import DEVICE_COOKIE, Access
from countersign.gateway.errors import SessionRequiredError, SlowDownError
from countersign.gateway.limits import MessageLimits
from countersign.gateway.models import Incoming, Reply
from countersign.gateway.notice import notice
from countersign.gateway.phrases import Phrases
from countersign.gateway.schemas import (
    History,
    OpenSession,
    Renew,
    Renewed,
    Replied,
    SendMessage,
    SessionOpened,
)
from countersign.gateway.turn import Gateway, shown
from countersign.identity.assertions.service import Assertions
from countersign.identity.errors import IdentityError
from countersign.identity.models import Opened
from countersign.identity.service import Sessions
from countersign.kit.errors import CountersignError
from countersign.kit.hidden import Secret
from countersign.kit.ids import new_id

Key = Annotated[str | None, Header(alias="Idempotency-Key", max_length=100, pattern=r"^[\x21-\x7e]+$")]
_REFUSALS: dict[int | str, dict[str, Any]] = {400: {}, 401: {}, 422: {}, 429: {}, 503: {}}


def session_routes(
    gateway: Gateway,
    access: Access,
    sessions: Sessions,
    assertions: Assertions,
    limits: MessageLimits,
    phrases: Phrases,
) -> APIRouter:
    router = APIRouter(prefix="/api/chat", tags=["chat"])

    @router.post(
        "/session", status_code=201, response_model_exclude_none=True, responses={401: {}, 429: {}, 503: {}}
    )
    def open_session(request: Request, response: Response, body: OpenSession | None = None) -> SessionOpened:
        """Starts a conversation with nobody in particular, or with whom `identity` names."""
        wanted = body or OpenSession()
        wait = limits.hit_opening(access.origin(request))
        if wait is not None:
            raise SlowDownError(wait.seconds)
        cookie = wanted.transport == "cookie"
        if cookie:
            access.refuse_other_sites(request)
        device_key = wanted.device_key or (request.cookies.get(DEVICE_COOKIE) if cookie else None)
        opened = sessions.open(wanted.channel, wanted.language, wanted.transport, device_key)
        if wanted.identity is not None:
            opened = known(assertions, sessions, opened, Secret(wanted.identity))
        answer = SessionOpened(expires_at=opened.session.expires_at.isoformat(), notice=notice(phrases))
        if cookie:
            access.set_cookies(response, opened)
        else:
            answer.token = opened.token.reveal()
            if opened.device_key is not None and not wanted.device_key:
                answer.device_key = opened.device_key.reveal()
        return answer

    @router.post("/session/renew", response_model_exclude_none=True, responses={401: {}})
    def renew(request: Request, response: Response, body: Renew | None = None) -> Renewed:
        """Once, within 60 s of a rise: the new token, for the old one and the same device key."""
        token = access.token(request)
        key = (body.device_key if body else None) or request.cookies.get(DEVICE_COOKIE, "")
        try:
            opened = sessions.renew(token, key)
        except IdentityError:
            raise SessionRequiredError("nothing to renew") from None
        answer = Renewed(expires_at=opened.session.expires_at.isoformat())
        answer.token = hand_over(response, opened)
        return answer

    @router.delete("/session", status_code=204, responses={401: {}})
    async def end_session(request: Request, response: Response) -> None:
        """Signs out: the session and every socket of it are over."""
        session = await asyncio.to_thread(access.session, request)
        await asyncio.to_thread(sessions.end, session)
        await gateway.hub.push(session.conversation, {"type": "ended"})
        access.clear_cookies(response)

    return router


def message_routes(
    gateway: Gateway, access: Access, sessions: Sessions, conversations: Conversations
) -> APIRouter:
    router = APIRouter(prefix="/api/chat", tags=["chat"])

    @router.post("/message", response_model_exclude_none=True, responses=_REFUSALS)
    async def message(
        request: Request, response: Response, body: SendMessage, idempotency_key: Key = None
    ) -> Replied:
        """One message of the shopper's and all that is answered to it."""
        session = await asyncio.to_thread(access.session, request)
        kind, value = ("text", body.text) if body.text is not None else ("payload", body.payload)
        incoming = Incoming(kind, value or "", idempotency_key or new_id("key"))  # type: ignore[arg-type]
        reply = await gateway.receive(session, incoming, access.origin(request))
        return replied(reply, hand_over(response, reply.opened) if reply.opened else None)

    @router.get("/history", response_model_exclude_none=True, responses={401: {}})
    def history(request: Request) -> History:
        session = access.session(request)
        gateway.seen(session.conversation)
        entries = conversations.history(session.conversation)
        return History.model_validate({"messages": [shown(entry) for entry in entries]})

    @router.delete("/history", status_code=204, responses={401: {}})
    async def forget(request: Request) -> None:
        """Deletes what was said. The session goes on under a new pseudonym, so Rasa knows it no more."""
        session = await asyncio.to_thread(access.session, request)

        def gone() -> None:
            with conversations.together():
                sessions.change_conversation(session)
                conversations.forget(session.conversation)

        async with gateway.hub.lock(session.conversation):
            await asyncio.to_thread(gone)
        await gateway.hub.push(session.conversation, {"type": "ended"})

    return router


def known(assertions: Assertions, sessions: Sessions, guest: Opened, identity: Secret) -> Opened:
    """The session just opened, as the token's person; for a token that is refused there is none."""
    try:
        opened = assertions.accept(guest.session, identity)
    except CountersignError:
        sessions.end(guest.session)
        raise
    return replace(opened, device_key=guest.device_key)


def hand_over(response: Response, opened: Opened) -> str | None:
    """Gives the new token by the way the session came: a cookie, or JSON."""
    if opened.session.transport == "cookie":
        Access.set_cookies(response, opened)
        return None
    return opened.token.reveal()


def replied(reply: Reply, token: str | None) -> Replied:
    return Replied.model_validate(
        {"token": token, "ended": reply.ended or None, "messages": [shown(e) for e in reply.entries]}
    )
