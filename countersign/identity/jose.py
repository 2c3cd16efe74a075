"""Signed tokens (JWT): an allow-list of algorithms, public keys only, times read strictly (ASVS 9.1).

A token never says how it is to be checked: the key comes from a set that we hold, found by `kid`,
and must be of the kind that its algorithm needs. So neither `none`, nor HS256 over a public key,
nor a key inside the token's own header is ever tried.
"""

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from joserfc import jws, jwt
from joserfc.errors import JoseError, UnsupportedAlgorithmError
from joserfc.jwk import ECKey, OKPKey, RSAKey
from joserfc.jws import JWSRegistry

from countersign.identity.errors import KeyUnfitError, TokenRefusedError, UnknownKeyError

LEEWAY = 60
"""Seconds by which another machine's clock may differ from ours."""
_LONGEST = 16_384
_LONGEST_HEADER = 1_024
_LEAST_RSA_BITS = 2048
# The algorithm's key type and curve.
_KINDS: Mapping[str, tuple[str, str | None]] = {
    "ES256": ("EC", "P-256"),
    "Ed25519": ("OKP", "Ed25519"),
    "EdDSA": ("OKP", "Ed25519"),
    "RS256": ("RSA", None),
}
_FAULTS = (JoseError, ValueError, TypeError, KeyError)


@dataclass(frozen=True)
class PublicKey:
    kid: str | None
    kind: tuple[str, str | None]
    alg: str | None
    key: ECKey | OKPKey | RSAKey


@dataclass(frozen=True)
class Verified:
    """A token whose signature holds; nothing in it is checked yet."""

    alg: str
    claims: Mapping[str, Any]


class _Registry(JWSRegistry):
    """Exactly the algorithms that it was given."""

    def get_alg(self, name: str) -> Any:
        if name not in (self.allowed or ()):
            raise UnsupportedAlgorithmError(f"Algorithm of '{name}' is not allowed")
        return self.algorithms[name]


def public_keys(document: object) -> tuple[PublicKey, ...]:
    """The keys of a JWK set that can check a signature; those of other kinds and uses are left out.

    Raises KeyUnfitError for what is no JWK set.
    """
    entries = document.get("keys") if isinstance(document, Mapping) else None
    if not isinstance(entries, list):
        raise KeyUnfitError("no JWK set: an object with a list `keys` is expected")
    return tuple(key for entry in entries if (key := _public_key(entry)) is not None)


def verified(token: str, keys: Sequence[PublicKey], algorithms: Collection[str]) -> Verified:
    """Raises TokenRefusedError; UnknownKeyError when the key that it names is not among `keys`."""
    header = _header(token)
    kid, alg = header.get("kid"), header.get("alg")
    if not isinstance(alg, str) or alg not in algorithms:
        raise TokenRefusedError("algorithm")
    fit = [key for key in keys if key.kind == _KINDS[alg] and key.alg in (None, alg)]
    if kid is not None:
        fit = [key for key in fit if key.kid == kid]
    if len(fit) != 1:
        raise UnknownKeyError("key")
    try:
        found = jwt.decode(token, fit[0].key, registry=_Registry(algorithms=[alg], strict_check_header=False))
    except _FAULTS:
        raise TokenRefusedError("signature") from None
    return Verified(alg, found.claims)


def seconds(claims: Mapping[str, Any], name: str) -> float:
    """A NumericDate. Raises TokenRefusedError when it is not there or no time at all."""
    value = claims.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise TokenRefusedError(name)
    if not math.isfinite(value) or not 0 <= value < 2**40:
        raise TokenRefusedError(name)
    return float(value)


def text(claims: Mapping[str, Any], name: str, longest: int = 255) -> str:
    """Raises TokenRefusedError when it is not there, empty, too long or no text."""
    value = claims.get(name)
    if not isinstance(value, str) or not value.strip() or len(value) > longest:
        raise TokenRefusedError(name)
    # JSON can hold half a character, which no database can.
    demand(all(not 0xD800 <= ord(letter) <= 0xDFFF for letter in value), name)
    return value


def demand(holds: bool, claim: str) -> None:
    """Raises TokenRefusedError: `claim` is not what it must be."""
    if not holds:
        raise TokenRefusedError(claim)


def _header(token: str) -> Mapping[str, Any]:
    head = token.partition(".")[0]
    if len(token) > _LONGEST or len(head) > _LONGEST_HEADER or not token.isascii():
        raise TokenRefusedError("form")
    try:
        header = jws.extract_compact(token.encode()).headers()
    except _FAULTS:
        raise TokenRefusedError("form") from None
    return header


def _public_key(entry: object) -> PublicKey | None:
    if not isinstance(entry, Mapping) or entry.get("use", "sig") != "sig" or "d" in entry:
        return None
    kty, crv, kid, alg = (entry.get(name) for name in ("kty", "crv", "kid", "alg"))
    kind = (str(kty), None if kty == "RSA" else str(crv))
    if kind not in _KINDS.values() or not isinstance(kid, str | None) or not isinstance(alg, str | None):
        return None
    # A short modulus would make the library warn; it is no key for us.
    if kty == "RSA" and len(str(entry.get("n", ""))) * 6 < _LEAST_RSA_BITS:
        return None
    try:
        key = _imported(str(kty), entry)
        if isinstance(key, RSAKey) and key.public_key.key_size < _LEAST_RSA_BITS:
            return None
    except _FAULTS:
        return None
    return PublicKey(kid, kind, alg, key)


def _imported(kty: str, entry: Mapping[str, Any]) -> ECKey | OKPKey | RSAKey:
    if kty == "RSA":
        return RSAKey.import_key({name: str(entry[name]) for name in ("kty", "n", "e")})
    if kty == "EC":
        return ECKey.import_key({name: str(entry[name]) for name in ("kty", "crv", "x", "y")})
    return OKPKey.import_key({name: str(entry[name]) for name in ("kty", "crv", "x")})
