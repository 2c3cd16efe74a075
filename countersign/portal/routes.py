"""The demo shop's pages, their pictures, the widget's bundle and the full notice."""

from collections.abc import Callable, Collection, Sequence
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, HTTPException, Query, Response
from fastapi.responses import FileResponse

from countersign.portal.pages import FOLDER, Pages
from countersign.portal.shop import view
from countersign.store.catalogue import Catalogue
from countersign.store.models import Department, Product
from countersign.store.pictures import picture_of

BUNDLE = FOLDER.parent.parent / "widget" / "dist" / "countersign.js"
_ON_FRONT, _ON_PAGE = 12, 24
_TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
Words = Annotated[str, Query(max_length=100)]
Number = Annotated[int, Query(ge=1, le=10_000)]


def shop_routes(catalogue: Catalogue, pages: Pages, notice: Callable[[], object]) -> APIRouter:
    """`notice` gives {version, text, purposes}."""
    router = APIRouter(include_in_schema=False)

    @router.get("/")
    def shop() -> Response:
        departments = catalogue.departments()
        return pages.show(
            "shop.html",
            departments=departments,
            pictures={department.name: picture_of(department.name) for department in departments},
            products=[view(product) for product in picked(catalogue, departments)],
            total=catalogue.page(None, "", 0, 1).total,
        )

    @router.get("/products")
    def products(department: Words = "", q: Words = "", page: Number = 1) -> Response:
        found = catalogue.page(department or None, q, (page - 1) * _ON_PAGE, _ON_PAGE)
        return pages.show(
            "products.html",
            departments=catalogue.departments(),
            products=[view(product) for product in found.products],
            total=found.total,
            current=department,
            query=q,
            page=page,
            pages=max(1, -(-found.total // _ON_PAGE)),
        )

    @router.get("/products/{product}")
    def product(product: str) -> Response:
        known = catalogue.product(product)
        if known is None:
            raise HTTPException(404)
        return pages.show("product.html", departments=catalogue.departments(), product=view(known))

    @router.get("/notice")
    def full_notice() -> Response:
        return pages.show("notice.html", notice=notice())

    return router


def picked(catalogue: Catalogue, departments: Sequence[Department]) -> list[Product]:
    """Something of every department; of a shop without departments, the first few."""
    if not departments:
        return list(catalogue.page(None, "", 0, _ON_FRONT).products)
    offsets = [(turn, index) for turn in range(_ON_FRONT) for index in range(len(departments))][:_ON_FRONT]
    places = [
        (departments[index], (5 * index + 7 * turn) % departments[index].products) for turn, index in offsets
    ]
    found = [product for of, at in places for product in catalogue.page(of.name, "", at, 1).products]
    # A small department comes round again.
    return list({product.id: product for product in found}.values())


def asset_routes(only: Collection[str] = ()) -> APIRouter:
    """Files that anyone may have, by an exact list made at start: no path from outside reaches the disk.

    With `only`, no more than these urls.
    """
    router = APIRouter(include_in_schema=False)
    folder = FOLDER / "static"
    files = {f"/static/{path.relative_to(folder).as_posix()}": path for path in folder.rglob("*.*")}
    files["/widget/countersign.js"] = BUNDLE
    files = {url: path for url, path in files.items() if not only or url in only}

    @router.get("/healthz")
    def health() -> dict[str, str]:
        return {"status": "ok"}

    for url, path in files.items():
        if path.suffix in _TYPES:
            router.add_api_route(url, _serving(path), methods=["GET"])
    return router


def _serving(path: Path) -> Callable[[], Response]:
    headers = {"Cache-Control": "public, max-age=300"}

    def serve() -> Response:
        return FileResponse(path, media_type=_TYPES[path.suffix], headers=headers)

    return serve
