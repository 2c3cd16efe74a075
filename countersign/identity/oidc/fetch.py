"""The only way to the provider: known origins, no redirects, little time, little text (ASVS 13.2.4)."""

import json
import time
from collections.abc import Collection, Mapping
from typing import Any
from urllib.parse import urlsplit

import httpx

from countersign.identity.errors import TokenRefusedError
from countersign.identity.oidc.errors import ProviderUnavailableError

PATIENCE = 5.0
"""Seconds, for each step and for the whole of an answer."""
LIMIT = 262_144
_LOOPBACK = ("127.0.0.1", "::1", "localhost")
_HEADERS = {"Accept": "application/json", "Accept-Encoding": "identity"}


class Fetch:
    def __init__(
        self, origins: Collection[str], *, loopback: bool, transport: httpx.BaseTransport | None = None
    ) -> None:
        self._origins = frozenset(origins)
        self._loopback = loopback
        # Without the environment's proxies and .netrc: it goes where settings say, as they say.
        self._http = httpx.Client(
            timeout=PATIENCE, follow_redirects=False, trust_env=False, headers=_HEADERS, transport=transport
        )

    def get(self, url: str, bearer: str = "") -> Mapping[str, Any]:
        """A JSON object. Raises ProviderUnavailableError."""
        status, body = self._ask("GET", url, headers={"Authorization": f"Bearer {bearer}"} if bearer else {})
        if status != httpx.codes.OK:
            raise ProviderUnavailableError(f"answered {status}")
        return body

    def post(self, url: str, fields: Mapping[str, str], basic: tuple[str, str] | None) -> Mapping[str, Any]:
        """Raises TokenRefusedError when the provider says no (400), ProviderUnavailableError otherwise."""
        status, body = self._ask("POST", url, data=dict(fields), auth=basic)
        if status == httpx.codes.BAD_REQUEST:
            raise TokenRefusedError("code")
        if status != httpx.codes.OK:
            raise ProviderUnavailableError(f"answered {status}")
        return body

    def allowed(self, url: object) -> str:
        """The url, when it may be asked. Raises ProviderUnavailableError."""
        if isinstance(url, str) and origin_of(url, loopback=self._loopback) in self._origins:
            return url
        raise ProviderUnavailableError("names an address that is not the issuer's")

    def _ask(self, method: str, url: str, **sent: Any) -> tuple[int, Mapping[str, Any]]:
        until, body = time.monotonic() + PATIENCE, b""
        try:
            with self._http.stream(method, self.allowed(url), **sent) as answer:
                for part in answer.iter_bytes():
                    body += part
                    if len(body) > LIMIT or time.monotonic() > until:
                        raise ProviderUnavailableError("answers too much or too slowly")
            found = json.loads(body)
        except (httpx.HTTPError, httpx.InvalidURL, ValueError, RecursionError) as error:
            raise ProviderUnavailableError(type(error).__name__) from None
        if not isinstance(found, dict):
            raise ProviderUnavailableError("answered no JSON object")
        return answer.status_code, found


def origin_of(url: str, *, loopback: bool) -> str:
    """`https://host[:port]`, with `loopback` also plain http on this machine; "" for every other url."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        return ""
    secure = parts.scheme == "https" or (loopback and parts.scheme == "http" and host in _LOOPBACK)
    if not secure or not host or parts.username is not None or parts.fragment or not url.isascii():
        return ""
    name = f"[{host}]" if ":" in host else host
    return f"{parts.scheme}://{name}" + ("" if port is None else f":{port}")
