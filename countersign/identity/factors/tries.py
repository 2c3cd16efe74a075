"""How often a second factor may be got wrong, without letting a stranger lock a shopper out.

Only wrong tries count, and only somebody who is signed in as the person can make one. By session and
network address they are counted for everybody. By account they are counted for devices on which this person
has never shown a second factor: a device that has is counted by itself, so whoever has got into the mailbox
and guesses away uses up only what strange devices may.
"""

from threading import Lock

from countersign.audit.service import Audit
from countersign.audit.tags import Tag
from countersign.identity.models import Session
from countersign.identity.pseudonyms import person_index
from countersign.identity.repository import DeviceRepository
from countersign.identity.service import Sessions
from countersign.kit.clock import Clock
from countersign.risk.interfaces import Limiter
from countersign.risk.table import Bucket
from countersign.vault.service import Vault


class Tries:
    def __init__(
        self,
        devices: DeviceRepository,
        sessions: Sessions,
        limits: Limiter,
        vault: Vault,
        audit: Audit,
        clock: Clock,
    ) -> None:
        self._devices = devices
        self._sessions = sessions
        self._limits = limits
        self._vault = vault
        self._audit = audit
        self._clock = clock
        self.one_at_a_time = Lock()
        """Limits are asked before a code is compared and charged after."""

    def full(self, session: Session, person: str | None, address: str) -> bool:
        """Whether no more tries are left. Raises LimitsUnavailableError."""
        for bucket, key in self._counted(session, person, address).items():
            if self._limits.peek(bucket, key) is not None:
                self._record(Tag.LIMITS_REFUSED, session, bucket=bucket.value)
                return True
        return False

    def wrong(self, session: Session, person: str | None, address: str, kind: str, reason: str) -> None:
        for bucket, key in self._counted(session, person, address).items():
            self._limits.hit(bucket, key)
        self._record(Tag.FACTOR_WRONG, session, kind=kind, reason=reason)

    def right(self, session: Session, person: str) -> None:
        """From now on this device is one of the person's own."""
        device = self._sessions.device_of(session)
        self._devices.remember(person_index(self._vault, person), device, self._clock.now())

    def _counted(self, session: Session, person: str | None, address: str) -> dict[Bucket, str]:
        keys = {Bucket.FACTOR_TRIES_PER_SESSION: session.id, Bucket.FACTOR_TRIES_PER_ADDRESS: address}
        if person is not None:
            index, device = person_index(self._vault, person), self._sessions.device_of(session)
            if self._devices.knows(index, device):
                keys[Bucket.FACTOR_TRIES_PER_DEVICE] = f"{index.hex()} {device.hex()}"
            else:
                keys[Bucket.FACTOR_TRIES_PER_ACCOUNT] = index.hex()
                keys[Bucket.FACTOR_TRIES_OVERALL] = "all"
        return {bucket: key for bucket, key in keys.items() if key}

    def _record(self, tag: Tag, session: Session, **detail: str) -> None:
        self._audit.record(
            tag, actor=session.id, subject=session.conversation, outcome="refused", detail=detail
        )
