"""The shop's signed word for who is signed in on its page: what is believed, and how often."""

import base64
import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from joserfc import jwt
from joserfc.jwk import OctKey

from countersign.identity.assertions.keyfile import KeyFile
from countersign.identity.assertions.models import Shop
from countersign.identity.assertions.repository import assertions
from countersign.identity.assertions.service import Assertions
from countersign.identity.errors import TokenRefusedError
from countersign.identity.models import Level, Opened, Session
from countersign.kit.errors import UnavailableError
from countersign.kit.hidden import Secret
from tests.fakes.house import ADA, BOB, House
from tests.fakes.identity import FakeDirectory, NullDirectory
from tests.fakes.issuer import ec_key, rsa_key
from tests.fakes.shop_page import ALGORITHMS, CHAT, SHOP, ShopPage


@dataclass
class Desk:
    house: House
    shop: ShopPage
    way: Assertions

    def chat(self) -> Session:
        return self.house.open().session

    def accept(self, token: str, session: Session | None = None) -> Opened:
        return self.way.accept(session or self.chat(), Secret(token))

    def refused(self, token: str, session: Session | None = None) -> str:
        """It must be refused and change nothing; the reason in the audit log."""
        session = session or self.chat()
        with pytest.raises(TokenRefusedError) as caught:
            self.accept(token, session)
        assert str(caught.value) == "refused" and caught.value.code == "identity-refused"
        assert self.house.sessions.current(session.id) == session
        with self.house.database.read() as tx:
            query = "SELECT detail FROM audit_events WHERE tag = 'signin:assertion:refused' ORDER BY seq DESC"
            detail = tx.exec_driver_sql(query).scalars().first()
        return str(json.loads(str(detail))["reason"])


def built(house: House, folder: Path, people: FakeDirectory | NullDirectory | None = None) -> Desk:
    shop = ShopPage(house.clock, folder / "shop.jwks")
    people = people or FakeDirectory(cus_ada=ADA.reveal(), cus_bob=BOB.reveal())
    way = Assertions(
        house.database,
        house.sessions,
        people,
        KeyFile(shop.file),
        house.vault,
        house.audit,
        house.clock,
        shop=Shop(SHOP, CHAT),
    )
    return Desk(house, shop, way)


@pytest.fixture
def desk(house: House, tmp_path: Path) -> Desk:
    return built(house, tmp_path)


class TestBelieved:
    @pytest.mark.parametrize("alg", ALGORITHMS)
    def test_signed_with_each_algorithm(self, desk: Desk, alg: str) -> None:
        session = desk.chat()
        opened = desk.accept(desk.shop.token(alg=alg), session)
        assert (opened.session.person, opened.session.level) == ("cus_ada", Level.SIGNED_IN)
        assert opened.session.conversation == session.conversation
        assert desk.house.sessions.current(session.id) is None

    def test_proven_when_the_shop_says_so(self, desk: Desk) -> None:
        now = desk.house.clock.now()
        assert desk.accept(desk.shop.token()).session.authenticated_at == now
        then = now - timedelta(hours=20)
        opened = desk.accept(desk.shop.token(auth_time=int(then.timestamp())))
        assert opened.session.authenticated_at == then
        # The session itself is new.
        assert opened.session.expires_at > now + timedelta(hours=11)

    def test_never_proven_later_than_now(self, desk: Desk) -> None:
        ahead = int(desk.house.clock.now().timestamp()) + 50
        opened = desk.accept(desk.shop.token(iat=ahead, exp=ahead + 100, auth_time=ahead))
        assert opened.session.authenticated_at == desk.house.clock.now()

    def test_the_audience_may_be_a_list_of_one(self, desk: Desk) -> None:
        assert desk.accept(desk.shop.token(aud=[CHAT])).session.person == "cus_ada"

    def test_takes_no_step_up_for_its_own(self, desk: Desk) -> None:
        session = desk.house.sessions.rise(desk.chat(), "cus_ada", Level.STEPPED_UP).session
        assert desk.accept(desk.shop.token(), session).session.level is Level.SIGNED_IN


BENT: dict[str, tuple[dict[str, Callable[[int], object]], str]] = {
    "another issuer": ({"iss": lambda now: "https://evil.example"}, "iss"),
    "no issuer": ({"iss": lambda now: None}, "iss"),
    "another audience": ({"aud": lambda now: "https://other.example"}, "aud"),
    "an audience more": ({"aud": lambda now: [CHAT, "https://other.example"]}, "aud"),
    "no audience": ({"aud": lambda now: None}, "aud"),
    "expired": ({"iat": lambda now: now - 200, "exp": lambda now: now - 60}, "exp"),
    "good for too long": ({"exp": lambda now: now + 301}, "exp"),
    "ends before it begins": ({"iat": lambda now: now + 30, "exp": lambda now: now + 30}, "exp"),
    "no end": ({"exp": lambda now: None}, "exp"),
    "no beginning": ({"iat": lambda now: None}, "iat"),
    "made in the future": ({"iat": lambda now: now + 61, "exp": lambda now: now + 120}, "iat"),
    "not yet good": ({"nbf": lambda now: now + 61}, "nbf"),
    "signed in after it was made": ({"auth_time": lambda now: now + 61}, "auth_time"),
    "signed in at no time": ({"auth_time": lambda now: "yesterday"}, "auth_time"),
    "nobody": ({"sub": lambda now: None}, "sub"),
    "a number": ({"sub": lambda now: 7}, "sub"),
    "half a letter": ({"sub": lambda now: "\ud800"}, "sub"),
    "no customer": ({"sub": lambda now: "nobody"}, "no-customer"),
    "without a name of its own": ({"jti": lambda now: None}, "jti"),
    "with an empty name": ({"jti": lambda now: " "}, "jti"),
}


class TestRefused:
    @pytest.mark.parametrize("how", BENT)
    def test_that_says_something_wrong(self, desk: Desk, how: str) -> None:
        changes, reason = BENT[how]
        now = int(desk.house.clock.now().timestamp())
        changed = {name: change(now) for name, change in changes.items()}
        if "sub" in changed:
            token = desk.shop.token(changed.pop("sub"), **changed)  # type: ignore[arg-type]
        else:
            token = desk.shop.token(**changed)  # type: ignore[arg-type]
        assert desk.refused(token) == reason

    def test_used_twice(self, desk: Desk) -> None:
        token = desk.shop.token()
        desk.accept(token)
        assert desk.refused(token) == "used"

    def test_used_twice_at_once(self, desk: Desk) -> None:
        token = desk.shop.token()
        sessions = [desk.chat() for _ in range(4)]

        def use(session: Session) -> bool:
            try:
                desk.accept(token, session)
            except TokenRefusedError:
                return False
            return True

        with ThreadPoolExecutor(4) as pool:
            assert sorted(pool.map(use, sessions)) == [False, False, False, True]

    def test_used_once_and_again_after_used_ones_were_forgotten(self, desk: Desk) -> None:
        token = desk.shop.token()
        desk.accept(token)
        desk.house.clock.advance(seconds=179)
        assert desk.way.purge() == 0
        assert desk.refused(token) == "used"
        desk.house.clock.advance(seconds=2)
        assert desk.way.purge() == 1
        assert desk.refused(token) == "exp"

    def test_unsigned(self, desk: Desk) -> None:
        head = base64.urlsafe_b64encode(b'{"alg":"none"}').rstrip(b"=").decode()
        body = desk.shop.token().split(".")[1]
        assert desk.refused(f"{head}.{body}.") == "algorithm"

    def test_signed_with_a_public_key_for_a_secret(self, desk: Desk) -> None:
        key = ALGORITHMS["RS256"]
        secret = OctKey.import_key(base64.urlsafe_b64encode(key.as_pem(private=False)).decode())
        token = jwt.encode({"alg": "HS256", "kid": key.kid}, desk.shop.claims(), secret, algorithms=["HS256"])
        assert desk.refused(token) == "algorithm"

    def test_signed_by_somebody_else(self, desk: Desk) -> None:
        assert desk.refused(desk.shop.token(key=ec_key("of-a-stranger"))) == "key"

    def test_signed_by_somebody_else_in_the_shops_name(self, desk: Desk) -> None:
        good, bad = desk.shop.token().split("."), desk.shop.token(key=ec_key("of-a-stranger")).split(".")
        assert desk.refused(".".join((good[0], bad[1], bad[2]))) == "signature"

    def test_with_an_algorithm_that_the_key_is_not_for(self, desk: Desk) -> None:
        assert desk.refused(desk.shop.token(alg="PS256", key=rsa_key("shop-rsa"))) == "algorithm"

    @pytest.mark.parametrize("token", ["", "x", "a.b.c", "...", "e30.e30.", "x" * 20_000, "⟦a⟧.b.c"])
    def test_that_is_none(self, desk: Desk, token: str) -> None:
        assert desk.refused(token) in ("form", "algorithm")

    def test_for_a_chat_of_somebody_else_and_it_can_still_be_used(self, desk: Desk) -> None:
        bobs = desk.house.sessions.rise(desk.chat(), "cus_bob", Level.SIGNED_IN).session
        token = desk.shop.token()
        assert desk.refused(token, bobs) == "person-differs"
        assert desk.accept(token).session.person == "cus_ada"

    def test_for_a_session_that_is_over(self, desk: Desk) -> None:
        session = desk.chat()
        desk.house.sessions.end(session)
        with pytest.raises(TokenRefusedError):
            desk.accept(desk.shop.token(), session)
        assert desk.house.sessions.of_conversation(session.conversation) is None

    def test_where_no_shop_is_named(self, desk: Desk) -> None:
        desk.way._shop = None
        assert desk.refused(desk.shop.token()) == "no-shop"

    def test_and_nobody_signed_in_when_the_shops_data_cannot_be_read(
        self, house: House, tmp_path: Path
    ) -> None:
        desk = built(house, tmp_path, NullDirectory())
        with pytest.raises(UnavailableError):
            desk.accept(desk.shop.token())

    def test_nothing_of_a_token_stays_readable(self, desk: Desk) -> None:
        desk.accept(desk.shop.token(jti="readable-name"))
        with desk.house.database.read() as tx:
            (row,) = tx.execute(assertions.select()).all()
        assert "readable" not in repr(tuple(row))


class TestKeyFile:
    def test_a_new_key_is_known_at_once_and_an_old_one_no_more(self, desk: Desk) -> None:
        old, new = ec_key("shop-1"), ec_key("shop-2")
        desk.accept(desk.shop.token())
        desk.shop.publish(old, new)
        assert desk.accept(desk.shop.token(key=new)).session.person == "cus_ada"
        assert desk.accept(desk.shop.token(key=old)).session.person == "cus_ada"
        desk.shop.publish(new)
        assert desk.refused(desk.shop.token(key=old)) == "key"

    @pytest.mark.parametrize(
        "text", ["", "no JSON", "[]", "{}", '{"keys": []}', '{"keys": {}}', "[" * 99_999]
    )
    def test_a_spoilt_file_stops_all_trust(self, desk: Desk, text: str) -> None:
        desk.accept(desk.shop.token())
        desk.shop.file.write_text(text)
        with pytest.raises(UnavailableError):
            desk.accept(desk.shop.token())

    def test_a_file_that_is_gone_stops_all_trust_until_it_is_back(self, desk: Desk) -> None:
        desk.accept(desk.shop.token())
        desk.shop.file.unlink()
        with pytest.raises(UnavailableError):
            desk.accept(desk.shop.token())
        desk.shop.publish(*ALGORITHMS.values())
        assert desk.accept(desk.shop.token()).session.person == "cus_ada"

    def test_a_private_key_in_it_is_no_key(self, desk: Desk) -> None:
        private = ec_key("shop-1").as_dict(private=True)
        desk.shop.file.write_text(json.dumps({"keys": [private]}))
        with pytest.raises(UnavailableError):
            desk.accept(desk.shop.token())
