"""What signing in with the shop's account needs of a provider."""

from typing import Protocol

from countersign.identity.oidc.models import Claimed, Question


class Provider(Protocol):
    @property
    def issuer(self) -> str: ...

    def url(self, question: Question) -> str:
        """Where the browser goes. Raises ProviderUnavailableError."""
        ...

    def redeem(self, code: str, question: Question) -> Claimed:
        """What the provider says for a code, once: its ID token was checked against `question`.

        Raises TokenRefusedError, whose message names what does not fit, and ProviderUnavailableError.
        """
        ...

    def check_issuer(self, given: str) -> None:
        """RFC 9207: the answer names the provider that was asked. Raises TokenRefusedError."""
        ...
