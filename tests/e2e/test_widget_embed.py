"""The widget on another origin: one script tag, a bearer session, the other site's own look."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import expect

from tests.e2e.embedder import Embedder
from tests.e2e.visit import Visit
from widget.dev.mock_server import Server

Open = Callable[..., Visit]


@pytest.fixture
def site(fake: Server) -> Iterator[Embedder]:
    with Embedder(fake.url) as embedder:
        fake.allow(embedder.origin)
        yield embedder


def test_it_works_by_bearer_without_any_cookie(visit: Open, fake: Server, site: Embedder) -> None:
    chat = visit().open(f"{site.origin}/tag.html")
    expect(chat.dialog.get_by_role("heading", name="Help desk")).to_be_visible()
    chat.say("where is my order?")
    chat.hears("please sign in")
    before = fake.mock.last.token
    chat.say("james@example.com")
    chat.hears("on its way")
    chat.say("ABCD-2345")
    chat.hears("#W2611340")
    assert fake.mock.last.token != before
    chat.say("and my order?")
    chat.hears("is processed")
    assert chat.context.cookies() == []
    assert chat.hosts == {url.removeprefix("http://") for url in (fake.url, site.origin)}
    chat.page.reload()
    chat.open()
    expect(chat.bubbles("please sign in")).to_have_count(1)
    assert fake.mock.opened == 1


def test_the_token_stays_in_its_tab(visit: Open, fake: Server, site: Embedder) -> None:
    chat = visit().open(f"{site.origin}/tag.html")
    chat.say("hello")
    chat.hears("You said: hello")
    assert fake.mock.last.token in chat.page.evaluate("JSON.stringify(sessionStorage)")
    assert chat.page.evaluate("localStorage.length") == 0


def test_it_takes_the_colours_of_the_page_and_stays_readable(visit: Open, site: Embedder) -> None:
    chat = visit(color_scheme="light")
    chat.page.goto(f"{site.origin}/tag.html")
    style = "button => (({backgroundColor, color}) => [backgroundColor, color])(getComputedStyle(button))"
    look = chat.launcher.evaluate(style)
    assert look[0] == "rgb(250, 204, 21)"
    assert look[1].startswith("lch(0 ")  # black on yellow, without the page saying so
    chat.open()
    assert chat.dialog.evaluate("panel => getComputedStyle(panel).borderRadius") == "4px"
    box = chat.dialog.bounding_box()
    assert box
    assert round(box["x"] + box["width"]) == 1280 - 60


def test_an_element_placed_by_hand_is_the_only_one(visit: Open, site: Embedder) -> None:
    chat = visit().open(f"{site.origin}/placed.html")
    expect(chat.dialog.get_by_role("heading", name="Placed by hand")).to_be_visible()
    expect(chat.page.locator("countersign-chat")).to_have_count(1)
    chat.page.evaluate("document.querySelector('countersign-chat').close()")
    expect(chat.dialog).to_have_count(0)
