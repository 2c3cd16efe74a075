"""A shop's own page that says who is signed in on it, with keys of its own."""

import json
from functools import cache
from pathlib import Path
from typing import Any

from joserfc import jws
from joserfc.jwk import ECKey, OKPKey, RSAKey

from countersign.kit.clock import Clock
from countersign.kit.ids import new_token
from tests.fakes.issuer import ec_key, rsa_key

SHOP, CHAT = "https://shop.example", "https://chat.shop.example"
Key = RSAKey | ECKey | OKPKey


@cache
def ed_key(kid: str) -> OKPKey:
    return OKPKey.generate_key("Ed25519", {"kid": kid, "use": "sig"})


ALGORITHMS: dict[str, Key] = {
    "ES256": ec_key("shop-1"),
    "RS256": rsa_key("shop-rsa"),
    "EdDSA": ed_key("shop-ed"),
    "Ed25519": ed_key("shop-ed"),
}


class ShopPage:
    def __init__(self, clock: Clock, file: Path, audience: str = CHAT) -> None:
        self._clock = clock
        self.file = file
        self._audience = audience
        self.publish(*ALGORITHMS.values())

    def publish(self, *keys: Key) -> None:
        """As a shop would: the new file takes the old one's place at once."""
        entries = {key.kid: key.as_dict(private=False) for key in keys}
        new = self.file.with_suffix(".new")
        new.write_text(json.dumps({"keys": list(entries.values())}))
        new.replace(self.file)

    def claims(self, customer: str = "ada", **changed: Any) -> dict[str, Any]:
        """None takes a claim out."""
        now = int(self._clock.now().timestamp())
        whole = {
            "iss": SHOP,
            "aud": self._audience,
            "sub": customer,
            "iat": now,
            "exp": now + 120,
            "jti": new_token(),
            **changed,
        }
        return {name: value for name, value in whole.items() if value is not None}

    def token(self, customer: str = "ada", alg: str = "ES256", key: Key | None = None, **changed: Any) -> str:
        key = key or ALGORITHMS[alg]
        header = {"typ": "JWT", "alg": alg, "kid": key.kid}
        claims = json.dumps(self.claims(customer, **changed))
        return jws.serialize_compact(header, claims, key, registry=_Any(algorithms=[alg]))


class _Any(jws.JWSRegistry):
    """Without the library's warning that EdDSA has a new name."""

    def get_alg(self, name: str) -> Any:
        return self.algorithms[name]
