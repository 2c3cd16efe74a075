"""A second factor counts for exactly one deed, on one subject, with what was read back, and once."""

from datetime import timedelta

import pytest

from countersign.checkpoints.grants import Grant
from countersign.checkpoints.guard import Guard, Reason, Refusal
from countersign.checkpoints.interfaces import Agreed, digest_of
from countersign.checkpoints.table import CHECKPOINTS, About, Checkpoint, Deed, Who
from countersign.db.engine import Database
from countersign.identity.models import Level, Session
from countersign.kit.hidden import Personal
from countersign.vault.service import Vault
from tests.unit.checkpoints.conftest import AGREED, Gate

PAY, EXPORT, ERASE = "test:pay", "test:export", "test:erase"
FIVE = timedelta(minutes=5)
TABLE = {
    **CHECKPOINTS,
    PAY: Checkpoint(who=Who.STEPPED_UP, about=About.ORDER, fresh=FIVE, owner=True, confirm=True),
    ERASE: Checkpoint(who=Who.STEPPED_UP, fresh=FIVE, owner=True, confirm=True),
    EXPORT: Checkpoint(who=Who.STEPPED_UP, fresh=timedelta(minutes=1), owner=True),
}
MORE = Agreed("prp_2", Personal("exactly this and a cent more"))

pytestmark = pytest.mark.parametrize("gate", [TABLE], indirect=True, ids=["with deeds that step up"])


def require(gate: Gate, deed: str, session: Session, subject: str | None = None) -> Grant | Reason:
    answer = gate.guard.require(deed, session, subject)  # type: ignore[arg-type]
    return answer if isinstance(answer, Grant) else answer.reason


def agreed(gate: Gate, session: Session, what: Agreed = AGREED, deed: str = PAY) -> None:
    gate.agreements.agree(session.conversation, deed, "W1", what)


def test_needs_first_the_yes_then_the_factor(gate: Gate) -> None:
    ada = gate.ada()
    assert require(gate, PAY, ada, "W1") is Reason.CONFIRM
    assert gate.guard.may_propose(PAY, ada, "W1") is None  # type: ignore[arg-type]
    agreed(gate, ada)
    answer = gate.guard.require(PAY, ada, "W1")  # type: ignore[arg-type]
    assert answer == Refusal(Reason.STEP_UP, Level.STEPPED_UP)
    assert gate.agreements.held == [(ada.conversation, AGREED.proposal)]
    gate.step_ups.step(ada, PAY, "W1", AGREED.digest)
    grant = require(gate, PAY, ada, "W1")
    assert isinstance(grant, Grant)
    assert (grant.person, grant.details, grant.proposal) == ("ada", AGREED.details, AGREED.proposal)


def test_passes_once(gate: Gate) -> None:
    ada = gate.ada()
    agreed(gate, ada)
    gate.step_ups.step(ada, PAY, "W1", AGREED.digest)
    assert isinstance(require(gate, PAY, ada, "W1"), Grant)
    agreed(gate, ada)
    assert require(gate, PAY, ada, "W1") is Reason.STEP_UP


@pytest.mark.parametrize(
    "what",
    ["another amount", "another subject", "another deed", "another session", "no details"],
)
def test_for_anything_else_is_none(gate: Gate, what: str) -> None:
    ada, again = gate.ada(), gate.ada()
    asked = {"session": ada, "deed": PAY, "subject": "W1", "digest": AGREED.digest}
    other = {
        "another amount": {"digest": MORE.digest},
        "another subject": {"subject": "W2"},
        "another deed": {"deed": ERASE},
        "another session": {"session": again},
        "no details": {"digest": digest_of(None)},
    }[what]
    gate.step_ups.step(**{**asked, **other})  # type: ignore[arg-type]
    agreed(gate, ada)
    assert require(gate, PAY, ada, "W1") is Reason.STEP_UP
    assert gate.step_ups.stands()


def test_for_one_amount_does_not_pay_another(gate: Gate) -> None:
    ada = gate.ada()
    gate.step_ups.step(ada, PAY, "W1", AGREED.digest)
    agreed(gate, ada, MORE)
    assert require(gate, PAY, ada, "W1") is Reason.STEP_UP


def test_a_stepped_up_session_alone_is_not_enough(gate: Gate) -> None:
    ada = gate.ada(level=Level.STEPPED_UP)
    agreed(gate, ada)
    assert require(gate, PAY, ada, "W1") is Reason.STEP_UP
    assert require(gate, EXPORT, ada) is Reason.STEP_UP
    assert require(gate, Deed.FACTOR_CHANGE, ada) is Reason.CONFIRM


def test_is_asked_to_be_as_young_as_the_table_says(gate: Gate) -> None:
    ada = gate.ada()
    agreed(gate, ada)
    require(gate, PAY, ada, "W1")
    require(gate, EXPORT, ada)
    assert gate.step_ups.within == [FIVE, timedelta(minutes=1)]


def test_does_not_ask_for_a_mailed_code_first_when_the_sign_in_is_old(gate: Gate) -> None:
    ada = gate.ada(minutes_ago=25)
    agreed(gate, ada)
    assert require(gate, PAY, ada, "W1") is Reason.STEP_UP


def test_without_anything_to_agree_to_is_still_asked_for(gate: Gate) -> None:
    ada = gate.ada()
    assert require(gate, EXPORT, ada) is Reason.STEP_UP
    assert gate.guard.may_propose(EXPORT, ada) == Refusal(Reason.STEP_UP, Level.STEPPED_UP)  # type: ignore[arg-type]
    gate.step_ups.step(ada, EXPORT, None, digest_of(None))
    assert isinstance(require(gate, EXPORT, ada), Grant)
    assert require(gate, EXPORT, ada) is Reason.STEP_UP


def test_asking_whether_it_may_be_proposed_spends_nothing(gate: Gate) -> None:
    ada = gate.ada()
    agreed(gate, ada)
    gate.step_ups.step(ada, PAY, "W1", AGREED.digest)
    assert gate.guard.may_propose(PAY, ada, "W1") is None  # type: ignore[arg-type]
    gate.step_ups.step(ada, EXPORT, None, digest_of(None))
    gate.guard.may_propose(EXPORT, ada)  # type: ignore[arg-type]
    assert isinstance(require(gate, PAY, ada, "W1"), Grant)
    assert isinstance(require(gate, EXPORT, ada), Grant)


@pytest.mark.parametrize("number", ["W2", "W3"])
def test_what_is_not_ones_own_is_refused_before(gate: Gate, number: str) -> None:
    ada = gate.ada()
    gate.agreements.agree(ada.conversation, PAY, number, AGREED)
    gate.step_ups.step(ada, PAY, number, AGREED.digest)
    assert require(gate, PAY, ada, number) is Reason.NOT_YOURS
    assert gate.step_ups.stands() and gate.agreements.stands(ada.conversation, PAY, number)


def test_a_stale_session_is_not_told_what_is_its_own(gate: Gate) -> None:
    ada = gate.ada(minutes_ago=25)
    for number in ("W2", "W3"):
        assert require(gate, PAY, ada, number) is Reason.STALE


def test_a_guest_is_sent_to_sign_in(gate: Gate) -> None:
    guest = gate.guest()
    gate.agreements.agree(guest.conversation, PAY, "W1", AGREED)
    gate.step_ups.step(guest, PAY, "W1", AGREED.digest)
    answer = gate.guard.require(PAY, guest, "W1")  # type: ignore[arg-type]
    assert answer == Refusal(Reason.SIGN_IN, Level.STEPPED_UP)
    assert gate.step_ups.stands()


def test_a_raised_bar_still_wants_a_stepped_up_session(gate: Gate) -> None:
    gate.bar.level = Level.STEPPED_UP
    ada = gate.ada()
    agreed(gate, ada)
    gate.step_ups.step(ada, PAY, "W1", AGREED.digest)
    assert require(gate, PAY, ada, "W1") is Reason.SIGN_IN


def test_nobody_steps_up_by_default(gate: Gate, database: Database, vault: Vault) -> None:
    guard = Guard(
        database,
        gate.sessions,
        gate.owners,
        gate.order_keys,
        gate.limits,
        vault,
        gate.audit,
        gate.clock,
        agreements=gate.agreements,
        table=TABLE,  # type: ignore[arg-type]
    )
    ada = gate.ada(level=Level.STEPPED_UP)
    agreed(gate, ada)
    assert guard.require(PAY, ada, "W1") == Refusal(Reason.STEP_UP, Level.STEPPED_UP)  # type: ignore[arg-type]


def test_details_are_told_apart(gate: Gate) -> None:
    assert digest_of(Personal("12.00 EUR to card_1")) != digest_of(Personal("12.01 EUR to card_1"))
    assert digest_of(None) == digest_of(Personal(""))
