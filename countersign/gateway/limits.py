"""Step 2: how many messages a session, an address and the whole service may send."""

from countersign.identity.models import Session
from countersign.risk.limits import Limits, network_of
from countersign.risk.models import Wait
from countersign.risk.table import Bucket
from countersign.vault.service import Vault


class MessageLimits:
    """Fails closed: when a limit cannot be read, the message waits."""

    def __init__(self, limits: Limits, vault: Vault) -> None:
        self._limits = limits
        self._vault = vault

    def origin(self, address: str) -> str:
        """A keyed hash of a network address: enough to count by, useless to find someone."""
        return self._vault.mac(network_of(address), purpose="network.address").hex() if address else ""

    def hit(self, session: Session, origin: str) -> Wait | None:
        """None, or how long to wait before the next message."""
        return self._limits.hit(Bucket.MESSAGES_PER_SESSION, session.id) or (
            self._limits.hit(Bucket.MESSAGES_PER_ADDRESS, origin) if origin else None
        )

    def hit_opening(self, origin: str) -> Wait | None:
        """None, or how long to wait before the next session from this address."""
        return self._limits.hit(Bucket.SESSIONS_PER_ADDRESS, origin) if origin else None
