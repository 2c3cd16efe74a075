"""Codes of an authenticator app (RFC 6238): six digits, 30 seconds, each step used once.

pyotp accepts a code as often as it is shown (found by trying), so the last used step is kept: OWASP
ASVS 6.5.1. One step early or late is taken, for clocks that drift.
"""

import pyotp

from countersign.db.engine import Database
from countersign.identity.staff.repository import TotpRepository
from countersign.identity.totp import step_of
from countersign.kit.clock import Clock
from countersign.kit.hidden import Personal, Secret
from countersign.vault.models import Sealed
from countersign.vault.service import Vault

_PURPOSE = "staff.totp"


class Totp:
    """The `SecondFactor` called «totp»."""

    def __init__(self, db: Database, vault: Vault, clock: Clock) -> None:
        self._rows = TotpRepository(db)
        self._vault = vault
        self._clock = clock
        # For whoever has none: opened and compared all the same.
        self._dummy = self._sealed("", self.new_secret())

    @staticmethod
    def new_secret() -> Secret:
        """160 random bits, as RFC 4226 advises, in base 32."""
        return Secret(pyotp.random_base32())

    @staticmethod
    def uri(secret: Secret, account: Personal, issuer: str) -> Secret:
        """What the QR code says."""
        return Secret(pyotp.TOTP(secret.reveal()).provisioning_uri(name=account.reveal(), issuer_name=issuer))

    def passes(self, staff: str, answer: Secret, *, spend: bool) -> bool:
        row = self._rows.of(staff) if staff else self._rows.of("-")
        sealed, holder = (self._dummy, "") if row is None else (Sealed(row.secret), staff)
        secret = Secret(self._vault.open(sealed, purpose=_PURPOSE, subject=holder).reveal())
        step = self.step_of(secret, answer)
        if row is None or step is None or step <= row.last_step:
            return False
        return self._rows.spend(staff, step) if spend else True

    def enrol(self, staff: str, secret: Secret, step: int) -> None:
        """From now on this secret's codes pass, but none up to `step`, which proved the enrolment."""
        self._rows.replace(staff, self._sealed(staff, secret).raw, step)

    def forget(self, staff: str) -> None:
        self._rows.remove(staff)

    def step_of(self, secret: Secret, answer: Secret) -> int | None:
        """The step that `answer` is the code of, now or a step away; None when it is of none."""
        return step_of(secret.reveal(), answer.reveal().replace(" ", ""), self._clock.now())

    def _sealed(self, staff: str, secret: Secret) -> Sealed:
        return self._vault.seal(Personal(secret.reveal()), purpose=_PURPOSE, subject=staff)
