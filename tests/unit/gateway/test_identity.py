"""A signed identity at the chat API: with a new session, and for one that is open."""

from pathlib import Path

import httpx
import pytest

from countersign.db.engine import Database
from countersign.gateway.access import DEVICE_COOKIE, SESSION_COOKIE
from countersign.gateway.rasa_client import Item
from countersign.identity.models import Level, Session
from countersign.risk.models import Wait
from countersign.vault.service import Vault
from tests.fakes.clock import FakeClock
from tests.fakes.gateway_parts import EMBEDDER, UNA, Stage
from tests.fakes.rasa import Heard
from tests.fakes.shop_page import SHOP, ShopPage
from tests.fakes.visitors import Visitor

SESSION, IDENTITY = "/api/chat/session", "/api/chat/identity"


class Client:
    def __init__(self, stage: Stage, shop: ShopPage) -> None:
        self.stage = stage
        self.shop = shop
        self.http = Visitor(stage.public_app(), "https://testserver")

    def open(self, **body: object) -> httpx.Response:
        return self.http.post(SESSION, json=body)

    def give(self, token: str, identity: str, **headers: str) -> httpx.Response:
        given = {"Authorization": f"Bearer {token}", **headers}
        return self.http.post(IDENTITY, json={"identity": identity}, headers=given)

    def word(self, customer: str = "una_lark_7", **changed: object) -> str:
        return self.shop.token(customer, **changed)  # type: ignore[arg-type]

    def of(self, token: str) -> Session:
        return self.stage.sessions.resolve(token)


@pytest.fixture
def client(database: Database, vault: Vault, clock: FakeClock, tmp_path: Path) -> Client:
    shop = ShopPage(clock, tmp_path / "shop.jwks", audience="http://testserver")
    stage = Stage(database, vault, clock, tmp_path, identity_issuer=SHOP, identity_keys=shop.file)
    return Client(stage, shop)


def problem(answer: httpx.Response) -> dict[str, object]:
    assert answer.headers["content-type"] == "application/problem+json"
    found: dict[str, object] = answer.json()
    return found


class TestWithANewSession:
    def test_it_is_theirs_from_the_start(self, client: Client) -> None:
        answer = client.open(identity=client.word())
        assert answer.status_code == 201
        session = client.of(answer.json()["token"])
        assert (session.level, session.person) == (Level.SIGNED_IN, client.stage.store.find(UNA))
        assert len(answer.json()["device_key"]) == 43

    def test_with_a_cookie_both_cookies_are_set(self, client: Client) -> None:
        answer = client.open(identity=client.word(), transport="cookie")
        assert "token" not in answer.json()
        cookies = dict(line.partition(";")[0].split("=", 1) for line in answer.headers.get_list("set-cookie"))
        assert client.of(cookies[SESSION_COOKIE]).level is Level.SIGNED_IN
        assert DEVICE_COOKIE in cookies

    def test_the_device_key_renews_it(self, client: Client) -> None:
        opened = client.open(identity=client.word()).json()
        risen = client.give(opened["token"], client.word()).json()
        headers = {"Authorization": f"Bearer {opened['token']}"}
        renewed = client.http.post(
            f"{SESSION}/renew", json={"device_key": opened["device_key"]}, headers=headers
        )
        assert renewed.status_code == 200 and renewed.json()["token"] != risen["token"]

    def test_a_refused_one_opens_none(self, client: Client) -> None:
        word = client.word()
        client.open(identity=word)
        before = len(client.stage.sessions.of_person(client.stage.store.find(UNA) or ""))
        answer = client.open(identity=word)
        assert answer.status_code == 401 and "token" not in answer.text
        assert len(client.stage.sessions.of_person(client.stage.store.find(UNA) or "")) == before
        with client.stage.database.read() as tx:
            living = tx.exec_driver_sql("SELECT count(*) FROM sessions WHERE ended_at IS NULL").scalar()
        assert living == 1


class TestForAnOpenSession:
    def test_it_rises_and_the_old_token_is_dead(self, client: Client) -> None:
        old = client.open().json()["token"]
        answer = client.give(old, client.word())
        assert answer.status_code == 200
        session = client.of(answer.json()["token"])
        assert (session.level, session.person) == (Level.SIGNED_IN, client.stage.store.find(UNA))
        assert answer.json()["expires_at"] == session.expires_at.isoformat()
        assert problem(client.give(old, client.word()))["type"] == "/problems/session-required"

    def test_the_interrupted_errand_goes_on_by_itself(self, client: Client) -> None:
        stage, token = client.stage, client.open().json()["token"]
        session = client.of(token)

        def on_with_it(heard: Heard) -> list[Item]:
            errand = stage.errands.take(heard.conversation)
            return [{"text": f"On with {errand.action}" if errand else heard.value}]

        stage.rasa.says = on_with_it
        stage.suspend(session.conversation)
        client.give(token, client.word())
        assert stage.history(session) == [("assistant", "On with action_list_orders")]

    def test_a_page_that_may_embed_the_chat_may_send_it(self, client: Client) -> None:
        token = client.open().json()["token"]
        answer = client.give(token, client.word(), Origin=EMBEDDER)
        assert answer.status_code == 200
        assert answer.headers["access-control-allow-origin"] == EMBEDDER

    def test_without_a_session_there_is_nothing_to_rise(self, client: Client) -> None:
        answer = client.http.post(IDENTITY, json={"identity": client.word()})
        assert answer.status_code == 401

    def test_another_site_cannot_use_the_cookie(self, client: Client) -> None:
        client.open(transport="cookie")
        headers = {"Sec-Fetch-Site": "cross-site"}
        answer = client.http.post(IDENTITY, json={"identity": client.word()}, headers=headers)
        assert answer.status_code == 403


class TestRefused:
    def test_whatever_is_wrong_the_answer_is_the_same(self, client: Client) -> None:
        token = client.open().json()["token"]
        used = client.word()
        client.open(identity=used)
        words = (
            used,
            client.word("nobody"),
            client.word(iss="https://evil.example"),
            client.word(aud="https://evil.example"),
            client.word(exp=1),
            client.word(jti=None),
            "a.b.c",
            "x",
        )
        answers = [client.give(token, word) for word in words] + [
            client.open(identity=word) for word in words
        ]
        assert {answer.status_code for answer in answers} == {401}
        assert len({answer.text for answer in answers}) == 1
        assert problem(answers[0])["type"] == "/problems/identity-refused"
        assert client.of(token).level is Level.ANYONE

    @pytest.mark.parametrize("identity", ["", "x" * 9000, "a b", "é.é.é", 7, None, {}])
    def test_what_is_no_token_at_all_is_a_bad_request(self, client: Client, identity: object) -> None:
        token = client.open().json()["token"]
        headers = {"Authorization": f"Bearer {token}"}
        assert client.http.post(IDENTITY, json={"identity": identity}, headers=headers).status_code == 400

    def test_where_no_shop_is_named_it_is_refused_alike(
        self, database: Database, vault: Vault, clock: FakeClock, tmp_path: Path
    ) -> None:
        shop = ShopPage(clock, tmp_path / "shop.jwks", audience="http://testserver")
        client = Client(Stage(database, vault, clock, tmp_path), shop)
        answer = client.open(identity=client.word())
        assert answer.status_code == 401 and problem(answer)["type"] == "/problems/identity-refused"

    def test_when_the_keys_cannot_be_read_it_waits(self, client: Client) -> None:
        client.shop.file.unlink()
        assert client.open(identity=client.word()).status_code == 503

    def test_too_many_from_one_address_must_wait(self, client: Client) -> None:
        client.stage.limits.hit = _full  # type: ignore[method-assign, assignment]
        answer = client.open(identity=client.word())
        assert answer.status_code == 429


def _full(bucket: object, key: str, cost: int = 1) -> object:
    return Wait(60)
