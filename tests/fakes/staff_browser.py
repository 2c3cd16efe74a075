"""A browser of the staff, and the whole core behind it."""

import html
import re
from typing import Any

import httpx
import pyotp

from countersign.console.access import DEVICE_COOKIE, FORM_COOKIE, SESSION_COOKIE
from countersign.identity.staff.table import Role
from countersign.identity.totp import STEP_SECONDS
from countersign.kit.hidden import Personal, Secret
from tests.fakes.gateway_parts import Stage
from tests.fakes.staff import DORA, PASSWORD
from tests.fakes.visitors import Visitor

URL = "https://staff.example"
SETTINGS: dict[str, Any] = {
    "staff_url": URL,
    "staff_hash_memory_kib": 19_456,
    "staff_hash_rounds": 2,
    "staff_hash_lanes": 1,
}


class StaffBrowser(Visitor):
    def __init__(self, stage: Stage, base: str = URL) -> None:
        super().__init__(stage.staff_app(), base)
        self.stage = stage
        self.secret = ""

    def csrf(self, path: str) -> str:
        """The token of the forms on a page."""
        found = re.search(r'name="csrf" value="([0-9a-f]+)"', self.get(path).text)
        assert found, path
        return found[1]

    def send(self, path: str, page: str, **form: str) -> httpx.Response:
        """What a browser sends for a form on `page`."""
        data = {"csrf": self.csrf(page), **form}
        return self.post(path, data=data, headers={"Origin": URL, "Sec-Fetch-Site": "same-origin"})

    def code(self, steps: int = 0) -> str:
        step = int(self.stage.clock.now().timestamp()) // STEP_SECONDS + steps
        return pyotp.TOTP(self.secret).generate_otp(step)

    def set_up(self, token: Secret, password: str = PASSWORD.reveal(), **form: str) -> httpx.Response:
        """From the link to the end; afterwards the code that was typed is past."""
        page = self.send("/set-up", "/set-up", token=token.reveal())
        key = re.search(r"<code>([A-Z2-7 ]+)</code>", page.text)
        assert key, page.text
        self.secret = key[1].replace(" ", "")
        given = {"token": token.reveal(), "password": password, "code": self.code(), **form}
        answer = self.send("/set-up", "/set-up", **given)
        self.stage.clock.advance(seconds=STEP_SECONDS)
        return answer

    def hired(self, *roles: Role) -> "StaffBrowser":
        link = self.stage.staff.accounts.add(DORA, Personal("Dora <Fuchs>"), roles or tuple(Role))
        answer = self.set_up(link.token)
        assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in?said=ready")
        return self

    def sign_in(self, **form: str) -> httpx.Response:
        given = {"email": DORA.reveal(), "password": PASSWORD.reveal(), "code": self.code(), **form}
        answer = self.send("/sign-in", "/sign-in", **given)
        self.stage.clock.advance(seconds=STEP_SECONDS)
        return answer

    def signed_in(self, *roles: Role) -> "StaffBrowser":
        self.hired(*roles)
        answer = self.sign_in()
        assert (answer.status_code, answer.headers["location"]) == (303, "/")
        return self

    def cookie(self, name: str) -> str:
        return self.cookies.get(name) or ""

    @property
    def session(self) -> str:
        return self.cookie(SESSION_COOKIE)

    @property
    def device(self) -> str:
        return self.cookie(DEVICE_COOKIE)

    @property
    def form(self) -> str:
        return self.cookie(FORM_COOKIE)


def words(answer: httpx.Response) -> str:
    """The text of a page."""
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", answer.text)).split())
