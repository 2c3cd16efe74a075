"""Signing in on a page of the browser's own, with no chat that waits: by a passkey, or by a mailed code."""

import asyncio
from collections.abc import Callable

from fastapi import Request, Response
from fastapi.responses import RedirectResponse

from countersign.identity.factors.models import SAID_OF_REFUSED, Refused
from countersign.identity.factors.passkeys import Passkeys
from countersign.identity.models import SAID_OF_DEAD, Opened, Redeemed, Session, Wrong
from countersign.identity.sign_in import SignIn
from countersign.kit.hidden import Personal
from countersign.notify.errors import AddressRefusedError
from countersign.portal.forms import FormTokens
from countersign.portal.interfaces import Continues, Visitors
from countersign.portal.pages import Pages
from countersign.portal.security import HOME
from countersign.portal.step_up import Given
from countersign.risk.models import Wait


class OwnSignIn:
    """`post` is called once a mail waits."""

    def __init__(
        self,
        visitors: Visitors,
        continues: Continues,
        sign_in: SignIn,
        passkeys: Passkeys,
        tokens: FormTokens,
        pages: Pages,
        post: Callable[[], object],
    ) -> None:
        self._visitors = visitors
        self._continues = continues
        self._sign_in = sign_in
        self._passkeys = passkeys
        self._tokens = tokens
        self._pages = pages
        self._post = post

    def ask(self, request: Request) -> Response:
        """A browser without a session gets one: a challenge is of one session."""
        session, opened = self._visitors.own(request), None
        if session is None or session.transport != "cookie":
            opened = self._visitors.open(request)
            if opened is None:
                return self._pages.show("security_refused.html", 429, error="utter_factors_too_many")
            session = opened.session
        response = self._form(session)
        if opened is not None:
            self._visitors.set_cookies(response, opened)
        return response

    async def take(self, request: Request, csrf: str, email: str, given: Given) -> Response:
        session = await asyncio.to_thread(self._visitors.own, request)
        if session is None or session.transport != "cookie" or not self._tokens.fits(session, csrf):
            return self._pages.show("security_refused.html", 403, error="utter_factors_late")
        origin = self._visitors.origin(request)
        answer = await asyncio.to_thread(self._taken, session, email, given, origin)
        if isinstance(answer, Response):
            return answer
        await self._continues.passed(answer)
        response = RedirectResponse(HOME, 303)
        self._visitors.set_cookies(response, answer)
        return response

    def _taken(self, session: Session, email: str, given: Given, origin: str) -> Opened | Response:
        if given.credential:
            risen = self._passkeys.sign_in(session, given.credential, origin)
            if isinstance(risen, Refused):
                return self._form(session, SAID_OF_REFUSED[risen.why])
            return risen.opened
        if given.code.strip():
            return self._with_code(session, given.code, origin)
        try:
            started = self._sign_in.start(session, Personal(email.strip()), origin)
        except AddressRefusedError:
            return self._form(session, "utter_sign_in_ask_email")
        if isinstance(started, Wait):
            return self._form(session, "utter_sign_in_too_many")
        self._post()
        return self._form(session)

    def _with_code(self, session: Session, code: str, origin: str) -> Opened | Response:
        result = self._sign_in.redeem_code(session, code, origin)
        if isinstance(result, Redeemed):
            return result.opened
        if isinstance(result, Wrong):
            return self._form(session, "utter_sign_in_wrong_code", tries=result.tries_left)
        return self._form(session, SAID_OF_DEAD[result.why])

    def _form(self, session: Session, error: str = "", *, tries: int = 0) -> Response:
        return self._pages.show(
            "security_signin.html",
            422 if error else 200,
            options=self._passkeys.sign_in_options(session),
            waits=self._sign_in.pending(session),
            csrf=self._tokens.of(session),
            tries=tries,
            **({"error": error} if error else {}),
        )
