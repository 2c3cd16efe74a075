"""The page behind a checkpoint's address and the page behind a mailed link."""

import html
import re
from urllib.parse import urlsplit

import httpx
import pytest

from countersign.gateway.access import SESSION_COOKIE
from countersign.gateway.rasa_client import Item
from countersign.identity.models import CODE_TRIES, Level, Opened, Session
from countersign.kit.hidden import Personal
from countersign.risk.table import RATES, Bucket
from tests.fakes.gateway_parts import UNA, Stage, run, texts
from tests.fakes.rasa import Heard
from tests.fakes.visitors import Visitor

OWN, LINK = "http://testserver", "/portal/sign-in"
WRONG = "0000-0000"


class Chat:
    """A chat that was stopped at a checkpoint, and the browser on its page."""

    def __init__(self, stage: Stage, transport: str = "bearer") -> None:
        self.stage = stage
        self.opened = stage.open(transport)
        self.page = f"/portal/checkpoint/{stage.suspend(self.session.conversation).reveal()}"
        stage.conversations.expect_sign_in(self.session.conversation, "email")
        self.browser = Visitor(stage.public_app())
        stage.rasa.says = self._on_with_it

    @property
    def session(self) -> Session:
        return self.opened.session

    def look(self) -> httpx.Response:
        return self.browser.get(self.page, headers=self._cookie())

    def send(self, **form: str) -> httpx.Response:
        return self.browser.post(self.page, data=form, headers={"Origin": OWN, **self._cookie()})

    def follow(self, token: str, opened: Opened | None = None) -> httpx.Response:
        cookie = {"Cookie": f"{SESSION_COOKIE}={opened.token.reveal()}"} if opened else {}
        return self.browser.post(LINK, data={"token": token}, headers={"Origin": OWN, **cookie})

    def code(self) -> str:
        self.send(email=UNA.reveal())
        return self.stage.code()

    def link_token(self) -> str:
        self.send(email=UNA.reveal())
        return urlsplit(self.stage.demo_outbox.messages(UNA.reveal())[-1]["link"]).fragment

    def level(self) -> Level:
        living = self.stage.sessions.of_conversation(self.session.conversation)
        assert living is not None
        return living.level

    def _cookie(self) -> dict[str, str]:
        if self.session.transport == "bearer":
            return {}
        return {"Cookie": f"{SESSION_COOKIE}={self.opened.token.reveal()}"}

    def _on_with_it(self, heard: Heard) -> list[Item]:
        errand = self.stage.errands.take(heard.conversation)
        return [{"text": f"On with {errand.action}" if errand else heard.value}]


@pytest.fixture
def chat(stage: Stage) -> Chat:
    return Chat(stage)


def shown(answer: httpx.Response) -> str:
    """The words of a page."""
    return html.unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.text)))


class TestPage:
    def test_asks_for_the_address_and_then_for_the_code(self, chat: Chat) -> None:
        first = chat.look()
        assert first.status_code == 200 and 'name="email"' in first.text
        second = chat.send(email=f" {UNA.reveal()} ")
        assert second.status_code == 200 and 'name="code"' in second.text
        assert 'name="code"' in chat.look().text

    def test_takes_the_code_and_the_chat_goes_on_by_itself(self, stage: Stage, chat: Chat) -> None:
        done = chat.send(code=chat.code())
        assert done.status_code == 200 and "You are signed in" in shown(done)
        assert stage.history(chat.session) == [("assistant", "On with action_list_orders")]
        living = stage.sessions.of_conversation(chat.session.conversation)
        assert living is not None and living.person == stage.store.find(UNA)
        assert texts(run(stage.say(living, "hello")))[0] == "On with action_list_orders"

    def test_takes_the_code_however_it_is_typed(self, chat: Chat) -> None:
        code = chat.code().replace("-", " ").lower()
        assert chat.send(code=f" {code} ").status_code == 200
        assert chat.level() is Level.SIGNED_IN

    def test_the_chat_takes_the_code_that_the_page_asked_for(self, stage: Stage, chat: Chat) -> None:
        code = chat.code()
        assert texts(run(stage.say(chat.session, code)))[0] == "You're signed in."

    def test_reads_the_same_with_and_without_an_account(self, stage: Stage, chat: Chat) -> None:
        known = chat.send(email=UNA.reveal())
        other = Chat(stage)
        unknown = other.send(email="nobody@post.example")
        assert known.text.replace(chat.page, "") == unknown.text.replace(other.page, "")

    def test_asks_again_for_what_is_no_address(self, chat: Chat) -> None:
        for email in ("", "una", "a@b@c", "una@post.example\nBcc: x@y.example"):
            again = chat.send(email=email)
            assert again.status_code == 422 and 'name="email"' in again.text
            assert "Please type the e-mail address" in shown(again)

    def test_shows_no_markup_of_a_visitors_making(self, chat: Chat) -> None:
        answer = chat.send(email='"><script>alert(1)</script>@x.example')
        assert "<script>alert" not in answer.text

    def test_counts_wrong_codes_down_and_asks_for_the_address_after_the_last(self, chat: Chat) -> None:
        right = chat.code()
        for left in range(CODE_TRIES - 1, 0, -1):
            wrong = chat.send(code=WRONG)
            assert wrong.status_code == 422 and f"(tries left: {left})" in shown(wrong)
        dead = chat.send(code=WRONG)
        assert dead.status_code == 422 and 'name="email"' in dead.text
        assert "no longer good" in shown(dead)
        assert chat.send(code=right).status_code == 422
        assert chat.level() is Level.ANYONE

    def test_a_code_too_late_is_dead(self, stage: Stage, chat: Chat) -> None:
        code = chat.code()
        chat.page = f"/portal/checkpoint/{stage.suspend(chat.session.conversation).reveal()}"
        stage.clock.advance(minutes=9)
        chat.page = f"/portal/checkpoint/{stage.suspend(chat.session.conversation).reveal()}"
        stage.clock.advance(minutes=1)
        answer = chat.send(code=code)
        assert answer.status_code == 422 and "no longer good" in shown(answer)

    def test_asked_too_often_must_wait(self, chat: Chat) -> None:
        for _ in range(RATES[Bucket.SIGN_INS_PER_SESSION][0].amount):
            assert chat.send(email=UNA.reveal()).status_code == 200
        answer = chat.send(email=UNA.reveal())
        assert answer.status_code == 429 and "Too many codes were asked for" in shown(answer)

    def test_is_never_kept_in_a_cache(self, chat: Chat) -> None:
        assert chat.look().headers["cache-control"] == "no-store"


class TestGone:
    def gone(self, answer: httpx.Response) -> bool:
        return answer.status_code == 410 and "That choice has passed" in shown(answer)

    def test_a_page_opens_for_nobody_after_it_was_passed(self, chat: Chat) -> None:
        code = chat.code()
        chat.send(code=code)
        assert self.gone(chat.look())
        assert self.gone(chat.send(code=code))

    def test_a_page_lives_for_ten_minutes(self, stage: Stage, chat: Chat) -> None:
        stage.clock.advance(minutes=10)
        assert self.gone(chat.look())
        assert self.gone(chat.send(email=UNA.reveal()))
        assert stage.demo_outbox.messages() == []

    def test_a_page_is_gone_with_its_session(self, stage: Stage, chat: Chat) -> None:
        stage.sessions.end(chat.session)
        assert self.gone(chat.look())

    def test_a_page_is_gone_when_the_shopper_wished_for_something_else(
        self, stage: Stage, chat: Chat
    ) -> None:
        stage.suspend(chat.session.conversation)
        assert self.gone(chat.look())

    @pytest.mark.parametrize("name", ["x" * 43, "a%00b", "..%2F..%2Fetc%2Fpasswd", "%F0%9F%94%91"])
    def test_a_page_that_never_was_reads_the_same(self, chat: Chat, name: str) -> None:
        chat.page = f"/portal/checkpoint/{name}"
        answer = chat.look()
        assert self.gone(answer) or answer.status_code == 404


class TestCookieChat:
    def test_is_signed_in_from_its_own_browser_and_gets_the_new_cookie(self, stage: Stage) -> None:
        chat = Chat(stage, "cookie")
        done = chat.send(code=chat.code())
        (cookie,) = (c for c in done.headers.get_list("set-cookie") if c.startswith(SESSION_COOKIE))
        token = cookie.partition("=")[2].partition(";")[0]
        assert stage.sessions.resolve(token).level is Level.SIGNED_IN
        assert token not in done.text

    def test_is_not_signed_in_from_another_chats_browser(self, stage: Stage) -> None:
        chat, other = Chat(stage, "cookie"), stage.open("cookie")
        code = chat.code()
        stranger = {"Cookie": f"{SESSION_COOKIE}={other.token.reveal()}"}
        answer = chat.browser.post(chat.page, data={"code": code}, headers={"Origin": OWN, **stranger})
        assert answer.status_code == 410
        assert chat.level() is Level.ANYONE

    def test_a_bearer_chat_sets_no_cookie(self, chat: Chat) -> None:
        assert "set-cookie" not in chat.send(code=chat.code()).headers


class TestLink:
    def test_is_opened_without_using_it_up(self, stage: Stage) -> None:
        chat = Chat(stage, "cookie")
        token = chat.link_token()
        page = chat.browser.get(LINK)
        assert page.status_code == 200 and 'src="/static/link.js"' in page.text
        assert chat.level() is Level.ANYONE
        assert chat.follow(token, chat.opened).status_code == 200

    def test_signs_in_the_browser_that_asked(self, stage: Stage) -> None:
        chat = Chat(stage, "cookie")
        done = chat.follow(chat.link_token(), chat.opened)
        assert "You are signed in" in shown(done)
        assert chat.level() is Level.SIGNED_IN
        assert stage.history(chat.session) == [("assistant", "On with action_list_orders")]
        assert SESSION_COOKIE in str(done.headers.get_list("set-cookie"))

    @pytest.mark.parametrize("signed_in_elsewhere", [False, True])
    def test_shows_the_code_in_any_other_browser(
        self, stage: Stage, chat: Chat, signed_in_elsewhere: bool
    ) -> None:
        token = chat.link_token()
        other = stage.open("cookie") if signed_in_elsewhere else None
        answer = chat.follow(token, other)
        assert answer.status_code == 200 and stage.code() in answer.text
        assert chat.level() is Level.ANYONE
        assert stage.history(chat.session) == []

    def test_works_once(self, stage: Stage) -> None:
        chat = Chat(stage, "cookie")
        token = chat.link_token()
        chat.follow(token, chat.opened)
        again = chat.follow(token)
        assert again.status_code == 410 and "no longer good" in shown(again)

    @pytest.mark.parametrize("token", ["", "x" * 43])
    def test_that_was_never_sent_is_dead(self, chat: Chat, token: str) -> None:
        answer = chat.follow(token)
        assert answer.status_code == 410 and "no longer good" in shown(answer)

    def test_too_late_is_dead(self, stage: Stage, chat: Chat) -> None:
        token = chat.link_token()
        stage.clock.advance(minutes=10)
        assert chat.follow(token).status_code == 410

    def test_to_an_address_without_an_account_was_never_sent(self, stage: Stage, chat: Chat) -> None:
        unknown = Personal("nobody@post.example")
        chat.send(email=unknown.reveal())
        (mail,) = stage.demo_outbox.messages(unknown.reveal())
        assert "link" not in mail and "code" not in mail
