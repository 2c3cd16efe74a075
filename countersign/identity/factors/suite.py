"""All that second factors are made of, put together once."""

from datetime import timedelta

from countersign.audit.service import Audit
from countersign.db.engine import Database
from countersign.identity.factors.interfaces import Contacts
from countersign.identity.factors.models import Site
from countersign.identity.factors.passkeys import Passkeys
from countersign.identity.factors.recovery import RecoveryCodes
from countersign.identity.factors.repository import proven_devices
from countersign.identity.factors.service import Factors
from countersign.identity.factors.step_up import StepUps
from countersign.identity.factors.totp import Totp
from countersign.identity.factors.tries import Tries
from countersign.identity.interfaces import Words
from countersign.identity.repository import DeviceRepository
from countersign.identity.service import Sessions
from countersign.kit.clock import Clock
from countersign.notify.service import Notify
from countersign.risk.interfaces import Limiter
from countersign.vault.service import Vault


class SecondFactors:
    """`wait`, `link_start`: as in `Factors`. `recoverable`: the deeds that a recovery code may allow."""

    def __init__(
        self,
        db: Database,
        sessions: Sessions,
        contacts: Contacts,
        limits: Limiter,
        notify: Notify,
        words: Words,
        vault: Vault,
        audit: Audit,
        clock: Clock,
        site: Site,
        *,
        wait: timedelta,
        link_start: str,
        recoverable: frozenset[str],
    ) -> None:
        self.all = Factors(
            db,
            sessions,
            contacts,
            notify,
            words,
            vault,
            audit,
            clock,
            wait=wait,
            link_start=link_start,
            shop=site.name,
        )
        self.step_ups = StepUps(db, sessions, vault, audit, clock)
        tries = Tries(DeviceRepository(db, proven_devices), sessions, limits, vault, audit, clock)
        self.passkeys = Passkeys(db, self.all, self.step_ups, tries, sessions, vault, audit, clock, site)
        self.totp = Totp(db, self.all, self.step_ups, tries, vault, clock, shop=site.name)
        self.recovery = RecoveryCodes(
            db, self.all, self.step_ups, tries, vault, audit, clock, deeds=recoverable
        )
        self.contacts = contacts

    def purge(self) -> int:
        """Deletes challenges, step-ups and devices whose time is over; how many."""
        return self.passkeys.purge() + self.step_ups.purge() + self.all.purge()
