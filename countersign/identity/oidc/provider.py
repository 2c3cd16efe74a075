"""An OpenID provider by its settings: authorization code, PKCE (S256), state and nonce."""

from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import quote_plus

import httpx
from authlib.oauth2 import rfc7636
from authlib.oauth2.rfc6749 import parameters

from countersign.identity import jose
from countersign.identity.errors import TokenRefusedError, UnknownKeyError
from countersign.identity.oidc import id_token
from countersign.identity.oidc.discovery import Discovery
from countersign.identity.oidc.fetch import Fetch, origin_of
from countersign.identity.oidc.models import MAX_AGE, Claimed, ProviderSettings, Question
from countersign.kit.clock import Clock

# The library has no types.
_challenge: Callable[[str], str] = rfc7636.create_s256_code_challenge
_grant_uri: Callable[..., str] = parameters.prepare_grant_uri


class OpenIdProvider:
    def __init__(
        self, settings: ProviderSettings, clock: Clock, transport: httpx.BaseTransport | None = None
    ) -> None:
        self._settings = settings
        own = origin_of(settings.issuer, loopback=settings.loopback)
        fetch = Fetch({own, *settings.origins} - {""}, loopback=settings.loopback, transport=transport)
        self._fetch = fetch
        self._discovery = Discovery(settings.issuer, fetch, clock)
        self._clock = clock

    @property
    def issuer(self) -> str:
        return self._settings.issuer

    def url(self, question: Question) -> str:
        settings = self._settings
        asked: dict[str, str] = {
            "nonce": question.nonce.reveal(),
            "code_challenge": _challenge(question.verifier.reveal()),
            "code_challenge_method": "S256",
            "max_age": str(int(MAX_AGE.total_seconds())),
        }
        if question.force:
            asked["prompt"] = "login"
        return _grant_uri(
            self._discovery.endpoints().authorization,
            settings.client_id,
            "code",
            settings.redirect_uri,
            "openid email",
            question.state.reveal(),
            **asked,
        )

    def redeem(self, code: str, question: Question) -> Claimed:
        settings, endpoints = self._settings, self._discovery.endpoints()
        fields = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": settings.redirect_uri,
            "code_verifier": question.verifier.reveal(),
        }
        secret, basic = settings.client_secret.reveal(), None
        if endpoints.basic:
            # RFC 6749 2.3.1: both are form-encoded before they are put together.
            basic = quote_plus(settings.client_id), quote_plus(secret)
        else:
            fields |= {"client_id": settings.client_id, "client_secret": secret}
        said = self._fetch.post(endpoints.token, fields, basic)
        token, access = self._verified(said.get("id_token")), said.get("access_token")
        id_token.check(token, access, settings, question, self._clock.now().timestamp())
        return id_token.claimed(token.claims, self._about(token.claims, access), settings)

    def check_issuer(self, given: str) -> None:
        must = self._discovery.endpoints().names_issuer
        jose.demand(given == self.issuer or (not given and not must), "response issuer")

    def _about(self, claims: Mapping[str, Any], access: object) -> Mapping[str, Any]:
        """Who it is. A provider may keep that out of the ID token (OpenID Connect Core 5.4)."""
        where = self._discovery.endpoints().userinfo
        if (self._settings.customer_claim or "email") in claims or not where or not isinstance(access, str):
            return claims
        about = self._fetch.get(where, bearer=access)
        # Core 5.3.2: else an access token of somebody else's could have been slipped in.
        jose.demand(about.get("sub") == claims["sub"], "userinfo")
        return about

    def _verified(self, token: Any) -> jose.Verified:
        if not isinstance(token, str):
            raise TokenRefusedError("id_token")
        try:
            return jose.verified(token, self._discovery.keys(), id_token.ALGORITHMS)
        except UnknownKeyError:
            return jose.verified(token, self._discovery.keys(missed=True), id_token.ALGORITHMS)
