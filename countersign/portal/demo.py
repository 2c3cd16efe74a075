"""Demo mode only: the mail that would have left, so that a checkpoint can be passed on one machine."""

from typing import Any

from fastapi import APIRouter, Response

from countersign.portal.interfaces import Outbox
from countersign.portal.pages import Pages


def demo_routes(outbox: Outbox, pages: Pages) -> APIRouter:
    router = APIRouter(prefix="/demo", tags=["demo"])

    @router.get("/outbox")
    def messages(to: str | None = None) -> list[dict[str, Any]]:
        """Every mail that would have left, newest last; of one address with `to`."""
        return outbox.messages(to)

    @router.get("/mail", include_in_schema=False)
    def mailbox(to: str | None = None) -> Response:
        return pages.show("outbox.html", to=to or "", messages=outbox.messages(to or None)[::-1][:50])

    return router
