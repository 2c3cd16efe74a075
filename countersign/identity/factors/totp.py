"""Codes of an authenticator app (RFC 6238, by pyotp). A step of 30 seconds passes once: the last used one is
kept, since the library takes the same code as often as it is given (ASVS 6.5.1)."""

import json
import re

import pyotp

from countersign.db.engine import Database
from countersign.identity.errors import PersonDiffersError, SessionUnknownError
from countersign.identity.factors.models import (
    CHALLENGE_LIFE,
    Enrolment,
    Factor,
    Kind,
    Refused,
    Risen,
    Target,
    Way,
    WhyNot,
)
from countersign.identity.factors.repository import ChallengeRepository, ChallengeRow, FactorRow
from countersign.identity.factors.service import Factors
from countersign.identity.factors.step_up import StepUps
from countersign.identity.factors.tries import Tries
from countersign.identity.models import Session
from countersign.identity.totp import STEP_SECONDS, step_of
from countersign.kit.clock import Clock
from countersign.kit.hidden import Personal, Secret
from countersign.kit.ids import new_id
from countersign.vault.service import Vault

ENROL_TRIES = 5
_ENROL = "totp"
_CONTENT = "factor.enrolment"
_SPACES = re.compile(r"[\s\u2010-\u2014-]+")


class Totp:
    def __init__(
        self,
        db: Database,
        factors: Factors,
        step_ups: StepUps,
        tries: Tries,
        vault: Vault,
        clock: Clock,
        *,
        shop: str,
    ) -> None:
        self._db = db
        self._challenges = ChallengeRepository(db)
        self._factors = factors
        self._step_ups = step_ups
        self._tries = tries
        self._vault = vault
        self._clock = clock
        self._shop = shop

    def enrol(self, session: Session, name: str, shown: Personal) -> Enrolment:
        """A new secret, which counts once an app has shown a code of it; `shown` is what the app calls it."""
        secret, id_ = pyotp.random_base32(), new_id("enr")
        content = json.dumps({"secret": secret, "name": name, "shown": shown.reveal()})
        self._challenges.replace(
            session.id,
            _ENROL,
            id=id_,
            content=self._vault.seal(Personal(content), purpose=_CONTENT, subject=id_),
            expires_at=self._clock.now() + CHALLENGE_LIFE,
        )
        return self._enrolment(content)

    def enrolling(self, session: Session) -> Enrolment | None:
        """What `enrol` gave, while a code may still be tried."""
        row = self._challenges.living(session.id, _ENROL, self._clock.now())
        return None if row is None or row.tries >= ENROL_TRIES else self._enrolment(self._content(row))

    def confirm(self, session: Session, code: str) -> Factor | Refused:
        """Adds the app when the code is of the secret; its step is used up. Five tries.

        Raises UnavailableError: then it was not added.
        """
        with self._db.begin():
            row = self._challenges.count_try(session.id, _ENROL, ENROL_TRIES, self._clock.now())
            if row is None:
                return Refused(WhyNot.LATE)
            content = json.loads(self._content(row))
            step = self._step_of(content["secret"], code)
            if step is None:
                return Refused(WhyNot.WRONG)
            if self._challenges.take(session.id, _ENROL, self._clock.now()) is None:
                return Refused(WhyNot.LATE)
            secret = content["secret"].encode()
            return self._factors.add(
                session, Kind.TOTP, content["name"], secret, counter=step, credential=None
            )

    def step_up(self, session: Session, target: Target, code: str, address: str = "") -> Risen | Refused:
        """Steps the session up for the target, with a code of an app of its own person's that counts."""
        person = session.person
        if person is None:
            return Refused(WhyNot.LATE)
        with self._tries.one_at_a_time:
            if self._tries.full(session, person, address):
                return Refused(WhyNot.TOO_MANY)
            with self._db.begin():
                used = self._used(person, code)
                if isinstance(used, Refused):
                    self._tries.wrong(session, person, address, Kind.TOTP.value, used.why.value)
                    return used
                try:
                    opened = self._step_ups.rise(session, person, target, Way.TOTP)
                except (PersonDiffersError, SessionUnknownError):
                    return Refused(WhyNot.LATE)
                self._tries.right(opened.session, person)
                return Risen(opened, used.id)

    def _used(self, person: str, code: str) -> FactorRow | Refused:
        now, waiting = self._clock.now(), False
        for row in self._factors.rows_of(person):
            step = self._step_of(self._factors.secret(row).decode(), code) if row.kind == Kind.TOTP else None
            if step is None:
                continue
            if not self._factors.factor(row).counts(now):
                waiting = True
            elif self._factors.rows.raise_counter(row.id, step, now, may_stay_zero=False):
                return row
        return Refused(WhyNot.WAITING if waiting else WhyNot.WRONG)

    def _step_of(self, secret: str, code: str) -> int | None:
        """The step that this is the code of, now or a step away."""
        typed = _SPACES.sub("", code)
        return step_of(secret, typed, self._clock.now()) if re.fullmatch(r"[0-9]{6}", typed) else None

    def _enrolment(self, content: str) -> Enrolment:
        told = json.loads(content)
        app = pyotp.TOTP(told["secret"], interval=STEP_SECONDS)
        address = app.provisioning_uri(name=told["shown"], issuer_name=self._shop)
        return Enrolment(Secret(told["secret"]), Secret(address))

    def _content(self, row: ChallengeRow) -> str:
        return self._vault.open(row.content, purpose=_CONTENT, subject=row.id).reveal()
