"""The button on the checkpoint's page, the way to the shop's sign-in, and the way back."""

import html
import re
from pathlib import Path
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx
import pytest

from countersign.db.engine import Database
from countersign.gateway.access import SESSION_COOKIE
from countersign.gateway.rasa_client import Item
from countersign.identity.models import Level, Opened, Session
from countersign.identity.oidc.models import Answer
from countersign.identity.oidc.provider import OpenIdProvider
from countersign.identity.oidc.service import ShopSignIn
from countersign.portal.oidc import BROWSER_COOKIE
from countersign.risk.table import RATES, Bucket
from countersign.vault.service import Vault
from countersign.ways_in import WaysIn
from tests.fakes.clock import FakeClock
from tests.fakes.gateway_parts import UNA, Stage
from tests.fakes.issuer import FakeIssuer, settings
from tests.fakes.rasa import Heard
from tests.fakes.visitors import Visitor

OWN = {"Origin": "http://testserver"}
BUTTON = "Sign in with the shop's account"
REFUSED = "You are not signed in: the shop's account could not be used here."


@pytest.fixture
def stage(database: Database, vault: Vault, clock: FakeClock, tmp_path: Path) -> Stage:
    return Stage(database, vault, clock, tmp_path)


class Chat:
    """A chat that was stopped at a checkpoint, the browser on its page, and the provider."""

    def __init__(self, stage: Stage, transport: str = "cookie", issuer: FakeIssuer | None = None) -> None:
        self.stage = stage
        self.issuer = issuer or FakeIssuer(stage.clock)
        way = ShopSignIn(
            stage.database,
            stage.sessions,
            stage.store,
            OpenIdProvider(settings(), stage.clock, self.issuer.transport),
            stage.limits,
            stage.vault,
            stage.audit,
            stage.clock,
        )
        stage.ways_in = WaysIn(way, stage.ways_in.assertions)
        self.opened: Opened = stage.open(transport)
        self.page = f"/portal/checkpoint/{stage.suspend(self.session.conversation).reveal()}"
        self.browser = Visitor(stage.public_app(), "https://testserver")
        stage.rasa.says = self._on_with_it

    @property
    def session(self) -> Session:
        return self.opened.session

    @property
    def cookie(self) -> dict[str, str]:
        if self.session.transport == "bearer":
            return {}
        return {"Cookie": f"{SESSION_COOKIE}={self.opened.token.reveal()}"}

    def look(self) -> httpx.Response:
        return self.browser.get(self.page, headers=self.cookie)

    def leave(self, **headers: str) -> httpx.Response:
        return self.browser.post(f"{self.page}/shop", headers={**OWN, **self.cookie, **headers})

    def away(self) -> str:
        """The address of the provider that the browser is sent to."""
        found = re.search(r'http-equiv="refresh" content="0; url=([^"]+)"', self.leave().text)
        assert found
        return html.unescape(found[1])

    def back(self, answer: Answer, browser: Visitor | None = None, **more: str) -> httpx.Response:
        """As the provider's redirect: from another site, so without the chat's own cookie."""
        given = {"state": answer.state, "code": answer.code, "iss": answer.issuer, "error": answer.error}
        query = urlencode({name: value for name, value in {**given, **more}.items() if value})
        return (browser or self.browser).get(
            f"/portal/oidc?{query}", headers={"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"}
        )

    def visited(self) -> Answer:
        return self.issuer.visited(self.away(), "sub-una", email=UNA.reveal(), email_verified=True)

    def level(self) -> Level:
        living = self.stage.sessions.of_conversation(self.session.conversation)
        assert living is not None
        return living.level

    def _on_with_it(self, heard: Heard) -> list[Item]:
        errand = self.stage.errands.take(heard.conversation)
        return [{"text": f"On with {errand.action}" if errand else heard.value}]


@pytest.fixture
def chat(stage: Stage) -> Chat:
    return Chat(stage)


def shown(answer: httpx.Response) -> str:
    return html.unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.text)))


def set_cookies(answer: httpx.Response, name: str) -> list[str]:
    return [line for line in answer.headers.get_list("set-cookie") if line.startswith(f"{name}=")]


class TestButton:
    def test_stands_on_the_page_where_settings_name_a_provider(self, chat: Chat) -> None:
        assert BUTTON in html.unescape(chat.look().text)
        chat.browser.post(chat.page, data={"email": UNA.reveal()}, headers={**OWN, **chat.cookie})
        assert 'name="code"' in chat.look().text and BUTTON in html.unescape(chat.look().text)

    def test_is_not_offered_without_one(self, stage: Stage) -> None:
        assert stage.ways_in.shop_sign_in is None
        opened = stage.open("cookie")
        page = f"/portal/checkpoint/{stage.suspend(opened.session.conversation).reveal()}"
        cookie = {"Cookie": f"{SESSION_COOKIE}={opened.token.reveal()}"}
        visitor = Visitor(stage.public_app(), "https://testserver")
        assert BUTTON not in html.unescape(visitor.get(page, headers=cookie).text)
        assert visitor.post(f"{page}/shop", headers={**OWN, **cookie}).status_code == 404
        assert visitor.get("/portal/oidc?state=x&code=y").status_code == 404


class TestLeaving:
    def test_goes_to_the_provider_with_a_cookie_of_the_rounds_own(self, chat: Chat) -> None:
        answer = chat.leave()
        assert answer.status_code == 200
        (cookie,) = set_cookies(answer, BROWSER_COOKIE)
        parts = {part.strip().lower() for part in cookie.split(";")[1:]}
        assert {"httponly", "secure", "samesite=lax", "path=/", "max-age=600"} <= parts
        assert answer.headers["cache-control"] == "no-store"

    @pytest.mark.parametrize(
        "headers", [{"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}]
    )
    def test_another_site_cannot_send_the_form(self, chat: Chat, headers: dict[str, str]) -> None:
        answer = chat.leave(**headers)
        assert answer.status_code == 403 and chat.issuer.asked == []

    def test_a_chat_in_a_cookie_leaves_from_its_own_browser_only(self, chat: Chat) -> None:
        stranger = f"{SESSION_COOKIE}={chat.stage.open('cookie').token.reveal()}"
        assert chat.leave(Cookie=stranger).status_code == 410
        assert chat.issuer.asked == []

    def test_by_a_mere_look_nothing_begins(self, chat: Chat) -> None:
        assert chat.browser.get(f"{chat.page}/shop", headers=chat.cookie).status_code == 405

    def test_from_a_page_that_was_passed_nobody_leaves(self, chat: Chat) -> None:
        chat.stage.errands.passed(chat.session.conversation)
        assert chat.leave().status_code == 410

    def test_too_often_must_wait(self, chat: Chat) -> None:
        for _ in range(RATES[Bucket.SIGN_INS_PER_SESSION][0].amount):
            assert chat.leave().status_code == 200
        assert chat.leave().status_code == 429

    def test_when_the_provider_is_down_the_page_says_so(self, chat: Chat) -> None:
        chat.issuer.answers["/realm/.well-known/openid-configuration"] = httpx.Response(500, json={})
        answer = chat.leave()
        assert answer.status_code == 503 and "can't be reached just now" in shown(answer)


class TestComingBack:
    def test_signs_in_and_the_errand_goes_on_by_itself(self, stage: Stage, chat: Chat) -> None:
        done = chat.back(chat.visited())
        assert done.status_code == 303 and done.headers["location"] == "/portal/signed-in"
        living = stage.sessions.of_conversation(chat.session.conversation)
        assert living is not None and living.level is Level.SIGNED_IN
        assert living.person == stage.store.find(UNA)
        assert stage.history(chat.session) == [("assistant", "On with action_list_orders")]
        assert "You are signed in" in shown(chat.browser.get("/portal/signed-in"))

    def test_gives_the_new_cookie_and_takes_the_rounds(self, stage: Stage, chat: Chat) -> None:
        done = chat.back(chat.visited())
        (session,) = set_cookies(done, SESSION_COOKIE)
        token = session.partition("=")[2].partition(";")[0]
        assert stage.sessions.resolve(token).level is Level.SIGNED_IN
        (round_,) = set_cookies(done, BROWSER_COOKIE)
        assert "max-age=0" in round_.lower()

    def test_a_bearer_chat_goes_on_too_and_gets_no_cookie(self, stage: Stage) -> None:
        chat = Chat(stage, "bearer")
        done = chat.back(chat.visited())
        assert done.status_code == 303 and set_cookies(done, SESSION_COOKIE) == []
        assert stage.history(chat.session) == [("assistant", "On with action_list_orders")]

    def test_leads_nowhere_that_the_address_names(self, chat: Chat) -> None:
        there = {
            "next": "https://evil.example",
            "return_to": "//evil.example",
            "redirect_uri": "https://e.example",
        }
        done = chat.back(chat.visited(), **there)
        assert done.headers["location"] == "/portal/signed-in"

    def test_every_failure_reads_the_same_and_changes_nothing(self, stage: Stage) -> None:
        def unknown(chat: Chat) -> httpx.Response:
            return chat.back(
                chat.issuer.visited(chat.away(), email="nobody@post.example", email_verified=True)
            )

        def unproven(chat: Chat) -> httpx.Response:
            return chat.back(chat.issuer.visited(chat.away(), email=UNA.reveal(), email_verified=False))

        def no_cookie(chat: Chat) -> httpx.Response:
            return chat.back(chat.visited(), Visitor(stage.public_app(), "https://testserver"))

        def refused(chat: Chat) -> httpx.Response:
            state = parse_qs(urlsplit(chat.away()).query)["state"][0]
            return chat.back(Answer(state, "", "", "access_denied"))

        def bare(chat: Chat) -> httpx.Response:
            return chat.browser.get("/portal/oidc")

        def twice_given(chat: Chat) -> httpx.Response:
            answer = chat.visited()
            return chat.browser.get(
                f"/portal/oidc?state={answer.state}&state={answer.state}&code={answer.code}"
            )

        def odd(chat: Chat) -> httpx.Response:
            return chat.browser.get("/portal/oidc?state=%F0%9F%94%91%ED%A0%80&code=%00")

        def expired(chat: Chat) -> httpx.Response:
            chat.issuer.claims = {"exp": 1}
            return chat.back(chat.visited())

        pages = set()
        for failure in (unknown, unproven, no_cookie, refused, bare, twice_given, odd, expired):
            chat = Chat(stage)
            answer = failure(chat)
            assert answer.status_code == 410 and REFUSED in shown(answer), failure.__name__
            assert set_cookies(answer, SESSION_COOKIE) == []
            assert chat.level() is Level.ANYONE and stage.history(chat.session) == []
            pages.add(answer.text)
        assert len(pages) == 1

    def test_when_the_provider_is_down_the_page_says_so(self, chat: Chat) -> None:
        answer = chat.visited()
        chat.issuer.answers["/realm/token"] = httpx.Response(502, json={})
        back = chat.back(answer)
        assert back.status_code == 503 and "can't be reached just now" in shown(back)
        assert chat.level() is Level.ANYONE

    def test_with_the_state_of_another_chat_it_is_refused(self, stage: Stage, chat: Chat) -> None:
        other = Chat(stage, issuer=chat.issuer)
        mine, theirs = chat.visited(), other.visited()
        assert chat.back(theirs).status_code == 410
        assert (chat.level(), other.level()) == (Level.ANYONE, Level.ANYONE)
        # Its cookie is gone with the refusal: whoever mixes rounds up begins anew.
        assert chat.back(mine).status_code == 410
