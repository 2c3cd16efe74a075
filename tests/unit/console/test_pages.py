"""The staff's pages over HTTP: set up, sign in, start, account, and what is refused."""

import re

import httpx
import pytest
from jinja2 import Environment, FileSystemLoader

from countersign.console.access import DEVICE_COOKIE, FORM_COOKIE, SESSION_COOKIE
from countersign.console.pages import FOLDER
from countersign.identity.staff.models import WhyNot
from countersign.identity.staff.table import Permission, Role
from countersign.kit.hidden import Personal
from countersign.risk.table import RATES, Bucket
from tests.fakes.gateway_parts import Stage
from tests.fakes.staff import DORA, PASSWORD, WRONG
from tests.fakes.staff_browser import URL, StaffBrowser, words

NEW = "nine slow herons at the weir"
PAGES = ("/sign-in", "/set-up")
FORMS = ("/sign-in", "/sign-out", "/reauthenticate", "/set-up", "/account/password", "/account/sessions/end")


class TestSetUp:
    def test_goes_from_the_link_to_the_start_page(self, browser: StaffBrowser) -> None:
        browser.signed_in(Role.ANALYST)
        page = browser.get("/")
        assert page.status_code == 200
        assert "Dora <Fuchs>" in words(page) and "<Fuchs>" not in page.text
        assert "read reports" in words(page) and "erase" not in words(page)

    def test_shows_a_picture_that_holds_the_secret_and_no_address(self, stage: Stage) -> None:
        link = stage.staff.accounts.add(DORA, Personal("Dora"), [Role.AGENT])
        page = StaffBrowser(stage).send("/set-up", "/set-up", token=link.token.reveal())
        assert page.status_code == 200
        assert page.text.count("<svg ") == 1 and "<img" not in page.text.split("<svg ")[1]
        assert page.headers["cache-control"] == "no-store"

    def test_looking_spends_nothing(self, browser: StaffBrowser) -> None:
        link = browser.stage.staff.accounts.add(DORA, Personal("Dora"), [Role.AGENT])
        for _ in range(3):
            assert browser.send("/set-up", "/set-up", token=link.token.reveal()).status_code == 200
        assert browser.set_up(link.token).status_code == 303

    def test_works_once(self, browser: StaffBrowser) -> None:
        link = browser.stage.staff.accounts.add(DORA, Personal("Dora"), [Role.AGENT])
        browser.set_up(link.token)
        again = browser.send("/set-up", "/set-up", token=link.token.reveal())
        assert again.status_code == 410
        given = {"token": link.token.reveal(), "password": NEW, "code": browser.code()}
        assert browser.send("/set-up", "/set-up", **given).status_code == 410

    @pytest.mark.parametrize("token", ["", "x" * 43, "ü" * 43])
    def test_of_no_link_says_the_same(self, browser: StaffBrowser, token: str) -> None:
        answer = browser.send("/set-up", "/set-up", token=token)
        assert answer.status_code == 410 and "no longer good" in words(answer)

    @pytest.mark.parametrize(
        ("form", "told"),
        [
            ({"password": "short"}, "shorter than 12"),
            ({"password": "Password1234"}, "first that anybody would guess"),
            ({"password": "dora on the hill"}, "your own name"),
            ({"password": ""}, "shorter than 12"),
            ({"code": "000000"}, "code isn’t right"),
        ],
    )
    def test_says_what_is_wrong_and_may_be_tried_again(
        self, browser: StaffBrowser, form: dict[str, str], told: str
    ) -> None:
        link = browser.stage.staff.accounts.add(DORA, Personal("Dora"), [Role.AGENT])
        answer = browser.set_up(link.token, **form)
        assert answer.status_code == 422 and told in words(answer)
        assert browser.set_up(link.token).status_code == 303

    def test_never_repeats_a_password(self, browser: StaffBrowser) -> None:
        link = browser.stage.staff.accounts.add(DORA, Personal("Dora"), [Role.AGENT])
        answer = browser.set_up(link.token, password=NEW, code="000000")
        assert NEW not in answer.text


class TestSignIn:
    def test_gives_cookies_that_stay_with_us(self, browser: StaffBrowser) -> None:
        browser.hired()
        answer = browser.sign_in()
        cookies = {line.partition("=")[0]: line for line in answer.headers.get_list("set-cookie")}
        assert set(cookies) == {SESSION_COOKIE, DEVICE_COOKIE, FORM_COOKIE}
        for name, line in cookies.items():
            assert name.startswith("__Host-")
            for part in ("Path=/", "Secure", "HttpOnly", "SameSite=strict"):
                assert part in line
            assert "Domain" not in line
        assert "Max-Age" not in cookies[SESSION_COOKIE]

    @pytest.mark.parametrize(
        "form",
        [
            {"password": WRONG.reveal()},
            {"code": "000000"},
            {"email": "nix@shop.example"},
            {"email": ""},
            {"password": "", "code": ""},
        ],
        ids=str,
    )
    def test_answers_the_same_to_whatever_is_wrong(self, browser: StaffBrowser, form: dict[str, str]) -> None:
        browser.hired()
        answer = browser.sign_in(**form)
        assert answer.status_code == 422 and "That did not work" in words(answer)
        typed = form.get("email", DORA.reveal())
        page = re.sub(r'value="[^"]*"', "", answer.text)
        other = browser.sign_in(email="other@shop.example")
        assert page == re.sub(r'value="[^"]*"', "", other.text)
        assert typed in answer.text
        assert browser.session == ""

    def test_is_limited_and_says_how_long(self, browser: StaffBrowser) -> None:
        browser.hired()
        for _ in range(RATES[Bucket.STAFF_TRIES_PER_ACCOUNT][0].amount):
            assert browser.sign_in(password=WRONG.reveal()).status_code == 422
        answer = browser.sign_in()
        assert answer.status_code == 429 and int(answer.headers["retry-after"]) > 0

    def test_a_browser_that_was_here_before_is_not_shut_out(self, browser: StaffBrowser) -> None:
        browser.signed_in()
        device = browser.device
        stranger = StaffBrowser(browser.stage)
        stranger.secret = browser.secret
        wrong = {"email": DORA.reveal(), "password": WRONG.reveal(), "code": "000000"}
        answers = [stranger.send("/sign-in", "/sign-in", **wrong).status_code for _ in range(8)]
        assert answers == [422] * 4 + [429] * 4  # the first sign-in of all counted, too
        assert stranger.sign_in().status_code == 429
        assert browser.sign_in().status_code == 303
        assert browser.device == device

    def test_when_busy_says_so(self, browser: StaffBrowser) -> None:
        browser.hired()
        hashes = browser.stage.staff.hashes
        hashes._wait_s = 0.01
        for _ in range(2):
            hashes._turns.acquire()
        answer = browser.sign_in()
        assert answer.status_code == 503 and "try again" in words(answer)
        assert answer.headers["retry-after"] == "2"
        assert browser.session == ""

    def test_rotates_whatever_was_there(self, browser: StaffBrowser) -> None:
        browser.signed_in()
        session, form = browser.session, browser.form
        browser.sign_in()
        assert session != browser.session and form != browser.form


class TestSignedIn:
    def test_pages_need_it(self, browser: StaffBrowser) -> None:
        for path in ("/", "/account", "/account/password"):
            answer = browser.get(path)
            assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in")

    def test_ends_by_signing_out(self, browser: StaffBrowser) -> None:
        browser.signed_in()
        stolen = browser.session
        answer = browser.send("/sign-out", "/account")
        assert answer.headers["location"] == "/sign-in?said=out"
        assert browser.session == ""
        thief = StaffBrowser(browser.stage)
        thief.cookies.set(SESSION_COOKIE, stolen, domain="staff.example")
        assert thief.get("/").status_code == 303

    def test_ends_by_disabling_the_account(self, browser: StaffBrowser) -> None:
        browser.signed_in()
        browser.stage.staff.accounts.disable(DORA)
        assert browser.get("/").headers["location"] == "/sign-in"

    def test_ends_after_fifteen_idle_minutes(self, browser: StaffBrowser) -> None:
        browser.signed_in()
        browser.stage.clock.advance(minutes=14)
        assert browser.get("/").status_code == 200
        browser.stage.clock.advance(minutes=15)
        assert browser.get("/").status_code == 303

    def test_lists_sessions_and_ends_one_or_all_others(self, browser: StaffBrowser) -> None:
        browser.signed_in()
        others = []
        for _ in range(3):
            other = StaffBrowser(browser.stage)
            other.secret = browser.secret
            other.sign_in()
            others.append(other)
        page = browser.get("/account")
        ids = re.findall(r'name="id" value="(sts_[\w-]+)"', page.text)
        assert len(ids) == 3 and words(page).count("this one") == 1
        browser.send("/account/sessions/end", "/account", id=ids[0])
        assert [other.get("/").status_code for other in others].count(303) == 1
        browser.send("/account/sessions/end", "/account")
        assert [other.get("/").status_code for other in others] == [303] * 3
        assert browser.get("/").status_code == 200

    def test_ends_nobody_elses_session(self, browser: StaffBrowser) -> None:
        browser.signed_in()
        emil = Personal("emil@shop.example")
        other = StaffBrowser(browser.stage)
        other.set_up(browser.stage.staff.accounts.add(emil, Personal("Emil"), [Role.AGENT]).token)
        other.sign_in(email=emil.reveal())
        [session] = browser.stage.staff.sessions.of(
            next(one.id for one in browser.stage.staff.accounts.all() if one.email == emil)
        )
        browser.send("/account/sessions/end", "/account", id=session.id)
        assert other.get("/").status_code == 200


class TestNewPassword:
    def test_when_fresh_is_changed_at_once(self, browser: StaffBrowser) -> None:
        browser.signed_in()
        answer = browser.send("/account/password", "/account/password", password=NEW)
        assert answer.headers["location"] == "/account?said=password"
        assert "is changed" in words(browser.get("/account?said=password"))
        assert browser.sign_in().status_code == 422
        assert browser.sign_in(password=NEW).status_code == 303

    def test_when_stale_asks_again_first(self, browser: StaffBrowser) -> None:
        browser.signed_in()
        browser.stage.clock.advance(minutes=6)
        asked = browser.get("/account/password")
        assert asked.status_code == 403 and "Is it still you?" in words(asked)
        old = browser.session
        given = {"password": PASSWORD.reveal(), "code": browser.code(), "then": "password"}
        answer = browser.send("/reauthenticate", "/account/password", **given)
        assert (answer.status_code, answer.headers["location"]) == (303, "/account/password")
        assert browser.session != old
        assert browser.send("/account/password", "/account/password", password=NEW).status_code == 303

    def test_when_stale_changes_nothing_however_it_is_sent(self, browser: StaffBrowser) -> None:
        browser.signed_in()
        token = browser.csrf("/account/password")
        browser.stage.clock.advance(minutes=6)
        headers = {"Origin": URL}
        answer = browser.post("/account/password", data={"csrf": token, "password": NEW}, headers=headers)
        assert answer.status_code == 403
        assert browser.sign_in().status_code == 303

    def test_asking_again_takes_no_less_than_signing_in(self, browser: StaffBrowser) -> None:
        browser.signed_in()
        browser.stage.clock.advance(minutes=6)
        for form in ({"code": "000000"}, {"password": WRONG.reveal()}):
            given = {"password": PASSWORD.reveal(), "code": browser.code(), "then": "password", **form}
            answer = browser.send("/reauthenticate", "/account/password", **given)
            assert answer.status_code == 422
        assert browser.get("/account/password").status_code == 403

    @pytest.mark.parametrize("then", ["https://evil.example", "//evil.example", "/x", "", "javascript:x"])
    def test_leads_nowhere_else_afterwards(self, browser: StaffBrowser, then: str) -> None:
        browser.signed_in()
        given = {"password": PASSWORD.reveal(), "code": browser.code(), "then": then[:16]}
        answer = browser.send("/reauthenticate", "/account", **given)
        assert (answer.status_code, answer.headers["location"]) == (303, "/")

    def test_is_held_to_the_rules(self, browser: StaffBrowser) -> None:
        browser.signed_in()
        answer = browser.send("/account/password", "/account/password", password="qwertyuiopas")
        assert answer.status_code == 422 and "Please choose another" in words(answer)


class TestForgery:
    def post(self, browser: StaffBrowser, path: str, csrf: str, **headers: str) -> httpx.Response:
        return browser.post(path, data={"csrf": csrf}, headers=headers)

    @pytest.mark.parametrize("path", FORMS)
    def test_a_form_without_its_token_is_refused(self, browser: StaffBrowser, path: str) -> None:
        browser.signed_in()
        right = browser.csrf("/account")
        for csrf in ("", "0" * 64, right[:-1] + ("0" if right[-1] != "0" else "1"), "ü"):
            assert self.post(browser, path, csrf, Origin=URL).status_code == 403, csrf

    @pytest.mark.parametrize("path", FORMS)
    @pytest.mark.parametrize(
        "headers",
        [
            {"Origin": "https://evil.example"},
            {"Origin": "null"},
            {"Origin": "http://staff.example"},
            {"Origin": "https://staff.example:8001"},
            {"Origin": URL, "Sec-Fetch-Site": "cross-site"},
            {"Origin": URL, "Sec-Fetch-Site": "same-site"},
            {},
        ],
        ids=str,
    )
    def test_a_page_of_another_origin_is_refused(
        self, browser: StaffBrowser, path: str, headers: dict[str, str]
    ) -> None:
        browser.signed_in()
        csrf = browser.csrf("/account")
        assert self.post(browser, path, csrf, **headers).status_code == 403
        assert browser.get("/").status_code == 200

    def test_another_browsers_token_is_refused(self, browser: StaffBrowser) -> None:
        browser.signed_in()
        other = StaffBrowser(browser.stage)
        csrf = other.csrf("/sign-in")
        assert self.post(browser, "/sign-out", csrf, Origin=URL).status_code == 403

    def test_a_token_from_before_the_sign_in_is_void(self, browser: StaffBrowser) -> None:
        browser.hired()
        csrf = browser.csrf("/sign-in")
        browser.sign_in()
        assert self.post(browser, "/sign-out", csrf, Origin=URL).status_code == 403

    @pytest.mark.parametrize("path", FORMS)
    def test_looking_changes_nothing(self, browser: StaffBrowser, path: str) -> None:
        browser.signed_in()
        browser.get(path)
        assert browser.get("/").status_code == 200


class TestHeaders:
    @pytest.mark.parametrize("path", [*PAGES, "/", "/static/set-up.js", "/nothing"])
    def test_are_strict_everywhere(self, browser: StaffBrowser, path: str) -> None:
        headers = browser.get(path).headers
        policy = headers["content-security-policy"]
        assert "default-src 'none'" in policy and "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy and "form-action 'self'" in policy
        assert headers["x-content-type-options"] == "nosniff"
        assert "max-age=31536000" in headers["strict-transport-security"]

    @pytest.mark.parametrize("path", [*PAGES, "/", "/account"])
    def test_let_no_cache_keep_a_page(self, browser: StaffBrowser, path: str) -> None:
        assert browser.get(path).headers["cache-control"] == "no-store"
        browser.signed_in()
        assert browser.get(path).headers["cache-control"] == "no-store"

    @pytest.mark.parametrize("host", ["evil.example", "staff.example:8001", "127.0.0.1:8000", ""])
    def test_another_name_for_this_server_is_not_answered(self, browser: StaffBrowser, host: str) -> None:
        answer = browser.get("/sign-in", headers={"Host": host})
        assert answer.status_code == 421 and "csrf" not in answer.text

    @pytest.mark.parametrize("host", ["127.0.0.1:8001", "localhost:8001", "[::1]:8001", "staff.example"])
    def test_our_own_names_are(self, browser: StaffBrowser, host: str) -> None:
        assert browser.get("/sign-in", headers={"Host": host}).status_code == 200

    def test_a_page_needs_no_style_or_script_of_its_own(self, browser: StaffBrowser) -> None:
        browser.signed_in()
        for path in (*PAGES, "/", "/account", "/account/password"):
            page = browser.get(path).text
            assert "<style" not in page and " style=" not in page and not re.search(r"\son\w+=", page)
            assert re.findall(r"<script[^>]*>([^<]+)", page) == []


class TestOnlyWhatIsNeeded:
    def test_is_on_this_socket(self, browser: StaffBrowser) -> None:
        for path in ("/widget/countersign.js", "/products", "/demo/outbox", "/api/chat/session", "/notice"):
            assert browser.get(path).status_code == 404, path
        assert browser.get("/static/site.css").status_code == 200

    def test_is_not_on_the_public_one(self, stage: Stage) -> None:
        public = StaffBrowser(stage)
        public._app = stage.public_app()
        for path in ("/sign-in", "/account", "/set-up", "/oauth/token"):
            assert public.get(path).status_code == 404, path


def test_every_permission_and_every_fault_has_its_words() -> None:
    jinja = Environment(loader=FileSystemLoader(FOLDER / "templates"), autoescape=True)
    can = jinja.get_template("_permissions.html").module.can  # type: ignore[attr-defined]
    told = jinja.get_template("_form.html").module.told  # type: ignore[attr-defined]
    assert list(can) == list(Permission)
    assert {one.value for one in WhyNot} - {"link_dead"} | {"busy", "refused", "wait"} == set(told)


def test_without_a_role_a_page_that_needs_one_says_so(browser: StaffBrowser) -> None:
    browser.signed_in(Role.AGENT)
    browser.stage.staff.accounts._rows.set_state(browser.stage.staff.accounts.all()[0].id, "active", roles="")
    answer = browser.get("/account")
    assert answer.status_code == 403 and "do not allow" in words(answer)
