"""Pages of the staff's socket: Jinja2 with autoescape; none is kept by any cache."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import segno
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from countersign.console.access import StaffAccess
from countersign.kit.hidden import Secret

FOLDER = Path(__file__).parent
NO_STORE = {"Cache-Control": "no-store"}


class StaffPages:
    def __init__(self, access: StaffAccess, shop_name: str) -> None:
        self._access = access
        self._jinja = Environment(
            loader=FileSystemLoader(FOLDER / "templates"),
            autoescape=select_autoescape(("html",)),
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._jinja.globals.update(shop_name=shop_name)

    def show(
        self,
        request: Request,
        template: str,
        status: int = 200,
        /,
        headers: Mapping[str, str] | None = None,
        **values: Any,
    ) -> Response:
        csrf, fresh = self._access.form_token(request)
        text = self._jinja.get_template(template).render(csrf=csrf, **values)
        response = HTMLResponse(text, status, headers={**NO_STORE, **(headers or {})})
        if fresh is not None:
            self._access.set_form(response, fresh)
        return response


def go(to: str) -> Response:
    """`to` is a path of ours, never what was sent."""
    return RedirectResponse(to, 303, headers=NO_STORE)


def qr_code(uri: Secret) -> str:
    """SVG, drawn into the page, so that the secret is in no address and no cache."""
    code = segno.make(uri.reveal(), error="m", micro=False)
    return code.svg_inline(border=3, dark="#000", light="#fff", omitsize=True)
