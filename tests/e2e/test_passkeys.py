"""Passkeys in a real browser with its virtual authenticator: made, used to sign in and step up, refused."""

import json
import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pyotp
import pytest
from playwright.sync_api import Page, expect

from countersign.checkpoints.interfaces import digest_of
from countersign.gateway.access import SESSION_COOKIE
from countersign.identity.models import Level
from countersign.kit.hidden import Personal
from tests.e2e.passkey_shop import Key, PasskeyShop
from tests.e2e.visit import Visit
from tests.fakes.clock import FakeClock
from tests.fakes.gateway_parts import JOERG, UNA

Open = Callable[..., Visit]
WRONG = "That wasn't right"


@pytest.fixture
def house(tmp_path: Path, clock: FakeClock) -> Iterator[PasskeyShop]:
    shop = PasskeyShop(tmp_path, clock)
    yield shop
    shop.stop()


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


def add_passkey(page: Page, name: str = "My laptop") -> None:
    page.get_by_label("Passkey: what do you call this device?").fill(name)
    page.get_by_role("button", name="Add a passkey").click()
    confirm = page.get_by_role("button", name="Confirm with a passkey")
    make = page.get_by_role("button", name="Make the passkey")
    expect(confirm.or_(make)).to_be_visible()
    if confirm.is_visible():
        confirm.click()
    make.click()
    expect(page.get_by_role("heading", name="My security")).to_be_visible()
    expect(page.locator(".factors")).to_contain_text(name)


@pytest.fixture
def una(house: PasskeyShop, visit: Open) -> tuple[Page, Key]:
    """Una's browser, signed in by mail, with a passkey of hers."""
    page = visit().page
    key = Key(page)
    house.sign_in(page)
    add_passkey(page)
    return page, key


def test_made_signed_in_with_and_stepped_up_with(house: PasskeyShop, una: tuple[Page, Key]) -> None:
    page, key = una
    assert len(key.credentials()) == 1
    page.context.clear_cookies()
    page.goto(f"{house.url}/portal/security")
    page.get_by_role("button", name="Use a passkey").click()
    expect(page.locator(".factors")).to_contain_text("My laptop")
    person = house.stage.store.find(UNA)
    living = house.stage.sessions.of_person(person or "")
    assert Level.STEPPED_UP in {one.level for one in living}
    # Another change is another step-up, however lately the last one was.
    page.get_by_role("button", name="Make recovery codes").click()
    expect(page.locator(".approve")).to_have_text("Make new recovery codes")
    page.get_by_role("button", name="Confirm with a passkey").click()
    expect(page.locator(".codes li")).to_have_count(10)
    page.get_by_role("link", name="I have them").click()
    page.get_by_role("button", name="Remove My laptop").click()
    expect(page.locator(".approve")).to_have_text("Remove: My laptop")
    page.get_by_role("button", name="Confirm with a passkey").click()
    expect(page.get_by_text("You have none yet")).to_be_visible()


def guest(house: PasskeyShop, page: Page, url: str | None = None) -> None:
    page.context.clear_cookies()
    page.goto(f"{url or house.url}/portal/security")
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()


def bend(page: Page, change: str) -> None:
    """Changes what the page would ask of the passkey: `change` works on `options`."""
    page.evaluate(
        f"""() => {{
          const form = document.querySelector("form[data-passkey]");
          const options = JSON.parse(form.dataset.options);
          {change};
          form.dataset.options = JSON.stringify(options);
        }}"""
    )


def tap(page: Page, name: str = "Use a passkey") -> None:
    page.get_by_role("button", name=name).click()


class TestRefused:
    """What a browser was made to answer wrongly signs nobody in."""

    def refused(self, house: PasskeyShop, page: Page, words: str = WRONG) -> None:
        expect(page.locator("#error")).to_contain_text(words)
        page.goto(f"{house.url}/portal/security")
        expect(page.get_by_role("heading", name="Sign in")).to_be_visible()

    def test_another_origin(self, house: PasskeyShop, una: tuple[Page, Key]) -> None:
        page, _ = una
        guest(house, page, house.elsewhere())
        tap(page)
        self.refused(house, page)

    def test_another_challenge(self, house: PasskeyShop, una: tuple[Page, Key]) -> None:
        page, _ = una
        guest(house, page)
        bend(page, "options.challenge = 'A'.repeat(86)")
        tap(page)
        self.refused(house, page)

    def test_a_challenge_of_another_session(self, house: PasskeyShop, una: tuple[Page, Key]) -> None:
        page, _ = una
        guest(house, page)
        earlier = json.loads(page.locator("form[data-passkey]").get_attribute("data-options") or "")
        guest(house, page)
        bend(page, f"options.challenge = {json.dumps(earlier['challenge'])}")
        tap(page)
        self.refused(house, page)

    def test_a_challenge_of_more_than_five_minutes_ago(
        self, house: PasskeyShop, una: tuple[Page, Key]
    ) -> None:
        page, _ = una
        guest(house, page)
        house.stage.clock.advance(minutes=5)
        tap(page)
        self.refused(house, page, "That took too long")

    def test_a_person_whom_the_device_did_not_verify(self, house: PasskeyShop, una: tuple[Page, Key]) -> None:
        page, key = una
        guest(house, page)
        key.verifies(False)
        bend(page, "options.userVerification = 'discouraged'")
        tap(page)
        self.refused(house, page)

    def test_a_copy_whose_counter_has_stood_still(self, house: PasskeyShop, una: tuple[Page, Key]) -> None:
        page, key = una
        (before,) = key.credentials()
        guest(house, page)
        tap(page)
        expect(page.get_by_role("heading", name="My security")).to_be_visible()
        guest(house, page)
        key.put(before)
        tap(page)
        self.refused(house, page, "there may be a copy of it")

    def test_another_persons_passkey_steps_nobody_up(
        self, house: PasskeyShop, visit: Open, una: tuple[Page, Key]
    ) -> None:
        page, _ = una
        theirs = visit().page
        key = Key(theirs)
        house.sign_in(theirs, JOERG)
        add_passkey(theirs, "Jörg's phone")
        (joergs,) = key.credentials()
        page.get_by_role("button", name="Make recovery codes").click()
        expect(page.locator(".approve")).to_be_visible()
        una[1].put(joergs)
        tap(page, "Confirm with a passkey")
        expect(page.locator("p[role=alert]")).to_contain_text("That was not finished")
        bend(page, "options.allowCredentials = []")
        tap(page, "Confirm with a passkey")
        expect(page.locator("#error")).to_contain_text(WRONG)
        page.goto(f"{house.url}/portal/security")
        expect(page.get_by_text("You have none.")).to_be_visible()

    def test_a_cancelled_one_changes_nothing_and_can_be_tried_again(
        self, house: PasskeyShop, una: tuple[Page, Key]
    ) -> None:
        page, key = una
        guest(house, page)
        key.verifies(False)
        tap(page)
        expect(page.get_by_text("That was not finished")).to_be_visible()
        key.verifies(True)
        tap(page)
        expect(page.get_by_role("heading", name="My security")).to_be_visible()

    def test_the_same_passkey_twice(self, una: tuple[Page, Key]) -> None:
        page, _ = una
        page.get_by_label("Passkey: what do you call this device?").fill("Again")
        page.get_by_role("button", name="Add a passkey").click()
        tap(page, "Confirm with a passkey")
        tap(page, "Make the passkey")
        expect(page.get_by_text("holds a passkey for your account already")).to_be_visible()


def test_an_errand_of_the_chat_is_stepped_up_for(house: PasskeyShop, una: tuple[Page, Key]) -> None:
    page, stage = una[0], house.stage
    (living,) = stage.sessions.of_person(stage.store.find(UNA) or "")
    conversation = living.conversation
    name = stage.proposals.propose(conversation, "order:cancel", "#W1000002", Personal("exactly this"))
    card = {"title": "Cancel #W1000002", "rows": [{"label": "Back to", "value": "Visa ending in 4242"}]}
    stage.proposals.drawn(conversation, name, card)
    stage.proposals.seen(conversation)
    stage.proposals.hear(conversation, name)
    stage.proposals.hold(conversation, name)
    url = stage.errands.suspend(
        conversation, "action_x", {}, deed="order:cancel", level="stepped_up", reason="step_up"
    )
    stage.rasa.says = lambda heard: [{"text": f"On with {stage.errands.take(heard.conversation)}"}]
    page.goto(f"{house.url}/portal/checkpoint/{url.reveal()}")
    expect(page.locator(".approve")).to_contain_text("Visa ending in 4242")
    tap(page, "Confirm with a passkey")
    expect(page.get_by_role("heading", name="That is confirmed")).to_be_visible()
    (risen,) = stage.sessions.of_person(living.person or "")
    assert (risen.level, risen.conversation) == (Level.STEPPED_UP, conversation)
    assert "On with" in stage.history(risen)[-1][1]
    ups, digest = stage.factors.step_ups, digest_of(Personal("exactly this"))
    assert ups.stepped(risen, "order:cancel", "#W1000002", digest, timedelta(minutes=5))
    page.goto(f"{house.url}/portal/security")
    expect(page.get_by_role("heading", name="My security")).to_be_visible()


def test_the_sign_in_page_of_a_chat_takes_a_passkey(house: PasskeyShop, una: tuple[Page, Key]) -> None:
    page, stage = una[0], house.stage
    guest(house, page)
    token = next(one["value"] for one in page.context.cookies() if one["name"] == SESSION_COOKIE)
    session = stage.sessions.resolve(token)
    url = stage.suspend(session.conversation)
    page.goto(f"{house.url}/portal/checkpoint/{url.reveal()}")
    tap(page, "Use a passkey instead")
    expect(page.get_by_role("heading", name="You are signed in")).to_be_visible()
    living = stage.sessions.of_conversation(session.conversation)
    assert living is not None and living.person == stage.store.find(UNA)


def test_an_authenticator_app_is_added_and_confirms(house: PasskeyShop, visit: Open) -> None:
    page = visit().page
    house.sign_in(page)
    page.get_by_label("Authenticator app: what do you call it?").fill("My phone")
    page.get_by_role("button", name="Add an app").click()
    expect(page.get_by_role("img", name="QR code")).to_be_visible()
    app = pyotp.TOTP((page.locator(".key").text_content() or "").replace(" ", ""))

    def code() -> str:
        return app.at(house.stage.clock.now())

    page.get_by_label("The six digits").fill("000000" if code() != "000000" else "000001")
    page.get_by_role("button", name="Go on").click()
    expect(page.locator("#error")).to_contain_text(WRONG)
    page.get_by_label("The six digits").fill(code())
    page.get_by_role("button", name="Go on").click()
    expect(page.locator(".factors")).to_contain_text("My phone")
    page.get_by_role("button", name="Make recovery codes").click()
    page.get_by_label("The six digits").fill(code())
    page.get_by_role("button", name="Confirm with the app").click()
    # The step has passed once already, when the app was added.
    expect(page.locator("#error")).to_contain_text(WRONG)
    house.stage.clock.advance(seconds=30)
    page.get_by_label("The six digits").fill(code())
    page.get_by_role("button", name="Confirm with the app").click()
    spare = page.locator(".codes li").first.text_content() or ""
    page.get_by_role("link", name="I have them").click()
    # The phone is lost: a recovery code removes it.
    page.get_by_role("button", name="Remove My phone").click()
    page.get_by_text("Lost your device?").click()
    page.get_by_label("One of your recovery codes").fill(spare)
    page.get_by_role("button", name="Use the code").click()
    expect(page.get_by_text("You have none yet")).to_be_visible()


def test_the_link_in_the_mail_removes_it_and_signs_out(house: PasskeyShop, una: tuple[Page, Key]) -> None:
    page, _ = una
    house.stage.notify.deliver_pending()
    link = f"{house.url}/portal/security/not-me#{house.stage.not_me()}"
    mails = house.stage.demo_outbox.messages(UNA.reveal())
    assert [mail["subject"] for mail in mails if link in mail["text"]] == [
        "A new passkey for your account at Countersign Demo Shop"
    ]
    page.goto(link)
    expect(page).to_have_url(re.compile("/portal/security/not-me$"))
    page.get_by_role("button", name="It was not me").click()
    expect(page.get_by_role("heading", name="It is removed")).to_be_visible()
    assert house.stage.factors.all.of(house.stage.store.find(UNA) or "") == []
    page.goto(f"{house.url}/portal/security")
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
