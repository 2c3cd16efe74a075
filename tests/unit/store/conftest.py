"""A small shop in memory, and a real guard before it."""

from dataclasses import dataclass
from datetime import timedelta

import pytest

from countersign.checkpoints.grants import Grant
from countersign.checkpoints.guard import Guard
from countersign.checkpoints.table import Deed
from countersign.db.engine import Database
from countersign.identity.models import Level, Session
from countersign.kit.hidden import Personal
from countersign.store.service import Orders
from countersign.vault.service import Vault
from tests.fakes.audit import FakeAudit
from tests.fakes.clock import FakeClock
from tests.fakes.identity import FakeSessions
from tests.fakes.risk import FakeLimits
from tests.fakes.store import FakeStore, small_store

UNA = Personal("una.lark@post.example")


@dataclass(repr=False)
class Counter:
    """Where Una asks about her orders."""

    store: FakeStore
    orders: Orders
    guard: Guard
    sessions: FakeSessions
    clock: FakeClock

    def una(self) -> Session:
        person = self.store.find(UNA)
        return self.sessions.add(Level.SIGNED_IN, self.clock.now(), person, timedelta(minutes=1))

    def guest(self) -> Session:
        return self.sessions.add(Level.ANYONE, self.clock.now())

    def grant(self, deed: Deed, number: str | None = None, session: Session | None = None) -> Grant:
        answer = self.guard.require(deed, session or self.una(), number)
        assert isinstance(answer, Grant), answer
        return answer


@pytest.fixture
def counter(database: Database, vault: Vault, clock: FakeClock) -> Counter:
    store, sessions = FakeStore(vault, small_store()), FakeSessions()
    guard = Guard(database, sessions, store, store, FakeLimits(), vault, FakeAudit(), clock)
    return Counter(store, Orders(store), guard, sessions, clock)
