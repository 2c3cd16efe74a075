"""What a shop may say of who is signed in on its own page."""

from dataclasses import dataclass
from datetime import timedelta

LONGEST_LIFE = timedelta(minutes=5)
"""From `iat` to `exp`: a token that is caught is soon worth nothing."""
ALGORITHMS = ("ES256", "Ed25519", "EdDSA", "RS256")


@dataclass(frozen=True)
class Shop:
    """Who speaks, and to whom: `iss` and `aud` must be exactly these."""

    issuer: str
    audience: str
