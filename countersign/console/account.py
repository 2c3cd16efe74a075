"""My account: sessions, a new password."""

from typing import Annotated

from fastapi import APIRouter, Form, Request, Response

from countersign.console.desk import Desk
from countersign.identity.staff.table import Permission

Csrf = Annotated[str, Form(max_length=64)]
PasswordField = Annotated[str, Form(max_length=256)]
IdField = Annotated[str, Form(max_length=64, alias="id")]


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
    def end(request: Request, csrf: Csrf = "", id_: IdField = "") -> Response:
        desk.access.check_form(request, csrf)
        return desk.end_sessions(request, id_)

    return router
