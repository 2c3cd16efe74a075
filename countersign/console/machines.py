"""The machines' side of the staff's socket: OAuth 2.0 client credentials (RFC 6749, 4.4), and its API."""

import base64
from collections.abc import Callable
from typing import Annotated
from urllib.parse import unquote_plus

from fastapi import APIRouter, Depends, Form, HTTPException, Request
from fastapi.responses import JSONResponse

from countersign.audit.service import Audit
from countersign.console.access import StaffAccess
from countersign.console.pages import NO_STORE
from countersign.identity.machines.tokens import MachineTokens
from countersign.identity.staff.errors import MachineError, MachineScopeError
from countersign.identity.staff.grants import StaffGrant
from countersign.identity.staff.guard import StaffGuard
from countersign.identity.staff.table import Permission
from countersign.kit.hidden import Secret
from countersign.risk.interfaces import Limiter
from countersign.risk.table import Bucket

Short = Annotated[str, Form(max_length=128)]
Long = Annotated[str, Form(max_length=2000)]


class Counter:
    """Takes keys, gives tokens."""

    def __init__(self, tokens: MachineTokens, access: StaffAccess, limits: Limiter) -> None:
        self._tokens = tokens
        self._access = access
        self._limits = limits

    def answer(
        self, request: Request, grant_type: str, client_id: str, client_secret: str, scope: str
    ) -> JSONResponse:
        if grant_type != "client_credentials":
            return _error("unsupported_grant_type")
        header = request.headers.get("authorization", "")
        if header and (client_id or client_secret):
            return _error("invalid_request")
        if header:
            client_id, client_secret = _basic(header)
        address = self._access.address(request)
        wait = self._limits.peek(Bucket.STAFF_TOKENS_PER_ADDRESS, address) if address else None
        if wait is not None:
            return _error("temporarily_unavailable", 429, {"Retry-After": str(wait.seconds)})
        try:
            issued = self._tokens.issue(client_id, Secret(client_secret), scope.split())
        except MachineScopeError:
            return _error("invalid_scope")
        except MachineError:
            if address:
                self._limits.hit(Bucket.STAFF_TOKENS_PER_ADDRESS, address)
            return _error("invalid_client", 401, {"WWW-Authenticate": 'Basic realm="countersign"'})
        body = {
            "access_token": issued.token.reveal(),
            "token_type": "Bearer",
            "expires_in": issued.seconds,
            "scope": " ".join(sorted(issued.scope)),
        }
        return JSONResponse(body, headers=NO_STORE)


class Door:
    """Lets machines in by the permission that a route needs: `Depends(door.needs(Permission.…))`."""

    def __init__(self, tokens: MachineTokens, guard: StaffGuard) -> None:
        self._tokens = tokens
        self._guard = guard

    def needs(self, permission: Permission) -> Callable[[Request], StaffGrant]:
        def enter(request: Request) -> StaffGrant:
            """Raises HTTPException: 401 for any token but a good one, 403 when it holds too little."""
            scheme, _, token = request.headers.get("authorization", "").partition(" ")
            if scheme.lower() != "bearer":
                raise HTTPException(401, "a bearer token is needed")
            try:
                machine = self._tokens.verify(Secret(token.strip()))
            except MachineError:
                raise HTTPException(401, "not a token that is good now") from None
            answer = self._guard.require_machine(permission, machine)
            if not isinstance(answer, StaffGrant):
                raise HTTPException(403, "not in the scope of this token")
            return answer

        return enter


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


def _basic(header: str) -> tuple[str, str]:
    """Client id and secret, each form-encoded before (RFC 6749, 2.3.1); ("", "") for anything else."""
    scheme, _, value = header.partition(" ")
    try:
        text = base64.b64decode(value.strip(), validate=True).decode("utf-8")
    except ValueError:
        return "", ""
    client, colon, secret = text.partition(":")
    return (unquote_plus(client), unquote_plus(secret)) if scheme.lower() == "basic" and colon else ("", "")


def _error(code: str, status: int = 400, headers: dict[str, str] | None = None) -> JSONResponse:
    return JSONResponse({"error": code}, status, headers={**NO_STORE, **(headers or {})})
