"""API keys of machines, and whoever showed one of our tokens."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from countersign.identity.staff.table import Permission
from countersign.kit.hidden import Secret

PREFIX = "cs_"
LONGEST_LIFE = timedelta(days=365)
TOKEN_LIFE = timedelta(minutes=10)

SIGNING_KEY_LIFE = timedelta(days=30)
"""After that a new key signs; the old one verifies for as long as one of its tokens can live."""


@dataclass(frozen=True)
class MachineKey:
    """`id` begins with PREFIX, and is public: it is the client id."""

    id: str
    name: str
    scope: frozenset[Permission]
    made_at: datetime
    expires_at: datetime
    revoked_at: datetime | None


@dataclass(frozen=True)
class MadeKey:
    """A key and the only copy of its secret, which begins with its id."""

    key: MachineKey
    secret: Secret


@dataclass(frozen=True)
class VerifiedMachine:
    """Whoever showed a token that is good now; `scope` is the token's, never more than the key's."""

    id: str
    scope: frozenset[Permission]


@dataclass(frozen=True)
class Issued:
    token: Secret
    scope: frozenset[Permission]
    seconds: int
