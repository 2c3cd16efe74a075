"""What is done for a page of the staff: the services asked, the answer shown."""

from fastapi import Request, Response

from countersign.console.access import StaffAccess
from countersign.console.errors import PermissionRefusedError
from countersign.console.pages import StaffPages, go, qr_code
from countersign.identity.staff.errors import HashesBusyError
from countersign.identity.staff.grants import StaffGrant
from countersign.identity.staff.guard import StaffGuard
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

_THEN = {"account": "/account", "password": "/account/password", "start": "/"}


class Desk:
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
