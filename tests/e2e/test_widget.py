"""The whole road in a real browser, against the running product and its demo shop."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from countersign.store.demo.seed import demo_shop
from tests.conftest import Shop
from tests.e2e.embedder import Embedder
from tests.e2e.visit import Visit

Open = Callable[..., Visit]
RESULTS = Path(__file__).parents[2] / "results"
PATIENCE = {"timeout": 20_000}


@dataclass(frozen=True)
class Shopper:
    """A customer of the demo shop with an order that is on its way or there."""

    email: str
    number: str
    status: str
    tracking: str


@pytest.fixture(scope="session")
def shoppers() -> list[Shopper]:
    shop = demo_shop()
    emails = {customer.id: customer.email for customer in shop.customers}
    tracked = [order for order in shop.orders if order.shipments and order.shipments[0].tracking]
    found = {
        emails[order.customer_id]: Shopper(
            emails[order.customer_id], order.id, order.status, order.shipments[0].tracking[0]
        )
        for order in tracked
        if order.shipments
    }
    return list(found.values())


@pytest.fixture
def shopper(shoppers: list[Shopper]) -> Shopper:
    """Another one for each test, so that no limit of one meets the next."""
    return shoppers.pop()


def code_for(shop: Shop, shopper: Shopper) -> str:
    return str(shop.outbox(shopper.email)[-1]["code"])


def ask(chat: Visit, shopper: Shopper) -> None:
    chat.say(f"Where is my order {shopper.number}?")
    expect(chat.dialog.get_by_role("link", name=re.compile("Open secure page"))).to_be_visible(**PATIENCE)


def sign_in(chat: Visit, shop: Shop, shopper: Shopper) -> None:
    chat.say(shopper.email)
    expect(chat.box).to_have_attribute("autocomplete", "one-time-code", **PATIENCE)
    expect(chat.lock).to_be_visible()
    chat.say(code_for(shop, shopper))


def hears_status(chat: Visit, shopper: Shopper) -> None:
    expect(chat.log).to_contain_text(re.compile(re.escape(shopper.status), re.IGNORECASE), **PATIENCE)
    expect(chat.log).to_contain_text(shopper.tracking, **PATIENCE)
    assert "⟦" not in chat.log.inner_text()


def test_where_is_my_order(visit: Open, shop: Shop, shopper: Shopper) -> None:
    chat = visit(viewport={"width": 1280, "height": 860}, reduced_motion="reduce").open(shop.url)
    ask(chat, shopper)
    expect(chat.lock).to_be_visible()
    sign_in(chat, shop, shopper)
    hears_status(chat, shopper)
    expect(chat.lock).to_have_count(0)
    RESULTS.mkdir(exist_ok=True)
    chat.page.screenshot(path=RESULTS / "widget.png")
    assert shopper.email not in chat.page.evaluate("JSON.stringify([sessionStorage, localStorage])")
    assert chat.page.evaluate("document.cookie") == ""
    before = chat.log.locator(".bubble").all_inner_texts()
    chat.page.reload()
    expect(chat.dialog).to_have_count(0)
    chat.open()
    hears_status(chat, shopper)
    assert (
        chat.log.locator(".turn.assistant .bubble").count()
        == len([text for text in before if text]) - chat.log.locator(".turn.shopper .bubble").count()
    )
    assert chat.hosts == {urlsplit(shop.url).netloc}


def test_the_secure_page_continues_the_chat(visit: Open, shop: Shop, shopper: Shopper) -> None:
    chat = visit().open(shop.url)
    ask(chat, shopper)
    with chat.context.expect_page() as opened:
        chat.dialog.get_by_role("link", name=re.compile("Open secure page")).click()
    page = opened.value
    page.get_by_label("E-mail address").fill(shopper.email)
    page.get_by_role("button", name="Send me a code").click()
    page.get_by_label("Code", exact=True).fill("AAAA-AAAA")
    page.get_by_role("button", name="Go on").click()
    expect(page.get_by_role("alert")).to_be_visible()
    page.get_by_label("Code", exact=True).fill(code_for(shop, shopper))
    page.get_by_role("button", name="Go on").click()
    expect(page.get_by_role("heading", name="You are signed in")).to_be_visible()
    chat.page.bring_to_front()
    hears_status(chat, shopper)
    expect(chat.bubbles(shopper.tracking)).to_have_count(1)
    chat.say("thank you")
    expect(chat.bubbles("thank you", "shopper")).to_have_count(1)


def test_the_mailed_link_signs_in_the_browser_that_asked(visit: Open, shop: Shop, shopper: Shopper) -> None:
    chat = visit().open(shop.url)
    ask(chat, shopper)
    chat.say(shopper.email)
    expect(chat.box).to_have_attribute("autocomplete", "one-time-code", **PATIENCE)
    link = shop.outbox(shopper.email)[-1]["link"]
    other = visit()
    other.page.goto(link)
    other.page.get_by_role("button", name="Yes, sign me in").click()
    expect(other.page.get_by_role("heading", name="Type this code")).to_be_visible()
    page = chat.context.new_page()
    page.goto(link)
    page.get_by_role("button", name="Yes, sign me in").click()
    expect(page.get_by_role("heading", name="You are signed in")).to_be_visible()
    chat.page.bring_to_front()
    hears_status(chat, shopper)


def test_by_keyboard_alone(visit: Open, shop: Shop, shopper: Shopper) -> None:
    chat = visit()
    chat.page.goto(f"{shop.url}/products?q=nothing+is+called+this")
    expect(chat.launcher).to_be_visible()
    keys = chat.page.keyboard
    for _ in range(60):
        keys.press("Tab")
        if chat.page.evaluate("document.activeElement.localName") == "countersign-chat":
            break
    keys.press("Enter")
    expect(chat.box).to_be_focused()
    keys.type(f"Where is my order {shopper.number}?")
    keys.press("Enter")
    expect(chat.lock).to_be_visible(**PATIENCE)
    keys.type(shopper.email)
    keys.press("Enter")
    expect(chat.box).to_have_attribute("autocomplete", "one-time-code", **PATIENCE)
    keys.type(code_for(shop, shopper))
    keys.press("Enter")
    hears_status(chat, shopper)
    keys.press("Escape")
    expect(chat.launcher).to_be_focused()


def test_a_broken_line_neither_loses_nor_doubles(visit: Open, shop: Shop) -> None:
    chat = visit().open(shop.url)
    chat.say("hello")
    chat.hears(re.compile(r"\w"), **PATIENCE)
    for words in ("what are your opening hours?", "do you ship abroad?"):
        chat.context.set_offline(True)
        expect(chat.dialog.get_by_text("You are offline.").first).to_be_visible()
        chat.say(words)
        chat.context.set_offline(False)
        turn = chat.log.locator(".turn").filter(has_text=words)
        expect(turn).to_have_count(1)
        expect(turn.get_by_text(re.compile("Sending|Waiting"))).to_have_count(0, **PATIENCE)
        expect(chat.log.locator(".turn").last).to_have_class(re.compile("assistant"), **PATIENCE)
    heard = chat.log.locator(".turn.assistant .bubble").all_inner_texts()
    chat.page.reload()
    chat.open()
    expect(chat.log.locator(".turn.shopper")).to_have_count(3)
    expect(chat.log.locator(".turn.assistant .bubble")).to_have_text(heard)


def test_another_site_embeds_it_by_bearer(visit: Open, shop: Shop, shopper: Shopper) -> None:
    with Embedder(shop.url, urlsplit(shop.embed_origin).port or 0) as site:
        chat = visit(color_scheme="light")
        chat.page.goto(f"{site.origin}/tag.html")
        colour = "button => getComputedStyle(button).backgroundColor"
        assert chat.launcher.evaluate(colour) == "rgb(250, 204, 21)"
        chat.open()
        ask(chat, shopper)
        sign_in(chat, shop, shopper)
        hears_status(chat, shopper)
        chat.say("show my orders")
        expect(chat.log.locator(".turn").last).to_have_class(re.compile("assistant"), **PATIENCE)
        assert chat.context.cookies() == []
        assert chat.hosts == {urlsplit(url).netloc for url in (shop.url, site.origin)}


def test_a_site_that_is_not_on_the_list_gets_nothing(visit: Open, shop: Shop) -> None:
    with Embedder(shop.url) as site:
        chat = visit().open(f"{site.origin}/tag.html")
        expect(chat.dialog.get_by_text("cannot be reached").first).to_be_visible()
        chat.faults = [fault for fault in chat.faults if "CORS policy" not in fault]


def test_words_of_a_shopper_are_never_markup(visit: Open, shop: Shop) -> None:
    chat = visit().open(shop.url)
    words = "<img src=x onerror=alert(1)> **x** [y](https://evil.example) ⟦card:abcdefgh⟧"
    chat.say(words)
    chat.hears(re.compile(r"\w"), **PATIENCE)
    for again in (False, True):
        if again:
            chat.page.reload()
            chat.open()
        own = chat.log.locator(".turn.shopper .bubble")
        expect(own).to_have_count(1)
        expect(own).to_contain_text("<img src=x onerror=alert(1)> **x** [y](https://evil.example)")
        expect(own.locator("img, strong, a")).to_have_count(0)


def test_a_deleted_chat_is_gone(visit: Open, shop: Shop) -> None:
    chat = visit().open(shop.url)
    chat.say("hello")
    chat.hears(re.compile(r"\w"), **PATIENCE)
    chat.dialog.get_by_role("button", name="Chat menu").click()
    chat.dialog.get_by_role("button", name="Delete this chat").click()
    chat.dialog.get_by_role("button", name="Delete", exact=True).click()
    expect(chat.log.get_by_text("This chat has been deleted.")).to_be_visible()
    chat.say("hello again")
    chat.hears(re.compile(r"\w"), **PATIENCE)
    chat.page.reload()
    chat.open()
    expect(chat.bubbles("hello again", "shopper")).to_have_count(1)
    expect(chat.bubbles(re.compile("^hello$"), "shopper")).to_have_count(0)


@pytest.mark.parametrize("width", [1280, 390])
def test_accessible_all_along(visit: Open, shop: Shop, shopper: Shopper, tools: Path, width: int) -> None:
    chat = visit(bypass_csp=True, reduced_motion="reduce", viewport={"width": width, "height": 844})
    for path in ("/products", "/notice", "/demo/mail", "/"):
        chat.page.goto(shop.url + path)
        assert chat.axe() == [], path
    chat.open()
    ask(chat, shopper)
    assert chat.axe() == []
    sign_in(chat, shop, shopper)
    hears_status(chat, shopper)
    assert chat.axe() == []


def test_signing_out_hides_what_was_said(visit: Open, shop: Shop, shopper: Shopper) -> None:
    chat = visit().open(shop.url)
    ask(chat, shopper)
    sign_in(chat, shop, shopper)
    hears_status(chat, shopper)
    chat.say("sign out")
    expect(chat.log.get_by_text("This conversation has ended.")).to_be_visible(**PATIENCE)
    chat.hears("signed out")
    expect(chat.log).not_to_contain_text(shopper.tracking)
    chat.say("hello")
    chat.hears(re.compile(r"\w"), **PATIENCE)
    expect(chat.bubbles("hello", "shopper")).to_have_count(1)
    expect(chat.log).not_to_contain_text(shopper.tracking)
