"""Step 2: how many messages a session, an address and the whole service may send."""

from countersign.gateway.normalise import LIMIT
from countersign.identity.models import Session
from countersign.risk.limits import Limits, origin_of
from countersign.risk.models import Wait
from countersign.risk.table import Bucket
from countersign.vault.service import Vault

_ONE_MESSAGE = 400
"""Characters that count as one message. Reading costs by length, so a longer text counts as several."""


class MessageLimits:
    """Fails closed: when a limit cannot be read, the message waits."""

    def __init__(self, limits: Limits, vault: Vault) -> None:
        self._limits = limits
        self._vault = vault

    def origin(self, address: str) -> str:
        """A keyed hash of a network address: enough to count by, useless to find someone."""
        return origin_of(self._vault, address)

    def hit(self, session: Session, origin: str, length: int = 0) -> Wait | None:
        """None, or how long to wait before the next message, which has `length` characters."""
        cost = 1 + min(length, LIMIT) // _ONE_MESSAGE
        return self._limits.hit(Bucket.MESSAGES_PER_SESSION, session.id, cost) or (
            self._limits.hit(Bucket.MESSAGES_PER_ADDRESS, origin, cost) if origin else None
        )

    def hit_opening(self, origin: str) -> Wait | None:
        """None, or how long to wait before the next session from this address."""
        return self._limits.hit(Bucket.SESSIONS_PER_ADDRESS, origin) if origin else None
