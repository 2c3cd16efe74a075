"""Who is at the other end of a request to the staff's socket, and whether a form is one of ours.

Cookies know no ports, so their names differ from shoppers' on the same host. A form needs the token of
the very page it stood on, bound to two cookies, and must come from our own origin: either alone would
do (OWASP, cross-site request forgery).
"""

import hmac
from ipaddress import ip_address
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import Response

from countersign.console.errors import FormRefusedError
from countersign.identity.staff.models import KEEP_DEVICES, StaffOpened, StaffSession
from countersign.identity.staff.sessions import StaffSessions
from countersign.kit.hidden import Secret
from countersign.kit.ids import new_token
from countersign.risk.limits import origin_of
from countersign.vault.service import Vault

SESSION_COOKIE = "__Host-countersign_staff"
DEVICE_COOKIE = "__Host-countersign_staff_device"
FORM_COOKIE = "__Host-countersign_staff_form"
_SAFE = ("GET", "HEAD")


class StaffAccess:
    """`url` is where the staff reach the socket, `listen` where it listens."""

    def __init__(self, sessions: StaffSessions, vault: Vault, url: str, listen: str) -> None:
        self._sessions = sessions
        self._vault = vault
        self._origins = {_origin(url), *_loopback_origins(listen)}
        self.hosts = frozenset(urlsplit(origin).netloc for origin in self._origins)

    def session(self, request: Request) -> StaffSession:
        """Raises StaffSessionError when there is no living one, and FormRefusedError as `check_site` does."""
        self.check_site(request)
        return self._sessions.resolve(request.cookies.get(SESSION_COOKIE, ""))

    def device(self, request: Request) -> Secret | None:
        value = request.cookies.get(DEVICE_COOKIE, "")
        return Secret(value) if value else None

    def address(self, request: Request) -> str:
        """A keyed hash of the client's network address, for limits."""
        return origin_of(self._vault, request.client.host if request.client else "")

    def check_site(self, request: Request) -> None:
        """Raises FormRefusedError when a page of another site, or none of ours, sends more than a look."""
        if request.method in _SAFE:
            return
        origin, site = request.headers.get("origin"), request.headers.get("sec-fetch-site", "same-origin")
        if origin not in self._origins or site != "same-origin":
            raise FormRefusedError("another origin, or none")

    def check_form(self, request: Request, token: str) -> None:
        """Raises FormRefusedError also for a form without the token of its page."""
        self.check_site(request)
        form = request.cookies.get(FORM_COOKIE, "")
        if not form or not hmac.compare_digest(
            self._form_token(request, form).encode(), token.encode("utf-8", "surrogatepass")
        ):
            raise FormRefusedError("not the token of this page")

    def form_token(self, request: Request) -> tuple[str, Secret | None]:
        """The token for a page's forms, and the form cookie to set when there is none yet."""
        form = request.cookies.get(FORM_COOKIE, "")
        fresh = None if form else Secret(new_token())
        return self._form_token(request, form or (fresh.reveal() if fresh else "")), fresh

    def set_session(self, response: Response, opened: StaffOpened) -> None:
        """The cookies of a new or rotated session; forms of older pages are void."""
        _set(response, SESSION_COOKIE, opened.token)
        _set(response, FORM_COOKIE, Secret(new_token()))
        if opened.device is not None:
            _set(response, DEVICE_COOKIE, opened.device, int(KEEP_DEVICES.total_seconds()))

    @staticmethod
    def set_form(response: Response, form: Secret) -> None:
        _set(response, FORM_COOKIE, form)

    @staticmethod
    def clear_session(response: Response) -> None:
        """The device key stays: it opens nothing."""
        for name in (SESSION_COOKIE, FORM_COOKIE):
            response.delete_cookie(name, path="/", secure=True, httponly=True, samesite="strict")

    def _form_token(self, request: Request, form: str) -> str:
        session = request.cookies.get(SESSION_COOKIE, "")
        return self._vault.mac(f"{form} {session}", purpose="staff.form").hex()


def _set(response: Response, name: str, value: Secret, seconds: int | None = None) -> None:
    response.set_cookie(
        name, value.reveal(), max_age=seconds, path="/", secure=True, httponly=True, samesite="strict"
    )


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def _loopback_origins(listen: str) -> set[str]:
    """A tunnel to loopback is a way in, under any of its names."""
    host, _, port = listen.rpartition(":")
    try:
        local = host == "localhost" or ip_address(host.strip("[]")).is_loopback
    except ValueError:
        local = False
    return {f"http://{name}:{port}" for name in ("127.0.0.1", "localhost", "[::1]")} if local else set()
