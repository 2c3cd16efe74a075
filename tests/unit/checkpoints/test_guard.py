from threading import Barrier, Thread

import pytest

from countersign.audit.tags import Tag
from countersign.checkpoints.grants import Grant
from countersign.checkpoints.guard import Guard, Reason, Refusal
from countersign.checkpoints.table import CHECKPOINTS, About, Checkpoint, Deed, Who
from countersign.db.engine import Database
from countersign.identity.models import Level
from countersign.kit.hidden import Personal
from countersign.risk.errors import LimitsUnavailableError
from countersign.risk.limits import Limits
from countersign.risk.table import Bucket
from countersign.store.errors import StoreUnavailableError
from countersign.vault.service import Vault
from tests.fakes.audit import FakeAudit
from tests.fakes.checkpoints import (
    FakeAgreements,
    FakeOrderKeys,
    FakeOwners,
    FakeStepUps,
    NullOwners,
)
from tests.fakes.clock import FakeClock
from tests.fakes.identity import CountingVault, FakeSessions, statements
from tests.fakes.risk import NullLimits
from tests.unit.checkpoints.conftest import AGREED, RIGHT, WRONG, Gate

UNENFORCED = {
    "test:consent": Checkpoint(who=Who.ANYONE, consent="personalisation"),
    "test:consent_and_yes": Checkpoint(who=Who.ANYONE, confirm=True, consent="personalisation"),
}
WRITES = [deed for deed, line in CHECKPOINTS.items() if line.confirm and line.who < Who.STEPPED_UP]


def granted(answer: Grant | Refusal) -> Grant:
    assert isinstance(answer, Grant), answer
    return answer


def refused(answer: Grant | Refusal) -> Reason:
    assert isinstance(answer, Refusal)
    return answer.reason


class TestGrant:
    def test_says_what_for_whom_and_when(self, gate: Gate) -> None:
        session = gate.ada()
        grant = granted(gate.guard.require(Deed.ORDER_TRACK, session, "W1"))
        assert (grant.deed, grant.session, grant.conversation) == (
            Deed.ORDER_TRACK,
            session.id,
            session.conversation,
        )
        assert (grant.person, grant.subject, grant.at) == ("ada", "W1", gate.clock.now())
        assert grant.fields == CHECKPOINTS[Deed.ORDER_TRACK].fields

    def test_by_proof_names_nobody_and_reads_less(self, gate: Gate) -> None:
        session = gate.guest()
        gate.guard.prove_order(session, "W1", RIGHT)
        grant = granted(gate.guard.require(Deed.ORDER_TRACK, session, "W1"))
        assert grant.person is None
        assert grant.fields == {"status", "tracking"} < CHECKPOINTS[Deed.ORDER_TRACK].fields

    def test_of_a_person_who_proved_anothers_order_is_by_proof(self, gate: Gate) -> None:
        session = gate.ada()
        gate.guard.prove_order(session, "W2", RIGHT)
        grant = granted(gate.guard.require(Deed.ORDER_TRACK, session, "W2"))
        assert grant.person is None
        assert grant.fields == {"status", "tracking"}


class TestRefusal:
    def test_names_the_level_that_would_do(self, gate: Gate) -> None:
        assert gate.guard.require(Deed.ORDER_LIST, gate.guest()) == Refusal(Reason.SIGN_IN, Level.SIGNED_IN)
        assert gate.guard.require(Deed.ORDER_TRACK, gate.guest(), "W1") == Refusal(
            Reason.PROVE_ORDER, Level.SIGNED_IN
        )

    @pytest.mark.parametrize("deed", ["order:erase", "", "order:track ", "ORDER_TRACK", "x" * 5000])
    def test_what_is_not_listed_is_refused_to_everyone(self, gate: Gate, deed: str) -> None:
        for session in (gate.guest(), gate.ada(level=Level.STEPPED_UP)):
            assert refused(gate.guard.require(deed, session)) is Reason.UNLISTED  # type: ignore[arg-type]

    @pytest.mark.parametrize("gate", [UNENFORCED], indirect=True)
    def test_a_column_that_nothing_can_show_yet_lets_nobody_through(self, gate: Gate) -> None:
        for deed in UNENFORCED:
            answer = gate.guard.require(deed, gate.ada(level=Level.STEPPED_UP))  # type: ignore[arg-type]
            assert refused(answer) is Reason.UNLISTED

    def test_a_session_that_is_over_may_nothing(self, gate: Gate) -> None:
        session = gate.ada()
        del gate.sessions.living[session.id]
        for deed in Deed:
            assert refused(gate.guard.require(deed, session, "W1")) is Reason.SIGN_IN

    def test_what_a_session_may_is_read_anew(self, gate: Gate) -> None:
        guest = gate.guest()
        forged = type(guest)(**{**vars(guest), "level": Level.STEPPED_UP, "person": "ada"})
        assert refused(gate.guard.require(Deed.ORDER_LIST, forged)) is Reason.SIGN_IN

    @pytest.mark.parametrize(
        ("deed", "subject"),
        [(Deed.ORDER_TRACK, None), (Deed.ORDER_READ_ITEMS, None), (Deed.ORDER_LIST, "W1")],
    )
    def test_a_deed_needs_the_subject_that_it_is_about(
        self, gate: Gate, deed: Deed, subject: str | None
    ) -> None:
        assert refused(gate.guard.require(deed, gate.ada(), subject)) is Reason.NOT_YOURS

    def test_freshness_ends_after_the_last_second(self, gate: Gate) -> None:
        session = gate.ada(minutes_ago=30)
        granted(gate.guard.require(Deed.ORDER_LIST, session))
        gate.clock.advance(seconds=1)
        assert refused(gate.guard.require(Deed.ORDER_LIST, session)) is Reason.STALE

    def test_a_person_without_a_name_owns_no_unknown_order(self, gate: Gate) -> None:
        session = gate.sessions.add(
            Level.SIGNED_IN, gate.clock.now(), None, gate.clock.now() - gate.clock.now()
        )
        assert refused(gate.guard.require(Deed.ORDER_READ_ITEMS, session, "W3")) is Reason.NOT_YOURS


def subject_of(deed: Deed) -> str | None:
    return "W1" if CHECKPOINTS[deed].about is About.ORDER else None


@pytest.mark.parametrize("deed", WRITES)
class TestConfirm:
    def test_without_a_yes_only_the_yes_is_missing(self, gate: Gate, deed: Deed) -> None:
        ada, subject = gate.ada(), subject_of(deed)
        assert gate.guard.require(deed, ada, subject) == Refusal(Reason.CONFIRM, Level.SIGNED_IN)
        assert gate.guard.may_propose(deed, ada, subject) is None
        assert gate.audit.recorded[0].detail == {"deed": deed.value, "reason": "confirm"}

    def test_a_yes_is_spent_once_and_the_grant_carries_what_was_agreed_to(
        self, gate: Gate, deed: Deed
    ) -> None:
        ada, subject = gate.ada(), subject_of(deed)
        gate.agreements.agree(ada.conversation, deed, subject, AGREED)
        grant = granted(gate.guard.require(deed, ada, subject))
        assert (grant.proposal, grant.details) == (AGREED.proposal, AGREED.details)
        assert (grant.person, grant.subject, grant.deed) == ("ada", subject, deed)
        assert AGREED.details.reveal() not in repr(grant)
        assert refused(gate.guard.require(deed, ada, subject)) is Reason.CONFIRM

    def test_asking_whether_it_may_be_proposed_spends_nothing(self, gate: Gate, deed: Deed) -> None:
        ada, subject = gate.ada(), subject_of(deed)
        gate.agreements.agree(ada.conversation, deed, subject, AGREED)
        assert gate.guard.may_propose(deed, ada, subject) is None
        granted(gate.guard.require(deed, ada, subject))

    def test_a_refusal_for_another_reason_leaves_the_yes_as_it_is(self, gate: Gate, deed: Deed) -> None:
        stale, guest, subject = gate.ada(minutes_ago=16), gate.guest(), subject_of(deed)
        for session, reason in ((stale, Reason.STALE), (guest, Reason.SIGN_IN)):
            gate.agreements.agree(session.conversation, deed, subject, AGREED)
            assert refused(gate.guard.require(deed, session, subject)) is reason
            told = gate.guard.may_propose(deed, session, subject)
            assert told is not None and told.reason is reason
            assert gate.agreements.stands(session.conversation, deed, subject)

    def test_the_yes_of_another_conversation_is_none(self, gate: Gate, deed: Deed) -> None:
        ada, again, subject = gate.ada(), gate.ada(), subject_of(deed)
        gate.agreements.agree(again.conversation, deed, subject, AGREED)
        assert refused(gate.guard.require(deed, ada, subject)) is Reason.CONFIRM

    def test_nobody_agrees_by_default(
        self, gate: Gate, deed: Deed, database: Database, vault: Vault, clock: FakeClock
    ) -> None:
        guard = Guard(
            database, gate.sessions, gate.owners, gate.order_keys, gate.limits, vault, gate.audit, clock
        )
        assert refused(guard.require(deed, gate.ada(), subject_of(deed))) is Reason.CONFIRM


@pytest.mark.parametrize("deed", [deed for deed in WRITES if subject_of(deed)])
@pytest.mark.parametrize("number", ["W2", "W3"])
def test_what_is_not_ones_own_can_be_neither_proposed_nor_done(gate: Gate, deed: Deed, number: str) -> None:
    ada = gate.ada()
    gate.agreements.agree(ada.conversation, deed, number, AGREED)
    for answer in (gate.guard.may_propose(deed, ada, number), gate.guard.require(deed, ada, number)):
        assert answer == Refusal(Reason.NOT_YOURS, Level.SIGNED_IN)
    assert gate.agreements.stands(ada.conversation, deed, number)


class TestBar:
    def test_raised_shuts_the_way_by_proof(self, gate: Gate) -> None:
        session = gate.guest()
        gate.guard.prove_order(session, "W1", RIGHT)
        gate.bar.level = Level.SIGNED_IN
        assert refused(gate.guard.require(Deed.ORDER_TRACK, session, "W1")) is Reason.SIGN_IN
        assert refused(gate.guard.require(Deed.CATALOG_BROWSE, session)) is Reason.SIGN_IN

    def test_raised_to_step_up_asks_for_that(self, gate: Gate) -> None:
        gate.bar.level = Level.STEPPED_UP
        answer = gate.guard.require(Deed.ORDER_LIST, gate.ada())
        assert answer == Refusal(Reason.SIGN_IN, Level.STEPPED_UP)
        granted(gate.guard.require(Deed.ORDER_LIST, gate.ada(level=Level.STEPPED_UP)))

    def test_never_lowers(self, gate: Gate) -> None:
        gate.bar.level = Level.ANYONE
        assert refused(gate.guard.require(Deed.ORDER_LIST, gate.guest())) is Reason.SIGN_IN


class TestNoOracle:
    """An order that is not there and one that is not yours cannot be told apart."""

    @pytest.fixture
    def counted(self, database: Database, clock: FakeClock) -> tuple[Guard, CountingVault, Gate]:
        vault, sessions = CountingVault(clock), FakeSessions()
        owners, keys, audit = FakeOwners(W1="ada", W2="bob"), FakeOrderKeys(W2="10115"), FakeAudit()
        limits = Limits(clock)
        guard = Guard(database, sessions, owners, keys, limits, vault, audit, clock)
        return (
            guard,
            vault,
            Gate(guard, sessions, owners, keys, None, audit, None, clock, FakeAgreements(), FakeStepUps()),
        )  # type: ignore[arg-type]

    @pytest.mark.parametrize("asker", ["guest", "ada", "stale"])
    @pytest.mark.parametrize("deed", [Deed.ORDER_TRACK, Deed.ORDER_READ_ITEMS])
    def test_require(self, counted: tuple[Guard, CountingVault, Gate], deed: Deed, asker: str) -> None:
        guard, vault, gate = counted
        session = gate.guest() if asker == "guest" else gate.ada(minutes_ago=60 if asker == "stale" else 1)
        seen = []
        for number in ("W2", "W3"):
            vault.uses.clear()
            gate.owners.asked.clear()
            with statements() as run:
                answer = guard.require(deed, session, number)
            seen.append(
                (answer, run, dict(vault.uses), len(gate.owners.asked), gate.audit.recorded[-1].detail)
            )
        assert seen[0] == seen[1]
        answer, run, uses, asked, _ = seen[0]
        assert isinstance(answer, Refusal)
        assert (len([s for s in run if s.startswith("SELECT")]), asked) == (1, 1)
        assert uses["mac", "order.number"] >= 1

    def test_prove_order(self, counted: tuple[Guard, CountingVault, Gate]) -> None:
        guard, vault, gate = counted
        seen = []
        for number in ("W2", "W3"):
            session = gate.guest()
            vault.uses.clear()
            before = gate.order_keys.compared
            with statements() as run:
                right = guard.prove_order(session, number, WRONG)
            event = gate.audit.recorded[-1]
            seen.append(
                (right, run, dict(vault.uses), gate.order_keys.compared - before, event.tag, event.detail)
            )
        assert seen[0] == seen[1]
        assert seen[0][0] is False


class TestProof:
    def test_counts_for_this_session_and_this_order_only(self, gate: Gate) -> None:
        session, other = gate.guest(), gate.guest()
        assert gate.guard.prove_order(session, "W1", RIGHT)
        granted(gate.guard.require(Deed.ORDER_TRACK, session, "W1"))
        assert refused(gate.guard.require(Deed.ORDER_TRACK, session, "W2")) is Reason.PROVE_ORDER
        assert refused(gate.guard.require(Deed.ORDER_TRACK, other, "W1")) is Reason.PROVE_ORDER
        assert refused(gate.guard.require(Deed.ORDER_READ_ITEMS, session, "W1")) is Reason.SIGN_IN

    def test_counts_for_thirty_minutes_and_can_be_given_anew(self, gate: Gate) -> None:
        session = gate.guest()
        gate.guard.prove_order(session, "W1", RIGHT)
        gate.clock.advance(minutes=30)
        granted(gate.guard.require(Deed.ORDER_TRACK, session, "W1"))
        gate.clock.advance(seconds=1)
        assert refused(gate.guard.require(Deed.ORDER_TRACK, session, "W1")) is Reason.PROVE_ORDER
        gate.guard.prove_order(session, "W1", RIGHT)
        granted(gate.guard.require(Deed.ORDER_TRACK, session, "W1"))

    def test_a_wrong_postcode_proves_nothing(self, gate: Gate) -> None:
        session = gate.guest()
        assert not gate.guard.prove_order(session, "W1", WRONG)
        assert refused(gate.guard.require(Deed.ORDER_TRACK, session, "W1")) is Reason.PROVE_ORDER

    def test_purge_deletes_what_no_longer_counts(self, gate: Gate) -> None:
        gate.guard.prove_order(gate.guest(), "W1", RIGHT)
        assert gate.guard.purge() == 0
        gate.clock.advance(minutes=31)
        assert gate.guard.purge() == 1


class TestProofLimits:
    @pytest.fixture
    def real(self, gate: Gate, database: Database, vault: Vault, clock: FakeClock) -> Gate:
        gate.guard = Guard(
            database, gate.sessions, gate.owners, gate.order_keys, Limits(clock), vault, gate.audit, clock
        )
        return gate

    def test_five_wrong_ones_in_a_session(self, real: Gate) -> None:
        session = real.guest()
        for number in range(5):
            assert not real.guard.prove_order(session, f"W9{number}", WRONG)
        compared = real.order_keys.compared
        assert not real.guard.prove_order(session, "W1", RIGHT)
        assert real.order_keys.compared == compared
        assert refused(real.guard.require(Deed.ORDER_TRACK, session, "W1")) is Reason.TOO_MANY
        assert real.audit.tags()[-2:] == [Tag.LIMITS_REFUSED, Tag.CHECKPOINT_REFUSED]

    def test_five_wrong_ones_for_an_order_whether_or_not_it_is_there(self, real: Gate) -> None:
        for order in ("W1", "W3"):
            for _ in range(5):
                real.guard.prove_order(real.guest(), order, WRONG)
            session = real.guest()
            assert not real.guard.prove_order(session, order, RIGHT)
            assert refused(real.guard.require(Deed.ORDER_TRACK, session, order)) is Reason.TOO_MANY
        granted(real.guard.require(Deed.ORDER_TRACK, real.ada(), "W1"))

    def test_ten_wrong_ones_from_an_address(self, real: Gate) -> None:
        for number in range(10):
            real.guard.prove_order(real.guest(), f"W9{number}", WRONG, "192.0.2.1")
        session = real.guest()
        assert not real.guard.prove_order(session, "W1", RIGHT, "192.0.2.1")
        assert refused(real.guard.require(Deed.ORDER_TRACK, session, "W1", "192.0.2.1")) is Reason.TOO_MANY
        assert real.guard.prove_order(real.guest(), "W1", RIGHT, "192.0.2.2")

    def test_three_hundred_wrong_ones_overall(self, real: Gate) -> None:
        for number in range(300):
            real.guard.prove_order(real.guest(), f"W9{number}", WRONG, f"10.0.0.{number}")
        assert not real.guard.prove_order(real.guest(), "W1", RIGHT, "192.0.2.2")

    def test_right_ones_are_not_counted(self, real: Gate) -> None:
        session = real.guest()
        assert all(real.guard.prove_order(session, "W1", RIGHT, "192.0.2.1") for _ in range(30))

    def test_parallel_tries_are_never_more_than_allowed(self, real: Gate) -> None:
        session, barrier = real.guest(), Barrier(8)

        def guess(postcode: str) -> None:
            barrier.wait()
            real.guard.prove_order(session, "W1", Personal(postcode))

        threads = [Thread(target=guess, args=[str(n)]) for n in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert real.order_keys.compared == 5

    @pytest.mark.parametrize("bucket", [b for b in Bucket if b.name.startswith("ORDER_PROOFS")])
    def test_each_limit_alone_stops_a_try(self, gate: Gate, bucket: Bucket) -> None:
        gate.limits.full.add(bucket)
        session = gate.guest()
        assert not gate.guard.prove_order(session, "W1", RIGHT, "192.0.2.1")
        assert gate.order_keys.compared == 0
        assert refused(gate.guard.require(Deed.ORDER_TRACK, session, "W1", "192.0.2.1")) is Reason.TOO_MANY


class TestClosed:
    def test_limits_down(self, gate: Gate) -> None:
        session = gate.guest()
        gate.guard._limits = NullLimits()
        with pytest.raises(LimitsUnavailableError):
            gate.guard.prove_order(session, "W1", RIGHT)
        assert gate.order_keys.compared == 0
        with pytest.raises(LimitsUnavailableError):
            gate.guard.require(Deed.ORDER_TRACK, session, "W1")

    def test_store_down(self, gate: Gate) -> None:
        gate.guard._owners = NullOwners()
        with pytest.raises(StoreUnavailableError):
            gate.guard.require(Deed.ORDER_TRACK, gate.ada(), "W1")


class TestLog:
    def test_tells_who_was_let_through_and_who_was_not(self, gate: Gate) -> None:
        ada, guest = gate.ada(), gate.guest()
        gate.guard.require(Deed.ORDER_TRACK, ada, "W1")
        gate.guard.require(Deed.ORDER_TRACK, guest, "W1")
        gate.guard.prove_order(guest, "W1", RIGHT)
        gate.guard.require(Deed.ORDER_TRACK, guest, "W1")
        gate.guard.require(Deed.CATALOG_BROWSE, guest)
        told = [(event.tag, event.actor, event.outcome, dict(event.detail)) for event in gate.audit.recorded]
        assert told == [
            (Tag.CHECKPOINT_PASSED, ada.id, "done", {"deed": "order:track", "via": "session"}),
            (Tag.CHECKPOINT_REFUSED, guest.id, "refused", {"deed": "order:track", "reason": "prove_order"}),
            (Tag.ORDER_PROOF_DONE, guest.id, "done", {}),
            (Tag.CHECKPOINT_PASSED, guest.id, "done", {"deed": "order:track", "via": "order_proof"}),
        ]
        assert len({event.subject for event in gate.audit.recorded}) == 1
        assert "W1" not in str(gate.audit.recorded)

    @pytest.mark.parametrize("number", ["W1'; --", "Wé 1", "a@b.example", "x" * 5000, ""])
    def test_takes_any_order_number(self, gate: Gate, number: str) -> None:
        gate.guard.prove_order(gate.guest(), number, WRONG)
        assert refused(gate.guard.require(Deed.ORDER_TRACK, gate.ada(), number)) is Reason.NOT_YOURS
