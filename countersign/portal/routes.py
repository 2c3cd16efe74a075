"""The demo shop's page, the widget's bundle and the full notice."""

from collections.abc import Callable
from pathlib import Path

from fastapi import APIRouter, HTTPException, Response
from fastapi.responses import FileResponse

from countersign.portal.pages import FOLDER, Pages
from countersign.store.service import Catalogue

BUNDLE = FOLDER.parent.parent / "widget" / "dist" / "countersign.js"
_PAGE = 24
_TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}


def shop_routes(catalogue: Catalogue, pages: Pages, notice: Callable[[], object]) -> APIRouter:
    """`notice` gives {version, text, purposes}."""
    router = APIRouter(include_in_schema=False)
    static = {file.name: file for file in (FOLDER / "static").rglob("*") if file.suffix in _TYPES}

    @router.get("/healthz")
    def health() -> dict[str, str]:
        return {"status": "ok"}

    @router.get("/")
    def shop(department: str | None = None, q: str = "", page: int = 1) -> Response:
        first = max(page, 1)
        found = catalogue.page(department, q[:100], (first - 1) * _PAGE, _PAGE)
        return pages.show(
            "shop.html",
            departments=catalogue.departments(),
            department=department,
            query=q,
            found=found,
            page=first,
            pages=max(1, -(-found.total // _PAGE)),
        )

    @router.get("/privacy")
    def privacy() -> Response:
        return pages.show("notice.html", notice=notice())

    @router.get("/widget/countersign.js")
    def widget() -> Response:
        return _file(BUNDLE)

    @router.get("/static/{name}")
    def asset(name: str) -> Response:
        if name not in static:
            raise HTTPException(404)
        return _file(static[name])

    return router


def _file(path: Path) -> Response:
    headers = {"Cache-Control": "public, max-age=300"}
    return FileResponse(path, media_type=_TYPES[path.suffix], headers=headers)
