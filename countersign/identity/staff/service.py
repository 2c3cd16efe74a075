"""Accounts of the staff: made, set up by a one-time link, reset, disabled; their own passwords.

Made and reset on the command line, so `operator` is who did it in the audit log.
"""

from collections.abc import Collection, Mapping

from countersign.audit.service import Audit
from countersign.audit.tags import Tag
from countersign.db.engine import Database
from countersign.identity.repository import DeviceRepository
from countersign.identity.staff import password_rules
from countersign.identity.staff.errors import StaffKnownError, StaffUnknownError
from countersign.identity.staff.grants import StaffGrant
from countersign.identity.staff.interfaces import SecondFactor
from countersign.identity.staff.models import (
    LINK_LIFE,
    AccountLink,
    Invited,
    Member,
    NotSet,
    StaffSession,
    State,
    WhyNot,
)
from countersign.identity.staff.passwords import Passwords
from countersign.identity.staff.repository import (
    AccountRepository,
    AnyRow,
    LinkRepository,
    staff_devices,
)
from countersign.identity.staff.sessions import StaffSessions, roles_of
from countersign.identity.staff.table import Permission, Role
from countersign.identity.staff.totp import Totp
from countersign.kit.clock import Clock
from countersign.kit.hidden import Personal, Secret
from countersign.kit.ids import new_id, new_token
from countersign.vault.models import Sealed
from countersign.vault.service import Vault

OPERATOR = "operator"
_EMAIL, _NAME, _PASSWORD, _LINK = "staff.email", "staff.name", "staff.password", "staff.link"


class StaffAccounts:
    """`factors` are all that there are, `totp` among them: the one that set-up enrols."""

    def __init__(
        self,
        db: Database,
        sessions: StaffSessions,
        totp: Totp,
        factors: Mapping[str, SecondFactor],
        hashes: Passwords,
        vault: Vault,
        audit: Audit,
        clock: Clock,
    ) -> None:
        self._db = db
        self._rows = AccountRepository(db)
        self._links = LinkRepository(db)
        self._devices = DeviceRepository(db, staff_devices)
        self._sessions = sessions
        self._totp = totp
        self._factors = factors
        self._hashes = hashes
        self._vault = vault
        self._audit = audit
        self._clock = clock

    def add(self, email: Personal, name: Personal, roles: Collection[Role]) -> AccountLink:
        """A new account, and the link by which its owner sets it up. Raises StaffKnownError."""
        if not roles:
            raise ValueError("an account needs a role")
        id_, written = new_id("stf"), ",".join(sorted(roles))
        with self._db.begin():
            added = self._rows.add(
                id=id_,
                email_index=self._index(email),
                email=self._vault.seal(Personal(email.reveal().strip()), purpose=_EMAIL, subject=id_).raw,
                name=self._vault.seal(name, purpose=_NAME, subject=id_).raw,
                roles=written,
                state=State.INVITED,
                password=None,
                made_at=self._clock.now(),
            )
            if not added:
                raise StaffKnownError("there is an account with this address: see `staff reset`")
            self._record(Tag.STAFF_ADDED, OPERATOR, id_, roles=written)
            return self._invite(id_)

    def all(self) -> list[Member]:
        return [self._member(row) for row in self._rows.all()]

    def of(self, session: StaffSession) -> Member:
        """Whose session it is. Raises StaffUnknownError."""
        row = self._rows.by_id(session.staff)
        if row is None:
            raise StaffUnknownError("no such account")
        return self._member(row)

    def disable(self, email: Personal) -> None:
        """Nothing of this account works any more, living sessions included. Raises StaffUnknownError."""
        with self._db.begin():
            id_ = self._known(email).id
            self._rows.set_state(id_, State.DISABLED)
            self._links.remove(id_)
            self._sessions.end_all(id_)
            self._record(Tag.STAFF_DISABLED, OPERATOR, id_)

    def reset(self, email: Personal) -> AccountLink:
        """Password, second factor, sessions and known browsers are gone; the link sets them anew.

        So a disabled account comes back, too. Raises StaffUnknownError.
        """
        with self._db.begin():
            id_ = self._known(email).id
            self._rows.set_state(id_, State.INVITED, password=None)
            for factor in self._factors.values():
                factor.forget(id_)
            self._devices.forget(id_)
            self._sessions.end_all(id_)
            self._record(Tag.STAFF_RESET, OPERATOR, id_)
            return self._invite(id_)

    def invited(self, token: Secret) -> Invited | None:
        """What the link is for, None when it is dead. Looking spends nothing."""
        link = self._links.living(self._token(token), self._clock.now())
        row = None if link is None else self._rows.by_id(link.staff)
        if link is None or row is None or row.state != State.INVITED:
            self._record(Tag.STAFF_LINK_DEAD, "browser", None, outcome="refused")
            return None
        secret = self._vault.open(Sealed(link.secret), purpose=_LINK, subject=row.id)
        return Invited(self._member(row), Secret(secret.reveal()))

    def set_up(self, token: Secret, password: Secret, answer: Secret) -> Member | NotSet:
        """Password and second factor are set and the account is active: once per link, of two at once one.

        What is refused leaves the link alive. Raises HashesBusyError.
        """
        invited = self.invited(token)
        if invited is None:
            return NotSet(WhyNot.LINK_DEAD)
        member = invited.member
        why = password_rules.fault(password, member.email, member.name)
        if why is not None:
            return NotSet(why)
        step = self._totp.step_of(invited.secret, answer)
        if step is None:
            self._record(Tag.STAFF_SET_UP, "browser", member.id, outcome="refused", reason="code")
            return NotSet(WhyNot.CODE_WRONG)
        sealed = self.seal_hash(member.id, self._hashes.hash(password))
        with self._db.begin():
            spent = self._links.spend(self._token(token), self._clock.now()) and self._rows.change(
                member.id, State.INVITED, state=State.ACTIVE, password=sealed
            )
            if not spent:
                self._record(Tag.STAFF_LINK_DEAD, "browser", member.id, outcome="refused")
                return NotSet(WhyNot.LINK_DEAD)
            self._totp.enrol(member.id, invited.secret, step)
            self._record(Tag.STAFF_SET_UP, "browser", member.id)
        return member

    def change_password(self, grant: StaffGrant, session: StaffSession, password: Secret) -> NotSet | None:
        """None when it is changed; every other session and every known browser is forgotten then.

        Raises StaffGrantMismatchedError, StaffUnknownError and HashesBusyError.
        """
        grant.demand(Permission.OWN_CHANGE_PASSWORD, session.id)
        member = self.of(session)
        why = password_rules.fault(password, member.email, member.name)
        if why is not None:
            return NotSet(why)
        sealed = self.seal_hash(member.id, self._hashes.hash(password))
        with self._db.begin():
            if not self._rows.change(member.id, State.ACTIVE, password=sealed):
                raise StaffUnknownError("the account is not active")
            self._devices.forget(member.id)
            self._sessions.end_all(member.id, but=session)
            self._record(Tag.STAFF_PASSWORD_CHANGED, session.id, member.id)
        return None

    def purge(self) -> int:
        """Deletes links whose time is over; how many."""
        return self._links.purge(self._clock.now())

    def seal_hash(self, id_: str, known: Secret) -> bytes:
        """A stolen database gives nobody a hash to guess at."""
        return self._vault.seal(Personal(known.reveal()), purpose=_PASSWORD, subject=id_).raw

    def open_hash(self, id_: str, sealed: bytes) -> Secret:
        return Secret(self._vault.open(Sealed(sealed), purpose=_PASSWORD, subject=id_).reveal())

    def _invite(self, id_: str) -> AccountLink:
        token, expires_at = Secret(new_token()), self._clock.now() + LINK_LIFE
        secret = Personal(self._totp.new_secret().reveal())
        self._links.replace(
            id_,
            token=self._token(token),
            secret=self._vault.seal(secret, purpose=_LINK, subject=id_).raw,
            expires_at=expires_at,
        )
        row = self._rows.by_id(id_)
        if row is None:
            raise StaffUnknownError("no such account")
        return AccountLink(self._member(row), token, expires_at)

    def _known(self, email: Personal) -> AnyRow:
        row = self._rows.by_email(self._index(email))
        if row is None:
            raise StaffUnknownError("no account with this address")
        return row

    def _member(self, row: AnyRow) -> Member:
        return Member(
            row.id,
            self._vault.open(Sealed(row.email), purpose=_EMAIL, subject=row.id),
            self._vault.open(Sealed(row.name), purpose=_NAME, subject=row.id),
            roles_of(row.roles),
            State(row.state),
            row.made_at,
        )

    def _index(self, email: Personal) -> bytes:
        return self._vault.index(email.reveal(), kind="email")

    def _token(self, token: Secret) -> bytes:
        return self._vault.mac(token.reveal(), purpose="staff.link")

    def _record(
        self, tag: Tag, actor: str, subject: str | None, *, outcome: str = "done", **detail: str
    ) -> None:
        self._audit.record(tag, actor=actor, subject=subject, outcome=outcome, detail=detail)
