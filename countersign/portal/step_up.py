"""A step-up, wherever a page asks for it: which ways there are, and what comes of the one that was taken."""

from dataclasses import dataclass
from typing import Any

from countersign.identity.factors.models import Kind, Refused, Target
from countersign.identity.factors.suite import SecondFactors
from countersign.identity.models import Opened, Session


@dataclass(frozen=True)
class Given:
    """What a form brought: an answer of a passkey, a code of an app, or a recovery code."""

    credential: str = ""
    code: str = ""
    recovery: str = ""


@dataclass(frozen=True)
class Passed:
    """`opened` is None when a recovery code was used: the session stays what it was."""

    session: Session
    opened: Opened | None


class StepUpForm:
    def __init__(self, factors: SecondFactors) -> None:
        self._factors = factors

    def ways(self, session: Session, target: Target) -> dict[str, Any]:
        """For the template step_up.html."""
        person = session.person or ""
        kinds = {factor.kind for factor in self._factors.all.counting(person)}
        passkeys = Kind.PASSKEY in kinds
        options = self._factors.passkeys.step_up_options(session, person, target) if passkeys else ""
        recovery = self._factors.recovery
        return {
            "options": options,
            "app": Kind.TOTP in kinds,
            "recovery": target.deed in recovery.deeds and recovery.left(person) > 0,
        }

    def take(self, session: Session, target: Target, given: Given, address: str) -> Passed | Refused:
        if given.recovery.strip():
            refused = self._factors.recovery.allow(session, target, given.recovery, address)
            return refused or Passed(session, None)
        if given.credential:
            result = self._factors.passkeys.step_up(session, target, given.credential, address)
        else:
            result = self._factors.totp.step_up(session, target, given.code, address)
        return result if isinstance(result, Refused) else Passed(result.opened.session, result.opened)
