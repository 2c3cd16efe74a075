"""To the shop's own sign-in and back: a button on the checkpoint's page, and the address to return to.

The way there is a page that refreshes to the provider, not a redirect: our policy lets no form leave this
site (`form-action 'self'`), and browsers hold a form's redirects to it, too.

The way back comes from another site, so the chat's own cookie (SameSite=Strict) does not come with it. A
cookie of the round's own does (Lax): only the browser that left may come back. Nothing in the return says
where to go next.
"""

import asyncio

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from countersign.conversations.errors import CheckpointGoneError
from countersign.identity.errors import SignInRefusedError
from countersign.identity.oidc.models import ROUND_LIFE, Answer
from countersign.identity.oidc.service import ShopSignIn
from countersign.kit.errors import UnavailableError
from countersign.portal.interfaces import Checkpoints, Continues, Visitors
from countersign.portal.pages import Pages
from countersign.risk.models import Wait

BROWSER_COOKIE = "__Host-countersign_round"
_DONE = "/portal/signed-in"
_LONGEST = 2048


class ShopAccountPages:
    def __init__(
        self,
        visitors: Visitors,
        continues: Continues,
        checkpoints: Checkpoints,
        sign_in: ShopSignIn,
        pages: Pages,
    ) -> None:
        self._visitors = visitors
        self._continues = continues
        self._checkpoints = checkpoints
        self._sign_in = sign_in
        self._pages = pages

    def leave(self, request: Request, page: str) -> Response:
        try:
            session = self._checkpoints.session_of(request, page)
            departure = self._sign_in.start(session, self._visitors.origin(request))
        except CheckpointGoneError:
            return self._checkpoints.gone()
        except UnavailableError:
            return self._pages.show("message.html", 503, message="utter_sign_in_shop_away")
        if isinstance(departure, Wait):
            return self._pages.show("signin_email.html", 429, page=page, error="utter_sign_in_too_many")
        response = self._pages.show("signin_away.html", url=departure.url)
        response.set_cookie(
            BROWSER_COOKIE,
            departure.browser.reveal(),
            max_age=int(ROUND_LIFE.total_seconds()),
            path="/",
            secure=True,
            httponly=True,
            samesite="lax",
        )
        return response

    async def come_back(self, request: Request) -> Response:
        response = await self._came_back(request)
        response.delete_cookie(BROWSER_COOKIE, path="/", secure=True, httponly=True, samesite="lax")
        return response

    async def _came_back(self, request: Request) -> Response:
        browser = request.cookies.get(BROWSER_COOKIE, "")
        try:
            opened = await asyncio.to_thread(self._sign_in.finish, _answer(request), browser)
        except SignInRefusedError:
            return self._pages.show("message.html", 410, message="utter_sign_in_shop_refused")
        except UnavailableError:
            return self._pages.show("message.html", 503, message="utter_sign_in_shop_away")
        await self._continues.passed(opened)
        # Away from the address with the code in it, which a reload would send again.
        response = RedirectResponse(_DONE, 303)
        if opened.session.transport == "cookie":
            self._visitors.set_cookies(response, opened)
        return response

    def done(self) -> Response:
        return self._pages.show("signin_done.html")


def oidc_routes(flow: ShopAccountPages, returning: str) -> APIRouter:
    """`returning` is the path that the provider sends browsers back to."""
    router = APIRouter(include_in_schema=False)

    @router.post("/portal/checkpoint/{page}/shop")
    def leave(request: Request, page: str) -> Response:
        return flow.leave(request, page)

    @router.get(returning)
    async def come_back(request: Request) -> Response:
        return await flow.come_back(request)

    @router.get(_DONE)
    def done() -> Response:
        return flow.done()

    return router


def _answer(request: Request) -> Answer:
    """What is given twice, or is too long to be the provider's, counts as not given."""

    def given(name: str) -> str:
        values = request.query_params.getlist(name)
        return values[0] if len(values) == 1 and len(values[0]) <= _LONGEST else ""

    # Half a character cannot be hashed, and none of ours has one.
    state = given("state")
    return Answer(state if state.isascii() else "", given("code"), given("iss"), given("error"))
