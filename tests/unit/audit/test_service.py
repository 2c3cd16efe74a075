"""The log's chain: what is recorded stays, and what is done to it is found."""

import re
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from sqlalchemy import Connection, delete, insert, select, update

from countersign.audit.errors import AuditBrokenError, DetailRefusedError
from countersign.audit.models import GENESIS, Head, Link
from countersign.audit.repository import AuditRepository, audit_events, audit_head
from countersign.audit.service import Audit
from countersign.audit.tags import DETAIL_KEYS, Tag
from countersign.db.engine import Database
from countersign.vault.keyring import KeyRing
from countersign.vault.service import Vault
from tests.fakes.audit import FakeAudit
from tests.fakes.clock import FakeClock

EVENTS = 12


@pytest.fixture
def audit(vault: Vault, database: Database, clock: FakeClock) -> Audit:
    return Audit(vault, AuditRepository(database), clock)


def _fill(audit: Audit, clock: FakeClock, count: int = EVENTS) -> None:
    for number in range(count):
        subject = f"W{number:07d}" if number % 3 else None
        audit.record(
            Tag.ORDER_READ,
            actor=f"cus_{number}",
            subject=subject,
            outcome="passed",
            detail={"deed": "order:track"},
        )
        clock.advance(seconds=1)


def test_an_untouched_log_is_sound(audit: Audit, clock: FakeClock) -> None:
    assert audit.verify() == []
    _fill(audit, clock)
    assert audit.verify() == []
    assert audit.head().seq == EVENTS


def test_an_event_is_stored_as_it_was_told(audit: Audit, database: Database, clock: FakeClock) -> None:
    audit.record(
        Tag.SIGNIN_DONE,
        actor="cus_1",
        subject=None,
        outcome="passed",
        detail={"method": "code", "channel": "web"},
    )
    with database.read() as connection:
        row = connection.execute(select(audit_events)).one()
    assert (row.seq, row.at, row.tag, row.actor, row.subject, row.outcome, row.detail) == (
        1, clock.now(), "signin:done", "cus_1", None, "passed", '{"channel": "web", "method": "code"}',
    )  # fmt: skip


def test_an_event_belongs_to_the_callers_transaction(
    audit: Audit, database: Database, clock: FakeClock
) -> None:
    with pytest.raises(RuntimeError, match="no"):
        _record_and_fail(audit, database)
    _fill(audit, clock, 2)
    assert audit.head().seq == 2
    assert audit.verify() == []


def _record_and_fail(audit: Audit, database: Database) -> None:
    with database.begin():
        audit.record(Tag.SESSION_OPEN, actor="ses_1", subject=None, outcome="done")
        raise RuntimeError("no")


Tamper = Callable[[Connection], object]


def _set(seq: int, /, **values: object) -> Tamper:
    return lambda connection: connection.execute(
        update(audit_events).where(audit_events.c.seq == seq).values(**values)
    )


def _remove(*seqs: int) -> Tamper:
    return lambda connection: connection.execute(delete(audit_events).where(audit_events.c.seq.in_(seqs)))


def _swap(connection: Connection) -> None:
    for old, new in ((4, -1), (5, 4), (-1, 5)):
        connection.execute(update(audit_events).where(audit_events.c.seq == old).values(seq=new))


def _insert_copy(connection: Connection, of: int, at: int) -> None:
    row = dict(connection.execute(select(audit_events).where(audit_events.c.seq == of)).mappings().one())
    connection.execute(insert(audit_events).values(**{**row, "seq": at}))


def _cut_out_and_close_up(connection: Connection) -> None:
    _remove(5)(connection)
    for seq in range(6, EVENTS + 1):
        _set(seq, seq=seq - 1)(connection)
    connection.execute(update(audit_head).values(seq=EVENTS - 1))


TAMPERING: dict[str, tuple[Tamper, int]] = {
    "actor changed": (_set(5, actor="cus_other"), 5),
    "subject changed": (_set(5, subject="W9999999"), 5),
    "subject removed": (_set(5, subject=None), 5),
    "outcome changed": (_set(5, outcome="refused"), 5),
    "detail changed": (_set(5, detail='{"deed": "order:list"}'), 5),
    "detail unreadable": (_set(5, detail="{"), 5),
    "tag changed": (_set(5, tag="order:listed"), 5),
    "time changed": (_set(5, at=FakeClock().now()), 5),
    "digest changed": (_set(5, digest=b"x" * 32), 5),
    "mac changed": (_set(5, mac=b"x" * 32), 5),
    "first removed": (_remove(1), 2),
    "one removed": (_remove(5), 6),
    "three removed": (_remove(5, 6, 7), 8),
    "last removed": (_remove(EVENTS), EVENTS),
    "tail removed": (_remove(10, 11, 12), EVENTS),
    "all removed": (_remove(*range(1, EVENTS + 1)), EVENTS),
    "two swapped": (_swap, 4),
    "one removed and the rest renumbered": (_cut_out_and_close_up, 5),
    "copied to the end": (lambda connection: _insert_copy(connection, 5, EVENTS + 1), EVENTS + 1),
    "copied before the start": (lambda connection: _insert_copy(connection, 1, 0), 0),
    "head removed": (lambda connection: connection.execute(delete(audit_head)), 0),
    "head forged": (lambda connection: connection.execute(update(audit_head).values(seq=5)), 0),
}  # fmt: skip


@pytest.mark.parametrize("name", TAMPERING)
def test_tampering_is_found_where_it_is(
    audit: Audit, database: Database, clock: FakeClock, name: str
) -> None:
    _fill(audit, clock)
    tamper, where = TAMPERING[name]
    with database.begin() as connection:
        tamper(connection)
    assert where in [problem.seq for problem in audit.verify()]


class _Given(AuditRepository):
    """A log whose events are as the test says."""

    def __init__(self, database: Database, links: list[Link], head: Head) -> None:
        super().__init__(database)
        self._links, self._head = links, head

    def links(self) -> Iterator[Link]:
        return iter(self._links)

    def head(self, *, locked: bool = False) -> Head | None:
        return self._head


def test_each_event_is_guarded(audit: Audit, database: Database, clock: FakeClock, vault: Vault) -> None:
    """Changed, removed, or swapped with the one before it: each event of a log, in turn."""
    with database.begin():
        _fill(audit, clock, 100)
    links, head = list(AuditRepository(database).links()), audit.head()

    def is_sound(given: list[Link]) -> bool:
        return Audit(vault, _Given(database, given, head), clock).verify() == []

    assert is_sound(links)
    for n, link in enumerate(links):
        edited = replace(link, event=replace(link.event, actor="cus_other"))
        assert not is_sound([*links[:n], edited, *links[n + 1 :]])
        assert not is_sound([*links[:n], *links[n + 1 :]])
        assert not n or not is_sound([*links[: n - 1], link, links[n - 1], *links[n + 1 :]])


def test_a_chain_recomputed_without_the_key_is_found(
    audit: Audit, database: Database, clock: FakeClock
) -> None:
    _fill(audit, clock)
    previous = GENESIS
    forged = []
    for link in AuditRepository(database).links():
        event = replace(link.event, actor="cus_other") if link.event.seq == 3 else link.event
        previous = event.digest(previous)
        forged.append((event, previous))
    with database.begin() as connection:
        for event, digest in forged:
            _set(event.seq, actor=event.actor, digest=digest)(connection)
        connection.execute(update(audit_head).values(digest=previous))
    assert [problem.seq for problem in audit.verify()] == [*range(3, EVENTS + 1), 0]


def test_a_whole_log_put_back_to_an_older_state_is_found_only_by_a_head_kept_elsewhere(
    audit: Audit, database: Database, clock: FakeClock
) -> None:
    _fill(audit, clock, 5)
    older = audit.head()
    _fill(audit, clock, 5)
    noted = audit.head()
    assert audit.verify(expected=older) == audit.verify(expected=noted) == []
    with database.begin() as connection:
        _remove(6, 7, 8, 9, 10)(connection)
        connection.execute(update(audit_head).values(**vars(older)))
    assert audit.verify() == []
    assert [problem.seq for problem in audit.verify(expected=noted)] == [10]


def test_a_log_of_another_key_ring_is_not_ours(audit: Audit, database: Database, clock: FakeClock) -> None:
    _fill(audit, clock, 2)
    other = Audit(Vault(KeyRing.fresh(clock), clock), AuditRepository(database), clock)
    assert [problem.seq for problem in other.verify()] == [1, 2, 0]
    with pytest.raises(AuditBrokenError):
        _fill(other, clock, 1)


@pytest.mark.parametrize("name", ["head removed", "head forged"])
def test_nothing_is_added_to_a_tampered_head(
    audit: Audit, database: Database, clock: FakeClock, name: str
) -> None:
    _fill(audit, clock)
    with database.begin() as connection:
        TAMPERING[name][0](connection)
    with pytest.raises(AuditBrokenError):
        _fill(audit, clock, 1)
    with pytest.raises(AuditBrokenError):
        audit.head()


def test_writers_at_once_make_one_chain(vault: Vault, any_database: Database, clock: FakeClock) -> None:
    audit = Audit(vault, AuditRepository(any_database), clock)
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: _fill(audit, clock, 10), range(8)))
    assert audit.verify() == []
    assert audit.head().seq == 80


PERSONAL = [
    "mei@example.com",
    "mei＠example.com",
    "Mei Kowalski",
    "12 Long Road",
    "(555) 010-0199",
    "line\nbreak",
    "",
    "x" * 129,
    "zoë",
]


@pytest.mark.parametrize("value", PERSONAL)
@pytest.mark.parametrize("field", ["actor", "subject", "outcome", "deed"])
def test_what_looks_personal_is_refused_and_not_shown(audit: Audit, field: str, value: str) -> None:
    told = {"actor": "cus_1", "subject": "W1", "outcome": "done"}
    detail = {}
    (detail if field == "deed" else told)[field] = value
    for log in (audit, FakeAudit()):
        with pytest.raises(DetailRefusedError) as refused:
            log.record(Tag.ORDER_READ, **told, detail=detail)  # type: ignore[attr-defined]
        assert field in str(refused.value)
        assert not value or value not in str(refused.value)
    assert audit.head().seq == 0


def test_an_unlisted_detail_is_refused(audit: Audit) -> None:
    with pytest.raises(DetailRefusedError, match="email"):
        audit.record(Tag.ORDER_READ, actor="cus_1", subject=None, outcome="done", detail={"email": "x"})


def test_an_unlisted_tag_is_refused(audit: Audit) -> None:
    with pytest.raises(ValueError, match="order:eaten"):
        audit.record("order:eaten", actor="cus_1", subject=None, outcome="done")  # type: ignore[arg-type]


def test_tags_are_sorted_unique_and_well_formed() -> None:
    names = [tag.name for tag in Tag]
    assert names == sorted(names)
    assert list(Tag) == sorted(Tag)
    assert [tag for tag in Tag if not re.fullmatch(r"[a-z]+(:[a-z-]+){1,2}", tag)] == []


def test_no_detail_key_asks_for_something_personal() -> None:
    assert DETAIL_KEYS.isdisjoint({"address", "code", "email", "name", "phone", "postcode", "text", "token"})
