"""The way from the one-time link to an account, and the files that the pages use."""

from typing import Annotated

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import FileResponse

from countersign.console.desk import Desk
from countersign.console.pages import FOLDER

Csrf = Annotated[str, Form(max_length=64)]
TokenField = Annotated[str, Form(max_length=64)]
PasswordField = Annotated[str, Form(max_length=256)]
CodeField = Annotated[str, Form(max_length=16)]


def set_up_routes(desk: Desk) -> APIRouter:
    router = APIRouter(include_in_schema=False)

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

    @router.get("/static/staff.css")
    def style() -> Response:
        return FileResponse(FOLDER / "static" / "staff.css", media_type="text/css")

    return router
