"""The only enforcer of the staff's table. It answers with a grant, or with a refusal that has a reason."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from countersign.audit.service import Audit
from countersign.audit.tags import Tag
from countersign.identity.staff.grants import _STAFF_MINT, StaffGrant
from countersign.identity.staff.models import StaffSession
from countersign.identity.staff.table import FRESH, PERMISSIONS, Line, Permission
from countersign.kit.clock import Clock


class StaffReason(StrEnum):
    NOT_FOR_YOU = "not_for_you"
    """No role of this account, or not in the scope of this key."""
    REAUTHENTICATE = "reauthenticate"
    """All is well but the time: password and second factor once more."""
    SIGN_IN = "sign_in"
    """The session or key is over."""
    UNLISTED = "unlisted"
    """The table does not know the permission."""


@dataclass(frozen=True)
class StaffRefusal:
    permission: Permission
    reason: StaffReason


class LivingStaff(Protocol):
    def current(self, id_: str) -> StaffSession | None:
        """The session with its account's roles as they stand now, or None when it is over.

        Raises UnavailableError.
        """
        ...


class Machine(Protocol):
    """Whoever showed a token of ours that is good now."""

    @property
    def id(self) -> str: ...

    @property
    def scope(self) -> frozenset[Permission]: ...


class StaffGuard:
    def __init__(
        self,
        sessions: LivingStaff,
        audit: Audit,
        clock: Clock,
        table: Mapping[Permission, Line] = PERMISSIONS,
    ) -> None:
        self._sessions = sessions
        self._audit = audit
        self._clock = clock
        self._table = table

    def require(self, permission: Permission, session: StaffSession) -> StaffGrant | StaffRefusal:
        """Whether this session may do it now; both answers are audited.

        Of `session` only the id counts: roles and times are read anew. Raises UnavailableError.
        """
        line, living = self._table.get(permission), self._sessions.current(session.id)
        if line is None:
            return self._refused(permission, session.id, session.staff, StaffReason.UNLISTED)
        if living is None:
            return self._refused(permission, session.id, session.staff, StaffReason.SIGN_IN)
        if not living.roles & line.roles:
            return self._refused(permission, living.id, living.staff, StaffReason.NOT_FOR_YOU)
        if line.dangerous and self._clock.now() - living.authenticated_at > FRESH:
            return self._refused(permission, living.id, living.staff, StaffReason.REAUTHENTICATE)
        return self._granted(permission, living.id, living.staff)

    def require_machine(self, permission: Permission, machine: Machine) -> StaffGrant | StaffRefusal:
        """The same for a machine, whose token has just been verified: only what its line allows machines."""
        line = self._table.get(permission)
        if line is None:
            return self._refused(permission, machine.id, None, StaffReason.UNLISTED)
        if not line.machines or line.dangerous or permission not in machine.scope:
            return self._refused(permission, machine.id, None, StaffReason.NOT_FOR_YOU)
        return self._granted(permission, machine.id, None)

    def may(self, session: StaffSession) -> list[Permission]:
        """All that the roles of this session allow, sorted: for showing, never for deciding."""
        return [permission for permission, line in self._table.items() if session.roles & line.roles]

    def _granted(self, permission: Permission, holder: str, staff: str | None) -> StaffGrant:
        self._record(Tag.STAFF_GRANT_PASSED, permission, holder, staff, "done")
        return StaffGrant(permission, holder, staff, self._clock.now(), _STAFF_MINT)

    def _refused(
        self, permission: Permission, holder: str, staff: str | None, reason: StaffReason
    ) -> StaffRefusal:
        self._record(Tag.STAFF_GRANT_REFUSED, permission, holder, staff, "refused", reason=reason)
        return StaffRefusal(permission, reason)

    def _record(
        self,
        tag: Tag,
        permission: Permission,
        holder: str,
        staff: str | None,
        outcome: str,
        **detail: str,
    ) -> None:
        known = {"permission": str(permission)} if permission in self._table else {}
        self._audit.record(tag, actor=holder, subject=staff, outcome=outcome, detail={**known, **detail})
