"""Second factors on a house of tests/fakes/house.py: real but for the shop, the clock and the device."""

from dataclasses import dataclass
from datetime import timedelta

import pyotp

from countersign.identity.factors.models import Factor, Risen, Site, Target
from countersign.identity.factors.passkeys import Passkeys
from countersign.identity.factors.recovery import RecoveryCodes
from countersign.identity.factors.service import Factors
from countersign.identity.factors.step_up import StepUps
from countersign.identity.factors.suite import SecondFactors
from countersign.identity.factors.totp import Totp
from countersign.identity.models import Level, Redeemed, Session
from countersign.kit.hidden import Personal
from countersign.risk.interfaces import Limiter
from countersign.risk.limits import Limits
from countersign.store.errors import StoreUnavailableError
from tests.fakes.authenticator import Authenticator
from tests.fakes.house import ADA, BOB, House
from tests.fakes.identity import FakeWords

SHOP = Site("shop.example", "https://shop.example", "Shop")
WAIT = timedelta(hours=24)
PAY = Target("payment:saved", "W1", b"\x01" * 32)
CHANGE = Target("factor:change", None, b"\x02" * 32)


class FakeContacts:
    """Everybody has one address, and what `more` names beside; `down`: the shop's data cannot be read."""

    def __init__(self, **emails: Personal) -> None:
        self._emails = emails
        self.more: tuple[Personal, ...] = ()
        self.down = False

    def emails(self, person: str) -> tuple[Personal, ...]:
        if self.down:
            raise StoreUnavailableError("down")
        return (*((self._emails[person],) if person in self._emails else ()), *self.more)


@dataclass(repr=False)
class Safe:
    """A house with second factors."""

    house: House
    contacts: FakeContacts
    factors: Factors
    step_ups: StepUps
    passkeys: Passkeys
    totp: Totp
    recovery: RecoveryCodes

    def signed_in(self, email: Personal = ADA, device_key: str | None = None) -> Session:
        """By mail."""
        self.house.clock.advance(milliseconds=1)
        session = self.house.open(device_key).session
        self.house.sign_in.start(session, email)
        done = self.house.sign_in.redeem_code(session, self.house.code())
        assert isinstance(done, Redeemed)
        return done.opened.session

    def stepped_up(self, email: Personal = ADA) -> Session:
        session = self.signed_in(email)
        return self.house.sessions.rise(session, person_of(session), Level.STEPPED_UP).session

    def passkey(self, session: Session, device: Authenticator | None = None, name: str = "Laptop") -> Factor:
        device = device or Authenticator()
        options = self.passkeys.register_options(session, person_of(session), name, ADA)
        added = self.passkeys.register(session, person_of(session), device.create(options))
        assert isinstance(added, Factor), added
        return added

    def app(self, session: Session, name: str = "Phone") -> tuple[Factor, "App"]:
        secret = self.totp.enrol(session, name, ADA).secret.reveal()
        app = App(self, secret)
        added = self.totp.confirm(session, app.code())
        assert isinstance(added, Factor), added
        self.house.clock.advance(seconds=60)
        return added, app


@dataclass(repr=False)
class App:
    """An authenticator app with one secret."""

    safe: Safe
    secret: str

    def code(self, steps: int = 0) -> str:
        """The code shown now, or some steps from now."""
        now = self.safe.house.clock.now() + timedelta(seconds=30 * steps)
        return pyotp.TOTP(self.secret).at(now)

    def wrong(self) -> str:
        """Six digits that are no code of now or around."""
        live = {self.code(by) for by in (-2, -1, 0, 1, 2)}
        return next(code for code in (f"{n:06d}" for n in range(9)) if code not in live)


def person_of(session: Session) -> str:
    assert session.person is not None
    return session.person


def risen(result: object) -> Session:
    assert isinstance(result, Risen), result
    return result.opened.session


def build_safe(house: House, *, wait: timedelta = WAIT, limits: Limiter | None = None) -> Safe:
    db, vault, audit, clock, sessions = (
        house.database,
        house.vault,
        house.audit,
        house.clock,
        house.sessions,
    )
    contacts = FakeContacts(cus_ada=ADA, cus_bob=BOB)
    suite = SecondFactors(
        db,
        sessions,
        contacts,
        limits or Limits(clock),
        house.notify,
        FakeWords(),
        vault,
        audit,
        clock,
        SHOP,
        wait=wait,
        link_start="https://shop.example/not-me#",
        recoverable=frozenset({"factor:change"}),
    )
    return Safe(house, contacts, suite.all, suite.step_ups, suite.passkeys, suite.totp, suite.recovery)
