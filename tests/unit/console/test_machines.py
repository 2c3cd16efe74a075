"""Client credentials over HTTP, and what a token opens."""

import base64
from datetime import timedelta
from typing import Any

import httpx
import pytest

from countersign.identity.machines.models import MadeKey
from countersign.identity.staff.table import Permission, Role
from countersign.risk.limits import Limits
from countersign.risk.table import RATES, Bucket
from tests.fakes.gateway_parts import Stage
from tests.fakes.staff_browser import SETTINGS, StaffBrowser

SCOPE = [Permission.AUDIT_READ_HEAD, Permission.REPORT_READ]
GRANT = {"grant_type": "client_credentials"}


@pytest.fixture
def made(stage: Stage) -> MadeKey:
    return stage.staff.keys.add("ship the head", SCOPE, timedelta(days=30))


def given(made: MadeKey, **form: str) -> dict[str, str]:
    return {**GRANT, "client_id": made.key.id, "client_secret": made.secret.reveal(), **form}


def basic(client: str, secret: str) -> dict[str, str]:
    return {"Authorization": "Basic " + base64.b64encode(f"{client}:{secret}".encode()).decode()}


def ask(browser: StaffBrowser, data: dict[str, str], **headers: str) -> httpx.Response:
    return browser.post("/oauth/token", data=data, headers=headers)


def bearer(answer: httpx.Response) -> dict[str, str]:
    return {"Authorization": f"Bearer {answer.json()['access_token']}"}


def test_a_key_gives_a_token_and_that_the_head_of_the_log(browser: StaffBrowser, made: MadeKey) -> None:
    answer = ask(browser, given(made))
    assert answer.status_code == 200 and answer.headers["cache-control"] == "no-store"
    body = answer.json()
    assert {name: body[name] for name in ("token_type", "expires_in", "scope")} == {
        "token_type": "Bearer",
        "expires_in": 600,
        "scope": "audit:read_head report:read",
    }
    head = browser.get("/api/audit/head", headers=bearer(answer)).json()
    assert head["seq"] > 0 and len(head["digest"]) == len(head["mac"]) == 64


def test_by_basic_as_well(browser: StaffBrowser, made: MadeKey) -> None:
    answer = ask(browser, GRANT, **basic(made.key.id, made.secret.reveal()))
    assert answer.status_code == 200


@pytest.mark.parametrize(
    "changed", [{"client_secret": ""}, {"client_id": ""}, {"client_id": "cs_x"}], ids=str
)
def test_a_client_that_proves_nothing_is_refused(
    browser: StaffBrowser, made: MadeKey, changed: dict[str, str]
) -> None:
    answer = ask(browser, given(made, **changed))
    assert (answer.status_code, answer.json()) == (401, {"error": "invalid_client"})
    assert answer.headers["www-authenticate"].startswith("Basic")


@pytest.mark.parametrize("header", ["Basic", "Basic !!", "Basic Zm9v", "Bearer abc", "Digest x"])
def test_a_broken_header_is_refused(browser: StaffBrowser, header: str) -> None:
    assert ask(browser, GRANT, Authorization=header).status_code == 401


@pytest.mark.parametrize(
    ("form", "error"),
    [
        ({"grant_type": "password"}, "unsupported_grant_type"),
        ({"grant_type": ""}, "unsupported_grant_type"),
        ({"scope": "staff:add"}, "invalid_scope"),
        ({"scope": "audit:read_head words:read"}, "invalid_scope"),
    ],
)
def test_what_is_not_offered_is_refused(
    browser: StaffBrowser, made: MadeKey, form: dict[str, str], error: str
) -> None:
    answer = ask(browser, given(made, **form))
    assert (answer.status_code, answer.json()) == (400, {"error": error})


def test_two_proofs_at_once_are_refused(browser: StaffBrowser, made: MadeKey) -> None:
    answer = ask(browser, given(made), **basic(made.key.id, made.secret.reveal()))
    assert answer.json() == {"error": "invalid_request"}


def test_wrong_tries_are_limited_by_address(stage: Stage) -> None:
    # As in production: the demo allows one machine more.
    stage.limits = Limits(stage.clock)
    made = stage.staff.keys.add("ship the head", SCOPE, timedelta(days=30))
    browser = StaffBrowser(stage)
    wrong = given(made, client_secret="x")
    most = RATES[Bucket.STAFF_TOKENS_PER_ADDRESS][0].amount
    assert [ask(browser, wrong).status_code for _ in range(most + 1)] == [401] * most + [429]
    answer = ask(browser, given(made))
    assert answer.status_code == 429 and int(answer.headers["retry-after"]) > 0


class TestTheDoor:
    @pytest.mark.parametrize(
        "headers",
        [
            {},
            {"Authorization": "Bearer"},
            {"Authorization": "Bearer x.y.z"},
            {"Authorization": "Basic YTpi"},
        ],
        ids=str,
    )
    def test_is_shut_without_a_good_token(self, browser: StaffBrowser, headers: dict[str, str]) -> None:
        answer = browser.get("/api/audit/head", headers=headers)
        assert answer.status_code == 401 and answer.headers["www-authenticate"] == "Bearer"

    def test_is_shut_to_people_and_their_cookies(self, browser: StaffBrowser) -> None:
        browser.signed_in(*Role)
        assert browser.get("/api/audit/head").status_code == 401

    def test_takes_no_token_from_an_address(self, browser: StaffBrowser, made: MadeKey) -> None:
        token = ask(browser, given(made)).json()["access_token"]
        assert browser.get(f"/api/audit/head?access_token={token}").status_code == 401

    def test_is_shut_to_a_token_that_holds_less(self, browser: StaffBrowser, made: MadeKey) -> None:
        answer = ask(browser, given(made, scope="report:read"))
        assert browser.get("/api/audit/head", headers=bearer(answer)).status_code == 403

    def test_is_shut_after_ten_minutes(self, browser: StaffBrowser, made: MadeKey) -> None:
        headers = bearer(ask(browser, given(made)))
        browser.stage.clock.advance(minutes=10)
        assert browser.get("/api/audit/head", headers=headers).status_code == 401

    def test_is_shut_the_moment_the_key_is_revoked(self, browser: StaffBrowser, made: MadeKey) -> None:
        headers = bearer(ask(browser, given(made)))
        browser.stage.staff.keys.revoke(made.key.id)
        assert browser.get("/api/audit/head", headers=headers).status_code == 401

    def test_is_shut_to_another_houses_tokens(self, stage: Stage, made: MadeKey) -> None:
        """The same keys and database under another address: issuer and audience differ."""
        headers = bearer(ask(StaffBrowser(stage), given(made)))
        other: dict[str, Any] = {**SETTINGS, "staff_url": "https://other.example"}
        house = Stage(stage.database, stage.vault, stage.clock, stage.settings.home, **other)
        browser = StaffBrowser(house, "https://other.example")
        assert browser.get("/api/audit/head", headers=headers).status_code == 401


def test_a_person_is_not_signed_in_by_a_token(browser: StaffBrowser, made: MadeKey) -> None:
    headers = bearer(ask(browser, given(made)))
    assert browser.get("/", headers=headers).headers["location"] == "/sign-in"
