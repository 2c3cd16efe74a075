"""«Sign in with the shop's account» in a real browser, at a real provider that is another site."""

import re
import socket
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Page, expect

from countersign.store.demo.seed import demo_shop
from ops.instance import Instance, start
from tests.e2e.visit import Visit

Open = Callable[..., Visit]
FOLDER = Path(__file__).parent / "oidc"
PATIENCE = {"timeout": 20_000}


@dataclass(frozen=True)
class House:
    """The product on 127.0.0.1 and the provider on localhost: two sites: cookies behave as in life."""

    instance: Instance
    issuer: str

    @property
    def url(self) -> str:
        return self.instance.url


@pytest.fixture(scope="module")
def provider_tools() -> Path:
    if not (FOLDER / "node_modules/oidc-provider").is_dir():
        subprocess.run(["npm", "ci", "--ignore-scripts"], cwd=FOLDER, check=True, capture_output=True)
    return FOLDER


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory, provider_tools: Path) -> Iterator[House]:
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        port = holder.getsockname()[1]
    issuer = f"http://localhost:{port}"
    env = {
        "COUNTERSIGN_OIDC_ISSUER": issuer,
        "COUNTERSIGN_OIDC_CLIENT_ID": "countersign",
        "COUNTERSIGN_OIDC_CLIENT_SECRET": "secret-of-the-test-provider",
    }
    home = tmp_path_factory.mktemp("shop_account") / "home"
    with start(home, store="demo", env=env) as instance:
        command = ["node", "provider.mjs", str(port), f"{instance.url}/portal/oidc"]
        with subprocess.Popen(
            command, cwd=provider_tools, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        ) as provider:
            assert provider.stdout is not None
            assert "listening" in provider.stdout.readline()
            yield House(instance, issuer)
            provider.terminate()


@pytest.fixture(scope="module")
def emails() -> list[str]:
    """Customers with orders; each test takes another, since a link stays."""
    shop = demo_shop()
    with_orders = {order.customer_id for order in shop.orders}
    return [customer.email for customer in shop.customers if customer.id in with_orders]


@pytest.fixture
def email(emails: list[str]) -> str:
    return emails.pop()


def at_checkpoint(visit: Open, house: House) -> tuple[Visit, Page]:
    """A chat that asked for something of its own, and the page behind the checkpoint."""
    chat = visit().open(house.url)
    # The provider's page asks for a font of the web's.
    chat.context.route(re.compile("^https://"), lambda route: route.abort())
    chat.say("Show me my orders")
    link = chat.dialog.get_by_role("link", name=re.compile("Open secure page"))
    expect(link).to_be_visible(**PATIENCE)
    with chat.context.expect_page() as opened:
        link.click()
    return chat, opened.value


def to_the_provider(page: Page, house: House) -> None:
    page.get_by_role("button", name="Sign in with the shop's account").click()
    page.wait_for_url(f"{house.issuer}/interaction/**")


def signs_in_there(page: Page, name: str) -> None:
    page.get_by_placeholder("Enter any login").fill(name)
    page.get_by_placeholder("and password").fill("anything")
    page.get_by_role("button", name="Sign-in").click()


def consents(page: Page) -> None:
    page.get_by_role("button", name="Continue").click()


def refused(page: Page, house: House) -> None:
    expect(page.get_by_text("You are not signed in")).to_be_visible(**PATIENCE)
    assert page.url.startswith(house.url)


def still_a_guest(chat: Visit) -> None:
    chat.page.bring_to_front()
    link = chat.dialog.get_by_role("link", name=re.compile("Open secure page"))
    before = link.get_attribute("href") or ""
    chat.say("Show me my orders")
    expect(link).not_to_have_attribute("href", before, **PATIENCE)
    assert "#W" not in chat.log.inner_text()


def test_the_whole_round_and_the_errand_goes_on_by_itself(visit: Open, house: House, email: str) -> None:
    chat, page = at_checkpoint(visit, house)
    to_the_provider(page, house)
    signs_in_there(page, email)
    consents(page)
    expect(page.get_by_role("heading", name="You are signed in")).to_be_visible(**PATIENCE)
    assert page.url == f"{house.url}/portal/signed-in"
    chat.page.bring_to_front()
    expect(chat.log).to_contain_text("#W", **PATIENCE)
    # The address with the code is spent, for everybody.
    (back,) = {url for url in chat.requests if "/portal/oidc?" in url}
    assert {"code", "state", "iss"} == set(parse_qs(urlsplit(back).query))
    page.goto(back)
    refused(page, house)
    stranger = visit()
    stranger.page.goto(back)
    refused(stranger.page, house)
    chat.page.bring_to_front()
    chat.say("What is my e-mail address?")
    expect(chat.log).to_contain_text(email, **PATIENCE)


def test_a_chat_goes_on_after_the_round_with_its_new_cookie(visit: Open, house: House, email: str) -> None:
    chat, page = at_checkpoint(visit, house)
    to_the_provider(page, house)
    signs_in_there(page, email)
    consents(page)
    expect(page.get_by_role("heading", name="You are signed in")).to_be_visible(**PATIENCE)
    page.close()
    chat.page.reload()
    chat.open()
    expect(chat.log).to_contain_text("#W", **PATIENCE)
    chat.say("What is my e-mail address?")
    expect(chat.log).to_contain_text(email, **PATIENCE)


@pytest.mark.parametrize("name", ["nobody@post.example", "unproven {email}"])
def test_whoever_is_no_customer_is_refused_alike(visit: Open, house: House, email: str, name: str) -> None:
    chat, page = at_checkpoint(visit, house)
    to_the_provider(page, house)
    signs_in_there(page, name.format(email=email))
    consents(page)
    refused(page, house)
    still_a_guest(chat)


def test_who_says_no_at_the_provider_is_not_signed_in(visit: Open, house: House, email: str) -> None:
    chat, page = at_checkpoint(visit, house)
    to_the_provider(page, house)
    page.get_by_role("link", name="Cancel").click()
    refused(page, house)
    still_a_guest(chat)


def test_whoever_is_lured_into_somebody_elses_round_is_not_signed_in_there(
    visit: Open, house: House, email: str
) -> None:
    chat, page = at_checkpoint(visit, house)
    to_the_provider(page, house)
    (away,) = {url for url in chat.requests if url.startswith(f"{house.issuer}/auth?")}
    victim = visit()
    victim.context.route(re.compile("^https://"), lambda route: route.abort())
    victim.page.goto(away)
    signs_in_there(victim.page, email)
    consents(victim.page)
    refused(victim.page, house)
    still_a_guest(chat)
