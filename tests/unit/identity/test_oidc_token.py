"""What an ID token may not be, from an issuer that really signs."""

import base64
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from tests.fakes.issuer import rsa_key
from tests.fakes.oidc_door import VERIFIED, Door

Change = Callable[[int], object]
BENT: dict[str, tuple[str, Change]] = {
    "another issuer": ("iss", lambda now: "https://evil.example"),
    "an issuer that is none": ("iss", lambda now: None),
    "another audience": ("aud", lambda now: "somebody-else"),
    "an audience more": ("aud", lambda now: ["countersign", "somebody-else"]),
    "no audience": ("aud", lambda now: []),
    "another party": ("azp", lambda now: "somebody-else"),
    "another nonce": ("nonce", lambda now: "x" * 43),
    "no nonce": ("nonce", lambda now: None),
    "expired": ("exp", lambda now: now - 61),
    "no end": ("exp", lambda now: None),
    "an end in words": ("exp", lambda now: "tomorrow"),
    "an end that is true": ("exp", lambda now: True),
    "an end beyond time": ("exp", lambda now: 1e300),
    "made long before": ("iat", lambda now: now - 3600),
    "made in the future": ("iat", lambda now: now + 3600),
    "not yet good": ("nbf", lambda now: now + 3600),
    "another access token": ("at_hash", lambda now: "AAAAAAAAAAAAAAAAAAAAAA"),
    "a hash that is none": ("at_hash", lambda now: 7),
    "signed in too long ago": ("auth_time", lambda now: now - 361),
    "never signed in": ("auth_time", lambda now: None),
    "signs in tomorrow": ("auth_time", lambda now: now + 86_400),
    "nobody": ("sub", lambda now: ""),
    "half a letter": ("sub", lambda now: "\ud800"),
    "a number for a name": ("sub", lambda now: 7),
    "too long a name": ("sub", lambda now: "x" * 256),
}


class TestToken:
    @pytest.mark.parametrize("how", BENT)
    def test_that_says_something_wrong_is_refused(self, door: Door, how: str) -> None:
        claim, change = BENT[how]
        door.issuer.claims[claim] = change(int(door.house.clock.now().timestamp()))
        assert door.refused(**VERIFIED) == claim

    def test_unsigned_is_refused(self, door: Door) -> None:
        door.issuer.token = door.issuer.unsigned  # type: ignore[method-assign]
        assert door.refused(**VERIFIED) == "algorithm"

    def test_signed_with_the_public_key_for_a_secret_is_refused(self, door: Door) -> None:
        door.issuer.token = door.issuer.hmac_over_the_public_key  # type: ignore[method-assign]
        assert door.refused(**VERIFIED) == "algorithm"

    def test_of_a_key_that_the_issuer_does_not_have_is_refused(self, door: Door) -> None:
        door.issuer.key = rsa_key("rsa-of-somebody-else")
        assert door.refused(**VERIFIED) == "key"

    def test_of_another_key_under_the_issuers_name_is_refused(self, door: Door) -> None:
        door.issuer.header = {"kid": door.issuer.key.kid}
        door.issuer.key = rsa_key("rsa-of-somebody-else")
        assert door.refused(**VERIFIED) == "signature"

    def test_that_brings_its_own_key_is_refused(self, door: Door) -> None:
        own = rsa_key("rsa-1-forged")
        brought = {"kid": "rsa-1", "jwk": {k: v for k, v in own.as_dict(private=False).items() if k != "kid"}}
        door.issuer.header, door.issuer.key = {**brought}, own
        assert door.refused(**VERIFIED) in ("signature", "form")

    def test_of_an_algorithm_that_the_key_is_not_for_is_refused(self, door: Door) -> None:
        door.issuer.alg = "PS256"
        assert door.refused(**VERIFIED) == "algorithm"

    def test_with_a_rule_that_we_do_not_know_is_refused(self, door: Door) -> None:
        claims = {"sub": "x"}
        token = door.issuer.signed(claims)
        head = base64.urlsafe_b64encode(b'{"alg":"RS256","kid":"rsa-1","crit":["exp2"],"exp2":1}').rstrip(
            b"="
        )
        door.issuer.token = lambda _: head.decode() + token[token.index(".") :]  # type: ignore[method-assign]
        assert door.refused(**VERIFIED) in ("form", "signature")

    @pytest.mark.parametrize("token", [None, 7, "", "a.b", "a.b.c", "x" * 20_000, "é.é.é", "....."])
    def test_that_is_none_is_refused(self, door: Door, token: object) -> None:
        door.issuer.token = lambda _: token  # type: ignore[method-assign]
        assert door.refused(**VERIFIED) in ("id_token", "form")

    def test_changed_on_the_way_is_refused(self, door: Door) -> None:
        def changed(claims: Mapping[str, Any]) -> str:
            head, _, signature = door.issuer.signed(claims).split(".")
            return ".".join(
                (head, door.issuer.unsigned({**claims, "sub": "sub-bob"}).split(".")[1], signature)
            )

        door.issuer.token = changed  # type: ignore[method-assign]
        assert door.refused(**VERIFIED) == "signature"

    def test_without_a_key_id_needs_a_single_key(self, door: Door) -> None:
        door.issuer.header = {"kid": None}
        assert door.back(door.chat()).session.person == "cus_ada"
        door.issuer.published.append(rsa_key("rsa-2"))
        door.house.clock.advance(hours=1)
        assert door.refused(**VERIFIED) == "key"
