from typing import Any

import pytest

from actions.base import GuardedAction
from actions.order_details import ShowInvoice, ShowOrderAddress, ShowOrderCost
from countersign.checkpoints.table import Deed
from countersign.kit.hidden import Personal
from tests.fakes.gateway_parts import JOERG
from tests.unit.actions.conftest import Played, Scenes

UNAS, UNAS_OTHER, JOERGS, NOBODYS = "#W1000001", "#W1000002", "#W1000003", "#W9999999"
EVERY = [ShowInvoice, ShowOrderAddress, ShowOrderCost]
INTENTS = {
    ShowInvoice: "show_invoice",
    ShowOrderAddress: "show_order_address",
    ShowOrderCost: "show_order_cost",
}


def asked(scenes: Scenes, action: type[GuardedAction], words: str, **more: Any) -> Played:
    return scenes.play(action, scenes.stage.signed_in(), INTENTS[action], words, **more)


class TestAddress:
    def test_of_an_order_is_told_in_one_line_with_who_it_is_for(self, scenes: Scenes) -> None:
        played = asked(scenes, ShowOrderAddress, "which address was it sent to", order_number=UNAS_OTHER)
        assert played.words == [
            f"The delivery address of order {UNAS_OTHER} is Imogen P. Lark, 7 Quay Road, Flat 2, Whitby, "
            "YO21 1QL, United Kingdom."
        ]
        assert "Quay" not in played.raw and "Imogen" not in played.raw

    def test_is_that_of_the_order_named_before(self, scenes: Scenes) -> None:
        played = asked(
            scenes, ShowOrderAddress, "and which address did it go to", slots={"orders_number": UNAS}
        )
        assert "12 Birch Street" in played.words[0]


class TestCost:
    @pytest.mark.parametrize(
        ("words", "told"),
        [
            ("how much did I pay for my last order", f"Order {UNAS} comes to €110.00."),
            ("how much was the mouse pad", f"In order {UNAS}: Mouse Pad. Price: €15.00."),
            ("how much for the order with the mouse pad", f"Order {UNAS} comes to €110.00."),
            (
                "what was the most expensive thing in my last order",
                f"The most expensive item in order {UNAS} is: Mechanical Keyboard, at €95.00.",
            ),
            (
                "which item in my last order was the cheapest",
                f"The cheapest item in order {UNAS} is: Mouse Pad, at €15.00.",
            ),
        ],
    )
    def test_of_one_order_and_what_is_in_it(self, scenes: Scenes, words: str, told: str) -> None:
        hint = {"order_hint": "last"} if "last" in words else {}
        played = asked(scenes, ShowOrderCost, words, **hint)
        assert played.words == [told]
        assert played.slots["orders_number"] == UNAS

    def test_names_how_it_was_paid(self, scenes: Scenes) -> None:
        played = asked(scenes, ShowOrderCost, "how did I pay for it", order_number=UNAS)
        (card,) = played.cards
        total, paid = card["fields"]
        assert total == ["total", {"minor": 11000, "currency": "EUR"}]
        assert paid[1]["with"]["method"] == {
            "say": "choice_method_card",
            "with": {"brand": "Visa", "last4": "0042"},
        }

    def test_of_all_things_of_a_kind_together(self, scenes: Scenes) -> None:
        played = asked(scenes, ShowOrderCost, "how much for all my lamps together")
        assert played.words == ["All of these together (2) come to €98.00:"]
        assert [card["fields"][0] for card in played.cards] == [["order", UNAS_OTHER]] * 2

    def test_of_several_orders_without_the_cancelled(self, scenes: Scenes) -> None:
        played = asked(scenes, ShowOrderCost, "what do all my orders come to")
        assert played.words[0].startswith("These orders together (2) come to €208.00")
        joerg = scenes.stage.signed_in(JOERG)
        alone = scenes.play(ShowOrderCost, joerg, "show_order_cost", "what do all my orders come to")
        assert alone.said == ["utter_orders_cost"]

    def test_asks_which_when_several_fit_and_keeps_the_question(self, scenes: Scenes) -> None:
        played = asked(scenes, ShowOrderCost, "what was the most expensive thing in it")
        assert played.said == ["utter_orders_which"]
        assert played.cards[1]["choices"] == [["this", '/show_order_cost{"order_number": "#W1000002"}']]
        assert played.slots["orders_question"] == "what was the most expensive thing in it"
        chosen = asked(scenes, ShowOrderCost, "", slots=played.slots, order_number=UNAS)
        assert chosen.said == ["utter_orders_cost_dearest"]

    def test_goes_on_after_a_sign_in_with_the_question(self, scenes: Scenes) -> None:
        guest = scenes.stage.guest()
        stopped = scenes.play(
            ShowOrderCost, guest, "show_order_cost", "what was the cheapest thing in it", order_number=UNAS
        )
        assert stopped.said == ["utter_checkpoint_signed_in"]
        kept = scenes.stage.errands.of_page(stopped.checkpoints[0]["page"]).slots
        una = scenes.stage.sign_in_of(guest).session
        assert scenes.play(ShowOrderCost, una, "EXTERNAL_resume", slots=kept).said == [
            "utter_orders_cost_cheapest"
        ]

    def test_asks_a_guest_to_sign_in_for_a_sum(self, scenes: Scenes) -> None:
        guest = scenes.stage.guest()
        played = scenes.play(ShowOrderCost, guest, "show_order_cost", "how much for all my lamps together")
        assert played.said == ["utter_checkpoint_signed_in"]
        assert scenes.stage.errands.of_page(played.checkpoints[0]["page"]).deed == Deed.ORDER_LIST


class TestInvoice:
    def test_holds_the_whole_order(self, scenes: Scenes) -> None:
        played = asked(scenes, ShowInvoice, "I need an invoice", order_number=UNAS)
        (card,) = played.cards
        assert [name for name, _ in card["fields"]] == [
            "placed",
            "status",
            "line",
            "line",
            "total",
            "paid",
            "address",
        ]
        assert card["fields"][2][1]["with"]["item"] == "Mechanical Keyboard (linear, black)"
        assert "Keyboard" not in played.raw and "Birch" not in played.raw

    def test_names_what_was_paid_back(self, scenes: Scenes) -> None:
        joerg = scenes.stage.signed_in(JOERG)
        (card,) = scenes.play(ShowInvoice, joerg, "show_invoice", "invoice please").cards
        assert [name for name, _ in card["fields"]] == [
            "status",
            "line",
            "total",
            "paid",
            "refunded",
            "address",
        ]


class TestCheckpoint:
    @pytest.mark.parametrize("action", EVERY)
    def test_asks_a_guest_for_a_sign_in_whatever_postcode_is_known(
        self, scenes: Scenes, action: type[GuardedAction]
    ) -> None:
        guest = scenes.stage.guest()
        assert scenes.stage.guard.prove_order(guest, UNAS, Personal("CB7 4DL"))
        played = scenes.play(action, guest, INTENTS[action], order_number=UNAS)
        assert played.said == ["utter_checkpoint_signed_in"]
        assert scenes.stage.errands.of_page(played.checkpoints[0]["page"]).action == action.NAME

    @pytest.mark.parametrize("action", EVERY)
    def test_asks_a_guest_without_a_number_for_it_or_a_sign_in(
        self, scenes: Scenes, action: type[GuardedAction]
    ) -> None:
        played = scenes.play(action, scenes.stage.guest(), INTENTS[action], "and for my order?")
        assert played.said == ["utter_orders_ask_number", "utter_checkpoint_signed_in"]

    @pytest.mark.parametrize("action", EVERY)
    def test_asks_who_signed_in_long_ago_to_do_so_again(
        self, scenes: Scenes, action: type[GuardedAction]
    ) -> None:
        una = scenes.stage.signed_in()
        scenes.stale(una)
        assert scenes.play(action, una, INTENTS[action], order_number=UNAS).said == ["utter_checkpoint_stale"]

    @pytest.mark.parametrize("action", EVERY)
    def test_tells_the_same_of_somebody_elses_and_of_no_order(
        self, scenes: Scenes, action: type[GuardedAction]
    ) -> None:
        una, answers = scenes.stage.signed_in(), list[Any]()
        for number in (JOERGS, NOBODYS):
            played = scenes.play(action, una, INTENTS[action], order_number=number)
            answers.append((played.said, [words.replace(number, "#") for words in played.words]))
        assert answers[0] == answers[1]
        assert answers[0][0] == ["utter_orders_not_in_account"]
