"""The checkpoint's page when a second factor is wanted: it shows what is approved, and passes only that."""

import html
import re
from datetime import timedelta

import httpx
import pyotp
import pytest

from countersign.checkpoints.interfaces import digest_of
from countersign.checkpoints.table import Deed
from countersign.gateway.access import SESSION_COOKIE
from countersign.gateway.rasa_client import Item
from countersign.identity.models import Level, Session
from countersign.kit.hidden import Personal
from tests.fakes.gateway_parts import JOERG, UNA, Stage
from tests.fakes.rasa import Heard
from tests.fakes.visitors import Visitor

OWN = {"Origin": "http://testserver"}
CARD = {"title": "Cancel #W1000002", "rows": [{"label": "Back to", "value": "Visa <4242>"}]}
FIVE = timedelta(minutes=5)


class Waiting:
    """Una has said yes, and it waits for a second factor; she has an authenticator app."""

    def __init__(self, stage: Stage, transport: str = "bearer") -> None:
        self.stage = stage
        opened = stage.sign_in_of(stage.open(transport).session)
        self.session, self.token = opened.session, opened.token.reveal()
        told = stage.factors.totp.enrol(self.session, "Phone", UNA)
        self.app = pyotp.TOTP(told.secret.reveal())
        stage.factors.totp.confirm(self.session, self.code())
        stage.clock.advance(seconds=30)
        self.proposal = stage.read_back(self.session)
        stage.proposals.hear(self.session.conversation, self.proposal)
        stage.proposals.hold(self.session.conversation, self.proposal)
        self.url = f"/portal/checkpoint/{self.suspend()}"
        self.browser = Visitor(stage.public_app())
        stage.rasa.says = self._on_with_it

    def suspend(self, reason: str = "step_up") -> str:
        page = self.stage.errands.suspend(
            self.session.conversation, "action_x", {}, deed="order:cancel", level="stepped_up", reason=reason
        )
        return page.reveal()

    def code(self) -> str:
        return self.app.at(self.stage.clock.now())

    def headers(self) -> dict[str, str]:
        cookie = {"Cookie": f"{SESSION_COOKIE}={self.token}"}
        return OWN | (cookie if self.session.transport == "cookie" else {})

    def look(self) -> httpx.Response:
        return self.browser.get(self.url, headers=self.headers())

    def csrf(self) -> str:
        found = re.search(r'name="csrf" value="([0-9a-f]{64})"', self.look().text)
        assert found is not None
        return found[1]

    def send(self, **form: str) -> httpx.Response:
        return self.browser.post(self.url, data=form, headers=self.headers())

    def living(self) -> Session:
        living = self.stage.sessions.of_conversation(self.session.conversation)
        assert living is not None
        return living

    def stepped(self, details: str = "exactly this", subject: str = "#W1000002") -> bool:
        digest = digest_of(Personal(details))
        ups = self.stage.factors.step_ups
        return ups.stepped(self.living(), Deed.ORDER_CANCEL, subject, digest, FIVE)

    def _on_with_it(self, heard: Heard) -> list[Item]:
        errand = self.stage.errands.take(heard.conversation)
        return [{"text": f"On with {errand.action}" if errand else heard.value}]


@pytest.fixture(params=["bearer", "cookie"])
def waiting(stage: Stage, request: pytest.FixtureRequest) -> Waiting:
    return Waiting(stage, request.param)


def shown(answer: httpx.Response) -> str:
    return html.unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.text)))


def gone(answer: httpx.Response) -> bool:
    return answer.status_code == 410


def test_shows_what_is_approved_and_offers_no_mail(stage: Stage, waiting: Waiting) -> None:
    name = stage.proposals.propose(
        waiting.session.conversation, "order:cancel", "#W1000002", Personal("exactly this")
    )
    stage.proposals.drawn(waiting.session.conversation, name, CARD)
    stage.proposals.seen(waiting.session.conversation)
    stage.proposals.hear(waiting.session.conversation, name)
    stage.proposals.hold(waiting.session.conversation, name)
    page = waiting.look()
    assert page.status_code == 200
    assert "Cancel #W1000002" in shown(page) and "Back to" in shown(page)
    assert "Visa &lt;4242&gt;" in page.text
    assert 'name="email"' not in page.text and 'name="app_code"' in page.text
    assert page.headers["cache-control"] == "no-store"


def test_a_code_passes_it_and_the_chat_goes_on(stage: Stage, waiting: Waiting) -> None:
    done = waiting.send(app_code=waiting.code(), csrf=waiting.csrf())
    assert done.status_code == 200 and "That is confirmed" in shown(done)
    assert stage.history(waiting.session) == [("assistant", "On with action_x")]
    assert waiting.living().level is Level.STEPPED_UP
    assert (SESSION_COOKIE in str(done.headers.get_list("set-cookie"))) is (
        waiting.session.transport == "cookie"
    )
    assert not waiting.stepped("exactly this and a cent more")
    assert not waiting.stepped(subject="#W1000001")
    assert waiting.stepped() and not waiting.stepped()
    assert gone(waiting.look())


def test_a_wrong_code_passes_nothing(waiting: Waiting) -> None:
    wrong = f"{(int(waiting.code()) + 1) % 10**6:06d}"
    answer = waiting.send(app_code=wrong, csrf=waiting.csrf())
    assert answer.status_code == 422 and "That wasn't right" in shown(answer)
    assert waiting.living().level is Level.SIGNED_IN and not waiting.stepped()


@pytest.mark.parametrize("csrf", ["", "0" * 64, "ä"])
def test_a_form_of_another_session_is_refused(waiting: Waiting, csrf: str) -> None:
    assert gone(waiting.send(app_code=waiting.code(), csrf=csrf))
    assert not waiting.stepped()


def test_another_site_cannot_send_it(waiting: Waiting) -> None:
    csrf = waiting.csrf()
    for headers in ({"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}):
        form = {"app_code": waiting.code(), "csrf": csrf}
        given = {**waiting.headers(), **headers}
        assert waiting.browser.post(waiting.url, data=form, headers=given).status_code == 403
    assert not waiting.stepped()


def test_a_mailed_code_does_not_pass_it(stage: Stage, waiting: Waiting) -> None:
    stage.clock.advance(seconds=1)
    stage.sign_in.start(waiting.session, UNA)
    stage.notify.deliver_pending()
    waiting.send(code=stage.code())
    assert waiting.living().level is Level.SIGNED_IN and not waiting.stepped()


def test_a_recovery_code_does_not_pass_it(stage: Stage, waiting: Waiting) -> None:
    person = waiting.session.person or ""
    code = stage.factors.recovery.make(waiting.session, person)[0].reveal()
    assert "Lost your device?" not in shown(waiting.look())
    waiting.send(recovery=code, csrf=waiting.csrf())
    assert waiting.living().level is Level.SIGNED_IN and not waiting.stepped()
    assert stage.factors.recovery.left(person) == 10


def test_is_gone_once_something_else_was_said(stage: Stage, waiting: Waiting) -> None:
    csrf = waiting.csrf()
    stage.proposals.hear(waiting.session.conversation, None)
    assert gone(waiting.look())
    assert gone(waiting.send(app_code=waiting.code(), csrf=csrf))
    assert not waiting.stepped()


def test_another_persons_app_is_wrong(stage: Stage, waiting: Waiting) -> None:
    joerg = stage.signed_in(JOERG)
    app = pyotp.TOTP(stage.factors.totp.enrol(joerg, "Phone", JOERG).secret.reveal())
    stage.factors.totp.confirm(joerg, app.at(stage.clock.now()))
    stage.clock.advance(seconds=30)
    answer = waiting.send(app_code=app.at(stage.clock.now()), csrf=waiting.csrf())
    assert answer.status_code == 422 and not waiting.stepped()


def test_a_raised_bar_is_passed_without_anything_read_back(stage: Stage, waiting: Waiting) -> None:
    waiting.url = f"/portal/checkpoint/{waiting.suspend('sign_in')}"
    done = waiting.send(app_code=waiting.code(), csrf=waiting.csrf())
    assert "That is confirmed" in shown(done)
    assert waiting.living().level is Level.STEPPED_UP
    # What was agreed to is another matter.
    assert not waiting.stepped()


def test_whoever_has_no_factor_is_told_so(stage: Stage) -> None:
    waiting = Waiting(stage)
    for factor in stage.factors.all.of(waiting.session.person or ""):
        stage.factors.all.remove(waiting.session, factor.id)
    page = waiting.look()
    assert page.status_code == 200 and "You have no passkey and no authenticator app" in shown(page)


def test_a_guest_signs_in_first(stage: Stage) -> None:
    guest = stage.open("bearer").session
    page = stage.errands.suspend(
        guest.conversation, "action_x", {}, deed="order:cancel", level="stepped_up", reason="sign_in"
    )
    answer = Visitor(stage.public_app()).get(f"/portal/checkpoint/{page.reveal()}")
    assert 'name="email"' in answer.text


def test_a_passkey_signs_in_no_chat_but_its_own_browsers(stage: Stage) -> None:
    """Whoever sends somebody the link to their chat's page must not get it signed in by a tap."""
    guest = stage.open("bearer").session
    url = f"/portal/checkpoint/{stage.suspend(guest.conversation).reveal()}"
    browser = Visitor(stage.public_app())
    assert "data-passkey" not in browser.get(url).text
    csrf = stage.vault.mac(guest.id, purpose="portal.form").hex()
    assert gone(browser.post(url, data={"credential": "{}", "csrf": csrf}, headers=OWN))
