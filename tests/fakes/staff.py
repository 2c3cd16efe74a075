"""The staff's side on a real database, vault, limits and audit log, with hashes that cost little."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import timedelta

import pyotp

from countersign.audit.repository import AuditRepository
from countersign.audit.service import Audit
from countersign.db.engine import Database
from countersign.identity.machines.service import MachineKeys
from countersign.identity.machines.tokens import MachineTokens
from countersign.identity.staff.guard import StaffGuard
from countersign.identity.staff.interfaces import SecondFactor
from countersign.identity.staff.models import Credentials, Member, StaffOpened, StaffSession
from countersign.identity.staff.passwords import Cost, Passwords
from countersign.identity.staff.service import StaffAccounts
from countersign.identity.staff.sessions import StaffSessions
from countersign.identity.staff.sign_in import StaffSignIn
from countersign.identity.staff.table import Role
from countersign.identity.staff.totp import Totp
from countersign.identity.totp import STEP_SECONDS
from countersign.kit.hidden import Personal, Secret
from countersign.risk.limits import Limits
from tests.fakes.clock import FakeClock
from tests.fakes.identity import CountingVault

CHEAP = Cost(memory_kib=64, rounds=1, lanes=1, at_once=2, wait_s=5.0)
DORA, NOBODY = Personal("dora@shop.example"), Personal("nix@shop.example")
PASSWORD = Secret("seven green kettles on a hill")
WRONG = Secret("seven green kettles on a bill")
HOME, ELSEWHERE = "aa", "bb"


class CountingPasswords(Passwords):
    """Notes how often it hashed or verified."""

    def __init__(self, cost: Cost) -> None:
        super().__init__(cost)
        self.verified = self.hashed = 0

    def verify(self, known: Secret | None, password: Secret) -> bool:
        self.verified += 1
        return super().verify(known, password)

    def hash(self, password: Secret) -> Secret:
        self.hashed += 1
        return super().hash(password)


class FakeSession:
    """`LivingStaff` over a dictionary."""

    def __init__(self) -> None:
        self.living: dict[str, StaffSession] = {}

    def current(self, id_: str) -> StaffSession | None:
        return self.living.get(id_)

    def add(self, clock: FakeClock, roles: Collection[Role], ago: timedelta = timedelta(0)) -> StaffSession:
        now = clock.now()
        session = StaffSession(
            id=f"sts_{len(self.living)}",
            staff=f"stf_{len(self.living)}",
            roles=frozenset(roles),
            authenticated_at=now - ago,
            created_at=now - ago,
            last_seen_at=now,
            expires_at=now + timedelta(hours=12),
        )
        self.living[session.id] = session
        return session


@dataclass(repr=False)
class StaffHouse:
    database: Database
    vault: CountingVault
    audit: Audit
    hashes: CountingPasswords
    sessions: StaffSessions
    accounts: StaffAccounts
    sign_in: StaffSignIn
    guard: StaffGuard
    keys: MachineKeys
    tokens: MachineTokens
    clock: FakeClock

    def __post_init__(self) -> None:
        self.secrets: dict[str, str] = {}

    def invite(self, email: Personal = DORA, *roles: Role) -> Secret:
        return self.accounts.add(email, Personal("Dora Fuchs"), roles or (Role.ADMIN,)).token

    def set_up(self, token: Secret, email: Personal = DORA) -> Member:
        """Finishes what the link is for; afterwards the code that was typed is past."""
        invited = self.accounts.invited(token)
        assert invited is not None
        self.secrets[email.reveal()] = invited.secret.reveal()
        member = self.accounts.set_up(token, PASSWORD, self.code(email))
        assert isinstance(member, Member)
        self.clock.advance(seconds=STEP_SECONDS)
        return member

    def hire(self, email: Personal = DORA, *roles: Role) -> Member:
        return self.set_up(self.invite(email, *roles), email)

    def code(self, email: Personal = DORA, steps: int = 0) -> Secret:
        """What the authenticator shows now, or some steps from now."""
        step = int(self.clock.now().timestamp()) // STEP_SECONDS + steps
        return Secret(pyotp.TOTP(self.secrets[email.reveal()]).generate_otp(step))

    def right(self, email: Personal = DORA) -> Credentials:
        return Credentials(PASSWORD, self.code(email))

    def signed_in(self, email: Personal = DORA) -> StaffOpened:
        opened = self.sign_in.sign_in(email, self.right(email), address=HOME)
        assert isinstance(opened, StaffOpened)
        self.clock.advance(seconds=STEP_SECONDS)
        return opened

    def events(self) -> list[tuple[str, str]]:
        return [(link.event.tag, link.event.outcome) for link in AuditRepository(self.database).links()]


def build_staff_house(database: Database, clock: FakeClock, cost: Cost = CHEAP) -> StaffHouse:
    """`database` must have its tables."""
    vault = CountingVault(clock)
    audit = Audit(vault, AuditRepository(database), clock)
    sessions = StaffSessions(database, vault, audit, clock)
    totp, hashes = Totp(database, vault, clock), CountingPasswords(cost)
    factors: Mapping[str, SecondFactor] = {"totp": totp}
    accounts = StaffAccounts(database, sessions, totp, factors, hashes, vault, audit, clock)
    limits = Limits(clock)
    sign_in = StaffSignIn(database, accounts, sessions, factors, hashes, limits, vault, audit, clock)
    keys = MachineKeys(database, vault, audit, clock)
    tokens = MachineTokens(
        database,
        keys,
        vault,
        audit,
        clock,
        issuer="https://staff.example",
        audience="https://staff.example/api",
    )
    guard = StaffGuard(sessions, audit, clock)
    return StaffHouse(database, vault, audit, hashes, sessions, accounts, sign_in, guard, keys, tokens, clock)
