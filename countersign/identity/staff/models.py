"""Accounts and sessions of the people who run the shop."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from countersign.identity.staff.table import Role
from countersign.kit.hidden import Personal, Secret

IDLE = timedelta(minutes=15)
ABSOLUTE = timedelta(hours=12)
"""NIST SP 800-63B-4 (AAL3) and PCI DSS 8.2.8: 15 minutes idle, 12 hours at most."""

TOUCH_EVERY = timedelta(seconds=30)
"""A session's last use is written at most this often; the idle time-out may come this much early,
never late."""

MAX_SESSIONS = 5
"""OWASP ASVS 7.1.2: one more sign-in ends the session that was unused for longest."""

LINK_LIFE = timedelta(hours=24)
KEEP_ENDED = timedelta(days=1)
KEEP_DEVICES = timedelta(days=90)


class State(StrEnum):
    ACTIVE = "active"
    DISABLED = "disabled"
    INVITED = "invited"
    """No password and no second factor yet, or no more: the one-time link sets both."""


@dataclass(frozen=True)
class Member:
    id: str
    email: Personal
    name: Personal
    roles: frozenset[Role]
    state: State
    made_at: datetime


@dataclass(frozen=True)
class StaffSession:
    """A snapshot of one living session of an active account.

    `authenticated_at` is when password and second factor were last given; `expires_at` is the
    absolute end, which re-authentication does not move.
    """

    id: str
    staff: str
    roles: frozenset[Role]
    authenticated_at: datetime
    created_at: datetime
    last_seen_at: datetime
    expires_at: datetime


@dataclass(frozen=True)
class StaffOpened:
    """A session and the only copy of its token. `device` is for a browser that has no such key yet."""

    session: StaffSession
    token: Secret
    device: Secret | None = None


@dataclass(frozen=True)
class Credentials:
    """What a person types. `factor` names the second factor that `answer` is for."""

    password: Secret
    answer: Secret
    factor: str = "totp"


@dataclass(frozen=True)
class Refused:
    """No account, not active, wrong password, wrong or used code: which of them, nothing tells."""


@dataclass(frozen=True)
class Invited:
    """What a living one-time link shows: whose account, and the secret to enrol."""

    member: Member
    secret: Secret


class WhyNot(StrEnum):
    """Why an account could not be set up or a password not be changed."""

    CODE_WRONG = "code_wrong"
    COMMON = "common"
    LINK_DEAD = "link_dead"
    """Never was, used, replaced by a newer one, expired, or its account is disabled."""
    OWN_DATA = "own_data"
    """The password holds the account's own name or address."""
    PATTERN = "pattern"
    """A row of keys or letters, or a short piece again and again."""
    TOO_LONG = "too_long"
    TOO_SHORT = "too_short"
    UNREADABLE = "unreadable"


@dataclass(frozen=True)
class NotSet:
    why: WhyNot


@dataclass(frozen=True)
class AccountLink:
    """The one-time link's token, shown once."""

    member: Member
    token: Secret = field(repr=False)
    expires_at: datetime
