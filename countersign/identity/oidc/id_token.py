"""What an ID token must say (OpenID Connect Core 3.1.3.7), each rule a line."""

import hmac
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from authlib.oidc.core import util

from countersign.identity.jose import LEEWAY, Verified, demand, seconds, text
from countersign.identity.oidc.models import MAX_AGE, Claimed, ProviderSettings, Question
from countersign.kit.hidden import Personal

ALGORITHMS = ("ES256", "RS256")


def check(
    token: Verified, access_token: object, settings: ProviderSettings, question: Question, now: float
) -> None:
    """Raises TokenRefusedError, whose message names the claim that does not fit."""
    claims, asked_at = token.claims, question.asked_at.timestamp()
    demand(claims.get("iss") == settings.issuer, "iss")
    # An audience more could be another client, which the token was not kept from.
    demand(claims.get("aud") in (settings.client_id, [settings.client_id]), "aud")
    demand(claims.get("azp", settings.client_id) == settings.client_id, "azp")
    demand(_same(claims.get("nonce"), question.nonce.reveal()), "nonce")
    demand(seconds(claims, "exp") + LEEWAY > now, "exp")
    demand(asked_at - LEEWAY <= seconds(claims, "iat") <= now + LEEWAY, "iat")
    demand("nbf" not in claims or seconds(claims, "nbf") <= now + LEEWAY, "nbf")
    if "at_hash" in claims:
        whole = isinstance(access_token, str) and access_token.isascii()
        half = _half_hash(access_token, token.alg).decode() if whole else ""
        demand(bool(half) and _same(claims["at_hash"], half), "at_hash")
    oldest = asked_at - (0 if question.force else MAX_AGE.total_seconds())
    demand(oldest - LEEWAY <= seconds(claims, "auth_time") <= now + LEEWAY, "auth_time")
    text(claims, "sub")


def claimed(claims: Mapping[str, Any], about: Mapping[str, Any], settings: ProviderSettings) -> Claimed:
    """What checked `claims` say, and `about` of the customer: the same, or the userinfo endpoint's answer.

    Raises TokenRefusedError.
    """
    return Claimed(
        subject=Personal(text(claims, "sub")),
        authenticated_at=datetime.fromtimestamp(seconds(claims, "auth_time"), UTC),
        email=_email(about),
        customer=_customer(about, settings.customer_claim),
    )


def _email(claims: Mapping[str, Any]) -> Personal | None:
    return Personal(text(claims, "email", 254)) if claims.get("email_verified") is True else None


def _customer(claims: Mapping[str, Any], claim: str) -> Personal | None:
    return Personal(text(claims, claim)) if claim else None


_half_hash: Callable[[object, str], bytes] = util.create_half_hash


def _same(given: object, expected: str) -> bool:
    return isinstance(given, str) and hmac.compare_digest(given.encode(errors="replace"), expected.encode())
