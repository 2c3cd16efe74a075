"""Who may look at a checkpoint's page, and who may answer on it."""

from pathlib import Path

import httpx
import pytest

from countersign.db.engine import Database
from countersign.identity.models import Session
from countersign.vault.service import Vault
from tests.fakes.clock import FakeClock
from tests.fakes.gateway_parts import EMBEDDER, UNA, Stage, run

CROSS_SITE = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"}


@pytest.fixture
def stage(database: Database, vault: Vault, clock: FakeClock, tmp_path: Path) -> Stage:
    return Stage(database, vault, clock, tmp_path)


def opened(stage: Stage, transport: str = "bearer") -> tuple[str, Session]:
    session = stage.open(transport).session
    page = stage.suspend(session.conversation)
    return f"/portal/checkpoint/{page.reveal()}", session


def answer(stage: Stage, method: str, url: str, headers: dict[str, str] | None = None) -> httpx.Response:
    """What a browser without cookies gets."""

    async def ask() -> httpx.Response:
        transport = httpx.ASGITransport(stage.public_app())
        async with httpx.AsyncClient(transport=transport, base_url="http://testserver") as browser:
            form = {"email": UNA.reveal()} if method == "POST" else None
            return await browser.request(method, url, data=form, headers=headers)

    return run(ask())


def test_a_link_in_a_chat_that_another_site_embeds_leads_to_the_page(stage: Stage) -> None:
    url, _ = opened(stage)
    page = answer(stage, "GET", url, CROSS_SITE)
    assert page.status_code == 200
    assert "Did somebody send you this page?" in page.text


@pytest.mark.parametrize("headers", [CROSS_SITE, {"Origin": EMBEDDER}, {"Origin": "null"}])
def test_another_site_cannot_send_the_form(stage: Stage, headers: dict[str, str]) -> None:
    url, session = opened(stage)
    assert answer(stage, "POST", url, headers).status_code == 403
    assert not stage.sign_in.pending(session)


def test_the_same_form_from_the_page_itself_is_taken(stage: Stage) -> None:
    url, session = opened(stage)
    assert answer(stage, "POST", url, {"Origin": "http://testserver"}).status_code == 200
    assert stage.sign_in.pending(session)


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_chat_in_a_cookie_has_no_page_in_another_browser(stage: Stage, method: str) -> None:
    url, session = opened(stage, "cookie")
    assert answer(stage, method, url).status_code == 410
    assert not stage.sign_in.pending(session)
