"""An errand whose deed needs a second factor: agreed to, stepped up for, done by itself; nothing else is."""

from dataclasses import replace

import pytest

from actions.errands import FINISH
from actions.shared import Resume
from countersign.checkpoints.guard import Guard
from countersign.checkpoints.table import CHECKPOINTS, Deed, Who
from countersign.identity.factors.models import Target, Way
from countersign.identity.models import Session
from tests.unit.actions.conftest import Played, Scenes
from tests.unit.actions.errand_scenes import CLOSED, agree, finish, status

TABLE = {**CHECKPOINTS, Deed.ORDER_CANCEL: replace(CHECKPOINTS[Deed.ORDER_CANCEL], who=Who.STEPPED_UP)}


@pytest.fixture
def strict(shop: Scenes) -> Scenes:
    """A shop in which cancelling needs a second factor."""
    stage = shop.stage
    guard = Guard(
        stage.database,
        stage.sessions,
        stage.store,
        stage.store,
        stage.limits,
        stage.vault,
        stage.audit,
        stage.clock,
        agreements=stage.proposals,
        step_ups=stage.factors.step_ups,
        table=TABLE,
    )
    stage.guard = guard
    shop.services = replace(shop.services, guard=guard)
    return shop


def stopped(strict: Scenes, una: Session) -> Played:
    """Agreed to, and stopped for want of a factor."""
    agree(strict, una)
    played = finish(strict, una, "agreed")
    strict.stage.proposals.end_turn(una.conversation)
    return played


def step_up(strict: Scenes, una: Session) -> Session:
    held = strict.stage.proposals.held(una.conversation)
    assert held is not None
    target = Target(held.deed, held.subject, held.agreed.digest)
    risen = strict.stage.factors.step_ups.rise(una, una.person or "", target, Way.PASSKEY).session
    strict.stage.errands.passed(una.conversation)
    return risen


def test_is_stopped_with_nothing_done_and_no_mail_asked_for(strict: Scenes, una: Session) -> None:
    played = stopped(strict, una)
    assert played.said == ["utter_checkpoint_stepped_up"]
    (checkpoint,) = played.checkpoints
    assert (checkpoint["level"], checkpoint["reason"]) == ("stepped_up", "step_up")
    assert played.slots.items() >= CLOSED.items()
    assert status(strict) == "pending"
    assert strict.stage.conversations.expectation(una.conversation).sign_in is None


def test_goes_on_by_itself_once_stepped_up(strict: Scenes, una: Session) -> None:
    stopped(strict, una)
    risen = step_up(strict, una)
    resumed = strict.play(Resume, risen, "EXTERNAL_resume")
    assert (resumed.followup, resumed.slots) == (FINISH, {"errand_done": "agreed"})
    assert finish(strict, risen, "agreed").said[0] == "utter_cancel_done"
    assert status(strict) == "cancelled"


def test_is_not_done_when_the_shopper_has_said_something_else(strict: Scenes, una: Session) -> None:
    stopped(strict, una)
    risen = step_up(strict, una)
    strict.stage.proposals.hear(una.conversation, None)
    assert finish(strict, risen, "agreed").said[0] == "utter_errands_not_agreed"
    assert status(strict) == "pending"


def test_is_not_done_by_signing_in_again(strict: Scenes, una: Session) -> None:
    stopped(strict, una)
    again = strict.stage.sign_in_of(una).session
    strict.stage.errands.passed(una.conversation)
    assert finish(strict, again, "agreed").said == ["utter_checkpoint_stepped_up"]
    assert status(strict) == "pending"


def test_is_not_done_by_a_step_up_for_another(strict: Scenes, una: Session) -> None:
    stopped(strict, una)
    other = Target(Deed.ORDER_CANCEL, "#W1000002", b"x" * 32)
    risen = strict.stage.factors.step_ups.rise(una, una.person or "", other, Way.PASSKEY).session
    assert finish(strict, risen, "agreed").said == ["utter_checkpoint_stepped_up"]
    assert status(strict) == "pending"


def test_is_not_done_too_late(strict: Scenes, una: Session) -> None:
    stopped(strict, una)
    risen = step_up(strict, una)
    strict.stage.clock.advance(minutes=5, seconds=1)
    finish(strict, risen, "agreed")
    assert status(strict) == "pending"
