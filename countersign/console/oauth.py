"""OAuth 2.0 client credentials (RFC 6749, 4.4): takes keys, gives tokens."""

import base64
from urllib.parse import unquote_plus

from fastapi import Request
from fastapi.responses import JSONResponse

from countersign.console.access import StaffAccess
from countersign.console.pages import NO_STORE
from countersign.identity.machines.errors import MachineError, MachineScopeError
from countersign.identity.machines.tokens import MachineTokens
from countersign.kit.hidden import Secret
from countersign.risk.interfaces import Limiter
from countersign.risk.table import Bucket


class Counter:
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
