"""Step-ups: a second factor was shown for exactly one deed, on one subject, with exactly these details.

Each passes a checkpoint once, in the session that it made, within minutes. What it was for is kept as a
keyed hash. OWASP ASVS 7.5.3.
"""

from datetime import timedelta

from countersign.audit.service import Audit
from countersign.audit.tags import Tag
from countersign.db.engine import Database
from countersign.identity.factors.models import STEP_UP_LIFE, Target, Way
from countersign.identity.factors.repository import StepUpRepository
from countersign.identity.models import Level, Opened, Session
from countersign.identity.service import Sessions
from countersign.kit.clock import Clock
from countersign.vault.service import Vault


class StepUps:
    """A `checkpoints.interfaces.StepUps`."""

    def __init__(self, db: Database, sessions: Sessions, vault: Vault, audit: Audit, clock: Clock) -> None:
        self._db = db
        self._rows = StepUpRepository(db)
        self._sessions = sessions
        self._vault = vault
        self._audit = audit
        self._clock = clock

    def rise(self, session: Session, person: str, target: Target, way: Way) -> Opened:
        """The session goes on stepped up, and may do what the target says, once.

        Raises SessionUnknownError and PersonDiffersError.
        """
        with self._db.begin():
            opened = self._sessions.rise(session, person, Level.STEPPED_UP)
            self._allow(opened.session, target, way)
        return opened

    def allow(self, session: Session, target: Target, way: Way) -> None:
        """The session may do what the target says, once, and is no more than it was."""
        with self._db.begin():
            self._allow(session, target, way)

    def stepped(
        self, session: Session, deed: str, subject: str | None, digest: bytes, within: timedelta
    ) -> bool:
        not_before = self._clock.now() - min(within, STEP_UP_LIFE)
        return self._rows.spend(session.id, self.bound(Target(deed, subject, digest)), not_before)

    def bound(self, target: Target) -> bytes:
        """What stands for the target in a row: 32 bytes that tell nothing."""
        # A deed holds no space and the digest is of fixed length, so no two targets read alike.
        subject = "-" if target.subject is None else f"+{target.subject}"
        return self._vault.mac(f"{target.deed} {target.digest.hex()} {subject}", purpose="step_up.target")

    def purge(self) -> int:
        """Deletes step-ups that are too old to count; how many."""
        return self._rows.purge(self._clock.now() - STEP_UP_LIFE)

    def _allow(self, session: Session, target: Target, way: Way) -> None:
        self._rows.add(session.id, self.bound(target), self._clock.now())
        self._audit.record(
            Tag.STEPUP_DONE,
            actor=session.id,
            subject=session.conversation,
            outcome="done",
            detail={"deed": target.deed, "via": way.value},
        )
