"""The widget in the hands of a shopper, against the protocol's fake."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.e2e.visit import Visit
from widget.dev.mock_server import Server

PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
Open = Callable[..., Visit]


def test_nothing_opens_or_is_asked_before_the_shopper_does(visit: Open, fake: Server) -> None:
    chat = visit()
    chat.page.goto(fake.url)
    expect(chat.launcher).to_be_visible()
    expect(chat.dialog).to_have_count(0)
    assert not [url for url in chat.requests if "/api/" in url]
    assert fake.mock.opened == 0


def test_a_chat_stays_closed_after_a_reload_and_keeps_its_history(visit: Open, fake: Server) -> None:
    chat = visit().open(fake.url)
    chat.say("hello there")
    chat.hears("You said: hello there")
    chat.page.reload()
    expect(chat.launcher).to_be_visible()
    expect(chat.dialog).to_have_count(0)
    chat.open()
    expect(chat.bubbles("hello there", "shopper")).to_have_count(1)
    expect(chat.bubbles("You said: hello there")).to_have_count(1)
    assert fake.mock.opened == 1


def test_everything_can_be_done_by_keyboard(visit: Open, fake: Server) -> None:
    chat = visit()
    chat.page.goto(f"{fake.url}/pages/nothing")
    expect(chat.launcher).to_be_visible()
    for _ in range(40):
        chat.page.keyboard.press("Tab")
        if chat.launcher.evaluate("button => button === button.getRootNode().activeElement"):
            break
    chat.page.keyboard.press("Enter")
    expect(chat.box).to_be_focused()
    chat.page.keyboard.type("choose one")
    chat.page.keyboard.press("Shift+Enter")
    chat.page.keyboard.type("please")
    expect(chat.box).to_have_value("choose one\nplease")
    chat.page.keyboard.press("Enter")
    chat.hears("Did you mean")
    chat.page.keyboard.press("Shift+Tab")
    expect(chat.dialog.get_by_role("button", name="Opening hours")).to_be_focused()
    chat.page.keyboard.press("Enter")
    expect(chat.bubbles("Opening hours", "shopper")).to_be_visible()
    chat.page.keyboard.press("Escape")
    expect(chat.dialog).to_have_count(0)
    expect(chat.launcher).to_be_focused()


def test_the_log_is_announced_and_says_who_speaks(visit: Open, fake: Server) -> None:
    chat = visit().open(fake.url)
    expect(chat.dialog).to_have_attribute("aria-modal", "false")
    expect(chat.dialog.get_by_role("heading", name="Tern & Tide")).to_be_visible()
    chat.say("hello")
    chat.hears("You said: hello")
    expect(chat.log).to_have_attribute("aria-live", "polite")
    expect(chat.log.get_by_text("You said:", exact=True)).to_have_count(1)
    expect(chat.log.get_by_text("Assistant said:", exact=True)).to_have_count(1)
    expect(chat.log.locator("time[datetime]")).to_have_count(2)


def test_a_choice_is_spent_with_its_siblings_for_good(visit: Open, fake: Server) -> None:
    chat = visit().open(fake.url)
    chat.say("choose")
    chat.dialog.get_by_role("button", name="Track an order").click()
    expect(chat.bubbles("Track an order", "shopper")).to_have_count(1)
    for again in (False, True):
        if again:
            chat.page.reload()
            chat.open()
        for title in ("Track an order", "Returns and refunds", "Opening hours"):
            expect(chat.dialog.get_by_role("button", name=title)).to_be_disabled()


def test_a_card_spends_only_the_button_pressed(visit: Open, fake: Server) -> None:
    chat = visit().open(fake.url)
    chat.say("list")
    buttons = chat.dialog.get_by_role("button", name="Show items")
    expect(buttons).to_have_count(4)
    buttons.first.click()
    expect(buttons.first).to_be_disabled()
    expect(buttons.nth(1)).to_be_enabled()
    chat.dialog.get_by_role("button", name="More cards").click()
    expect(chat.dialog.get_by_role("button", name="Earlier cards")).to_be_enabled()


def test_text_of_the_assistant_is_text(visit: Open, fake: Server) -> None:
    chat = visit().open(fake.url)
    chat.say("markdown")
    chat.hears("not bold")
    bubble = chat.bubbles("not bold")
    expect(bubble.locator("img, script, b, iframe")).to_have_count(0)
    expect(bubble.locator("strong")).to_have_text(["bold", "strong"])
    expect(bubble.locator("li")).to_have_count(4)
    links = bubble.get_by_role("link")
    assert links.evaluate_all("all => all.map((a) => a.href)") == [
        "https://docs.example.org/a?b=c",
        f"{fake.url}/notice",
        "https://auto.example.com/x",
    ]
    expect(links.first).to_contain_text("(docs.example.org)")
    assert set(links.evaluate_all("all => all.map((a) => `${a.target} ${a.rel}`)")) == {
        "_blank noopener noreferrer nofollow"
    }
    expect(chat.log.locator("img")).to_have_count(0)
    assert chat.hosts == {fake.url.removeprefix("http://")}


def test_a_personal_question_locks_the_line_and_keeps_nothing(visit: Open, fake: Server) -> None:
    chat = visit().open(fake.url)
    chat.box.fill("a draft is kept")
    # Kept once it is drawn: a page that is busy draws a little later than it is typed into.
    chat.page.wait_for_function(
        "() => JSON.stringify([sessionStorage, localStorage]).includes('a draft is kept')"
    )
    chat.page.reload()
    chat.open()
    expect(chat.box).to_have_value("a draft is kept")
    chat.say("where is my order?")
    expect(chat.lock).to_be_visible()
    expect(chat.box).to_have_attribute("autocomplete", "email")
    expect(chat.box).to_have_attribute("inputmode", "email")
    chat.box.fill("james@example.com")
    kept = "JSON.stringify([sessionStorage, localStorage])"
    assert "james" not in chat.page.evaluate(kept)
    chat.box.press("Enter")
    chat.hears("a code is on its way")
    expect(chat.box).to_have_attribute("autocomplete", "one-time-code")
    chat.say("ABCD-2345")
    chat.hears("you are signed in")
    expect(chat.lock).to_have_count(0)
    expect(chat.bubbles("ABCD", "shopper")).to_have_count(0)
    assert "ABCD" not in chat.page.evaluate(kept)


def test_a_checkpoint_opens_the_shop_s_own_page_only(visit: Open, fake: Server) -> None:
    chat = visit().open(fake.url)
    chat.say("where is my order?")
    link = chat.dialog.get_by_role("link", name=re.compile("Open secure page"))
    expect(link).to_have_attribute("href", f"{fake.url}/portal/checkpoint/abc")
    expect(link).to_have_attribute("target", "_blank")
    expect(link).to_have_attribute("rel", "noopener")
    elsewhere = {"level": "signed_in", "reason": "Come here.", "url": "https://evil.example/portal"}
    fake.mock.last.add("assistant", {"text": "Another one", "checkpoint": elsewhere})
    chat.page.reload()
    chat.open()
    chat.hears("Another one")
    expect(link).to_have_count(0)


def test_the_limit_is_told_before_it_bites(visit: Open, fake: Server) -> None:
    chat = visit().open(fake.url)
    chat.box.fill("x" * 1700)
    expect(chat.dialog.get_by_text("characters left")).to_have_count(0)
    chat.box.fill("😀" * 1999)
    expect(chat.dialog.get_by_text("1 character left")).to_be_visible()
    chat.box.fill("x" * 2001)
    expect(chat.dialog.get_by_text("1 character too many")).to_be_visible()
    expect(chat.box).to_have_attribute("aria-invalid", "true")
    chat.box.press("Enter")
    expect(chat.box).to_have_value("x" * 2001)
    expect(chat.log.locator(".turn")).to_have_count(0)


def test_a_new_conversation_and_a_deleted_chat_are_empty(visit: Open, fake: Server) -> None:
    chat = visit().open(fake.url)
    menu = chat.dialog.get_by_role("button", name="Chat menu")
    chat.say("first words")
    chat.hears("You said: first words")
    menu.click()
    chat.dialog.get_by_role("button", name="New conversation").click()
    expect(chat.log.locator(".turn")).to_have_count(0)
    expect(chat.box).to_be_focused()
    chat.say("second words")
    chat.hears("You said: second words")
    assert fake.mock.opened == 2
    menu.click()
    chat.dialog.get_by_role("button", name="Delete this chat").click()
    expect(chat.dialog.get_by_role("button", name="Keep")).to_be_focused()
    chat.dialog.get_by_role("button", name="Delete", exact=True).click()
    expect(chat.log.get_by_text("This chat has been deleted.")).to_be_visible()
    assert fake.mock.last.history == []
    chat.say("third words")
    chat.hears("You said: third words")


def test_the_notice_stands_first_with_its_full_text_a_link_away(visit: Open, fake: Server) -> None:
    chat = visit().open(fake.url)
    expect(chat.log.get_by_text("automated assistant. It keeps")).to_be_visible()
    link = chat.log.get_by_role("link", name=re.compile("full notice"))
    expect(link).to_have_attribute("href", f"{fake.url}/notice")
    chat.page.reload()
    chat.open()
    expect(link).to_be_visible()


def test_on_a_phone_it_is_a_sheet_that_keeps_the_focus(visit: Open, fake: Server) -> None:
    chat = visit(reduced_motion="reduce", **PHONE).open(fake.url)
    expect(chat.dialog).to_have_attribute("aria-modal", "true")
    edges = chat.dialog.bounding_box()
    assert edges == {"x": 0, "y": 0, "width": 390, "height": 844}
    for _ in range(12):
        chat.page.keyboard.press("Tab")
        assert chat.page.evaluate("document.activeElement.localName") == "countersign-chat"
    sizes = chat.dialog.locator("button").evaluate_all(
        "all => all.map((one) => one.getBoundingClientRect()).map((box) => Math.min(box.width, box.height))"
    )
    assert min(sizes) >= 24  # WCAG 2.5.8


def test_with_reduced_motion_nothing_moves(visit: Open, fake: Server) -> None:
    chat = visit(reduced_motion="reduce").open(fake.url)
    assert chat.dialog.evaluate("panel => getComputedStyle(panel).animationName") == "none"


@pytest.mark.parametrize(("scheme", "device"), [("dark", {}), ("light", PHONE)], ids=["desktop", "phone"])
def test_accessibility_of_every_state(
    visit: Open, fake: Server, tools: Path, scheme: str, device: dict[str, object]
) -> None:
    chat = visit(bypass_csp=True, color_scheme=scheme, reduced_motion="reduce", **device)
    chat.page.goto(fake.url)
    expect(chat.launcher).to_be_visible()
    assert chat.axe() == []
    chat.open()
    for words, answer in (
        ("choose", "Did you mean"),
        ("markdown", "not bold"),
        ("where is my order?", "please sign in"),
        ("james@example.com", "on its way"),
        ("ABCD-2345", "signed in"),
        ("list", "These are"),
    ):
        chat.say(words)
        chat.hears(answer)
        assert chat.axe() == []
    fake.mock.last.faults.append("busy")
    chat.say("hello")
    expect(chat.dialog.get_by_role("button", name="Try again")).to_be_visible()
    chat.dialog.get_by_role("button", name="Chat menu").click()
    chat.dialog.get_by_role("button", name="Delete this chat").click()
    assert chat.axe() == []
