"""The end of an errand: what was agreed to is done, once; all else changes nothing and claims nothing."""

import json
from typing import Any

import pytest

from actions.errands import AskErrand, FinishErrand, GoOnErrand, HearErrand
from actions.orders import ListOrders
from countersign.checkpoints.grants import Grant
from countersign.checkpoints.table import Deed
from countersign.errands.models import Kind, Proposed
from countersign.identity.models import Session
from countersign.kit.hidden import Personal
from countersign.store.errors import StoreUnavailableError
from countersign.vault.models import Sealed
from tests.fakes.store import BrokenStore, small_store
from tests.unit.actions.conftest import Played, Scenes

NUMBER = "#W1000002"
AGREED = {"errand_done": "agreed"}


def read_back(scenes: Scenes, session: Session) -> None:
    """A cancellation stands before the shopper, as it does after the turn that read it back."""
    grant = scenes.stage.guard.require(Deed.ERRAND_PREPARE, session)
    assert isinstance(grant, Grant)
    words = f"cancel {NUMBER}, I ordered it by mistake"
    step = scenes.stage.errand_desk.begin(session.conversation, grant, Kind.CANCEL, words)
    assert isinstance(step, Proposed)
    (card,) = scenes.play(AskErrand, session).cards
    scenes.stage.proposals.drawn(session.conversation, card["proposal"])
    scenes.stage.proposals.seen(session.conversation)


def agree(scenes: Scenes, session: Session) -> None:
    standing = scenes.stage.proposals.waiting(session.conversation)
    assert standing is not None
    scenes.stage.proposals.hear(session.conversation, standing)


def finish(scenes: Scenes, session: Session, done: str = "agreed") -> Played:
    return scenes.play(FinishErrand, session, "affirm", "yes", slots={"errand_done": done})


def status(scenes: Scenes) -> str | None:
    order = scenes.stage.store.order(NUMBER, frozenset({"status"}))
    return order.status if order else None


@pytest.fixture
def session(scenes: Scenes) -> Session:
    return scenes.stage.signed_in()


def test_what_was_agreed_to_is_done_once(scenes: Scenes, session: Session) -> None:
    read_back(scenes, session)
    agree(scenes, session)
    assert finish(scenes, session).said[0] == "utter_cancel_done"
    assert status(scenes) == "cancelled"
    assert finish(scenes, session).said[0] == "utter_errands_over"


def test_without_a_yes_nothing_is_done(scenes: Scenes, session: Session) -> None:
    read_back(scenes, session)
    assert finish(scenes, session).said[0] == "utter_errands_not_agreed"
    assert status(scenes) == "pending"


def test_what_is_left_is_left(scenes: Scenes, session: Session) -> None:
    read_back(scenes, session)
    agree(scenes, session)
    assert finish(scenes, session, "dropped").said[0] == "utter_errands_dropped"
    assert status(scenes) == "pending"


class TestTrouble:
    def breaking(self, scenes: Scenes, monkeypatch: pytest.MonkeyPatch, *, written: bool) -> None:
        """The store fails, after the write or before it."""
        carry_out = scenes.stage.store.carry_out

        def broken(*given: Any) -> None:
            if written:
                carry_out(*given)
            raise StoreUnavailableError("the connection is gone")

        monkeypatch.setattr(scenes.stage.store, "carry_out", broken)

    @pytest.mark.parametrize("written", [False, True])
    def test_with_the_write_claims_nothing(
        self, scenes: Scenes, session: Session, monkeypatch: pytest.MonkeyPatch, written: bool
    ) -> None:
        read_back(scenes, session)
        agree(scenes, session)
        self.breaking(scenes, monkeypatch, written=written)
        assert finish(scenes, session).said == ["utter_shared_trouble_unsure"]
        assert status(scenes) == ("cancelled" if written else "pending")

    def test_after_it_in_the_same_turn_claims_nothing(
        self, scenes: Scenes, session: Session, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        read_back(scenes, session)
        agree(scenes, session)
        finish(scenes, session)
        scenes.stage.store = BrokenStore(scenes.stage.vault, small_store())
        assert Scenes(scenes.stage).play(ListOrders, session).said == ["utter_shared_trouble_unsure"]
        scenes.stage.proposals.hear(session.conversation, None)
        assert Scenes(scenes.stage).play(ListOrders, session).said == ["utter_shared_trouble"]


@pytest.fixture
def upgraded(scenes: Scenes, session: Session) -> None:
    """What was kept of the errand in hand has a field that no draft has any more."""
    read_back(scenes, session)
    rows, conversation = scenes.stage.conversation_rows, session.conversation
    place = {"purpose": "conversation.desk", "subject": conversation}
    kept = scenes.stage.vault.open(Sealed(rows.desk(conversation) or b""), **place).reveal()
    content = json.loads(kept)
    content["draft"] = json.dumps(json.loads(content["draft"]) | {"colour": "blue"})
    rows.set_desk(conversation, scenes.stage.vault.seal(Personal(json.dumps(content)), **place).raw)


@pytest.mark.usefixtures("upgraded")
def test_an_errand_of_another_version_is_left(scenes: Scenes, session: Session) -> None:
    heard = scenes.play(HearErrand, session, "affirm", "yes")
    assert heard.slots == {"errand_done": "dropped"}
    assert finish(scenes, session, "dropped").said == ["utter_errands_dropped", "utter_errands_anything_else"]
    assert finish(scenes, session, "dropped").said[0] == "utter_errands_over"
    assert status(scenes) == "pending"


@pytest.mark.usefixtures("upgraded")
def test_an_errand_of_another_version_is_not_agreed_to(scenes: Scenes, session: Session) -> None:
    agree(scenes, session)
    assert finish(scenes, session).said[0] == "utter_errands_dropped"
    assert status(scenes) == "pending"


@pytest.mark.usefixtures("upgraded")
def test_an_errand_of_another_version_does_not_go_on_behind_a_checkpoint(
    scenes: Scenes, session: Session
) -> None:
    played = scenes.play(GoOnErrand, session)
    assert (played.said, played.slots) == (["utter_errands_dropped"], {"errand_open": False})
    assert scenes.play(GoOnErrand, session).said == []


@pytest.mark.parametrize("done", ["agreed", "dropped", "stuck", "", "nonsense"])
def test_with_nothing_in_hand_nothing_is_claimed(scenes: Scenes, session: Session, done: str) -> None:
    assert finish(scenes, session, done).said[0] == "utter_errands_over"


def test_a_yes_that_comes_too_long_after_the_sign_in_asks_for_that_and_is_read_back_again(
    scenes: Scenes, session: Session
) -> None:
    scenes.stage.clock.advance(minutes=10)
    read_back(scenes, session)
    scenes.stage.clock.advance(minutes=6)
    agree(scenes, session)
    played = finish(scenes, session)
    assert played.said == ["utter_checkpoint_stale"]
    assert [one["reason"] for one in played.checkpoints] == ["stale"]
    assert (played.slots, status(scenes)) == ({"errand_done": None, "errand_open": False}, "pending")
    again = scenes.stage.sign_in_of(session).session
    scenes.stage.errands.passed(again.conversation)
    errand = scenes.stage.errands.take(again.conversation)
    assert errand is not None and errand.action == GoOnErrand.NAME
    assert scenes.play(GoOnErrand, again).slots["errand_open"] is True
    scenes.stage.proposals.end_turn(again.conversation)
    assert finish(scenes, again).said[0] == "utter_errands_not_agreed", "the old yes counts no more"
    assert status(scenes) == "pending"
