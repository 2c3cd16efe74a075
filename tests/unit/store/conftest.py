"""A small shop in memory, and a real guard before it."""

from dataclasses import dataclass
from datetime import timedelta

import pytest

from countersign.checkpoints.grants import Grant
from countersign.checkpoints.guard import Guard
from countersign.checkpoints.interfaces import Agreed
from countersign.checkpoints.table import Deed
from countersign.db.engine import Database
from countersign.identity.models import Level, Session
from countersign.kit.hidden import Personal
from countersign.store.changes import DEEDS, Change, subject_of, text_of
from countersign.store.changing import ChangeDesk
from countersign.store.policy import load_policy
from countersign.store.service import Orders
from countersign.vault.service import Vault
from tests.fakes.audit import FakeAudit
from tests.fakes.checkpoints import FakeAgreements
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
    desk: ChangeDesk
    audit: FakeAudit
    guard: Guard
    agreements: FakeAgreements
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

    def agreed(self, change: Change, key: str = "pro_1", session: Session | None = None) -> Grant:
        """The grant for a change that was read back and agreed to."""
        session, deed, subject = session or self.una(), DEEDS[type(change)], subject_of(change)
        yes = Agreed(key, text_of(change))
        self.agreements.agree(session.conversation, deed, subject, yes)
        return self.grant(deed, subject, session)


@pytest.fixture
def counter(database: Database, vault: Vault, clock: FakeClock) -> Counter:
    store, sessions, agreements, audit = (
        FakeStore(vault, small_store()),
        FakeSessions(),
        FakeAgreements(),
        FakeAudit(),
    )
    guard = Guard(
        database, sessions, store, store, FakeLimits(), vault, FakeAudit(), clock, agreements=agreements
    )
    desk = ChangeDesk(store, load_policy(), audit, vault, clock)
    return Counter(store, Orders(store), desk, audit, guard, agreements, sessions, clock)
