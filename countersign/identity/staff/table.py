"""What each role of the staff may do. Data only, sorted; a permission that is not here is nobody's.

Rendered for reading in docs/security/staff.md. Whoever manages accounts (admin) reads no shopper's
data, and whoever reads shoppers' data manages no accounts.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from types import MappingProxyType

FRESH = timedelta(minutes=5)
"""How long ago a person may have proved who they are for a dangerous deed."""


class Role(StrEnum):
    ADMIN = "admin"
    AGENT = "agent"
    ANALYST = "analyst"
    DESIGNER = "designer"
    PRIVACY = "privacy"
    SECURITY = "security"


class Permission(StrEnum):
    """`resource:action`. Alphabetical. A retired name stays as a comment and is never used again."""

    AUDIT_READ = "audit:read"
    AUDIT_READ_HEAD = "audit:read_head"
    CONVERSATION_READ = "conversation:read"
    CONVERSATION_TAKE_OVER = "conversation:take_over"
    CUSTOMER_ERASE = "customer:erase"
    CUSTOMER_EXPORT = "customer:export"
    CUSTOMER_READ = "customer:read"
    CUSTOMER_REVEAL = "customer:reveal"
    DECISION_OVERRULE = "decision:overrule"
    DECISION_READ = "decision:read"
    KEY_ADD = "key:add"
    KEY_LIST = "key:list"
    KEY_REVOKE = "key:revoke"
    MODEL_ACTIVATE = "model:activate"
    MODEL_READ = "model:read"
    OWN_CHANGE_PASSWORD = "own:change_password"  # noqa: S105 - a permission
    OWN_END_SESSIONS = "own:end_sessions"
    OWN_READ = "own:read"
    REFUND_APPROVE = "refund:approve"
    REPORT_READ = "report:read"
    SESSION_END = "session:end"
    STAFF_ADD = "staff:add"
    STAFF_CHANGE_ROLES = "staff:change_roles"
    STAFF_DISABLE = "staff:disable"
    STAFF_LIST = "staff:list"
    STAFF_RESET = "staff:reset"
    WORDS_CHANGE = "words:change"
    WORDS_READ = "words:read"


@dataclass(frozen=True)
class Line:
    """One line of the table.

    `dangerous`: only within FRESH of a sign-in or re-authentication. `machines`: an API key may
    hold it; never a dangerous one, since a machine cannot be asked again.
    """

    roles: frozenset[Role]
    dangerous: bool = False
    machines: bool = False


def _for(*roles: Role) -> Line:
    return Line(frozenset(roles))


def _dangerous(*roles: Role) -> Line:
    return Line(frozenset(roles), dangerous=True)


def _machines_too(*roles: Role) -> Line:
    return Line(frozenset(roles), machines=True)


PERMISSIONS: Mapping[Permission, Line] = MappingProxyType(
    {
        Permission.AUDIT_READ: _for(Role.PRIVACY, Role.SECURITY),
        Permission.AUDIT_READ_HEAD: _machines_too(Role.SECURITY),
        Permission.CONVERSATION_READ: _for(Role.AGENT, Role.PRIVACY),
        Permission.CONVERSATION_TAKE_OVER: _for(Role.AGENT),
        Permission.CUSTOMER_ERASE: _dangerous(Role.PRIVACY),
        Permission.CUSTOMER_EXPORT: _dangerous(Role.PRIVACY),
        # Values are masked; to see one whole is a deed of its own.
        Permission.CUSTOMER_READ: _for(Role.AGENT, Role.PRIVACY),
        Permission.CUSTOMER_REVEAL: _dangerous(Role.AGENT, Role.PRIVACY),
        Permission.DECISION_OVERRULE: _dangerous(Role.SECURITY),
        Permission.DECISION_READ: _for(Role.AGENT, Role.SECURITY),
        Permission.KEY_ADD: _dangerous(Role.ADMIN),
        Permission.KEY_LIST: _for(Role.ADMIN, Role.SECURITY),
        # What only takes power away is never held up by a question.
        Permission.KEY_REVOKE: _for(Role.ADMIN, Role.SECURITY),
        Permission.MODEL_ACTIVATE: _dangerous(Role.DESIGNER),
        Permission.MODEL_READ: _machines_too(Role.ANALYST, Role.DESIGNER),
        Permission.OWN_CHANGE_PASSWORD: _dangerous(*Role),
        Permission.OWN_END_SESSIONS: _for(*Role),
        Permission.OWN_READ: _for(*Role),
        Permission.REFUND_APPROVE: _dangerous(Role.AGENT),
        Permission.REPORT_READ: _machines_too(Role.ADMIN, Role.ANALYST, Role.DESIGNER),
        Permission.SESSION_END: _for(Role.AGENT, Role.SECURITY),
        Permission.STAFF_ADD: _dangerous(Role.ADMIN),
        Permission.STAFF_CHANGE_ROLES: _dangerous(Role.ADMIN),
        Permission.STAFF_DISABLE: _for(Role.ADMIN, Role.SECURITY),
        Permission.STAFF_LIST: _for(Role.ADMIN, Role.SECURITY),
        Permission.STAFF_RESET: _dangerous(Role.ADMIN),
        Permission.WORDS_CHANGE: _for(Role.DESIGNER),
        Permission.WORDS_READ: _machines_too(Role.ANALYST, Role.DESIGNER),
    }
)
