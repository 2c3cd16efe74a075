"""The staff's socket in a real browser: from the one-time link to a signed-in page, accessible throughout."""

import asyncio
import socket
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pyotp
import pytest
import uvicorn
from playwright.sync_api import Page, expect

from countersign.bootstrap import Core
from countersign.config import Settings
from countersign.identity.staff.models import AccountLink
from countersign.identity.staff.table import Role
from countersign.identity.totp import STEP_SECONDS
from countersign.kit.hidden import Personal
from tests.e2e.visit import Visit
from tests.fakes.clock import FakeClock

ROOT = Path(__file__).parents[2]
PASSWORD = "seven green kettles on a hill"
Open = Callable[..., Visit]


class Staff:
    """The core's staff socket on a free port, its clock in our hands."""

    def __init__(self, home: Path, port: int) -> None:
        self.url = f"http://127.0.0.1:{port}"
        settings = Settings(
            home=home, demo=True, staff=f"127.0.0.1:{port}", words=ROOT / "data", staff_hash_memory_kib=19_456
        )
        self.clock = FakeClock()
        self.core = Core(settings, self.clock)

    def invite(self) -> AccountLink:
        return self.core.staff.accounts.add(
            Personal("dora@shop.example"), Personal("Dora Fuchs"), [Role.ADMIN, Role.SECURITY]
        )

    def code(self, secret: str) -> str:
        return pyotp.TOTP(secret).generate_otp(int(self.clock.now().timestamp()) // STEP_SECONDS)

    def next_code(self, secret: str) -> str:
        self.clock.advance(seconds=STEP_SECONDS)
        return self.code(secret)


@pytest.fixture
def staff(tmp_path: Path) -> Iterator[Staff]:
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        port = holder.getsockname()[1]
    made = Staff(tmp_path / "home", port)
    config = uvicorn.Config(
        made.core.staff_app(), host="127.0.0.1", port=port, log_level="error", lifespan="off"
    )
    server, started = uvicorn.Server(config), threading.Event()

    async def serve() -> None:
        serving = asyncio.create_task(server.serve())
        while not server.started and not serving.done():
            await asyncio.sleep(0.01)
        started.set()
        await serving

    thread = threading.Thread(target=lambda: asyncio.run(serve()))
    thread.start()
    assert started.wait(20)
    yield made
    server.should_exit = True
    thread.join()
    made.core.database.dispose()


def set_up(page: Page, staff: Staff) -> str:
    """From the link to the sign-in page; the secret that the authenticator holds then."""
    page.goto(staff.core.staff.link(staff.invite().token).reveal())
    expect(page.get_by_label("Code of your link")).not_to_have_value("")
    page.get_by_role("button", name="Go on").click()
    page.get_by_text("It can’t be scanned?").click()
    secret = page.locator("details code").inner_text().replace(" ", "")
    page.locator("#password").fill(PASSWORD)
    page.get_by_label("Code of your authenticator").fill(staff.code(secret))
    page.get_by_role("button", name="Set up").click()
    expect(page.get_by_role("status")).to_contain_text("is set up")
    return secret


def sign_in(page: Page, code: str, password: str = PASSWORD) -> None:
    page.get_by_label("E-mail address").fill("dora@shop.example")
    page.locator("#password").fill(password)
    page.get_by_label("Code of your authenticator").fill(code)
    page.get_by_role("button", name="Sign in").click()


def test_from_the_link_to_a_new_password(visit: Open, staff: Staff) -> None:
    seen = visit()
    page = seen.page
    secret = set_up(page, staff)
    assert "#" not in page.url
    sign_in(page, staff.next_code(secret))
    expect(page.get_by_role("heading", level=1)).to_have_text("Good to see you, Dora Fuchs")
    expect(page.get_by_role("listitem").filter(has_text="add accounts of the staff")).to_be_visible()
    page.get_by_role("link", name="My account").click()
    staff.clock.advance(minutes=6)
    page.get_by_role("link", name="Change my password").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Is it still you?")
    page.locator("#password").fill(PASSWORD)
    page.get_by_label("Code of your authenticator").fill(staff.next_code(secret))
    page.get_by_role("button", name="Go on").click()
    page.locator("#password").fill("nine slow herons at the weir")
    page.get_by_role("button", name="Change it").click()
    expect(page.get_by_role("status")).to_contain_text("is changed")
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("status")).to_have_text("You are signed out.")
    page.go_back()
    page.reload()
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")
    assert seen.hosts == {staff.url.removeprefix("http://")}


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_page_is_accessible_and_fits(visit: Open, staff: Staff, tools: Path, scheme: str) -> None:
    seen = visit(bypass_csp=True, color_scheme=scheme)
    page, faults = seen.page, list[str]()

    def look(name: str) -> None:
        faults.extend(f"{name}: {fault}" for fault in seen.axe())
        for width in (1280, 390, 320):
            page.set_viewport_size({"width": width, "height": 800})
            if not page.evaluate("document.documentElement.scrollWidth <= innerWidth"):
                faults.append(f"{name}: too wide at {width}")

    link = staff.core.staff.link(staff.invite().token).reveal()
    page.goto(link)
    look("set_up")
    page.get_by_role("button", name="Go on").click()
    look("set_up_form")
    page.get_by_text("It can’t be scanned?").click()
    look("set_up_form, key")
    secret = page.locator("details code").inner_text().replace(" ", "")
    page.locator("#password").fill("Password1234")
    page.get_by_label("Code of your authenticator").fill("000000")
    page.get_by_role("button", name="Set up").click()
    look("set_up_form, fault")
    page.locator("#password").fill(PASSWORD)
    page.get_by_label("Code of your authenticator").fill(staff.code(secret))
    page.get_by_role("button", name="Set up").click()
    look("sign_in")
    sign_in(page, "000000")
    look("sign_in, fault")
    sign_in(page, staff.next_code(secret))
    look("start")
    staff.core.staff.sessions.open(staff.core.staff.accounts.all()[0].id)
    page.goto(f"{staff.url}/account")
    look("account")
    page.goto(f"{staff.url}/account/password")
    look("password")
    staff.clock.advance(minutes=6)
    page.goto(f"{staff.url}/account/password")
    look("reauthenticate")
    page.goto(link)
    page.get_by_role("button", name="Go on").click()
    look("message")
    assert "\n".join(faults) == ""


def test_set_up_and_sign_in_need_no_script(visit: Open, staff: Staff) -> None:
    page = visit(java_script_enabled=False).page
    page.goto(f"{staff.url}/set-up")
    page.get_by_label("Code of your link").fill(staff.invite().token.reveal())
    page.get_by_role("button", name="Go on").click()
    page.locator("summary").click()
    secret = page.locator("details code").inner_text().replace(" ", "")
    page.locator("#password").fill(PASSWORD)
    page.get_by_label("Code of your authenticator").fill(staff.code(secret))
    page.get_by_role("button", name="Set up").click()
    sign_in(page, staff.next_code(secret))
    expect(page.get_by_role("heading", level=1)).to_contain_text("Dora Fuchs")


def test_no_page_can_be_framed(visit: Open, staff: Staff) -> None:
    seen = visit()
    seen.page.goto(f"{staff.url}/sign-in")
    seen.page.route(
        "http://evil.example/",
        lambda route: route.fulfill(
            body=f"<iframe src='{staff.url}/sign-in'></iframe>", content_type="text/html"
        ),
    )
    seen.page.goto("http://evil.example/")
    seen.page.wait_for_load_state("networkidle")
    framed = [frame for frame in seen.page.frames if frame != seen.page.main_frame]
    assert [frame.locator("form").count() for frame in framed] == [0]
    seen.faults.clear()
