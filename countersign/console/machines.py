"""The machines' side of the staff's socket: tokens for API keys, and what they open."""

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import JSONResponse

from countersign.audit.service import Audit
from countersign.console.door import Door
from countersign.console.oauth import Counter
from countersign.identity.staff.grants import StaffGrant
from countersign.identity.staff.table import Permission

Short = Annotated[str, Form(max_length=128)]
Long = Annotated[str, Form(max_length=2000)]


def machine_routes(counter: Counter, door: Door, audit: Audit) -> APIRouter:
    router = APIRouter()

    @router.post("/oauth/token")
    def token(
        request: Request,
        grant_type: Short = "",
        client_id: Short = "",
        client_secret: Short = "",
        scope: Long = "",
    ) -> JSONResponse:
        """A token of ten minutes for an API key."""
        return counter.answer(request, grant_type, client_id, client_secret, scope)

    @router.get("/api/audit/head")
    def audit_head(
        grant: Annotated[StaffGrant, Depends(door.needs(Permission.AUDIT_READ_HEAD))],
    ) -> dict[str, str | int]:
        """The audit log's last event, to be kept on another machine: a log that is cut later shows."""
        head = audit.head()
        return {"seq": head.seq, "digest": head.digest.hex(), "mac": head.mac.hex()}

    return router
