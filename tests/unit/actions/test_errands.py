"""Una's orders 2 and 6 are pending, 4 is delivered, 5 processed (tests/fakes/shop_to_change.py)."""

import json
from pathlib import Path

import pytest

from actions.cancel import CancelOrder
from actions.change import (
    ChangeDefaultAddress,
    ChangeOrderAddress,
    ChangeOrderItems,
    ChangeOrderPayment,
)
from actions.errands import KINDS, AskErrand, GoOnErrand, HearErrand, StartErrand
from actions.exchanges import ExchangeItems
from actions.returns import ReturnItems
from actions.shared import Resume
from countersign.db.engine import Database
from countersign.identity.models import Session
from countersign.kit.hidden import Personal
from countersign.vault.service import Vault
from tests.fakes.clock import FakeClock
from tests.fakes.gateway_parts import Stage
from tests.fakes.shop_to_change import BY_CARD, DELIVERED, JOERGS, PROCESSED
from tests.fakes.store import BrokenStore
from tests.unit.actions.conftest import Scenes
from tests.unit.actions.errand_scenes import CANCELLING, CLOSED, GIFTS_AND_CARD, REASON, read_back


class TestStarting:
    @pytest.mark.parametrize(
        ("action", "intent"),
        [
            (CancelOrder, "cancel_order"),
            (ChangeDefaultAddress, "change_default_address"),
            (ChangeOrderAddress, "change_order_address"),
            (ChangeOrderItems, "change_order_items"),
            (ChangeOrderPayment, "change_order_payment"),
            (ExchangeItems, "exchange_items"),
            (ReturnItems, "return_items"),
        ],
    )
    def test_takes_up_the_wish_of_its_intent(
        self, shop: Scenes, una: Session, action: type[StartErrand], intent: str
    ) -> None:
        played = shop.play(action, una, intent, "please help")
        draft = shop.services.desk.draft(una.conversation)
        assert draft is not None
        assert draft.kind is KINDS[intent] is action.KIND
        assert (played.said, played.slots["errand_open"]) == ([], True)

    def test_every_wish_has_its_action(self) -> None:
        assert {one.NAME.removeprefix("action_") for one in StartErrand.__subclasses__()} >= set(KINDS)

    def test_stops_a_guest_at_a_checkpoint_and_keeps_the_words(self, shop: Scenes) -> None:
        guest = shop.stage.guest()
        played = shop.play(CancelOrder, guest, "cancel_order", CANCELLING)
        assert (played.said, played.slots) == (["utter_checkpoint_signed_in"], {"errand_open": False})
        assert played.checkpoints[0]["reason"] == "sign_in"
        waiting = shop.stage.errands.waiting(guest.conversation)
        assert waiting is not None
        assert (waiting.action, waiting.slots) == ("action_cancel_order", {"errand_words": CANCELLING})
        assert shop.services.desk.draft(guest.conversation) is None

    def test_goes_on_behind_the_checkpoint_with_the_words_and_forgets_them(self, shop: Scenes) -> None:
        guest = shop.stage.guest()
        shop.play(CancelOrder, guest, "cancel_order", CANCELLING)
        una = shop.stage.sign_in_of(guest).session
        shop.stage.errands.passed(una.conversation)
        resumed = shop.play(Resume, una, "EXTERNAL_resume")
        assert resumed.followup == "action_cancel_order"
        played = shop.play(CancelOrder, una, "EXTERNAL_resume", slots=resumed.slots)
        assert played.slots == {"errand_words": None, "errand_open": True, "errand_done": None}
        draft = shop.services.desk.draft(una.conversation)
        assert draft is not None
        assert (draft.order, draft.reason) == (BY_CARD, REASON)

    def test_of_what_cannot_be_says_why_and_leaves_nothing_in_hand(self, shop: Scenes, una: Session) -> None:
        played = shop.play(CancelOrder, una, "cancel_order", f"cancel {PROCESSED}")
        assert played.said == ["utter_errands_status", "utter_cancel_closed"]
        assert played.slots == {"errand_words": None, **CLOSED}
        assert shop.services.desk.draft(una.conversation) is None

    def test_of_somebody_elses_order_says_that_it_is_none_of_theirs(self, shop: Scenes, una: Session) -> None:
        shop.play(CancelOrder, una, "cancel_order", f"cancel {JOERGS}")
        played = shop.play(AskErrand, una)
        assert played.said[0] == "utter_orders_not_in_account"
        assert JOERGS in played.words[0]

    def test_opens_what_is_sealed_for_the_core_only(self, shop: Scenes, una: Session) -> None:
        address = Personal("4 Mill Lane, Leeds LS1 4AB")
        token = shop.stage.tokens.issue(una.conversation, "address", address)
        shop.play(ChangeOrderAddress, una, "change_order_address", f"send {BY_CARD} to {token}")
        played = shop.play(AskErrand, una)
        assert played.said == ["utter_errands_confirm"]
        assert "Mill" not in played.raw
        assert ["address", "4 Mill Lane, Leeds, LS1 4AB, United Kingdom"] in played.cards[0]["fields"]

    def test_with_the_shop_down_says_so(
        self, shop: Scenes, database: Database, vault: Vault, clock: FakeClock, tmp_path: Path
    ) -> None:
        session = shop.stage.signed_in()
        stage = Stage(database, vault, clock, tmp_path)
        stage.store = BrokenStore(vault)
        played = Scenes(stage).play(CancelOrder, session, "cancel_order", CANCELLING)
        assert played.said == ["utter_shared_trouble"]


class TestHearing:
    def test_an_answer_is_told_to_rasa_as_a_turn(self, shop: Scenes, una: Session) -> None:
        shop.play(CancelOrder, una, "cancel_order", f"cancel {BY_CARD}")
        assert set(shop.play(HearErrand, una, "nlu_fallback", "I don't need it").slots) == {"errand_turn"}
        draft = shop.services.desk.draft(una.conversation)
        assert draft is not None and draft.reason == REASON

    def test_a_button_is_an_answer(self, shop: Scenes, una: Session) -> None:
        shop.play(CancelOrder, una, "cancel_order", f"cancel {BY_CARD}")
        shop.play(HearErrand, una, "answer_errand", "/answer_errand", choice=f"reason:{REASON}")
        draft = shop.services.desk.draft(una.conversation)
        assert draft is not None and draft.reason == REASON

    @pytest.mark.parametrize("intent", ["track_order", "faq_shipping", "greet"])
    def test_what_others_answer_gives_no_event(self, shop: Scenes, una: Session, intent: str) -> None:
        shop.play(CancelOrder, una, "cancel_order", f"cancel {BY_CARD}")
        played = shop.play(HearErrand, una, intent, "where is my parcel?")
        assert (played.slots, played.said) == ({}, [])

    @pytest.mark.parametrize("intent", ["", "EXTERNAL_resume"])
    def test_an_internal_turn_answers_nothing(self, shop: Scenes, una: Session, intent: str) -> None:
        shop.play(CancelOrder, una, "cancel_order", f"cancel {BY_CARD}")
        assert shop.play(HearErrand, una, intent).slots == {}

    @pytest.mark.parametrize(
        ("intent", "words", "verdict"),
        [("stop", "leave it", "dropped"), ("deny", "no", "dropped"), ("nlu_fallback", PROCESSED, "stuck")],
    )
    def test_the_end_of_it_fills_the_slot_that_the_form_asks_for(
        self, shop: Scenes, una: Session, intent: str, words: str, verdict: str
    ) -> None:
        shop.play(CancelOrder, una, "cancel_order", f"cancel {BY_CARD}")
        assert shop.play(HearErrand, una, intent, words).slots == {"errand_done": verdict}

    def test_of_who_signed_in_long_ago_waits_for_the_question(self, shop: Scenes, una: Session) -> None:
        shop.play(CancelOrder, una, "cancel_order", f"cancel {BY_CARD}")
        shop.stale(una)
        assert set(shop.play(HearErrand, una, "nlu_fallback", "by mistake").slots) == {"errand_turn"}
        played = shop.play(AskErrand, una, "nlu_fallback", "by mistake")
        assert (played.said, played.buttons) == (["utter_checkpoint_stale"], [])
        waiting = shop.stage.errands.waiting(una.conversation)
        assert waiting is not None and waiting.action == "action_go_on_errand"

    def test_the_first_of_several_wishes_is_heard_and_the_others_wait(
        self, shop: Scenes, una: Session
    ) -> None:
        shop.play(CancelOrder, una, "cancel_order", f"cancel {BY_CARD}")
        words = "I ordered it by mistake. where is my parcel?"
        first, second = words[:24], words[25:]
        wishes = [("cancel_order", first), ("track_order", second)]
        assert set(shop.play(HearErrand, una, "several_wishes", words, wishes=wishes).slots) == {
            "errand_turn"
        }
        draft = shop.services.desk.draft(una.conversation)
        assert draft is not None and draft.reason == "ordered by mistake"
        shop.services.desk.finish(una.conversation)
        assert shop.services.desk.next_wish(una.conversation) == second

    def test_a_later_wish_waits_sealed(self, shop: Scenes, una: Session) -> None:
        token = shop.stage.tokens.issue(una.conversation, "address", Personal("4 Mill Lane, Leeds LS1 4AB"))
        shop.play(CancelOrder, una, "cancel_order", f"cancel {BY_CARD}")
        words = f"afterwards please send the other order to {token}"
        shop.play(HearErrand, una, "change_order_address", words)
        shop.services.desk.finish(una.conversation)
        assert shop.services.desk.next_wish(una.conversation) == words


class TestAsking:
    @pytest.mark.parametrize(
        ("action", "words", "said", "buttons"),
        [
            (
                CancelOrder,
                f"cancel {BY_CARD}",
                "cancel_ask_reason",
                f"reason:{REASON} reason:ordered by mistake",
            ),
            (CancelOrder, "cancel an order", "cancel_ask_order", ""),
            (ReturnItems, f"return {DELIVERED}", "returns_ask_items", "item:0 item:1 item:all"),
            (ReturnItems, f"return the lamp of {DELIVERED}", "returns_ask_method", GIFTS_AND_CARD),
            (
                ExchangeItems,
                f"exchange the lamp of {DELIVERED}",
                "exchanges_ask_variant",
                "variant:v6 variant:v7",
            ),
            (
                ChangeOrderPayment,
                f"pay {BY_CARD} differently",
                "change_ask_method",
                "method:gift_2 method:paypal_2",
            ),
            (ChangeOrderAddress, f"change the address of {BY_CARD}", "change_ask_address", "address:1"),
            (ChangeDefaultAddress, "change my address", "change_ask_default_address", "address:1"),
        ],
    )
    def test_says_the_question_with_a_button_for_each_answer(
        self, shop: Scenes, una: Session, action: type[StartErrand], words: str, said: str, buttons: str
    ) -> None:
        shop.play(action, una, "x", words)
        played = shop.play(AskErrand, una)
        assert played.said == [f"utter_{said}"]
        offered = [json.loads(payload.removeprefix("/answer_errand"))["choice"] for payload in played.buttons]
        assert " ".join(sorted(offered)) == buttons

    def test_shows_each_order_on_a_card(self, shop: Scenes, una: Session) -> None:
        shop.play(CancelOrder, una, "cancel_order", "cancel an order")
        cards = shop.play(AskErrand, una).cards
        assert [card["title"] for card in cards] == [BY_CARD, "#W1000002"]
        assert ["items", "Desk Lamp, Wrist Rest"] in cards[0]["fields"]

    def test_reads_back_all_of_it_and_asks_for_a_yes(self, shop: Scenes, una: Session) -> None:
        played, name = read_back(shop, una)
        assert played.said == ["utter_errands_confirm"]
        (card,) = played.cards
        assert (card["kind"], card["proposal"]) == ("proposal_cancel", name)
        assert card["title"]["with"] == {"number": BY_CARD}
        labels = [label for label, _ in card["fields"]]
        assert labels == ["item", "item", "reason", "refund"]
        assert played.buttons[1] == "/deny"
        assert shop.stage.proposals.waiting(una.conversation) == name

    def test_gives_a_way_out_after_misses(self, shop: Scenes, una: Session) -> None:
        shop.play(CancelOrder, una, "cancel_order", f"cancel {BY_CARD}")
        said = []
        for _ in range(3):
            shop.play(HearErrand, una, "nlu_fallback", "blah")
            played = shop.play(AskErrand, una)
            said.append(played.said[0])
        assert said == ["utter_errands_missed", "utter_errands_missed", "utter_errands_missed_often"]
        assert '"stop"' in played.buttons[-1]

    def test_tells_why_an_answer_would_not_do(self, shop: Scenes, una: Session) -> None:
        shop.play(ChangeOrderPayment, una, "change_order_payment", f"pay {BY_CARD} differently")
        shop.play(HearErrand, una, "answer_errand", "/answer_errand", choice="method:gift_1")
        played = shop.play(AskErrand, una)
        assert played.said == ["utter_errands_gift_card_short", "utter_change_ask_method"]

    def test_reads_back_nothing_to_who_must_sign_in_anew_for_it(self, shop: Scenes, una: Session) -> None:
        shop.play(CancelOrder, una, "cancel_order", f"cancel {BY_CARD}")
        for _ in range(4):
            shop.stage.clock.advance(minutes=5)
            shop.stage.sessions.seen(una.conversation)
        shop.play(HearErrand, una, "nlu_fallback", "by mistake")
        played = shop.play(AskErrand, una)
        assert (played.said, played.cards) == (["utter_checkpoint_stale"], [])
        again = shop.stage.sign_in_of(una).session
        shop.stage.errands.passed(again.conversation)
        assert shop.play(Resume, again, "EXTERNAL_resume").followup == "action_go_on_errand"
        assert shop.play(GoOnErrand, again, "EXTERNAL_resume").slots == {
            "errand_open": True,
            "errand_done": None,
        }
        assert shop.play(AskErrand, again).said == ["utter_errands_confirm"]

    def test_with_nothing_in_hand_says_nothing(self, shop: Scenes, una: Session) -> None:
        assert shop.play(AskErrand, una).said == []
