"""The page behind a checkpoint's url and the page behind a mailed link: plain forms, no script needed.

The url is a capability: 256 random bits, ten minutes, one errand. A chat that lives in a cookie is
signed in only from the browser that has the cookie; elsewhere the page says so.
"""

import asyncio
from collections.abc import Callable
from typing import Annotated

from fastapi import APIRouter, Form, Request, Response

from countersign.conversations.errands import Errands
from countersign.conversations.errors import CheckpointGoneError
from countersign.conversations.models import Errand
from countersign.conversations.service import Conversations
from countersign.identity.models import SAID_OF_DEAD, NeedsCode, Opened, Redeemed, Session, Wrong
from countersign.identity.service import Sessions
from countersign.identity.sign_in import SignIn
from countersign.kit.hidden import Personal
from countersign.notify.errors import AddressRefusedError
from countersign.portal.interfaces import Continues, Visitors
from countersign.portal.pages import Pages
from countersign.risk.models import Wait

EmailField = Annotated[str, Form(max_length=254)]
CodeField = Annotated[str, Form(max_length=64)]
LinkField = Annotated[str, Form(max_length=128)]


class CheckpointPages:
    def __init__(
        self,
        visitors: Visitors,
        continues: Continues,
        sessions: Sessions,
        sign_in: SignIn,
        conversations: Conversations,
        errands: Errands,
        pages: Pages,
        post: Callable[[], object],
    ) -> None:
        self._visitors = visitors
        self._continues = continues
        self._sessions = sessions
        self._sign_in = sign_in
        self._conversations = conversations
        self._errands = errands
        self._pages = pages
        self._post = post

    def ask_email(self, request: Request, page: str) -> Response:
        errand, session = self._of(request, page)
        if self._sign_in.pending(session):
            return self._pages.show("signin_code.html", page=page)
        return self._pages.show("signin_email.html", page=page, reason=errand.reason)

    def take_email(self, request: Request, page: str, email: str) -> Response:
        _, session = self._of(request, page)
        try:
            origin = self._visitors.origin(request)
            started = self._sign_in.start(session, Personal(email.strip()), origin)
        except AddressRefusedError:
            return self._pages.show("signin_email.html", 422, page=page, error="utter_sign_in_ask_email")
        if isinstance(started, Wait):
            return self._pages.show("signin_email.html", 429, page=page, error="utter_sign_in_too_many")
        self._post()
        self._conversations.expect_sign_in(session.conversation, "code")
        return self._pages.show("signin_code.html", page=page)

    async def take_code(self, request: Request, page: str, code: str) -> Response:
        _, session = await asyncio.to_thread(self._of, request, page)
        origin = self._visitors.origin(request)
        result = await asyncio.to_thread(self._sign_in.redeem_code, session, code, origin)
        if isinstance(result, Redeemed):
            return await self._done(result.opened)
        if isinstance(result, Wrong):
            return self._pages.show(
                "signin_code.html", 422, page=page, error="utter_sign_in_wrong_code", tries=result.tries_left
            )
        return self._pages.show("signin_email.html", 422, page=page, error=SAID_OF_DEAD[result.why])

    def ask_link(self) -> Response:
        """Only a press of the button uses the link up: mail scanners follow links, people press.

        The token stands behind the # and so in no request line, log or Referer (ASVS 14.2.1); a script
        of ours puts it into the form.
        """
        return self._pages.show("signin_link.html")

    async def take_link(self, request: Request, token: str) -> Response:
        session = await asyncio.to_thread(self._visitors.own, request)
        result = await asyncio.to_thread(self._sign_in.redeem_link, token, session)
        if isinstance(result, Redeemed):
            return await self._done(result.opened)
        if isinstance(result, NeedsCode):
            return self._pages.show("signin_elsewhere.html", code=result.code.reveal())
        return self._pages.show("message.html", 410, message=SAID_OF_DEAD[result.why])

    def session_of(self, request: Request, page: str) -> Session:
        return self._of(request, page)[1]

    def gone(self) -> Response:
        """For whoever comes too late, again, or from another browser: all the same."""
        return self._pages.show("message.html", 410, message="utter_shared_choice_passed")

    def _of(self, request: Request, page: str) -> tuple[Errand, Session]:
        """Raises CheckpointGoneError, and OriginRefusedError when another site's page sent the form."""
        if request.method != "GET":
            # Looking is for every site: a shop on another origin embeds the chat, and its link leads here.
            self._visitors.refuse_other_sites(request)
        errand = self._errands.of_page(page)
        session = self._sessions.of_conversation(errand.conversation)
        if session is None:
            raise CheckpointGoneError("its session is over")
        if session.transport == "cookie":
            mine = self._visitors.own(request)
            if mine is None or mine.id != session.id:
                raise CheckpointGoneError("another browser")
        return errand, session

    async def _done(self, opened: Opened) -> Response:
        await self._continues.passed(opened)
        response = self._pages.show("signin_done.html")
        if opened.session.transport == "cookie":
            self._visitors.set_cookies(response, opened)
        return response


def sign_in_routes(flow: CheckpointPages) -> APIRouter:
    router = APIRouter(prefix="/portal", include_in_schema=False)

    @router.get("/checkpoint/{page}")
    def ask_email(request: Request, page: str) -> Response:
        try:
            return flow.ask_email(request, page)
        except CheckpointGoneError:
            return flow.gone()

    @router.post("/checkpoint/{page}")
    async def answer(request: Request, page: str, email: EmailField = "", code: CodeField = "") -> Response:
        try:
            if code.strip():
                return await flow.take_code(request, page, code)
            return await asyncio.to_thread(flow.take_email, request, page, email)
        except CheckpointGoneError:
            return flow.gone()

    @router.get("/sign-in")
    def ask_link() -> Response:
        return flow.ask_link()

    @router.post("/sign-in")
    async def take_link(request: Request, token: LinkField = "") -> Response:
        return await flow.take_link(request, token)

    return router
