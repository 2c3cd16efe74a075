import re

import pytest
from starlette.requests import HTTPConnection
from starlette.responses import Response

from countersign.gateway.access import DEVICE_COOKIE, DEVICE_HEADER, SESSION_COOKIE, Access, bearer_token
from countersign.gateway.errors import OriginRefusedError, SessionRequiredError
from countersign.identity.models import Opened
from countersign.kit.hidden import Secret
from tests.fakes.gateway_parts import EMBEDDER, Stage

OWN = "http://testserver"


def coming(scheme: str = "http", **headers: str) -> HTTPConnection:
    """A request to testserver with these headers, `_` for `-`."""
    given = {"host": "testserver", **{name.replace("_", "-"): value for name, value in headers.items()}}
    return HTTPConnection(
        {
            "type": "websocket" if scheme.startswith("ws") else "http",
            "scheme": scheme,
            "server": ("testserver", 80),
            "client": ("192.0.2.1", 5000),
            "path": "/api/chat/message",
            "query_string": b"",
            "headers": [(name.encode(), value.encode()) for name, value in given.items()],
        }
    )


def cookie_of(opened: Opened, device_key: Secret | None = None) -> str:
    key = opened.device_key if device_key is None else device_key
    assert key is not None
    return f"{SESSION_COOKIE}={opened.token.reveal()}; {DEVICE_COOKIE}={key.reveal()}"


@pytest.fixture
def access(stage: Stage) -> Access:
    return Access(stage.sessions, stage.message_limits, f"{OWN}/", (EMBEDDER,))


class TestSession:
    def test_is_that_of_the_bearer_token(self, stage: Stage, access: Access) -> None:
        opened = stage.open()
        request = coming(authorization=f"Bearer {opened.token.reveal()}")
        assert access.session(request).id == opened.session.id
        assert access.own(request) == access.session(request)

    def test_is_that_of_our_cookie(self, stage: Stage, access: Access) -> None:
        opened = stage.open("cookie")
        assert access.session(coming(cookie=cookie_of(opened))).id == opened.session.id

    def test_by_bearer_goes_before_that_by_cookie(self, stage: Stage, access: Access) -> None:
        bearer, cookie = stage.open(), stage.open("cookie")
        request = coming(authorization=f"Bearer {bearer.token.reveal()}", cookie=cookie_of(cookie))
        assert access.session(request).id == bearer.session.id

    def test_of_a_dead_bearer_is_not_looked_for_in_the_cookie(self, stage: Stage, access: Access) -> None:
        request = coming(authorization="Bearer dead", cookie=cookie_of(stage.open("cookie")))
        with pytest.raises(SessionRequiredError):
            access.session(request)

    @pytest.mark.parametrize("authorization", ["", "Basic abc", "Bearer", "Bearer ", "Bearer x", "Token x"])
    def test_is_required(self, access: Access, authorization: str) -> None:
        request = coming(authorization=authorization)
        with pytest.raises(SessionRequiredError):
            access.session(request)
        assert access.own(request) is None

    def test_that_never_was_and_that_is_over_read_the_same(self, stage: Stage, access: Access) -> None:
        lapsed, ended = stage.open(), stage.open()
        stage.sessions.end(ended.session)
        stage.clock.advance(days=8)
        words = set()
        for token in ("never", lapsed.token.reveal(), ended.token.reveal()):
            with pytest.raises(SessionRequiredError) as caught:
                access.of_token(token)
            words.add((str(caught.value), caught.value.code, str(caught.value.__cause__)))
        assert len(words) == 1


class TestStolenTokens:
    """Used beside another device's key."""

    @pytest.mark.parametrize("key", ["x", "another-device's-key,-as-long"])
    def test_of_a_cookie_end_the_session_for_everyone(self, stage: Stage, access: Access, key: str) -> None:
        opened = stage.open("cookie")
        with pytest.raises(SessionRequiredError):
            access.session(coming(cookie=cookie_of(opened, Secret(key))))
        with pytest.raises(SessionRequiredError):
            access.session(coming(cookie=cookie_of(opened)))
        assert stage.sessions.current(opened.session.id) is None

    def test_of_a_bearer_that_tells_its_device_end_it_too(self, stage: Stage, access: Access) -> None:
        opened = stage.open()
        bearer = f"Bearer {opened.token.reveal()}"
        assert opened.device_key is not None
        right = {"authorization": bearer, DEVICE_HEADER.lower(): opened.device_key.reveal()}
        assert access.session(coming(**right)).id == opened.session.id
        with pytest.raises(SessionRequiredError):
            access.session(coming(**{**right, DEVICE_HEADER.lower(): "x" * 32}))
        assert access.own(coming(**right)) is None


class TestOtherSites:
    @pytest.mark.parametrize(
        "headers",
        [
            {"sec_fetch_site": "cross-site"},
            {"sec_fetch_site": "same-site"},
            {"origin": "https://evil.example"},
            {"origin": EMBEDDER},
            {"origin": "null"},
            {"origin": "https://testserver"},
            {"origin": "http://testserver.evil.example"},
        ],
    )
    def test_cannot_ride_on_the_cookie(self, stage: Stage, access: Access, headers: dict[str, str]) -> None:
        request = coming(cookie=cookie_of(stage.open("cookie")), **headers)
        with pytest.raises(OriginRefusedError):
            access.session(request)
        with pytest.raises(OriginRefusedError):
            access.own(request)

    @pytest.mark.parametrize(
        "headers",
        [
            {},
            {"origin": OWN},
            {"origin": OWN, "sec_fetch_site": "same-origin"},
            {"sec_fetch_site": "none"},
        ],
    )
    def test_are_not_meant_by_our_own_pages(
        self, stage: Stage, access: Access, headers: dict[str, str]
    ) -> None:
        opened = stage.open("cookie")
        assert access.session(coming(cookie=cookie_of(opened), **headers)).id == opened.session.id

    def test_may_use_a_bearer(self, stage: Stage, access: Access) -> None:
        opened = stage.open()
        request = coming(
            authorization=f"Bearer {opened.token.reveal()}", origin=EMBEDDER, sec_fetch_site="cross-site"
        )
        assert access.session(request).id == opened.session.id

    def test_the_shop_may_be_reached_by_another_name_than_its_base_url(self, access: Access) -> None:
        access.refuse_other_sites(coming(host="localhost:8000", origin="http://localhost:8000"))
        with pytest.raises(OriginRefusedError):
            access.refuse_other_sites(coming(host="localhost:8000", origin="http://localhost:9000"))


class TestSockets:
    @pytest.mark.parametrize("origin", [OWN, EMBEDDER])
    def test_are_welcome_from_our_pages_and_from_embedders(self, access: Access, origin: str) -> None:
        assert access.may_connect(coming("ws", origin=origin))

    def test_are_welcome_from_programs(self, access: Access) -> None:
        assert access.may_connect(coming("ws"))

    def test_over_tls_are_welcome_from_a_page_over_tls(self, access: Access) -> None:
        assert access.may_connect(coming("wss", origin="https://testserver"))
        assert not access.may_connect(coming("ws", origin="https://testserver"))

    @pytest.mark.parametrize("origin", ["https://evil.example", "null", "", EMBEDDER + ".evil.example"])
    def test_are_not_welcome_from_anywhere_else(self, access: Access, origin: str) -> None:
        assert not access.may_connect(coming("ws", origin=origin))


class TestCookies:
    def test_are_for_this_host_over_tls_and_for_no_script(self, stage: Stage) -> None:
        response = Response()
        Access.set_cookies(response, stage.open("cookie"))
        cookies = response.headers.getlist("set-cookie")
        assert [cookie.partition("=")[0] for cookie in cookies] == [SESSION_COOKIE, DEVICE_COOKIE]
        assert all(name.startswith("__Host-") for name in (SESSION_COOKIE, DEVICE_COOKIE))
        for cookie in cookies:
            attributes = set(re.split(r";\s*", cookie)[1:])
            assert {"HttpOnly", "Secure", "SameSite=strict", "Path=/"} <= attributes
            assert not any(attribute.startswith("Domain") for attribute in attributes)

    def test_a_risen_session_keeps_the_key_of_its_device(self, stage: Stage) -> None:
        response = Response()
        risen = Opened(stage.open().session, Secret("token"), None)
        Access.set_cookies(response, risen)
        (cookie,) = response.headers.getlist("set-cookie")
        assert cookie.startswith(f"{SESSION_COOKIE}=token;")

    def test_clearing_ends_the_session_and_leaves_the_device(self) -> None:
        response = Response()
        Access.clear_cookies(response)
        (cookie,) = response.headers.getlist("set-cookie")
        assert cookie.startswith(f'{SESSION_COOKIE}="";') and "Max-Age=0" in cookie


def test_the_scheme_of_a_bearer_is_read_in_any_case() -> None:
    assert bearer_token(coming(authorization="bEARER  abc ").headers) == "abc"


def test_where_a_request_comes_from_is_a_hash(access: Access) -> None:
    here, again, nowhere = coming(), coming(), coming()
    nowhere.scope["client"] = None
    assert access.origin(here) == access.origin(again)
    assert "192.0.2.1" not in access.origin(here)
    assert access.origin(nowhere) == ""
