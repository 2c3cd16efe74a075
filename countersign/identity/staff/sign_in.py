"""Signing in: address, password and second factor, asked for together and answered by one yes or no.

**No oracle.** An account, none, a wrong password and a wrong code run the same statements, the same
hash and get the same answer.

**No lock-out.** A browser on which the account has signed in before is counted by itself, so whoever
floods an account with guesses from elsewhere shuts out nobody who has been here. Other browsers are
counted by network address, by the address that was typed, and overall. Every try counts, before
anything is compared, so that parallel ones are not more.
"""

from collections.abc import Mapping
from dataclasses import replace

from countersign.audit.service import Audit
from countersign.audit.tags import Tag
from countersign.db.engine import Database
from countersign.identity.repository import DeviceRepository
from countersign.identity.staff.errors import HashesBusyError, StaffSessionError
from countersign.identity.staff.interfaces import SecondFactor
from countersign.identity.staff.models import (
    KEEP_DEVICES,
    Credentials,
    Refused,
    StaffOpened,
    StaffSession,
    State,
)
from countersign.identity.staff.passwords import Passwords
from countersign.identity.staff.repository import AccountRepository, AnyRow, staff_devices
from countersign.identity.staff.service import StaffAccounts
from countersign.identity.staff.sessions import StaffSessions
from countersign.kit.clock import Clock
from countersign.kit.hidden import Personal, Secret
from countersign.kit.ids import new_token
from countersign.risk.interfaces import Limiter
from countersign.risk.models import Wait
from countersign.risk.table import Bucket
from countersign.vault.service import Vault

_NOBODY = ""


class StaffSignIn:
    def __init__(
        self,
        db: Database,
        accounts: StaffAccounts,
        sessions: StaffSessions,
        factors: Mapping[str, SecondFactor],
        hashes: Passwords,
        limits: Limiter,
        vault: Vault,
        audit: Audit,
        clock: Clock,
    ) -> None:
        self._db = db
        self._rows = AccountRepository(db)
        self._devices = DeviceRepository(db, staff_devices)
        self._accounts = accounts
        self._sessions = sessions
        self._factors = factors
        self._hashes = hashes
        self._limits = limits
        self._vault = vault
        self._audit = audit
        self._clock = clock
        # For whoever has no password: opened all the same.
        self._dummy = accounts.seal_hash(_NOBODY, Secret(new_token()))

    def sign_in(
        self, email: Personal, given: Credentials, *, address: str = "", device: Secret | None = None
    ) -> StaffOpened | Refused | Wait:
        """A session when all is right. `device` is the key of a browser that has signed in before.

        `address` is a hash of the client's network address, "" when there is none to count by.
        Raises HashesBusyError and UnavailableError; nobody is signed in then.
        """
        mailbox = self._vault.index(email.reveal(), kind="email")
        key = self._device(device)
        with self._db.read():
            row = self._rows.by_email(mailbox)
            known = self._devices.knows(_NOBODY if row is None else row.id, key)
        who = f"mailbox:{mailbox.hex()[:32]}" if row is None else row.id
        counted = {Bucket.STAFF_TRIES_PER_DEVICE: f"{mailbox.hex()} {key.hex()}"}
        if not known:
            counted = {
                Bucket.STAFF_TRIES_PER_ADDRESS: address,
                Bucket.STAFF_TRIES_PER_ACCOUNT: mailbox.hex(),
                Bucket.STAFF_TRIES_OVERALL: "all",
            }
        wait = self._hit(counted, who)
        if wait is not None:
            return wait
        right = self._password_right(row, given.password, who)
        with self._db.begin():
            if not self._all_right(row, right, given) or row is None:
                self._record(Tag.STAFF_SIGNIN_REFUSED, "browser", who, "refused")
                return Refused()
            try:
                opened = self._sessions.open(row.id)
            except StaffSessionError:
                # Disabled a moment ago.
                self._record(Tag.STAFF_SIGNIN_REFUSED, "browser", who, "refused")
                return Refused()
            if not known:
                device = Secret(new_token())
            self._devices.remember(row.id, self._device(device), self._clock.now())
            self._record(Tag.STAFF_SIGNIN_DONE, opened.session.id, row.id, "done", via=given.factor)
        self._rehash(row, given.password)
        return opened if known else replace(opened, device=device)

    def reauthenticate(self, session: StaffSession, given: Credentials) -> StaffOpened | Refused | Wait:
        """The session goes on under a new id and token, fresh again. Raises as `sign_in` does."""
        wait = self._hit({Bucket.STAFF_TRIES_PER_DEVICE: session.id}, session.staff)
        if wait is not None:
            return wait
        row = self._rows.by_id(session.staff)
        right = self._password_right(row, given.password, session.staff)
        with self._db.begin():
            if not self._all_right(row, right, given):
                self._record(Tag.STAFF_SIGNIN_REFUSED, session.id, session.staff, "refused")
                return Refused()
            try:
                opened = self._sessions.rotate(session)
            except StaffSessionError:
                return Refused()
            self._record(
                Tag.STAFF_REAUTHENTICATED, opened.session.id, session.staff, "done", via=given.factor
            )
        return opened

    def purge(self) -> int:
        """Deletes browsers on which nobody signed in for 90 days; how many."""
        return self._devices.purge(self._clock.now() - KEEP_DEVICES)

    def _password_right(self, row: AnyRow | None, password: Secret, who: str) -> bool:
        holder, sealed = (_NOBODY, self._dummy)
        if row is not None and row.password is not None:
            holder, sealed = row.id, row.password
        known = self._accounts.open_hash(holder, sealed)
        try:
            return self._hashes.verify(known if holder else None, password)
        except HashesBusyError:
            self._record(Tag.STAFF_SIGNIN_BUSY, "browser", who, "refused")
            raise

    def _all_right(self, row: AnyRow | None, right: bool, given: Credentials) -> bool:
        factor = self._factors.get(given.factor)
        so_far = right and row is not None and row.state == State.ACTIVE
        # Asked in any case, so that the work is the same; used up only when all else is right.
        holder = _NOBODY if row is None else row.id
        return factor is not None and factor.passes(holder, given.answer, spend=so_far) and so_far

    def _rehash(self, row: AnyRow, password: Secret) -> None:
        """Costs were changed: the hash follows at the next sign-in. A busy moment leaves it as it is."""
        if not self._hashes.is_outdated(self._accounts.open_hash(row.id, row.password)):
            return
        try:
            sealed = self._accounts.seal_hash(row.id, self._hashes.hash(password))
        except HashesBusyError:
            return
        self._rows.change(row.id, State.ACTIVE, password=sealed)

    def _hit(self, counted: Mapping[Bucket, str], who: str) -> Wait | None:
        for bucket, key in counted.items():
            wait = self._limits.hit(bucket, key) if key else None
            if wait is not None:
                self._record(Tag.STAFF_LIMITED, "browser", who, "refused", bucket=bucket.value)
                return wait
        return None

    def _device(self, device: Secret | None) -> bytes:
        return self._vault.mac(device.reveal() if device else "", purpose="staff.device")

    def _record(self, tag: Tag, actor: str, subject: str, outcome: str, **detail: str) -> None:
        self._audit.record(tag, actor=actor, subject=subject, outcome=outcome, detail=detail)
