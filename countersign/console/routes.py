"""Sign in, start, sign out; and what a person sees when a request is refused. Plain forms, no script."""

from typing import Annotated

from fastapi import APIRouter, FastAPI, Form, Request, Response

from countersign.console.desk import Desk
from countersign.console.errors import FormRefusedError, PermissionRefusedError
from countersign.console.pages import go
from countersign.identity.staff.errors import StaffSessionError
from countersign.identity.staff.guard import StaffReason
from countersign.identity.staff.table import Permission

Csrf = Annotated[str, Form(max_length=64)]
EmailField = Annotated[str, Form(max_length=254)]
PasswordField = Annotated[str, Form(max_length=256)]
CodeField = Annotated[str, Form(max_length=16)]
_SAID = ("out", "password", "ready")


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
