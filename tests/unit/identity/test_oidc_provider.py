"""The provider's own documents: from where, how often, and what is not believed."""

import httpx
import pytest

from countersign.identity.oidc import fetch
from countersign.identity.oidc.models import Departure
from countersign.identity.oidc.provider import OpenIdProvider
from countersign.identity.oidc.repository import rounds
from countersign.kit.errors import UnavailableError
from tests.fakes.house import House
from tests.fakes.issuer import Dripping, rsa_key, settings
from tests.fakes.oidc_door import VERIFIED, Door, built


class TestProvider:
    def test_is_asked_for_itself_and_its_keys_once_an_hour(self, door: Door) -> None:
        for _ in range(3):
            door.back(door.chat())
        assert door.issuer.asked.count("/realm/keys") == 1
        assert door.issuer.asked.count("/realm/.well-known/openid-configuration") == 1
        door.house.clock.advance(hours=1)
        door.back(door.chat())
        assert door.issuer.asked.count("/realm/keys") == 2

    def test_may_change_its_keys(self, door: Door) -> None:
        door.back(door.chat())
        door.house.clock.advance(minutes=1)
        door.issuer.key = rsa_key("rsa-2")
        door.issuer.published = [door.issuer.key]
        assert door.back(door.chat()).session.person == "cus_ada"

    def test_is_not_asked_again_and_again_for_a_key_that_it_does_not_have(self, door: Door) -> None:
        door.back(door.chat())
        door.issuer.key = rsa_key("rsa-of-somebody-else")
        door.house.clock.advance(minutes=1)
        for _ in range(5):
            door.refused(**VERIFIED)
        assert door.issuer.asked.count("/realm/keys") == 2

    @pytest.mark.parametrize(
        ("name", "value"),
        [
            ("issuer", "https://evil.example"),
            ("issuer", None),
            ("authorization_endpoint", "https://evil.example/authorize"),
            ("authorization_endpoint", "javascript:alert(1)"),
            ("token_endpoint", "https://evil.example/token"),
            ("token_endpoint", "http://login.shop.example/realm/token"),
            ("token_endpoint", "https://login.shop.example:8443/realm/token"),
            ("jwks_uri", "https://login.shop.example@evil.example/keys"),
            ("jwks_uri", "https://login.shop.example.evil.example/keys"),
            ("jwks_uri", "http://169.254.169.254/latest"),
            ("jwks_uri", None),
        ],
    )
    def test_that_names_another_place_is_not_believed(self, door: Door, name: str, value: object) -> None:
        door.issuer.document[name] = value
        with pytest.raises(UnavailableError):
            door.way.start(door.chat())
        assert door.rows(rounds) == 0

    def test_may_keep_its_keys_at_a_place_that_settings_name(self, house: House) -> None:
        door = built(house, origins=frozenset({"https://keys.shop.example"}))
        door.issuer.document["jwks_uri"] = "https://keys.shop.example/realm/keys"
        assert door.back(door.chat()).session.person == "cus_ada"

    @pytest.mark.parametrize(
        "answer",
        [
            httpx.Response(302, headers={"Location": "https://evil.example/keys"}, json={}),
            httpx.Response(500, json={"keys": []}),
            httpx.Response(200, text="<html>"),
            httpx.Response(200, json=[]),
            httpx.Response(200, json={"keys": "none"}),
            httpx.Response(200, text="[" * 100_000),
            httpx.Response(200, text=" " * 300_000),
        ],
        ids=["elsewhere", "broken", "no JSON", "a list", "no set", "deep", "much"],
    )
    def test_whose_keys_cannot_be_read_lets_nobody_in(self, door: Door, answer: httpx.Response) -> None:
        door.issuer.answers["/realm/keys"] = answer
        session = door.chat()
        with pytest.raises(UnavailableError):
            door.back(session)
        assert door.house.sessions.current(session.id) == session

    @pytest.mark.parametrize("path", ["/realm/.well-known/openid-configuration", "/realm/token"])
    def test_that_drips_is_left_waiting(self, door: Door, monkeypatch: pytest.MonkeyPatch, path: str) -> None:
        monkeypatch.setattr(fetch, "PATIENCE", 0.05)
        door.issuer.answers[path] = httpx.Response(200, stream=Dripping())
        with pytest.raises(UnavailableError):
            door.back(door.chat())

    def test_that_is_down_lets_nobody_in(self, house: House) -> None:
        door = built(house)

        def down(request: httpx.Request) -> httpx.Response:
            raise httpx.ConnectError("down")

        provider = OpenIdProvider(settings(), house.clock, httpx.MockTransport(down))
        door.way._provider = provider
        with pytest.raises(UnavailableError):
            door.way.start(door.chat())

    def test_over_plain_http_is_believed_on_this_machine_only_and_only_when_settings_say_so(
        self, house: House
    ) -> None:
        for url, loopback, fine in (
            ("http://127.0.0.1:4000", True, True),
            ("http://127.0.0.1:4000", False, False),
            ("http://login.shop.example", True, False),
        ):
            document = {
                "issuer": url,
                "authorization_endpoint": f"{url}/a",
                "token_endpoint": f"{url}/t",
                "jwks_uri": f"{url}/k",
            }
            transport = httpx.MockTransport(lambda _, document=document: httpx.Response(200, json=document))
            door = built(house)
            door.way._provider = OpenIdProvider(
                settings(issuer=url, loopback=loopback), house.clock, transport
            )
            if fine:
                assert isinstance(door.way.start(door.chat()), Departure)
            else:
                with pytest.raises(UnavailableError):
                    door.way.start(door.chat())

    def test_keys_that_are_not_for_signing_are_left_out(self, door: Door) -> None:
        short = {"kty": "RSA", "kid": "rsa-1", "n": "A" * 171, "e": "AQAB"}
        secret = {"kty": "oct", "kid": "rsa-1", "k": "c2VjcmV0"}
        for_hiding = {**rsa_key("rsa-1").as_dict(private=False), "use": "enc"}
        private = rsa_key("rsa-1").as_dict(private=True)
        for entry in (short, secret, for_hiding, private, 7, {}, {"kty": "RSA", "n": "!", "e": "!"}):
            door.issuer.answers["/realm/keys"] = httpx.Response(200, json={"keys": [entry]})
            door.house.clock.advance(hours=1)
            assert door.refused(**VERIFIED) == "key"
