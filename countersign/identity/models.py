"""Who is at the other end of a conversation, as far as the core knows."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import IntEnum, StrEnum
from types import MappingProxyType

from countersign.kit.hidden import Secret


class Level(IntEnum):
    """How sure we are. A higher level may do all that a lower one may."""

    ANYONE = 0
    SIGNED_IN = 1
    STEPPED_UP = 2


@dataclass(frozen=True)
class TimeOuts:
    idle: timedelta
    absolute: timedelta


_PERSON = TimeOuts(idle=timedelta(minutes=30), absolute=timedelta(hours=12))

TIME_OUTS: Mapping[Level, TimeOuts] = MappingProxyType(
    {
        Level.ANYONE: TimeOuts(idle=timedelta(hours=24), absolute=timedelta(days=7)),
        # NIST SP 800-63B-4, AAL2 (draft and final): 12 h or 30 min idle satisfies both.
        Level.SIGNED_IN: _PERSON,
        Level.STEPPED_UP: _PERSON,
    }
)

MAX_SESSIONS_PER_PERSON = 10
"""OWASP ASVS 7.1.2: one more sign-in ends the session that was unused for longest."""

RENEW_WITHIN = timedelta(seconds=60)
"""How long a replaced token may still ask, once, for its successor."""

TOUCH_EVERY = timedelta(seconds=30)
"""A session's last use is written at most this often; idle time-outs may come this much early,
never late."""

KEEP_ENDED = timedelta(days=1)
KEEP_DEVICES = timedelta(days=90)
"""How long rows outlive their use: ended sessions; devices on which nobody signed in any more."""

CODE_LIFE = timedelta(minutes=10)
CODE_TRIES = 5
"""OWASP ASVS 6.5.5: an out-of-band code lives for 10 minutes at most. NIST SP 800-63B-4 limits tries."""


@dataclass(frozen=True)
class Session:
    """A snapshot of one living session. `person` is the shop's customer id: never show or log it.

    `authenticated_at` is the last time that the person proved who they are, None below SIGNED_IN;
    `expires_at` is the absolute end. `transport` is `bearer` or `cookie`.
    """

    id: str
    conversation: str
    level: Level
    person: str | None = field(repr=False)
    authenticated_at: datetime | None
    created_at: datetime
    last_seen_at: datetime
    expires_at: datetime
    channel: str
    language: str
    transport: str


@dataclass(frozen=True)
class Opened:
    """A session and the only copy of its token.

    `device_key` is None when the session grew out of another: the client keeps the key it has.
    """

    session: Session
    token: Secret
    device_key: Secret | None


class WhyDead(StrEnum):
    """Why a code or link will not do. A shopper hears the same for all but TOO_MANY."""

    NONE_LIVING = "none_living"
    """Never asked for, replaced by a newer one, expired, or already used."""
    OTHER_PERSON = "other_person"
    """Right, but this conversation already belongs to somebody else's account: sign out first."""
    TOO_MANY = "too_many"
    """The network address guessed too often; the code itself still lives."""
    USED_UP = "used_up"
    """Its last try has just been spent."""


SAID_OF_DEAD: Mapping[WhyDead, str] = MappingProxyType(
    {
        WhyDead.NONE_LIVING: "utter_sign_in_code_dead",
        WhyDead.OTHER_PERSON: "utter_sign_in_other_person",
        WhyDead.TOO_MANY: "utter_sign_in_too_many",
        WhyDead.USED_UP: "utter_sign_in_code_dead",
    }
)
"""The response that a shopper hears."""


@dataclass(frozen=True)
class Started:
    """A code may be on its way: the same answer for every address."""

    expires_at: datetime


@dataclass(frozen=True)
class Redeemed:
    opened: Opened

    @property
    def person(self) -> str | None:
        return self.opened.session.person


@dataclass(frozen=True)
class Wrong:
    tries_left: int


@dataclass(frozen=True)
class Dead:
    why: WhyDead = WhyDead.NONE_LIVING


@dataclass(frozen=True)
class NeedsCode:
    """The link was opened in another browser: show `code` (XXXX-XXXX) to be typed where it was asked for."""

    code: Secret
