"""Server-rendered pages: Jinja2 with autoescape, words from the response files."""

from pathlib import Path
from typing import Any

from fastapi import Response
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from countersign.portal.interfaces import Words

FOLDER = Path(__file__).parent


class Pages:
    def __init__(self, words: Words, shop_name: str, *, shop_account: bool = False) -> None:
        """`shop_account`: checkpoints also offer to sign in with the shop's account."""
        self._jinja = Environment(
            loader=FileSystemLoader(FOLDER / "templates"),
            autoescape=select_autoescape(("html",)),
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._jinja.globals.update(say=words.say, shop_name=shop_name, shop_account=shop_account)

    def show(self, template: str, status: int = 200, /, **values: Any) -> Response:
        return HTMLResponse(self._jinja.get_template(template).render(**values), status)
