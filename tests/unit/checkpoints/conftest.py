"""A guard on a real database and vault; the shop, the sessions and the limits are played."""

from dataclasses import dataclass
from datetime import timedelta

import pytest

from countersign.checkpoints.guard import Guard
from countersign.checkpoints.interfaces import Agreed
from countersign.checkpoints.table import CHECKPOINTS
from countersign.db.engine import Database
from countersign.identity.models import Level, Session
from countersign.kit.hidden import Personal
from countersign.vault.service import Vault
from tests.fakes.audit import FakeAudit
from tests.fakes.checkpoints import FakeAgreements, FakeBar, FakeOrderKeys, FakeOwners, FakeStepUps
from tests.fakes.clock import FakeClock
from tests.fakes.identity import FakeSessions
from tests.fakes.risk import FakeLimits

AGREED = Agreed("prp_1", Personal("exactly this"))
RIGHT = Personal("10115")
WRONG = Personal("99999")


@dataclass(repr=False)
class Gate:
    """Ada's order is W1, Bob's is W2; W3 was never placed."""

    guard: Guard
    sessions: FakeSessions
    owners: FakeOwners
    order_keys: FakeOrderKeys
    limits: FakeLimits
    audit: FakeAudit
    bar: FakeBar
    clock: FakeClock
    agreements: FakeAgreements
    step_ups: FakeStepUps

    def guest(self) -> Session:
        return self.sessions.add(Level.ANYONE, self.clock.now())

    def ada(self, minutes_ago: float = 1, level: Level = Level.SIGNED_IN) -> Session:
        return self.sessions.add(level, self.clock.now(), "ada", timedelta(minutes=minutes_ago))


@pytest.fixture
def gate(database: Database, vault: Vault, clock: FakeClock, request: pytest.FixtureRequest) -> Gate:
    """`@pytest.mark.parametrize("gate", [table], indirect=True)` gives the guard another table."""
    sessions, limits, audit, bar = FakeSessions(), FakeLimits(), FakeAudit(), FakeBar(None)
    owners, order_keys = FakeOwners(W1="ada", W2="bob"), FakeOrderKeys(W1="10115", W2="10115")
    table = getattr(request, "param", CHECKPOINTS)
    agreements, step_ups = FakeAgreements(), FakeStepUps()
    guard = Guard(
        database,
        sessions,
        owners,
        order_keys,
        limits,
        vault,
        audit,
        clock,
        bar=bar,
        agreements=agreements,
        step_ups=step_ups,
        table=table,
    )
    return Gate(guard, sessions, owners, order_keys, limits, audit, bar, clock, agreements, step_ups)
