"""A passkey device in memory: it makes credentials and answers challenges as a browser's `toJSON()` does.

What it says can be bent: another origin, challenge, site, counter, an unverified person, a foreign key.
"""

import hashlib
import json
import secrets
from dataclasses import dataclass, field
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url, encode_cbor

UP, UV, ATTESTED = 0x01, 0x04, 0x40


@dataclass
class Credential:
    key: ec.EllipticCurvePrivateKey
    handle: str
    id: bytes
    counter: int = 0


@dataclass
class Authenticator:
    origin: str = "https://shop.example"
    rp_id: str = "shop.example"
    counts: bool = True
    verifies: bool = True
    credentials: list[Credential] = field(default_factory=list)

    def create(self, options: str, **bent: Any) -> str:
        asked = json.loads(options)
        key = ec.generate_private_key(ec.SECP256R1())
        one = Credential(key, asked["user"]["id"], bent.get("id", secrets.token_bytes(32)))
        self.credentials.append(one)
        numbers = key.public_key().public_numbers()
        cose = {1: 2, 3: -7, -1: 1, -2: numbers.x.to_bytes(32), -3: numbers.y.to_bytes(32)}
        attested = bytes(16) + len(one.id).to_bytes(2) + one.id + encode_cbor(cose)
        data = self._data(ATTESTED, bent.get("counter", one.counter)) + attested
        client = self._client("webauthn.create", asked, bent)
        statement = {"fmt": "none", "attStmt": {}, "authData": data}
        response = {"clientDataJSON": _text(client), "attestationObject": _text(encode_cbor(statement))}
        return self._answer(one, response)

    def get(self, options: str, credential: Credential | None = None, **bent: Any) -> str:
        asked = json.loads(options)
        one = credential or self._allowed(asked)
        one.counter += 1 if self.counts else 0
        data = self._data(0, bent.get("counter", one.counter))
        client = self._client("webauthn.get", asked, bent)
        signed = bent.get("key", one.key).sign(data + hashlib.sha256(client).digest(), ec.ECDSA(SHA256()))
        response = {
            "clientDataJSON": _text(client),
            "authenticatorData": _text(data),
            "signature": _text(signed),
            "userHandle": bent.get("handle", one.handle),
        }
        return self._answer(one, response)

    def _allowed(self, asked: dict[str, Any]) -> Credential:
        named = [base64url_to_bytes(one["id"]) for one in asked.get("allowCredentials") or ()]
        return next(one for one in self.credentials if not named or one.id in named)

    def _data(self, flags: int, counter: int) -> bytes:
        flags |= UP | (UV if self.verifies else 0)
        return hashlib.sha256(self.rp_id.encode()).digest() + bytes([flags]) + counter.to_bytes(4)

    def _client(self, kind: str, asked: dict[str, Any], bent: dict[str, Any]) -> bytes:
        told = {"type": kind, "challenge": asked["challenge"], "origin": self.origin, "crossOrigin": False}
        told |= {name: value for name, value in bent.items() if name in told}
        return json.dumps(told).encode()

    def _answer(self, one: Credential, response: dict[str, Any]) -> str:
        name = _text(one.id)
        return json.dumps(
            {
                "id": name,
                "rawId": name,
                "type": "public-key",
                "response": response,
                "clientExtensionResults": {},
            }
        )


def _text(raw: bytes) -> str:
    return bytes_to_base64url(raw)
