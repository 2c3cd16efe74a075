"""Step 1, session: from the bearer token or our own cookie, and from nowhere else."""

from collections.abc import Collection
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.requests import HTTPConnection
from starlette.responses import Response

from countersign.gateway.errors import OriginRefusedError, SessionRequiredError
from countersign.gateway.limits import MessageLimits
from countersign.identity.errors import IdentityError
from countersign.identity.models import Opened, Session
from countersign.identity.service import Sessions

SESSION_COOKIE = "__Host-countersign_session"
DEVICE_COOKIE = "__Host-countersign_device"
DEVICE_HEADER = "X-Device-Key"
_COOKIE_SECONDS = 7 * 24 * 3600


class Access:
    def __init__(
        self, sessions: Sessions, limits: MessageLimits, base_url: str, embed_origins: Collection[str]
    ) -> None:
        self._sessions = sessions
        self._limits = limits
        self._own = {_origin(base_url)}
        self._embed = frozenset(embed_origins)

    def session(self, request: HTTPConnection) -> Session:
        """The living session of a request.

        Raises SessionRequiredError when there is none (unknown and expired read the same), and
        OriginRefusedError when a page of another site rides on the cookie.
        """
        return self.of_token(self.token(request), self.device(request))

    def own(self, request: HTTPConnection) -> Session | None:
        """As `session`, but None when there is none."""
        try:
            return self.session(request)
        except SessionRequiredError:
            return None

    def open(self, request: HTTPConnection) -> Opened | None:
        """A new cookie session for this browser; None when its address has opened too many."""
        if self._limits.hit_opening(self.origin(request)) is not None:
            return None
        return self._sessions.open("web", "en", "cookie", request.cookies.get(DEVICE_COOKIE))

    def origin(self, request: HTTPConnection) -> str:
        """A keyed hash of the client's network address, for limits."""
        return self._limits.origin(request.client.host if request.client else "")

    def of_token(self, token: str, device_key: str | None = None) -> Session:
        try:
            return self._sessions.resolve(token, device_key)
        except IdentityError:
            raise SessionRequiredError("unknown or expired") from None

    def device(self, request: HTTPConnection) -> str | None:
        """The device key that came along, where the client sends one beside its token."""
        if bearer_token(request.headers):
            return request.headers.get(DEVICE_HEADER)
        return request.cookies.get(DEVICE_COOKIE)

    def token(self, request: HTTPConnection) -> str:
        bearer = bearer_token(request.headers)
        if bearer:
            return bearer
        cookie = request.cookies.get(SESSION_COOKIE, "")
        if not cookie:
            raise SessionRequiredError("none given")
        self.refuse_other_sites(request)
        return cookie

    def refuse_other_sites(self, request: HTTPConnection) -> None:
        """Cross-site request forgery ends here, beside SameSite=Strict (OWASP: verify the origin)."""
        if request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
            raise OriginRefusedError("cross-site")
        origin = request.headers.get("origin")
        if origin is not None and origin not in self._own | {_host_origin(request)}:
            raise OriginRefusedError("another origin")

    def may_connect(self, request: HTTPConnection) -> bool:
        """Whether a socket from this page is welcome; programs send no Origin (ASVS 4.4.2)."""
        origin = request.headers.get("origin")
        return origin is None or origin in self._own | self._embed | {_host_origin(request)}

    @staticmethod
    def set_cookies(response: Response, opened: Opened) -> None:
        pairs = ((SESSION_COOKIE, opened.token), (DEVICE_COOKIE, opened.device_key))
        for name, value in pairs:
            if value is None:
                continue
            response.set_cookie(
                name,
                value.reveal(),
                max_age=_COOKIE_SECONDS,
                path="/",
                secure=True,
                httponly=True,
                samesite="strict",
            )

    @staticmethod
    def clear_cookies(response: Response) -> None:
        response.delete_cookie(SESSION_COOKIE, path="/", secure=True, httponly=True, samesite="strict")


def bearer_token(headers: Headers) -> str:
    scheme, _, token = headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def _host_origin(request: HTTPConnection) -> str:
    scheme = {"ws": "http", "wss": "https"}.get(request.url.scheme, request.url.scheme)
    return f"{scheme}://{request.headers.get('host', '')}"
