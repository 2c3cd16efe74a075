"""«My security»: for the browser's own signed-in session, by its own forms, and never past the guard."""

import re

import httpx
import pyotp
import pytest

from countersign.audit.tags import Tag
from countersign.gateway.access import DEVICE_COOKIE, SESSION_COOKIE
from countersign.identity.models import Level, Opened
from countersign.kit.hidden import Personal
from countersign.risk.table import RATES, Bucket
from tests.fakes.gateway_parts import JOERG, UNA, Stage
from tests.fakes.visitors import Visitor

HOME, SIGN_IN = "/portal/security", "/portal/security/sign-in"
OWN = {"Origin": "http://testserver"}


class Browser:
    """Whoever holds the cookie of `opened`."""

    def __init__(self, stage: Stage, opened: Opened | None = None) -> None:
        self.stage = stage
        self.visitor = Visitor(stage.public_app())
        self.token = opened.token.reveal() if opened else None
        self.person = opened.session.person or "" if opened else ""

    def headers(self, **more: str) -> dict[str, str]:
        cookie = {"Cookie": f"{SESSION_COOKIE}={self.token}"} if self.token else {}
        return {**OWN, **cookie, **more}

    def get(self, url: str = HOME) -> httpx.Response:
        return self._seen(self.visitor.get(url, headers=self.headers()))

    def post(self, url: str = HOME, csrf: str | None = None, **form: str) -> httpx.Response:
        form["csrf"] = self.csrf() if csrf is None else csrf
        return self._seen(self.visitor.post(url, data=form, headers=self.headers()))

    def csrf(self) -> str:
        session = self.stage.sessions.resolve(self.token or "")
        return self.stage.vault.mac(session.id, purpose="portal.form").hex()

    def _seen(self, answer: httpx.Response) -> httpx.Response:
        self.visitor.cookies.clear()
        for cookie in answer.headers.get_list("set-cookie"):
            if cookie.startswith(SESSION_COOKIE):
                self.token = cookie.partition("=")[2].partition(";")[0]
        return answer

    def add_app(self) -> "pyotp.TOTP":
        told = self.post(what="totp", name="Phone")
        key = re.search(r'class="key">([A-Z2-7 ]+)<', told.text)
        assert key is not None, told.text
        app = pyotp.TOTP(key[1].replace(" ", ""))
        assert self.post(f"{HOME}/app", code=app.at(self.stage.clock.now())).status_code == 303
        self.stage.clock.advance(seconds=30)
        return app

    def factors(self) -> list[str]:
        return [one.name.reveal() for one in self.stage.factors.all.of(self.person)]


def signed_in(stage: Stage, email: Personal = UNA, transport: str = "cookie") -> Browser:
    return Browser(stage, stage.sign_in_of(stage.open(transport).session, email))


@pytest.fixture
def una(stage: Stage) -> Browser:
    return signed_in(stage)


def refused(answer: httpx.Response) -> bool:
    return answer.status_code == 403 and "took too long" in answer.text


class TestWhose:
    def test_only_of_a_signed_in_browser(self, stage: Stage, una: Browser) -> None:
        assert una.get().status_code == 200
        for browser in (Browser(stage), Browser(stage, stage.open("cookie"))):
            answer = browser.get()
            assert (answer.status_code, answer.headers["location"]) == (303, SIGN_IN)

    def test_not_of_a_chat_that_lives_elsewhere(self, stage: Stage) -> None:
        bearer = signed_in(stage, transport="bearer")
        assert bearer.get().headers["location"] == SIGN_IN

    def test_only_ones_own(self, stage: Stage, una: Browser) -> None:
        una.add_app()
        joerg = signed_in(stage, JOERG)
        assert "Phone" in una.get().text and "Phone" not in joerg.get().text
        (factor,) = stage.factors.all.of(una.person)
        assert refused(joerg.post(what="remove", factor=factor.id))
        assert una.factors() == ["Phone"]

    def test_is_never_kept_in_a_cache(self, una: Browser) -> None:
        assert una.get().headers["cache-control"] == "no-store"

    def test_a_name_is_text(self, una: Browser) -> None:
        una.post(what="passkey", name='"><script>alert(1)</script>')
        assert "<script>alert" not in una.post(what="passkey", name="<script>alert(1)</script>").text


class TestForms:
    FORMS = (
        (HOME, {"what": "totp", "name": "X"}),
        (HOME, {"what": "codes"}),
        (f"{HOME}/app", {"code": "000000"}),
        (f"{HOME}/passkey", {"credential": "{}"}),
        (f"{HOME}/confirm", {"code": "000000"}),
        (SIGN_IN, {"email": "una.lark@post.example"}),
    )

    @pytest.mark.parametrize(("url", "form"), FORMS)
    def test_without_its_token_or_with_anothers_is_refused(
        self, stage: Stage, una: Browser, url: str, form: dict[str, str]
    ) -> None:
        joergs = signed_in(stage, JOERG).csrf()
        stage.notify.deliver_pending()
        mails = len(stage.demo_outbox.messages())
        for csrf in ("", "0" * 64, joergs, "ä"):
            assert refused(una.post(url, csrf=csrf, **form)), csrf
        stage.notify.deliver_pending()
        assert una.factors() == [] and len(stage.demo_outbox.messages()) == mails

    @pytest.mark.parametrize(("url", "form"), FORMS)
    def test_from_another_site_is_refused(self, una: Browser, url: str, form: dict[str, str]) -> None:
        for bad in ({"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}):
            given = una.headers(**bad)
            answer = una.visitor.post(url, data={**form, "csrf": una.csrf()}, headers=given)
            assert answer.status_code == 403
        assert una.factors() == []

    def test_the_token_dies_with_its_session(self, una: Browser) -> None:
        app = una.add_app()
        old = una.csrf()
        una.post(what="codes")
        una.post(f"{HOME}/confirm", code=app.at(una.stage.clock.now()))
        assert una.csrf() != old
        assert refused(una.post(csrf=old, what="totp", name="X"))

    @pytest.mark.parametrize("what", ["", "everything", "codes'; --"])
    def test_what_is_not_offered_is_refused(self, una: Browser, what: str) -> None:
        assert una.post(what=what).status_code == 400


class TestGuard:
    def test_the_first_needs_a_sign_in_of_the_last_minutes(self, stage: Stage, una: Browser) -> None:
        stage.clock.advance(minutes=5, seconds=1)
        answer = una.post(what="totp", name="Phone")
        assert (answer.status_code, answer.headers["location"]) == (303, SIGN_IN)

    def test_a_further_one_needs_one_that_counts(self, stage: Stage, una: Browser) -> None:
        app = una.add_app()
        asked = una.post(what="totp", name="Tablet")
        assert "Confirm that it is you" in asked.text and "Tablet" in asked.text
        assert 'class="key"' not in asked.text
        told = una.post(f"{HOME}/confirm", code=app.at(stage.clock.now()))
        assert 'class="key"' in told.text
        assert stage.sessions.resolve(una.token or "").level is Level.STEPPED_UP

    def test_recovery_codes_are_made_beside_a_factor_that_counts_only(
        self, stage: Stage, una: Browser
    ) -> None:
        """Else whoever is in the mailbox could make some, and remove what Una adds later."""
        assert refused(una.post(what="codes"))
        assert stage.factors.recovery.left(una.person) == 0

    def test_a_step_up_for_one_change_is_none_for_another(self, stage: Stage, una: Browser) -> None:
        app = una.add_app()
        una.post(what="codes")
        una.post(f"{HOME}/confirm", code=app.at(stage.clock.now()))
        stage.clock.advance(seconds=30)
        (factor,) = stage.factors.all.of(una.person)
        assert "Confirm that it is you" in una.post(what="remove", factor=factor.id).text
        assert una.factors() == ["Phone"]

    def test_what_waits_is_done_once(self, stage: Stage, una: Browser) -> None:
        app = una.add_app()
        una.post(what="codes")
        una.post(f"{HOME}/confirm", code=app.at(stage.clock.now()))
        stage.clock.advance(seconds=30)
        assert refused(una.post(f"{HOME}/confirm", code=app.at(stage.clock.now())))

    def test_a_mailed_code_alone_confirms_nothing(self, stage: Stage, una: Browser) -> None:
        una.add_app()
        (factor,) = stage.factors.all.of(una.person)
        again = signed_in(stage)
        assert "Confirm that it is you" in again.post(what="remove", factor=factor.id).text
        again.post(f"{HOME}/confirm", code="000000")
        assert una.factors() == ["Phone"]

    def test_a_recovery_code_removes_a_lost_one_and_raises_nothing(self, stage: Stage, una: Browser) -> None:
        app = una.add_app()
        una.post(what="codes")
        shown = una.post(f"{HOME}/confirm", code=app.at(stage.clock.now())).text
        code = re.findall(r"<li>([0-9A-Z]{4}-[0-9A-Z]{4})</li>", shown)[0]
        (factor,) = stage.factors.all.of(una.person)
        again = signed_in(stage)
        again.post(what="remove", factor=factor.id)
        assert again.post(f"{HOME}/confirm", recovery=code).status_code == 303
        assert una.factors() == []
        assert stage.sessions.resolve(again.token or "").level is Level.SIGNED_IN

    def test_a_flood_of_wrong_codes_is_stopped(self, stage: Stage, una: Browser) -> None:
        app = una.add_app()
        una.post(what="codes")
        wrong = f"{(int(app.at(stage.clock.now())) + 1) % 10**6:06d}"
        told = [una.post(f"{HOME}/confirm", code=wrong).text for _ in range(6)]
        assert ["too often" in text for text in told] == [False] * 5 + [True]

    def test_all_is_audited(self, stage: Stage, una: Browser) -> None:
        app = una.add_app()
        una.post(what="codes")
        una.post(f"{HOME}/confirm", code=app.at(stage.clock.now()))
        with stage.database.read() as tx:
            tags = set(tx.exec_driver_sql("SELECT tag FROM audit_events").scalars())
        assert {Tag.FACTOR_ADDED, Tag.STEPUP_DONE, Tag.RECOVERY_MADE, Tag.CHECKPOINT_PASSED} <= tags
        assert stage.audit.verify() == []


class TestSignIn:
    def test_gives_a_browser_without_a_session_one(self, stage: Stage) -> None:
        browser = Browser(stage)
        page = browser.get(SIGN_IN)
        assert 'data-passkey="get"' in page.text
        assert browser.token is not None
        assert stage.sessions.resolve(browser.token).transport == "cookie"

    def test_of_a_device_that_is_known_to_us(self, stage: Stage) -> None:
        first = stage.open("cookie")
        assert first.device_key is not None
        cookie = f"{DEVICE_COOKIE}={first.device_key.reveal()}"
        answer = Visitor(stage.public_app()).get(SIGN_IN, headers={"Cookie": cookie})
        token = answer.headers["set-cookie"].partition("=")[2].partition(";")[0]
        session = stage.sessions.resolve(token)
        assert stage.sessions.device_of(session) == stage.sessions.device_of(first.session)

    def test_only_so_many(self, stage: Stage) -> None:
        origin = stage.message_limits.origin("127.0.0.1")
        for _ in range(RATES[Bucket.SESSIONS_PER_ADDRESS][0].amount * 100):
            stage.limits.hit(Bucket.SESSIONS_PER_ADDRESS, origin)
        assert Browser(stage).get(SIGN_IN).status_code == 429

    def test_by_mail_leads_home(self, stage: Stage) -> None:
        browser = Browser(stage)
        browser.get(SIGN_IN)
        assert 'name="code"' in browser.post(SIGN_IN, email=UNA.reveal()).text
        assert browser.post(SIGN_IN, code="0000-0000").status_code == 422
        done = browser.post(SIGN_IN, code=stage.code())
        assert (done.status_code, done.headers["location"]) == (303, HOME)
        assert browser.get().status_code == 200

    def test_reads_the_same_with_and_without_an_account(self, stage: Stage) -> None:
        pages = []
        for email in (UNA.reveal(), "nobody@post.example"):
            browser = Browser(stage)
            browser.get(SIGN_IN)
            text = browser.post(SIGN_IN, email=email).text
            pages.append(re.sub(r'value="[0-9a-f]{64}"|data-options="[^"]*"', "", text))
        assert pages[0] == pages[1]

    def test_a_false_passkey_signs_nobody_in(self, stage: Stage) -> None:
        browser = Browser(stage)
        browser.get(SIGN_IN)
        answer = browser.post(SIGN_IN, credential="{}")
        assert answer.status_code == 422 and "wasn't right" in answer.text.replace("&#39;", "'")


class TestNotMe:
    def test_needs_the_button(self, stage: Stage, una: Browser) -> None:
        una.add_app()
        stage.notify.deliver_pending()
        token = stage.not_me()
        assert Browser(stage).get(f"{HOME}/not-me").status_code == 200
        assert una.factors() == ["Phone"]
        anybody = Browser(stage)
        assert anybody.post(f"{HOME}/not-me", csrf="", token=token).status_code == 200
        assert una.factors() == []
        assert una.get().headers["location"] == SIGN_IN
        assert anybody.post(f"{HOME}/not-me", csrf="", token=token).status_code == 410

    def test_another_site_cannot_press_it(self, stage: Stage, una: Browser) -> None:
        una.add_app()
        stage.notify.deliver_pending()
        token = stage.not_me()
        bad = {"Origin": "https://evil.example"}
        answer = una.visitor.post(f"{HOME}/not-me", data={"token": token}, headers=bad)
        assert answer.status_code == 403 and una.factors() == ["Phone"]
