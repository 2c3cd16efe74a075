"""Errands that are agreed to, dropped or stuck, and what comes after them."""

import pytest

from actions.cancel import CancelOrder
from actions.change import ChangeOrderItems
from actions.errands import FinishErrand, GoOnErrand, HearErrand
from actions.shared import Resume, Stop
from actions.wishes import TakeWishes
from countersign.errands.desk import MOST
from countersign.errands.models import Kind
from countersign.identity.models import Session
from countersign.kit.hidden import Personal
from countersign.store.changes import CancelOrder as Cancelling
from countersign.store.policy import load_policy
from tests.fakes.shop_to_change import BY_CARD, PENDING, PROCESSED
from tests.unit.actions.conftest import Scenes
from tests.unit.actions.errand_scenes import CLOSED, REASON, agree, finish, read_back, status


class TestFinishing:
    def test_does_what_was_agreed_to(self, shop: Scenes, una: Session) -> None:
        agree(shop, una)
        played = finish(shop, una, "agreed")
        assert played.said == ["utter_cancel_done"]
        assert played.slots == {**CLOSED, "feedback_ask": "now"}
        assert status(shop) == "cancelled"
        assert shop.services.desk.draft(una.conversation) is None

    def test_of_several_says_what_they_come_to_together(self, shop: Scenes, una: Session) -> None:
        agree(shop, una)
        assert "utter_errands_together_back" not in finish(shop, una, "agreed").said
        agree(shop, una, f"cancel {PENDING}, I don't need it any more")
        assert finish(shop, una, "agreed").said == ["utter_cancel_done", "utter_errands_together_back"]
        assert finish(shop, una, "dropped").said[-1:] == ["utter_errands_anything_else"]
        shop.services.desk.clear(una.conversation)
        assert shop.services.desk.together(una.conversation) is None

    def test_of_an_order_that_is_cancelled_leaves_nothing_waiting(self, shop: Scenes, una: Session) -> None:
        shop.play(ChangeOrderItems, una, "change_order_items", f"change the lamp in {BY_CARD}")
        agree(shop, una)
        finish(shop, una, "agreed")
        assert not shop.services.desk.waits(una.conversation)

    def test_tells_it_by_mail_of_which_rasa_learns_nothing(self, shop: Scenes, una: Session) -> None:
        agree(shop, una)
        played = finish(shop, una, "agreed")
        mails = [mail for mail in shop.stage.demo_outbox.messages() if "code" not in mail]
        assert [(mail["to"], BY_CARD in mail["text"]) for mail in mails] == [("Una.Lark@post.example", True)]
        assert "post.example" not in played.raw and "Lamp" not in played.raw
        # The yes is spent: the same once more does nothing and tells nothing.
        finish(shop, una, "agreed")
        assert [mail for mail in shop.stage.demo_outbox.messages() if "code" not in mail] == mails

    @pytest.mark.parametrize("before", ["now", "over"])
    def test_asks_only_once_whether_it_was_helpful(self, shop: Scenes, una: Session, before: str) -> None:
        agree(shop, una)
        slots = {"errand_done": "agreed", "feedback_ask": before}
        played = shop.play(FinishErrand, una, "affirm", "yes", slots=slots)
        assert played.said == ["utter_cancel_done", "utter_errands_anything_else"]
        assert played.slots.get("feedback_ask", before) == "over"

    @pytest.mark.parametrize("before", [None, "now", "over"])
    def test_does_not_ask_it_of_what_was_left(self, shop: Scenes, una: Session, before: str | None) -> None:
        read_back(shop, una)
        slots = {"errand_done": "dropped", "feedback_ask": before}
        played = shop.play(FinishErrand, una, "deny", "no", slots=slots)
        assert played.said[-1] == "utter_errands_anything_else"
        assert played.slots.get("feedback_ask", before) in (None, "over")

    def test_does_nothing_in_the_turn_after_the_yes(self, shop: Scenes, una: Session) -> None:
        agree(shop, una)
        shop.stage.proposals.end_turn(una.conversation)
        assert finish(shop, una, "agreed").said[0] == "utter_errands_not_agreed"
        assert status(shop) == "pending"

    def test_says_what_broke_at_the_last_moment(self, shop: Scenes, una: Session) -> None:
        agree(shop, una)
        person = shop.stage.store.find(Personal("una.lark@post.example"))
        assert person is not None
        change = Cancelling(BY_CARD, REASON)
        shop.stage.store.carry_out(change, person, "elsewhere", load_policy(), shop.stage.clock.now())
        played = finish(shop, una, "agreed")
        assert played.said == ["utter_errands_already_cancelled", "utter_errands_anything_else"]
        assert shop.services.desk.draft(una.conversation) is None

    def test_of_what_was_dropped_says_that_nothing_was_changed(self, shop: Scenes, una: Session) -> None:
        read_back(shop, una)
        played = finish(shop, una, "dropped")
        assert played.said == ["utter_errands_dropped", "utter_errands_anything_else"]
        assert status(shop) == "pending"

    def test_of_what_is_stuck_says_why(self, shop: Scenes, una: Session) -> None:
        shop.play(CancelOrder, una, "cancel_order", f"cancel {BY_CARD}")
        shop.play(HearErrand, una, "nlu_fallback", PROCESSED)
        played = finish(shop, una, "stuck")
        assert played.said == ["utter_errands_status", "utter_cancel_closed", "utter_errands_anything_else"]

    def test_does_not_ask_for_more_while_something_waits(self, shop: Scenes, una: Session) -> None:
        agree(shop, una)
        shop.services.desk.queue(una.conversation, ["where is my parcel?"])
        played = finish(shop, una, "agreed")
        assert (played.said, played.slots) == (["utter_cancel_done"], CLOSED)


class TestGoingOn:
    def test_takes_up_what_waits(self, shop: Scenes, una: Session) -> None:
        shop.play(CancelOrder, una, "cancel_order", "cancel all my pending orders, I don't need them")
        shop.services.desk.finish(una.conversation)
        assert shop.play(Resume, una, "EXTERNAL_resume").followup == "action_go_on_errand"
        assert shop.play(GoOnErrand, una, "EXTERNAL_resume").slots["errand_open"] is True
        draft = shop.services.desk.draft(una.conversation)
        assert draft is not None
        assert (draft.kind, draft.reason) == (Kind.CANCEL, REASON)

    def test_with_nothing_that_waits_opens_nothing(self, shop: Scenes, una: Session) -> None:
        assert shop.play(GoOnErrand, una, "EXTERNAL_resume").slots == {"errand_open": False}

    def test_of_a_guest_waits_at_the_checkpoint(self, shop: Scenes) -> None:
        played = shop.play(GoOnErrand, shop.stage.guest(), "EXTERNAL_resume")
        assert (played.said, played.slots) == (["utter_checkpoint_signed_in"], {"errand_open": False})

    def test_of_what_became_stuck_says_why(self, shop: Scenes, una: Session) -> None:
        shop.play(CancelOrder, una, "cancel_order", f"cancel {BY_CARD}")
        person = shop.stage.store.find(Personal("una.lark@post.example"))
        assert person is not None
        change = Cancelling(BY_CARD, REASON)
        shop.stage.store.carry_out(change, person, "elsewhere", load_policy(), shop.stage.clock.now())
        played = shop.play(GoOnErrand, una, "EXTERNAL_resume")
        assert (played.said, played.slots) == (["utter_errands_already_cancelled"], CLOSED)


class TestWishes:
    def test_wait_in_the_order_in_which_they_were_said(self, shop: Scenes, una: Session) -> None:
        words = "cancel my order and where is my parcel?"
        wishes = [("cancel_order", "cancel my order"), ("track_order", "where is my parcel?")]
        played = shop.play(TakeWishes, una, "several_wishes", words, wishes=wishes)
        assert played.said == ["utter_errands_several"]
        for _, wish in wishes:
            assert shop.services.desk.next_wish(una.conversation) == wish
            shop.services.desk.wish_taken(una.conversation, wish)

    def test_that_find_no_room_are_to_be_said_again(self, shop: Scenes, una: Session) -> None:
        clauses = [f"where is order {number}?" for number in range(MOST + 2)]
        wishes = [("track_order", clause) for clause in clauses]
        played = shop.play(TakeWishes, una, "several_wishes", " ".join(clauses), wishes=wishes)
        assert played.said == ["utter_errands_several", "utter_errands_too_many"]
        taken = []
        while wish := shop.services.desk.next_wish(una.conversation):
            taken.append(wish)
            shop.services.desk.wish_taken(una.conversation, wish)
        assert taken == clauses[:MOST]

    def test_that_find_no_room_in_the_middle_of_an_errand_are_to_be_said_again(
        self, shop: Scenes, una: Session
    ) -> None:
        shop.play(CancelOrder, una, "cancel_order", f"cancel {BY_CARD}")
        clauses = [f"cancel order {number}." for number in range(MOST + 2)]
        wishes = [("cancel_order", clause) for clause in clauses]
        played = shop.play(HearErrand, una, "several_wishes", " ".join(clauses), wishes=wishes)
        assert played.said == ["utter_errands_too_many"]

    def test_are_gone_with_all_that_is_in_hand_once_it_is_stopped(self, shop: Scenes, una: Session) -> None:
        shop.play(CancelOrder, una, "cancel_order", "cancel all my pending orders")
        shop.services.desk.queue(una.conversation, ["where is my parcel?"])
        assert shop.play(Stop, una, "stop").said == ["utter_shared_stopped"]
        assert shop.services.desk.draft(una.conversation) is None
        assert not shop.services.desk.waits(una.conversation)
        assert shop.play(Resume, una, "EXTERNAL_resume").said == ["utter_sign_in_done"]
