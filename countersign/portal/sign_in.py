"""The page behind a checkpoint's url and the page behind a mailed link: plain forms, no script needed.

The url is a capability: 256 random bits, ten minutes, one errand. A chat that lives in a cookie is
signed in only from the browser that has the cookie; elsewhere the page says so.
"""

import asyncio
from collections.abc import Callable
from typing import Annotated

from fastapi import APIRouter, Form, Request, Response

from countersign.checkpoints.guard import Reason
from countersign.checkpoints.interfaces import digest_of
from countersign.conversations.errands import Errands
from countersign.conversations.errors import CheckpointGoneError
from countersign.conversations.models import Errand
from countersign.conversations.proposals import Proposals
from countersign.conversations.service import Conversations
from countersign.identity.factors.models import SAID_OF_REFUSED, Refused, Risen, Target
from countersign.identity.factors.suite import SecondFactors
from countersign.identity.models import SAID_OF_DEAD, Level, NeedsCode, Opened, Redeemed, Session, Wrong
from countersign.identity.service import Sessions
from countersign.identity.sign_in import SignIn
from countersign.kit.hidden import Personal
from countersign.notify.errors import AddressRefusedError
from countersign.portal.forms import FormTokens
from countersign.portal.interfaces import Continues, Visitors
from countersign.portal.pages import Pages
from countersign.portal.step_up import Given, StepUpForm
from countersign.risk.models import Wait

EmailField = Annotated[str, Form(max_length=254)]
CredentialField = Annotated[str, Form(max_length=16_384)]
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
        proposals: Proposals,
        factors: SecondFactors,
        tokens: FormTokens,
        pages: Pages,
        post: Callable[[], object],
    ) -> None:
        self._visitors = visitors
        self._continues = continues
        self._sessions = sessions
        self._sign_in = sign_in
        self._conversations = conversations
        self._errands = errands
        self._proposals = proposals
        self._passkeys = factors.passkeys
        self._step_up = StepUpForm(factors)
        self._tokens = tokens
        self._pages = pages
        self._post = post

    def ask_email(self, request: Request, page: str) -> Response:
        errand, session = self._of(request, page)
        if _steps_up(errand, session):
            return self._ask_factor(page, errand, session)
        if self._sign_in.pending(session):
            return self._pages.show("signin_code.html", page=page)
        return self._pages.show("signin_email.html", page=page, reason=errand.reason, **self._tap(session))

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

    async def take_factor(self, request: Request, page: str, csrf: str, given: Given) -> Response:
        """A passkey that signs in, or a second factor for what waits."""
        errand, session = await asyncio.to_thread(self._of, request, page)
        if not self._tokens.fits(session, csrf):
            raise CheckpointGoneError("the form was made for another session")
        origin = self._visitors.origin(request)
        if not _steps_up(errand, session):
            if session.transport != "cookie":
                # A link in a message could have it signed in for whoever sent the link.
                raise CheckpointGoneError("a passkey signs in its own browser only")
            tapped = await asyncio.to_thread(self._passkeys.sign_in, session, given.credential, origin)
            if isinstance(tapped, Risen):
                return await self._done(tapped.opened)
            error = SAID_OF_REFUSED[tapped.why]
            return self._pages.show("signin_email.html", 422, page=page, error=error, **self._tap(session))
        target = self._target(errand)
        passed = await asyncio.to_thread(self._step_up.take, session, target, given, origin)
        if isinstance(passed, Refused):
            return self._ask_factor(page, errand, session, error=SAID_OF_REFUSED[passed.why])
        return await self._done(passed.opened, "step_up_done.html") if passed.opened else self.gone()

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

    def _ask_factor(self, page: str, errand: Errand, session: Session, *, error: str = "") -> Response:
        """Shows exactly what is approved: what was read back in the chat, or else only what it is."""
        held = self._proposals.held(errand.conversation)
        return self._pages.show(
            "step_up.html",
            422 if error else 200,
            action=f"/portal/checkpoint/{page}",
            plan=None,
            shown=held.shown if held else None,
            csrf=self._tokens.of(session),
            own=session.transport == "cookie",
            **self._step_up.ways(session, self._target(errand)),
            **({"error": error} if error else {}),
        )

    def _target(self, errand: Errand) -> Target:
        """Raises CheckpointGoneError when what was agreed to waits no more."""
        if errand.reason != Reason.STEP_UP:
            return Target(errand.deed, None, digest_of(None))
        held = self._proposals.held(errand.conversation)
        if held is None or held.deed != errand.deed:
            raise CheckpointGoneError("nothing waits for a second factor")
        return Target(held.deed, held.subject, held.agreed.digest)

    def _tap(self, session: Session) -> dict[str, str]:
        """What a passkey needs, on the page of a chat that lives in this very browser."""
        own = session.transport == "cookie"
        options = self._passkeys.sign_in_options(session) if own else ""
        return {"options": options, "csrf": self._tokens.of(session)} if own else {}

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

    async def _done(self, opened: Opened, template: str = "signin_done.html") -> Response:
        await self._continues.passed(opened)
        response = self._pages.show(template)
        if opened.session.transport == "cookie":
            self._visitors.set_cookies(response, opened)
        return response


def _steps_up(errand: Errand, session: Session) -> bool:
    return errand.level == Level.STEPPED_UP.name.lower() and session.level >= Level.SIGNED_IN


def sign_in_routes(flow: CheckpointPages) -> APIRouter:
    router = APIRouter(prefix="/portal", include_in_schema=False)

    @router.get("/checkpoint/{page}")
    def ask_email(request: Request, page: str) -> Response:
        try:
            return flow.ask_email(request, page)
        except CheckpointGoneError:
            return flow.gone()

    @router.post("/checkpoint/{page}")
    async def answer(
        request: Request,
        page: str,
        email: EmailField = "",
        code: CodeField = "",
        credential: CredentialField = "",
        app_code: CodeField = "",
        csrf: CodeField = "",
    ) -> Response:
        try:
            if credential or app_code.strip():
                return await flow.take_factor(request, page, csrf, Given(credential, app_code))
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
