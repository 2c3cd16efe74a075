"""Recovery codes: for whoever has lost a factor, to remove it or put another in its place.

Ten of 40 random bits, shown once, kept as keyed hashes, each good once. Beside a sign-in of the last
minutes one allows a change of factors; it never raises a session, so it neither signs in nor pays.
"""

from datetime import timedelta

from countersign.audit.service import Audit
from countersign.audit.tags import Tag
from countersign.db.engine import Database
from countersign.identity import codes
from countersign.identity.factors.models import RECOVERY_CODES, Refused, Target, Way, WhyNot
from countersign.identity.factors.repository import RecoveryRepository
from countersign.identity.factors.service import Factors
from countersign.identity.factors.step_up import StepUps
from countersign.identity.factors.tries import Tries
from countersign.identity.models import Session
from countersign.identity.pseudonyms import person_index, pseudonym
from countersign.kit.clock import Clock
from countersign.kit.hidden import Secret
from countersign.vault.service import Vault

BESIDE_SIGN_IN_OF = timedelta(minutes=5)


class RecoveryCodes:
    """`deeds`: all that a code may allow."""

    def __init__(
        self,
        db: Database,
        factors: Factors,
        step_ups: StepUps,
        tries: Tries,
        vault: Vault,
        audit: Audit,
        clock: Clock,
        *,
        deeds: frozenset[str],
    ) -> None:
        self._db = db
        self._rows = RecoveryRepository(db)
        self._factors = factors
        self._step_ups = step_ups
        self._tries = tries
        self._vault = vault
        self._audit = audit
        self._clock = clock
        self.deeds = deeds

    def make(self, session: Session, person: str) -> list[Secret]:
        """A new set, as it is shown; every earlier code is dead. Every known contact is told."""
        made, index = [codes.new_code() for _ in range(RECOVERY_CODES)], person_index(self._vault, person)
        with self._db.begin():
            self._rows.replace(index, [self._hash(index, code) for code in made], self._clock.now())
            self._factors.tell_of_codes(person)
            self._audit.record(
                Tag.RECOVERY_MADE,
                actor=session.id,
                subject=pseudonym(self._vault, person),
                outcome="done",
            )
        return [Secret(codes.shown(code)) for code in made]

    def left(self, person: str) -> int:
        return self._rows.left(person_index(self._vault, person))

    def allow(self, session: Session, target: Target, code: str, address: str = "") -> Refused | None:
        """Spends the code and lets the session do what the target says, once. None: done."""
        person, signed_in = session.person, session.authenticated_at
        if person is None or signed_in is None or target.deed not in self.deeds:
            return Refused(WhyNot.WRONG)
        if self._clock.now() - signed_in > BESIDE_SIGN_IN_OF:
            return Refused(WhyNot.SIGN_IN_AGAIN)
        index = person_index(self._vault, person)
        with self._tries.one_at_a_time:
            if self._tries.full(session, person, address):
                return Refused(WhyNot.TOO_MANY)
            with self._db.begin():
                if not self._rows.spend(index, self._hash(index, codes.normalise(code) or "")):
                    self._tries.wrong(session, person, address, Way.RECOVERY.value, WhyNot.WRONG.value)
                    return Refused(WhyNot.WRONG)
                self._step_ups.allow(session, target, Way.RECOVERY)
        return None

    def _hash(self, index: bytes, code: str) -> bytes:
        return self._vault.mac(f"{index.hex()} {code}", purpose="factor.recovery")
