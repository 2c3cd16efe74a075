"""A shopper's second factors, and what a use of one comes to."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType

from countersign.identity.models import Opened
from countersign.kit.hidden import Personal, Secret

CHALLENGE_LIFE = timedelta(minutes=5)
"""How long a passkey may take to answer, and a new authenticator app to show its first code."""
STEP_UP_LIFE = timedelta(minutes=5)
NOT_ME_LIFE = timedelta(days=7)
"""How long the link «not me» in the mail about a new factor removes it."""
RECOVERY_CODES = 10
MOST_FACTORS = 10
LONGEST_NAME = 60


class Kind(StrEnum):
    PASSKEY = "passkey"
    TOTP = "totp"


class Way(StrEnum):
    """By what a step-up was passed."""

    PASSKEY = "passkey"
    RECOVERY = "recovery"
    TOTP = "totp"


@dataclass(frozen=True)
class Site:
    """For whom a passkey is made: the relying party's id, the one origin of its pages, and its name."""

    rp_id: str
    origin: str
    name: str


@dataclass(frozen=True)
class Factor:
    """`counts_from`: from then on it can step up; until then it can only sign in."""

    id: str
    kind: Kind
    name: Personal
    added_at: datetime
    counts_from: datetime
    last_used_at: datetime | None

    def counts(self, now: datetime) -> bool:
        return self.counts_from <= now


@dataclass(frozen=True)
class Target:
    """What a step-up is for: one deed, on one subject, with exactly the details that were read back."""

    deed: str
    subject: str | None
    digest: bytes


class WhyNot(StrEnum):
    """Why a factor was not taken."""

    COPIED = "copied"
    """The passkey's counter has not grown: there may be a copy of it."""
    KNOWN = "known"
    """It is registered already."""
    LATE = "late"
    """Never asked for, answered before, or too long ago."""
    OTHER_PERSON = "other_person"
    """Right, but this conversation belongs to somebody else's account."""
    SIGN_IN_AGAIN = "sign_in_again"
    """A recovery code counts only beside a sign-in of the last minutes."""
    TOO_MANY = "too_many"
    """Too many wrong tries, or too many factors."""
    WAITING = "waiting"
    """It was added by mail alone, and not long enough ago."""
    WRONG = "wrong"


@dataclass(frozen=True)
class Refused:
    why: WhyNot


@dataclass(frozen=True)
class Risen:
    """Signed in or stepped up: the session goes on in `opened`."""

    opened: Opened
    factor: str


@dataclass(frozen=True)
class Enrolment:
    """What an authenticator app must know: the secret to type, and the address that a QR code holds."""

    secret: Secret
    address: Secret


SAID_OF_REFUSED: Mapping[WhyNot, str] = MappingProxyType(
    {
        WhyNot.COPIED: "utter_factors_copied",
        WhyNot.KNOWN: "utter_factors_known",
        WhyNot.LATE: "utter_factors_late",
        WhyNot.OTHER_PERSON: "utter_sign_in_other_person",
        WhyNot.SIGN_IN_AGAIN: "utter_factors_sign_in_again",
        WhyNot.TOO_MANY: "utter_factors_too_many",
        WhyNot.WAITING: "utter_factors_waiting",
        WhyNot.WRONG: "utter_factors_wrong",
    }
)
"""The response that a shopper reads."""


@dataclass(frozen=True)
class Proven:
    """A factor that has just shown itself; nothing has come of it yet."""

    factor: Factor
    person: str = field(repr=False)
