"""The staff's pages: sign in, set up from a one-time link, start, my account. Plain forms, no script."""

from typing import Annotated

from fastapi import APIRouter, FastAPI, Form, Request, Response
from fastapi.responses import FileResponse

from countersign.console.access import StaffAccess
from countersign.console.errors import FormRefusedError, PermissionRefusedError
from countersign.console.pages import FOLDER, StaffPages, go, qr_code
from countersign.identity.staff.errors import HashesBusyError, StaffSessionError
from countersign.identity.staff.grants import StaffGrant
from countersign.identity.staff.guard import StaffGuard, StaffReason
from countersign.identity.staff.models import (
    Credentials,
    Invited,
    Member,
    NotSet,
    Refused,
    StaffOpened,
    StaffSession,
    WhyNot,
)
from countersign.identity.staff.service import StaffAccounts
from countersign.identity.staff.sessions import StaffSessions
from countersign.identity.staff.sign_in import StaffSignIn
from countersign.identity.staff.table import Permission
from countersign.identity.staff.totp import Totp
from countersign.kit.hidden import Personal, Secret
from countersign.risk.models import Wait

Csrf = Annotated[str, Form(max_length=64)]
EmailField = Annotated[str, Form(max_length=254)]
PasswordField = Annotated[str, Form(max_length=256)]
CodeField = Annotated[str, Form(max_length=16)]
TokenField = Annotated[str, Form(max_length=64)]
IdField = Annotated[str, Form(max_length=64)]
_THEN = {"account": "/account", "password": "/account/password", "start": "/"}
_SAID = ("out", "password", "ready")


class Desk:
    """What the routes do, apart from FastAPI."""

    def __init__(
        self,
        access: StaffAccess,
        pages: StaffPages,
        accounts: StaffAccounts,
        sessions: StaffSessions,
        sign_in: StaffSignIn,
        guard: StaffGuard,
        issuer: str,
    ) -> None:
        self.access = access
        self.pages = pages
        self.accounts = accounts
        self.sessions = sessions
        self.sign_in = sign_in
        self.guard = guard
        self._issuer = issuer

    def demand(self, request: Request, permission: Permission) -> tuple[StaffSession, StaffGrant]:
        """Raises StaffSessionError and PermissionRefusedError."""
        session = self.access.session(request)
        answer = self.guard.require(permission, session)
        if not isinstance(answer, StaffGrant):
            raise PermissionRefusedError(answer)
        return session, answer

    def take_sign_in(self, request: Request, email: str, password: str, code: str) -> Response:
        given = Credentials(Secret(password), Secret(code))
        device, address = self.access.device(request), self.access.address(request)
        try:
            answer = self.sign_in.sign_in(Personal(email.strip()), given, address=address, device=device)
        except HashesBusyError:
            return self._again(request, "sign_in.html", 503, "busy", email=email, said="")
        if isinstance(answer, StaffOpened):
            return self._in(request, answer, "/")
        if isinstance(answer, Wait):
            return self._wait(request, "sign_in.html", answer, email=email, said="")
        return self._again(request, "sign_in.html", 422, "refused", email=email, said="")

    def take_reauthentication(self, request: Request, password: str, code: str, then: str) -> Response:
        session = self.access.session(request)
        given = Credentials(Secret(password), Secret(code))
        then = then if then in _THEN else "start"
        try:
            answer = self.sign_in.reauthenticate(session, given)
        except HashesBusyError:
            return self._again(request, "reauthenticate.html", 503, "busy", then=then)
        if isinstance(answer, StaffOpened):
            return self._in(request, answer, _THEN[then])
        if isinstance(answer, Refused):
            return self._again(request, "reauthenticate.html", 422, "refused", then=then)
        return self._wait(request, "reauthenticate.html", answer, then=then)

    def show_set_up(self, request: Request, token: str, error: str = "", status: int = 200) -> Response:
        invited = self.accounts.invited(Secret(token))
        if invited is None:
            return self.pages.show(request, "message.html", 410, said="link_dead")
        return self._set_up_form(request, token, invited, error, status)

    def take_set_up(self, request: Request, token: str, password: str, code: str) -> Response:
        try:
            answer = self.accounts.set_up(Secret(token), Secret(password), Secret(code))
        except HashesBusyError:
            return self.show_set_up(request, token, "busy", 503)
        if isinstance(answer, Member):
            return go("/sign-in?said=ready")
        if answer.why is WhyNot.LINK_DEAD:
            return self.pages.show(request, "message.html", 410, said="link_dead")
        return self.show_set_up(request, token, answer.why, 422)

    def show_start(self, request: Request) -> Response:
        session = self.access.session(request)
        return self.pages.show(
            request, "start.html", member=self.accounts.of(session), may=self.guard.may(session)
        )

    def show_account(self, request: Request, said: str) -> Response:
        session, _ = self.demand(request, Permission.OWN_READ)
        return self.pages.show(
            request,
            "account.html",
            member=self.accounts.of(session),
            mine=session.id,
            said=said,
            sessions=self.sessions.of(session.staff),
        )

    def take_password(self, request: Request, password: str) -> Response:
        session, grant = self.demand(request, Permission.OWN_CHANGE_PASSWORD)
        try:
            fault = self.accounts.change_password(grant, session, Secret(password))
        except HashesBusyError:
            return self._again(request, "password.html", 503, "busy")
        if isinstance(fault, NotSet):
            return self._again(request, "password.html", 422, fault.why)
        return go("/account?said=password")

    def end_sessions(self, request: Request, id_: str) -> Response:
        session, _ = self.demand(request, Permission.OWN_END_SESSIONS)
        if id_:
            self.sessions.end_one(session.staff, id_)
        else:
            self.sessions.end_all(session.staff, but=session)
        return go("/account")

    def _in(self, request: Request, opened: StaffOpened, to: str) -> Response:
        response = go(to)
        self.access.set_session(response, opened)
        return response

    def _set_up_form(
        self, request: Request, token: str, invited: Invited, error: str, status: int
    ) -> Response:
        secret = invited.secret.reveal()
        return self.pages.show(
            request,
            "set_up_form.html",
            status,
            member=invited.member,
            token=token,
            picture=qr_code(Totp.uri(invited.secret, invited.member.email, self._issuer)),
            secret=" ".join(secret[at : at + 4] for at in range(0, len(secret), 4)),
            error=error,
        )

    def _again(self, request: Request, template: str, status: int, error: str, **values: object) -> Response:
        headers = {"Retry-After": "2"} if status == 503 else {}
        return self.pages.show(request, template, status, headers=headers, error=error, **values)

    def _wait(self, request: Request, template: str, wait: Wait, **values: object) -> Response:
        headers = {"Retry-After": str(wait.seconds)}
        return self.pages.show(request, template, 429, headers=headers, error="wait", **values)


def page_routes(desk: Desk) -> APIRouter:
    router = APIRouter(include_in_schema=False)

    @router.get("/")
    def start(request: Request) -> Response:
        return desk.show_start(request)

    @router.get("/sign-in")
    def ask_sign_in(request: Request, said: str = "") -> Response:
        said = said if said in _SAID else ""
        return desk.pages.show(request, "sign_in.html", error="", email="", said=said)

    @router.post("/sign-in")
    def sign_in(
        request: Request,
        csrf: Csrf = "",
        email: EmailField = "",
        password: PasswordField = "",
        code: CodeField = "",
    ) -> Response:
        desk.access.check_form(request, csrf)
        return desk.take_sign_in(request, email, password, code)

    @router.post("/sign-out")
    def sign_out(request: Request, csrf: Csrf = "") -> Response:
        desk.access.check_form(request, csrf)
        desk.sessions.end(desk.access.session(request))
        response = go("/sign-in?said=out")
        desk.access.clear_session(response)
        return response

    @router.post("/reauthenticate")
    def reauthenticate(
        request: Request,
        csrf: Csrf = "",
        password: PasswordField = "",
        code: CodeField = "",
        then: CodeField = "",
    ) -> Response:
        desk.access.check_form(request, csrf)
        return desk.take_reauthentication(request, password, code, then)

    @router.get("/set-up")
    def ask_link(request: Request) -> Response:
        return desk.pages.show(request, "set_up.html")

    @router.post("/set-up")
    def set_up(
        request: Request,
        csrf: Csrf = "",
        token: TokenField = "",
        password: PasswordField = "",
        code: CodeField = "",
    ) -> Response:
        desk.access.check_form(request, csrf)
        if not password and not code:
            return desk.show_set_up(request, token)
        return desk.take_set_up(request, token, password, code)

    @router.get("/static/set-up.js")
    def script() -> Response:
        return FileResponse(FOLDER / "static" / "set-up.js", media_type="text/javascript")

    return router


def account_routes(desk: Desk) -> APIRouter:
    router = APIRouter(prefix="/account", include_in_schema=False)

    @router.get("")
    def account(request: Request, said: str = "") -> Response:
        return desk.show_account(request, said)

    @router.get("/password")
    def ask_password(request: Request) -> Response:
        desk.demand(request, Permission.OWN_CHANGE_PASSWORD)
        return desk.pages.show(request, "password.html", error="")

    @router.post("/password")
    def change_password(request: Request, csrf: Csrf = "", password: PasswordField = "") -> Response:
        desk.access.check_form(request, csrf)
        return desk.take_password(request, password)

    @router.post("/sessions/end")
    def end(request: Request, csrf: Csrf = "", id_: Annotated[IdField, Form(alias="id")] = "") -> Response:
        desk.access.check_form(request, csrf)
        return desk.end_sessions(request, id_)

    return router


def install_answers(app: FastAPI, desk: Desk) -> None:
    """What a person sees when a request is refused."""

    @app.exception_handler(StaffSessionError)
    async def _signed_out(request: Request, error: StaffSessionError) -> Response:
        return go("/sign-in")

    @app.exception_handler(FormRefusedError)
    async def _not_our_form(request: Request, error: FormRefusedError) -> Response:
        return desk.pages.show(request, "message.html", 403, said="form")

    @app.exception_handler(PermissionRefusedError)
    async def _not_permitted(request: Request, error: PermissionRefusedError) -> Response:
        if error.refusal.reason is StaffReason.SIGN_IN:
            return go("/sign-in")
        if error.refusal.reason is StaffReason.REAUTHENTICATE:
            then = "password" if error.refusal.permission is Permission.OWN_CHANGE_PASSWORD else "start"
            return desk.pages.show(request, "reauthenticate.html", 403, error="", then=then)
        return desk.pages.show(request, "message.html", 403, said="not_permitted")
