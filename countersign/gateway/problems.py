"""Errors as RFC 9457 problem details: a stable type, kind words, never a trace."""

from collections.abc import Mapping

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from countersign.gateway.errors import (
    MessageError,
    OriginRefusedError,
    SessionRequiredError,
    SlowDownError,
    TooLongError,
)
from countersign.gateway.phrases import Phrases
from countersign.identity.errors import IdentityError, TokenRefusedError
from countersign.kit.errors import CountersignError, RefusedError, UnavailableError

log = structlog.get_logger()
_TITLES = {
    400: "The request could not be read",
    401: "A session is needed",
    403: "Not from here",
    404: "Not found",
    405: "Not this way",
    413: "Too much at once",
    422: "The message could not be taken",
    429: "Too many messages",
    500: "Something went wrong",
    503: "Try again in a moment",
}
_CODES = {400: "bad-request", 404: "not-found", 405: "method-not-allowed"}
Problem = dict[str, object]


def problem(error: CountersignError, phrases: Phrases) -> Problem:
    """The problem details for an error that the core raised on purpose."""
    status, values = 403, {}
    if isinstance(error, SlowDownError):
        status, values = 429, {"seconds": error.seconds}
    elif isinstance(error, MessageError):
        status, values = 422, {"limit": error.limit} if isinstance(error, TooLongError) else {}
    elif isinstance(error, SessionRequiredError | IdentityError | TokenRefusedError):
        status = 401
    elif isinstance(error, UnavailableError):
        status = 503
    elif not isinstance(error, RefusedError | OriginRefusedError):
        status = 500
    session = status == 401 and not isinstance(error, TokenRefusedError)
    code = "session-required" if session else error.code
    detail = phrases.say(error.say, **values) if error.say and phrases.has(error.say) else _TITLES[status]
    found: Problem = {
        "type": f"/problems/{code}",
        "title": _TITLES[status],
        "status": status,
        "detail": detail,
    }
    if isinstance(error, SlowDownError):
        found["retry_after"] = error.seconds
    return found


def respond(found: Problem, headers: Mapping[str, str] | None = None) -> JSONResponse:
    status = int(str(found["status"]))
    extra = dict(headers or {})
    if status in (429, 503):
        extra["Retry-After"] = str(found.get("retry_after", 2))
    if status == 401:
        extra["WWW-Authenticate"] = "Bearer"
    return JSONResponse(found, status_code=status, headers=extra, media_type="application/problem+json")


def plain(status: int, code: str, detail: str) -> Problem:
    return {
        "type": f"/problems/{code}",
        "title": _TITLES.get(status, "Refused"),
        "status": status,
        "detail": detail,
    }


def _place(request: Request) -> str:
    """The route as it is written: what fills its gaps may be a capability, such as a checkpoint's page."""
    return str(getattr(request.scope.get("route"), "path", ""))


def install(app: FastAPI, phrases: Phrases) -> None:
    """Every error of `app` leaves as problem details."""

    @app.exception_handler(CountersignError)
    async def _known(request: Request, error: CountersignError) -> JSONResponse:
        found = problem(error, phrases)
        if found["status"] in (500, 503):
            log.error("request.failed", code=error.code, path=_place(request), error=type(error).__name__)
        return respond(found)

    @app.exception_handler(RequestValidationError)
    async def _invalid(request: Request, error: RequestValidationError) -> JSONResponse:
        # Only where and why: never what was sent.
        where = "; ".join(
            f"{'.'.join(str(p) for p in fault['loc'] if p != 'body') or 'body'}: {fault['msg']}"
            for fault in error.errors()[:5]
        )
        return respond(plain(400, "bad-request", where))

    @app.exception_handler(HTTPException)
    async def _http(request: Request, error: HTTPException) -> JSONResponse:
        code = _CODES.get(error.status_code, "refused")
        return respond(plain(error.status_code, code, str(error.detail)), error.headers)

    @app.exception_handler(Exception)
    async def _unknown(request: Request, error: Exception) -> JSONResponse:
        log.error("request.crashed", path=_place(request), error=type(error).__name__, exc_info=error)
        return respond(plain(500, "internal-error", _TITLES[500]))
