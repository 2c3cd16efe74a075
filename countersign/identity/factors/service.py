"""A person's second factors: which there are, which count, adding and removing, and telling of it.

OWASP ASVS 6.3.7, 7.5.1. A factor that a session with no more than a mailed code has added could be that of
whoever has got into the mailbox. So it can sign in at once but steps up only after a while, and every known
contact is told at once, with a link that removes it.
"""

from datetime import timedelta

from countersign.audit.service import Audit
from countersign.audit.tags import Tag
from countersign.db.engine import Database
from countersign.identity.factors.interfaces import Contacts
from countersign.identity.factors.models import (
    LONGEST_NAME,
    MOST_FACTORS,
    NOT_ME_LIFE,
    Factor,
    Kind,
    Refused,
    WhyNot,
)
from countersign.identity.factors.repository import (
    FactorRepository,
    FactorRow,
    RecoveryRepository,
    proven_devices,
)
from countersign.identity.interfaces import Words
from countersign.identity.models import Level, Session
from countersign.identity.pseudonyms import person_index, pseudonym
from countersign.identity.repository import DeviceRepository
from countersign.identity.service import Sessions
from countersign.kit.clock import Clock
from countersign.kit.hidden import Personal
from countersign.kit.ids import new_id, new_token
from countersign.notify.service import Notify
from countersign.vault.service import Vault

_NAME = "factor.name"
_PERSON = "factor.person"
_SECRET = "factor.secret"  # noqa: S105 - what it is sealed for
KEEP_DEVICES = timedelta(days=90)


class Factors:
    """`wait`: how long a factor counts for nothing but signing in, unless it was added stepped up.
    `link_start` is what the link «not me» begins with; let it end in `#` (ASVS 14.2.1)."""

    def __init__(
        self,
        db: Database,
        sessions: Sessions,
        contacts: Contacts,
        notify: Notify,
        words: Words,
        vault: Vault,
        audit: Audit,
        clock: Clock,
        *,
        wait: timedelta,
        link_start: str,
        shop: str,
    ) -> None:
        self._db = db
        self.rows = FactorRepository(db)
        self._recovery = RecoveryRepository(db)
        self._devices = DeviceRepository(db, proven_devices)
        self._sessions = sessions
        self._contacts = contacts
        self._notify = notify
        self._words = words
        self._vault = vault
        self._audit = audit
        self._clock = clock
        self._wait = wait
        self._link_start = link_start
        self._shop = shop

    def of(self, person: str) -> list[Factor]:
        """The oldest first."""
        return [self.factor(row) for row in self.rows_of(person)]

    def counting(self, person: str) -> list[Factor]:
        """Those that can step up now."""
        now = self._clock.now()
        return [factor for factor in self.of(person) if factor.counts(now)]

    def rows_of(self, person: str) -> list[FactorRow]:
        return self.rows.of_person(person_index(self._vault, person))

    def add(
        self,
        session: Session,
        kind: Kind,
        name: str,
        secret: bytes,
        *,
        counter: int,
        credential: bytes | None,
    ) -> Factor | Refused:
        """For the person of a signed-in session; every known contact is told.

        Raises UnavailableError: then it was not added.
        """
        person = _person(session)
        now, id_, token = self._clock.now(), new_id("fac"), new_token()
        stepped_up = session.level >= Level.STEPPED_UP
        with self._db.begin():
            if len(self.rows_of(person)) >= MOST_FACTORS:
                return Refused(WhyNot.TOO_MANY)
            self.rows.add(
                id=id_,
                person_index=person_index(self._vault, person),
                person=self._vault.seal(Personal(person), purpose=_PERSON, subject=id_),
                kind=kind.value,
                name=self._vault.seal(Personal(_named(name)), purpose=_NAME, subject=id_),
                secret=self._vault.seal_bytes(secret, purpose=_SECRET, subject=id_),
                credential=credential,
                counter=counter,
                added_at=now,
                counts_from=now if stepped_up else now + self._wait,
                not_me=self._link_hash(token),
            )
            self._tell(person, "factor_added", kind=kind, link=self._link_start + token)
            self._record(Tag.FACTOR_ADDED, session, person, kind=kind.value, level=session.level.name)
        return Factor(id_, kind, Personal(_named(name)), now, now if stepped_up else now + self._wait, None)

    def remove(self, session: Session, id_: str) -> bool:
        """False when it is none of the session's person. With the last one their recovery codes go."""
        person = _person(session)
        with self._db.begin():
            row = next((row for row in self.rows_of(person) if row.id == id_), None)
            if row is None:
                return False
            self._remove(row, person)
            self._record(Tag.FACTOR_REMOVED, session, person, kind=row.kind)
        return True

    def not_me(self, token: str) -> bool:
        """Removes the factor whose mail held this link, and signs its person out everywhere.

        False for a link that is unknown, too old or used up. Whoever added the factor was in.
        """
        with self._db.begin():
            added_after = self._clock.now() - NOT_ME_LIFE
            row = self.rows.by_not_me(self._link_hash(token), added_after)
            if row is None:
                return False
            person = self.person(row)
            self._remove(row, person)
            self._sessions.end_all(person)
            self._audit.record(
                Tag.FACTOR_DISOWNED,
                actor=pseudonym(self._vault, person),
                subject=pseudonym(self._vault, person),
                outcome="done",
                detail={"kind": row.kind},
            )
        return True

    def tell_of_codes(self, person: str) -> None:
        """The recovery codes are new ones."""
        self._tell(person, "recovery_made")

    def factor(self, row: FactorRow) -> Factor:
        name = self._vault.open(row.name, purpose=_NAME, subject=row.id)
        return Factor(row.id, Kind(row.kind), name, row.added_at, row.counts_from, row.last_used_at)

    def person(self, row: FactorRow) -> str:
        return self._vault.open(row.person, purpose=_PERSON, subject=row.id).reveal()

    def secret(self, row: FactorRow) -> bytes:
        return self._vault.open_bytes(row.secret, purpose=_SECRET, subject=row.id)

    def purge(self) -> int:
        """Forgets devices on which no factor was shown for 90 days; how many."""
        return self._devices.purge(self._clock.now() - KEEP_DEVICES)

    def _remove(self, row: FactorRow, person: str) -> None:
        index = person_index(self._vault, person)
        self.rows.remove(row.id, index)
        if not self.rows_of(person):
            self._recovery.forget(index)
            self._devices.forget(index)
        self._tell(person, "factor_removed", kind=Kind(row.kind))

    def _tell(self, person: str, what: str, *, kind: Kind | None = None, link: str | None = None) -> None:
        # Not its name: whoever adds a factor would write into the shop's mail.
        named = self._words.say(f"factor_{kind.value}") if kind else ""
        days = int(NOT_ME_LIFE.total_seconds() // 86400)
        subject = self._words.say(f"mail_{what}_subject", shop=self._shop, kind=named)
        text = self._words.say(f"mail_{what}_text", shop=self._shop, kind=named, link=link or "", days=days)
        for email in self._contacts.emails(person):
            self._notify.mail(email, subject, text, link=link)

    def _link_hash(self, token: str) -> bytes:
        return self._vault.mac(token, purpose="factor.not_me")

    def _record(self, tag: Tag, session: Session, person: str, **detail: str) -> None:
        self._audit.record(
            tag, actor=session.id, subject=pseudonym(self._vault, person), outcome="done", detail=detail
        )


def _person(session: Session) -> str:
    if session.person is None:
        raise ValueError("nobody is signed in")
    return session.person


def _named(name: str) -> str:
    printable = "".join(letter if letter.isprintable() else " " for letter in name)
    return " ".join(printable.split())[:LONGEST_NAME]
