"""What the provider says of itself: its endpoints and its keys, kept for an hour."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Lock
from typing import Any

from countersign.identity.errors import KeyUnfitError
from countersign.identity.jose import PublicKey, public_keys
from countersign.identity.oidc.errors import ProviderUnavailableError
from countersign.identity.oidc.fetch import Fetch
from countersign.kit.clock import Clock

KEEP = timedelta(hours=1)
REFETCH_EVERY = timedelta(minutes=1)
"""A token that names an unknown key makes us ask for the keys again, at most so often."""
_WELL_KNOWN = "/.well-known/openid-configuration"


@dataclass(frozen=True)
class Endpoints:
    authorization: str
    token: str
    keys: str
    userinfo: str
    basic: bool
    names_issuer: bool


class Discovery:
    """Past an hour nothing is believed that could not be asked for again."""

    def __init__(self, issuer: str, fetch: Fetch, clock: Clock) -> None:
        self._issuer = issuer
        self._fetch = fetch
        self._clock = clock
        self._lock = Lock()
        self._endpoints: tuple[datetime, Endpoints] | None = None
        self._keys: tuple[datetime, tuple[PublicKey, ...]] | None = None

    def endpoints(self) -> Endpoints:
        """Raises ProviderUnavailableError."""
        with self._lock:
            return self._current()

    def keys(self, *, missed: bool = False) -> tuple[PublicKey, ...]:
        """Fetched anew after an hour, or when one was `missed` and the last time is a minute ago.

        Raises ProviderUnavailableError.
        """
        with self._lock:
            now = self._clock.now()
            life = REFETCH_EVERY if missed else KEEP
            if self._keys is None or now - self._keys[0] >= life:
                document = self._fetch.get(self._current().keys)
                try:
                    self._keys = now, public_keys(document)
                except KeyUnfitError:
                    raise ProviderUnavailableError("has no JWK set") from None
            return self._keys[1]

    def _current(self) -> Endpoints:
        now = self._clock.now()
        if self._endpoints is None or now - self._endpoints[0] >= KEEP:
            found = self._read(self._fetch.get(self._issuer.rstrip("/") + _WELL_KNOWN))
            self._endpoints = now, found
        return self._endpoints[1]

    def _read(self, said: Mapping[str, Any]) -> Endpoints:
        if said.get("issuer") != self._issuer:
            raise ProviderUnavailableError("calls itself by another name than the issuer's")
        methods = said.get("token_endpoint_auth_methods_supported", ["client_secret_basic"])
        return Endpoints(
            authorization=self._fetch.allowed(said.get("authorization_endpoint")),
            token=self._fetch.allowed(said.get("token_endpoint")),
            keys=self._fetch.allowed(said.get("jwks_uri")),
            userinfo=self._fetch.allowed(said["userinfo_endpoint"]) if "userinfo_endpoint" in said else "",
            basic=not isinstance(methods, list) or "client_secret_basic" in methods,
            names_issuer=said.get("authorization_response_iss_parameter_supported") is True,
        )
