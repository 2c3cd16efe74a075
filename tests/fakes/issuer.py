"""An OpenID provider that really signs, reached through httpx's transport: sound unless a test bends it."""

import base64
import hashlib
import json
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
from joserfc import jws, jwt
from joserfc.jwk import ECKey, OctKey, RSAKey

from countersign.identity.oidc.models import Answer, ProviderSettings
from countersign.kit.clock import Clock
from countersign.kit.hidden import Secret
from countersign.kit.ids import new_token

ISSUER = "https://login.shop.example/realm"
CLIENT = "countersign"
CLIENT_SECRET = "client secret/of+tests"
RETURN = "https://chat.shop.example/portal/oidc"
Key = RSAKey | ECKey


@cache
def rsa_key(kid: str) -> RSAKey:
    return RSAKey.generate_key(2048, {"kid": kid, "use": "sig"})


@cache
def ec_key(kid: str) -> ECKey:
    return ECKey.generate_key("P-256", {"kid": kid, "use": "sig"})


def settings(**changed: Any) -> ProviderSettings:
    given = {"issuer": ISSUER, "client_id": CLIENT, "client_secret": Secret(CLIENT_SECRET)}
    return ProviderSettings(**{**given, "redirect_uri": RETURN, **changed})


class FakeIssuer:
    """`claims` and `header` override what ID tokens say; None takes something out."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.key: Key = rsa_key("rsa-1")
        self.alg = "RS256"
        self.published: list[Key] = [self.key]
        self.document: dict[str, Any] = {
            "issuer": ISSUER,
            "authorization_endpoint": f"{ISSUER}/authorize",
            "token_endpoint": f"{ISSUER}/token",
            "jwks_uri": f"{ISSUER}/keys",
            "authorization_response_iss_parameter_supported": True,
        }
        self.claims: dict[str, Any] = {}
        self.header: dict[str, Any] = {}
        self.answers: dict[str, httpx.Response] = {}
        self.userinfo: dict[str, Any] = {}
        self._access_token = ""
        self.asked: list[str] = []
        self.token_requests: list[httpx.Request] = []
        self._codes: dict[str, tuple[dict[str, str], dict[str, Any]]] = {}

    @property
    def transport(self) -> httpx.MockTransport:
        return httpx.MockTransport(self._answer)

    def visited(self, url: str, subject: str = "sub-ada", **claims: Any) -> Answer:
        """A browser follows `url`, somebody signs in, and it comes back with a code."""
        asked = {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}
        assert asked["response_type"] == "code" and asked["code_challenge_method"] == "S256"
        assert asked["redirect_uri"] == RETURN and "openid" in asked["scope"].split()
        code = new_token()
        now = int(self._clock.now().timestamp())
        self._codes[code] = asked, {"sub": subject, "auth_time": now, **claims}
        return Answer(asked["state"], code, ISSUER)

    def signed(self, claims: Mapping[str, Any]) -> str:
        header = {"typ": "JWT", "alg": self.alg, "kid": self.key.kid, **self.header}
        header = {name: value for name, value in header.items() if value is not None}
        # Not jwt.encode: it cannot write half a character.
        return jws.serialize_compact(header, json.dumps(dict(claims)), self.key, algorithms=[self.alg])

    def hmac_over_the_public_key(self, claims: Mapping[str, Any]) -> str:
        """The classic: HS256 with what everybody can read for a secret."""
        secret = OctKey.import_key(base64.urlsafe_b64encode(self.key.as_pem(private=False)).decode())
        return jwt.encode({"alg": "HS256", "kid": self.key.kid}, dict(claims), secret, algorithms=["HS256"])

    def unsigned(self, claims: Mapping[str, Any]) -> str:
        parts = ({"alg": "none", "kid": self.key.kid}, dict(claims))
        return ".".join(_encoded(json.dumps(part).encode()) for part in parts) + "."

    def _answer(self, request: httpx.Request) -> httpx.Response:
        path = request.url.path
        self.asked.append(path)
        if path in self.answers:
            return self.answers[path]
        if path == "/realm/.well-known/openid-configuration":
            return httpx.Response(200, json=self.document)
        if path == "/realm/keys":
            return httpx.Response(200, json={"keys": [key.as_dict(private=False) for key in self.published]})
        if path == "/realm/userinfo":
            known = request.headers["authorization"] == f"Bearer {self._access_token}"
            return httpx.Response(200 if known else 401, json=self.userinfo)
        assert path == "/realm/token"
        return self._token(request)

    def _token(self, request: httpx.Request) -> httpx.Response:
        self.token_requests.append(request)
        form = {name: values[0] for name, values in parse_qs(request.content.decode()).items()}
        asked, said = self._codes.pop(form["code"], (None, None))
        challenge = _encoded(hashlib.sha256(form["code_verifier"].encode()).digest())
        if asked is None or said is None or asked["code_challenge"] != challenge:
            return httpx.Response(400, json={"error": "invalid_grant"})
        now, access_token = int(self._clock.now().timestamp()), new_token()
        self._access_token = access_token
        half = hashlib.sha256(access_token.encode()).digest()[:16]
        whole = {
            "iss": ISSUER,
            "aud": CLIENT,
            "nonce": asked["nonce"],
            "iat": now,
            "exp": now + 300,
            "at_hash": _encoded(half),
            **said,
            **self.claims,
        }
        token = self.token({name: value for name, value in whole.items() if value is not None})
        return httpx.Response(200, json={"access_token": access_token, "id_token": token})

    def token(self, claims: Mapping[str, Any]) -> Any:
        """The token endpoint's ID token; a test may put another way of making it here."""
        return self.signed(claims)


class Dripping(httpx.SyncByteStream):
    """An answer that never ends, a byte at a time."""

    def __iter__(self) -> Iterator[bytes]:
        while True:
            yield b" "


def _encoded(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
