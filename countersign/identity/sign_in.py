"""Signing in by a single-use code or link, sent by e-mail.

Apart from `service.py`, which knows nothing of mail: a session may also rise by other ways in.

**No oracle.** `start` does the same for an address with an account and for one without: the same
look-ups, hashes, rows and one mail (the latter's says that there is no account). Only whoever
reads that mailbox learns which it was.

**No lock-out.** What is counted per session or network address is refused; what is counted per
account is not, or a stranger could shut a shopper out by asking in their name. Beyond those rates
no mail leaves, and the challenge that was answered for is stillborn: no code opens it. So whoever
floods one mailbox gets no further living codes to guess at, while a device on which the shopper
has signed in before still gets its mail, out of an allowance of its own.
"""

import hmac
from collections.abc import Mapping

from countersign.audit.service import Audit
from countersign.audit.tags import Tag
from countersign.db.engine import Database
from countersign.identity import codes
from countersign.identity.errors import PersonDiffersError, SessionUnknownError
from countersign.identity.interfaces import Directory, Words
from countersign.identity.models import (
    CODE_LIFE,
    CODE_TRIES,
    Dead,
    Level,
    NeedsCode,
    Redeemed,
    Session,
    Started,
    WhyDead,
    Wrong,
)
from countersign.identity.pseudonyms import person_index, pseudonym
from countersign.identity.repository import ChallengeRepository, ChallengeRow, DeviceRepository
from countersign.identity.service import Sessions
from countersign.kit.clock import Clock
from countersign.kit.hidden import Personal, Secret
from countersign.kit.ids import new_id, new_token
from countersign.notify.service import Notify
from countersign.risk.interfaces import Limiter
from countersign.risk.limits import network_of
from countersign.risk.models import Wait
from countersign.risk.table import Bucket
from countersign.vault.models import Sealed
from countersign.vault.service import Vault

_PERSON = "sign_in.person"
_SHOWN = "sign_in.code_shown"
_NOBODY = ""


class SignIn:
    """`link_start` is what a mailed link begins with; the token follows. Let it end in `#`, so that
    the token stays out of request lines, logs and Referer headers (ASVS 14.2.1)."""

    def __init__(
        self,
        db: Database,
        sessions: Sessions,
        directory: Directory,
        limits: Limiter,
        notify: Notify,
        words: Words,
        vault: Vault,
        audit: Audit,
        clock: Clock,
        *,
        link_start: str,
        shop: str,
    ) -> None:
        self._db = db
        self._challenges = ChallengeRepository(db)
        self._devices = DeviceRepository(db)
        self._sessions = sessions
        self._directory = directory
        self._limits = limits
        self._notify = notify
        self._words = words
        self._vault = vault
        self._audit = audit
        self._clock = clock
        self._link_start = link_start
        self._shop = shop

    def start(self, session: Session, email: Personal, address: str = "") -> Started | Wait:
        """Queues a mail to `email` and awaits its code from this session; an earlier code is dead.

        `address` is the client's network address, or a hash of it; "" when there is none to count
        by. Raises AddressRefusedError (not one plain e-mail address), SessionUnknownError and
        UnavailableError: the directory, the database or the limits cannot be asked, nothing was
        sent.
        """
        asked = {Bucket.SIGN_INS_PER_SESSION: session.id, Bucket.SIGN_INS_PER_ADDRESS: address}
        email = Personal(email.reveal().strip())
        wait = self._hit(session, asked)
        if wait is not None:
            return wait
        person = self._directory.find(email)
        device = self._known_device(session, person)
        wait = None if device else self._hit(session, {Bucket.MAILS_OVERALL: "all"})
        if wait is not None:
            return wait
        code, link, id_ = codes.new_code(), new_token(), new_id("sgn")
        expires_at = self._clock.now() + CODE_LIFE
        with self._db.begin():
            posted = self._may_mail(email, device, address)
            if posted:
                self._mail(email, person, code, link)
            holder = person if posted and person is not None else _NOBODY
            self._challenges.replace(
                session.id,
                id=id_,
                person=self._vault.seal(Personal(holder), purpose=_PERSON, subject=id_).raw,
                code=self._code_hash(id_, code),
                code_shown=self._vault.seal(Personal(codes.shown(code)), purpose=_SHOWN, subject=id_).raw,
                link=self._link_hash(link),
                expires_at=expires_at,
            )
            # The same words whether or not there is such a customer: the log is no oracle either.
            self._record(Tag.SIGNIN_CODE_SENT, session, "done" if posted else "withheld")
        return Started(expires_at)

    def redeem_code(self, session: Session, code: str, address: str = "") -> Redeemed | Wrong | Dead:
        """Signs in with the code that this session asked for, and rotates the session.

        Every call with a living code costs one of its 5 tries, counted before comparing. The fifth
        wrong one kills it. Raises UnavailableError; then no try is lost and nobody is signed in.
        """
        if address and self._limits.peek(Bucket.CODE_TRIES_PER_ADDRESS, address) is not None:
            self._refused(session, Bucket.CODE_TRIES_PER_ADDRESS)
            return Dead(WhyDead.TOO_MANY)
        with self._db.begin():
            row = self._challenges.count_try(session.id, CODE_TRIES, self._clock.now())
            if row is None:
                self._record(Tag.SIGNIN_CODE_DEAD, session, "refused", via="code")
                return Dead()
            typed = self._code_hash(row.id, codes.normalise(code) or "")
            person = self._person(row)
            if hmac.compare_digest(typed, row.code) and person != _NOBODY:
                return self._redeem(session, row, person, via="code")
            if address:
                self._limits.hit(Bucket.CODE_TRIES_PER_ADDRESS, address)
            left = CODE_TRIES - row.tries
            self._record(Tag.SIGNIN_CODE_WRONG, session, "refused", tries_left=str(left))
            if left > 0:
                return Wrong(left)
            self._challenges.spend(session.id, row.id)
            return Dead(WhyDead.USED_UP)

    def redeem_link(self, link_token: str, session: Session | None) -> Redeemed | NeedsCode | Dead:
        """Signs in only the browser that asked. Elsewhere it gives the code to be typed there.

        Reading the code spends nothing: mail scanners follow links. Raises UnavailableError.
        """
        with self._db.begin():
            row = self._challenges.living_by_link(self._link_hash(link_token), self._clock.now())
            person = _NOBODY if row is None else self._person(row)
            if row is None or person == _NOBODY:
                if session is not None:
                    self._record(Tag.SIGNIN_CODE_DEAD, session, "refused", via="link")
                return Dead()
            if session is not None and session.id == row.session:
                return self._redeem(session, row, person, via="link")
            actor = session.id if session is not None else "browser"
            self._audit.record(Tag.SIGNIN_LINK_ELSEWHERE, actor=actor, subject=row.session, outcome="shown")
            shown = self._vault.open(Sealed(row.code_shown), purpose=_SHOWN, subject=row.id)
            return NeedsCode(Secret(shown.reveal()))

    def pending(self, session: Session) -> bool:
        """True while a code that this session asked for could still be typed."""
        return self._challenges.living(session.id, self._clock.now()) is not None

    def purge(self) -> int:
        """Deletes challenges whose time is over; how many."""
        return self._challenges.purge(self._clock.now())

    def _redeem(self, session: Session, row: ChallengeRow, person: str, *, via: str) -> Redeemed | Dead:
        if not self._challenges.spend(session.id, row.id):
            return Dead()
        try:
            opened = self._sessions.rise(session, person, Level.SIGNED_IN)
        except (PersonDiffersError, SessionUnknownError) as error:
            why = WhyDead.OTHER_PERSON if isinstance(error, PersonDiffersError) else WhyDead.NONE_LIVING
            self._record(Tag.SIGNIN_CODE_DEAD, session, "refused", via=via, reason=why)
            return Dead(why)
        device = self._sessions.device_of(opened.session)
        self._devices.remember(person_index(self._vault, person), device, self._clock.now())
        self._audit.record(
            Tag.SIGNIN_DONE,
            actor=opened.session.id,
            subject=pseudonym(self._vault, person),
            outcome="done",
            detail={"via": via},
        )
        return Redeemed(opened)

    def _hit(self, session: Session, asked: Mapping[Bucket, str]) -> Wait | None:
        """The first wait among the limits that have a key to count by."""
        for bucket, key in asked.items():
            wait = self._limits.hit(bucket, key) if key else None
            if wait is not None:
                self._refused(session, bucket)
                return wait
        return None

    def _known_device(self, session: Session, person: str | None) -> str:
        """The device by which to count, or "" when this person never signed in on it."""
        device = self._sessions.device_of(session)
        known = self._devices.knows(person_index(self._vault, person or _NOBODY), device)
        return device.hex() if known else ""

    def _may_mail(self, email: Personal, device: str, address: str) -> bool:
        mailbox = self._vault.index(email.reveal(), kind="email").hex()
        if device:
            return self._limits.hit(Bucket.MAILS_PER_DEVICE, f"{mailbox} {device}") is None
        near = f"{mailbox} {network_of(address)}"
        if address and self._limits.hit(Bucket.MAILS_PER_ADDRESS_AND_EMAIL, near) is not None:
            return False
        return self._limits.hit(Bucket.MAILS_PER_EMAIL, mailbox) is None

    def _mail(self, email: Personal, person: str | None, code: str, link: str) -> None:
        if person is None:
            subject = self._words.say("mail_no_account_subject", shop=self._shop)
            self._notify.mail(email, subject, self._words.say("mail_no_account_text", shop=self._shop))
            return
        shown, url = codes.shown(code), self._link_start + link
        minutes = int(CODE_LIFE.total_seconds() // 60)
        subject = self._words.say("mail_code_subject", shop=self._shop)
        text = self._words.say("mail_code_text", code=shown, link=url, minutes=minutes, shop=self._shop)
        self._notify.mail(email, subject, text, code=Secret(shown), link=url)

    def _person(self, row: ChallengeRow) -> str:
        return self._vault.open(Sealed(row.person), purpose=_PERSON, subject=row.id).reveal()

    def _code_hash(self, id_: str, code: str) -> bytes:
        return self._vault.mac(f"{id_} {code}", purpose="sign_in.code")

    def _link_hash(self, link: str) -> bytes:
        return self._vault.mac(link, purpose="sign_in.link")

    def _refused(self, session: Session, bucket: Bucket) -> None:
        self._record(Tag.LIMITS_REFUSED, session, "refused", bucket=bucket.value)

    def _record(self, tag: Tag, session: Session, outcome: str, **detail: str) -> None:
        self._audit.record(
            tag, actor=session.id, subject=session.conversation, outcome=outcome, detail=detail
        )
