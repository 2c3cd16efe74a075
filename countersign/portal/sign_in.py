"""The page behind a checkpoint's url and the page behind a mailed link: plain forms, no script needed.

The url is a capability: 256 random bits, ten minutes, one errand. A chat that lives in a cookie is
signed in only from the browser that has the cookie; elsewhere the page says so.
"""

import asyncio
from typing import Annotated, Any

from fastapi import APIRouter, Form, Request, Response

from countersign.conversations.errands import Errands
from countersign.conversations.errors import CheckpointGoneError
from countersign.conversations.models import Errand
from countersign.conversations.service import Conversations
from countersign.gateway.access import Access
from countersign.gateway.errors import SessionRequiredError
from countersign.gateway.limits import MessageLimits
from countersign.gateway.routes import client_of
from countersign.gateway.turn import Gateway, shown
from countersign.identity.errors import EmailMalformedError
from countersign.identity.models import Dead, NeedsCode, Opened, Redeemed, Session, Wrong
from countersign.identity.service import Sessions
from countersign.identity.sign_in import SignIn
from countersign.kit.hidden import Personal
from countersign.portal.pages import Pages
from countersign.risk.models import Wait

EmailField = Annotated[str, Form(max_length=254)]
CodeField = Annotated[str, Form(max_length=64)]


class CheckpointPages:
    def __init__(
        self,
        gateway: Gateway,
        access: Access,
        sessions: Sessions,
        sign_in: SignIn,
        conversations: Conversations,
        errands: Errands,
        limits: MessageLimits,
        pages: Pages,
    ) -> None:
        self._gateway = gateway
        self._access = access
        self._sessions = sessions
        self._sign_in = sign_in
        self._conversations = conversations
        self._errands = errands
        self._limits = limits
        self._pages = pages

    def ask_email(self, request: Request, page: str) -> Response:
        errand, session = self._of(request, page)
        if self._sign_in.pending(session):
            return self._pages.show("signin_code.html", page=page)
        return self._pages.show("signin_email.html", page=page, reason=errand.reason)

    def take_email(self, request: Request, page: str, email: str) -> Response:
        _, session = self._of(request, page)
        try:
            origin = self._limits.origin(client_of(request).address)
            started = self._sign_in.start(session, Personal(email.strip()), origin)
        except EmailMalformedError:
            return self._pages.show("signin_email.html", 422, page=page, error="signin_email_malformed")
        if isinstance(started, Wait):
            return self._pages.show("signin_email.html", 429, page=page, error="signin_too_many")
        self._conversations.expect_sign_in(session.conversation, "code")
        return self._pages.show("signin_code.html", page=page)

    async def take_code(self, request: Request, page: str, code: str) -> Response:
        _, session = await asyncio.to_thread(self._of, request, page)
        origin = self._limits.origin(client_of(request).address)
        result = await asyncio.to_thread(self._sign_in.redeem_code, session, code, origin)
        if isinstance(result, Redeemed):
            return await self._done(result.opened)
        if isinstance(result, Wrong):
            return self._pages.show(
                "signin_code.html", 422, page=page, error="signin_wrong_code", tries=result.tries_left
            )
        return self._dead(result, page)

    def ask_link(self, token: str) -> Response:
        """Only a press of the button uses the link up: mail scanners follow links, people press."""
        return self._pages.show("signin_link.html", token=token)

    async def take_link(self, request: Request, token: str) -> Response:
        session = await asyncio.to_thread(self._own, request)
        result = await asyncio.to_thread(self._sign_in.redeem_link, token, session)
        if isinstance(result, Redeemed):
            return await self._done(result.opened)
        if isinstance(result, NeedsCode):
            return self._pages.show("signin_elsewhere.html", code=result.code.reveal())
        return self._pages.show("message.html", 410, message="signin_link_dead")

    def _of(self, request: Request, page: str) -> tuple[Errand, Session]:
        """Raises CheckpointGoneError."""
        self._access.refuse_other_sites(request)
        errand = self._errands.of_page(page)
        session = self._sessions.of_conversation(errand.conversation)
        if session is None:
            raise CheckpointGoneError("its session is over")
        if session.transport == "cookie":
            mine = self._own(request)
            if mine is None or mine.id != session.id:
                raise CheckpointGoneError("another browser")
        return errand, session

    def _own(self, request: Request) -> Session | None:
        try:
            return self._access.session(request)
        except SessionRequiredError:
            return None

    def _dead(self, result: Dead, page: str) -> Response:
        return self._pages.show("signin_email.html", 422, page=page, error="signin_code_dead")

    async def _done(self, opened: Opened) -> Response:
        """The errand goes on, wherever the shopper looks: by the socket, or with the next reply."""
        session = opened.session
        await asyncio.to_thread(self._conversations.expect_sign_in, session.conversation, None)
        await asyncio.to_thread(self._errands.passed, session.conversation)
        reply = await self._gateway.resume(session)
        frame: dict[str, Any] = {"type": "push", "reason": "checkpoint-passed"}
        frame["messages"] = [shown(entry) for entry in reply.entries]
        if session.transport == "bearer":
            frame["token"] = opened.token.reveal()
        if await self._gateway.hub.push(session.conversation, frame):
            await asyncio.to_thread(self._conversations.take_undelivered, session.conversation)
        response = self._pages.show("signin_done.html")
        if session.transport == "cookie":
            Access.set_cookies(response, opened)
        return response


def sign_in_routes(flow: CheckpointPages) -> APIRouter:
    router = APIRouter(prefix="/portal", include_in_schema=False)

    @router.get("/checkpoint/{page}")
    def ask_email(request: Request, page: str) -> Response:
        return flow.ask_email(request, page)

    @router.post("/checkpoint/{page}")
    async def answer(request: Request, page: str, email: EmailField = "", code: CodeField = "") -> Response:
        if code.strip():
            return await flow.take_code(request, page, code)
        return await asyncio.to_thread(flow.take_email, request, page, email)

    @router.get("/sign-in/{token}")
    def ask_link(token: str) -> Response:
        return flow.ask_link(token)

    @router.post("/sign-in/{token}")
    async def take_link(request: Request, token: str) -> Response:
        return await flow.take_link(request, token)

    return router
