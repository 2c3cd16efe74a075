from typing import Any

import pytest

from actions.base import GuardedAction
from actions.orders import ListOrders, ShowOrderItems, TrackOrder
from countersign.checkpoints.guard import PROOF_LIFE
from countersign.identity.models import Session
from countersign.kit.hidden import Personal
from countersign.risk.table import RATES, Bucket
from tests.fakes.gateway_parts import JOERG, Stage
from tests.fakes.store import BrokenStore, small_store
from tests.unit.actions.conftest import Played, Scenes

UNAS, UNAS_OTHER, JOERGS, NOBODYS = "#W1000001", "#W1000002", "#W1000003", "#W9999999"
POSTCODE = "CB7 4DL"
TELLER = Personal("teller@post.example")
STOPPED = ["utter_checkpoint_order", "utter_orders_ask_postcode"]


def sealed(scenes: Scenes, session: Session, postcode: str, kind: str = "postcode") -> str:
    return scenes.stage.tokens.issue(session.conversation, kind, Personal(postcode))


def proved(scenes: Scenes, session: Session, number: str = UNAS, postcode: str = POSTCODE) -> Played:
    """A guest gives a postcode for the order that was asked about before."""
    return scenes.play(
        TrackOrder,
        session,
        "give_postcode",
        slots={"orders_number": number},
        postcode=sealed(scenes, session, postcode),
    )


class TestTracking:
    def test_tells_the_owner_status_and_parcels(self, scenes: Scenes) -> None:
        played = scenes.play(TrackOrder, scenes.stage.signed_in(), "track_order", order_number="w 1000001")
        assert played.said == ["utter_orders_status", "utter_orders_tracking"]
        assert played.words == [f"Order {UNAS}: exchange requested.", "Tracking number: 111, 222, 333"]
        assert played.slots == {"orders_number": UNAS, "orders_hint": None}

    def test_tells_when_there_is_no_parcel_yet(self, scenes: Scenes) -> None:
        played = scenes.play(TrackOrder, scenes.stage.signed_in(), "track_order", order_number=UNAS_OTHER)
        assert played.said == ["utter_orders_status", "utter_orders_no_tracking"]

    def test_asks_a_guest_for_the_postcode_or_a_sign_in(self, scenes: Scenes) -> None:
        guest = scenes.stage.guest()
        played = scenes.play(TrackOrder, guest, "track_order", order_number=UNAS)
        assert played.said == STOPPED
        (checkpoint,) = played.checkpoints
        assert (checkpoint["level"], checkpoint["reason"]) == ("signed_in", "prove_order")
        errand = scenes.stage.errands.of_page(checkpoint["page"])
        assert (errand.action, errand.slots["orders_number"]) == ("action_track_order", UNAS)
        assert scenes.stage.conversations.expectation(guest.conversation).sign_in == "email"
        assert "exchange" not in played.raw

    def test_tells_a_guest_who_knows_the_postcode(self, scenes: Scenes) -> None:
        guest = scenes.stage.guest()
        played = proved(scenes, guest, postcode="cb74dl")
        assert played.words[0] == f"Order {UNAS}: exchange requested."
        again = scenes.play(TrackOrder, guest, "track_order", order_number=UNAS)
        assert again.said[0] == "utter_orders_status"
        other = scenes.play(TrackOrder, guest, "track_order", order_number=JOERGS)
        assert other.said == STOPPED

    def test_remembers_a_postcode_for_half_an_hour(self, scenes: Scenes) -> None:
        guest = scenes.stage.guest()
        proved(scenes, guest)
        scenes.stage.clock.advance(seconds=PROOF_LIFE.total_seconds() + 1)
        played = scenes.play(TrackOrder, guest, "track_order", order_number=UNAS)
        assert played.said == STOPPED

    def test_takes_number_and_postcode_of_one_message(self, scenes: Scenes) -> None:
        guest = scenes.stage.guest()
        played = scenes.play(
            TrackOrder,
            guest,
            "give_order_reference",
            order_number=UNAS,
            postcode=sealed(scenes, guest, POSTCODE),
        )
        assert played.said[0] == "utter_orders_status"

    @pytest.mark.parametrize("kind", ["name", "address", "email", "phone"])
    def test_takes_no_postcode_out_of_an_introduction(self, scenes: Scenes, kind: str) -> None:
        guest = scenes.stage.guest()
        played = scenes.play(
            TrackOrder,
            guest,
            "track_order",
            order_number=UNAS,
            postcode=sealed(scenes, guest, POSTCODE),
            **{kind: sealed(scenes, guest, "Una", kind)},
        )
        assert played.said == STOPPED

    @pytest.mark.parametrize("token", ["⟦postcode:aaaaaaaa⟧", POSTCODE, ""])
    def test_takes_no_postcode_that_this_conversation_did_not_seal(self, scenes: Scenes, token: str) -> None:
        foreign = sealed(scenes, scenes.stage.guest(), POSTCODE)
        for given in (token, foreign):
            played = scenes.play(
                TrackOrder,
                scenes.stage.guest(),
                "give_postcode",
                slots={"orders_number": UNAS},
                postcode=given,
            )
            assert played.said == STOPPED

    def test_tells_the_same_of_a_wrong_postcode_and_of_no_such_order(self, scenes: Scenes) -> None:
        answers: list[Any] = []
        for number in (UNAS, NOBODYS):
            played = proved(scenes, scenes.stage.guest(), number, "E1 6AN")
            answers.append(
                (played.said, [words.replace(number, "#") for words in played.words], played.slots)
            )
        assert answers[0] == answers[1]
        assert answers[0][0] == ["utter_orders_not_found"]

    def test_tells_the_same_of_somebody_elses_and_of_no_such_order(self, scenes: Scenes) -> None:
        una, answers = scenes.stage.signed_in(), list[Any]()
        for number in (JOERGS, NOBODYS):
            played = scenes.play(TrackOrder, una, "track_order", order_number=number)
            answers.append((played.said, [words.replace(number, "#") for words in played.words]))
        assert answers[0] == answers[1]
        assert answers[0][0] == ["utter_orders_not_in_account"]

    def test_stops_a_guest_who_guesses_postcodes(self, scenes: Scenes) -> None:
        guest = scenes.stage.guest()
        tries = RATES[Bucket.ORDER_PROOFS_PER_SESSION][0].amount
        wrong = [proved(scenes, guest, postcode=f"E{number} 6AN").said for number in range(tries)]
        assert wrong[:-1] == [["utter_orders_not_found"]] * (tries - 1)
        assert wrong[-1] == ["utter_orders_too_many"]
        assert proved(scenes, guest).said == ["utter_orders_too_many"]

    def test_a_guest_who_was_stopped_may_still_sign_in(self, scenes: Scenes) -> None:
        guest = scenes.stage.guest()
        for _ in range(RATES[Bucket.ORDER_PROOFS_PER_SESSION][0].amount):
            proved(scenes, guest, postcode="E1 6AN")
        una = scenes.stage.sign_in_of(guest).session
        played = scenes.play(TrackOrder, una, "track_order", order_number=UNAS)
        assert played.said[0] == "utter_orders_status"

    @pytest.mark.parametrize("with_postcode", [False, True])
    def test_asks_who_signed_in_long_ago_to_do_so_again(self, scenes: Scenes, with_postcode: bool) -> None:
        una = scenes.stage.signed_in()
        scenes.stale(una)
        given = {"postcode": sealed(scenes, una, POSTCODE)} if with_postcode else {}
        played = scenes.play(TrackOrder, una, "track_order", order_number=UNAS, **given)
        assert played.said == ["utter_checkpoint_stale"]
        assert played.checkpoints[0]["reason"] == "stale"

    def test_goes_on_after_a_sign_in_with_the_number_it_was_asked(self, scenes: Scenes) -> None:
        played = scenes.play(
            TrackOrder, scenes.stage.signed_in(), "EXTERNAL_resume", slots={"orders_number": UNAS}
        )
        assert played.said[0] == "utter_orders_status"

    def test_forgets_the_number_before_when_a_new_question_names_none(self, scenes: Scenes) -> None:
        played = scenes.play(
            TrackOrder,
            scenes.stage.guest(),
            "track_order",
            "where is my order",
            slots={"orders_number": UNAS},
        )
        assert played.said == ["utter_orders_ask_number", "utter_checkpoint_signed_in"]

    @pytest.mark.parametrize("said", ["hello", "W12", "⟦name:aaaaaaaa⟧"])
    def test_takes_nothing_for_a_number_that_is_none(self, scenes: Scenes, said: str) -> None:
        played = scenes.play(TrackOrder, scenes.stage.guest(), "track_order", order_number=said)
        assert played.said == ["utter_orders_ask_number", "utter_checkpoint_signed_in"]


class TestChoosing:
    """No number is given; the shopper's own orders are looked through."""

    @pytest.mark.parametrize("action", [TrackOrder, ShowOrderItems])
    def test_asks_a_guest_for_a_number_or_a_sign_in_and_keeps_the_words(
        self, scenes: Scenes, action: type[GuardedAction]
    ) -> None:
        guest = scenes.stage.guest()
        played = scenes.play(action, guest, "track_order", "the one with the keyboard")
        assert played.said == ["utter_orders_ask_number", "utter_checkpoint_signed_in"]
        errand = scenes.stage.errands.of_page(played.checkpoints[0]["page"])
        assert (errand.action, errand.deed) == (action.NAME, "order:list")
        assert errand.slots["orders_hint"] == "the one with the keyboard"

    @pytest.mark.parametrize(
        ("text", "hint", "number"),
        [
            ("where is my last order", "last", UNAS),
            ("the one with the keyboard", "keyboard", UNAS),
            ("where is the desk lamp", None, UNAS_OTHER),
        ],
    )
    def test_tells_of_the_one_that_is_meant_in_the_same_turn(
        self, scenes: Scenes, text: str, hint: str | None, number: str
    ) -> None:
        entities = {} if hint is None else {"order_hint": hint}
        played = scenes.play(TrackOrder, scenes.stage.signed_in(), "track_order", text, **entities)
        assert played.words[0].startswith(f"Order {number}:")
        assert played.followup is None
        assert played.slots == {"orders_number": number, "orders_hint": None}

    def test_finds_the_only_order_without_a_hint(self, scenes: Scenes) -> None:
        played = scenes.play(TrackOrder, scenes.stage.signed_in(JOERG), "track_order", "where is my order?")
        assert played.words[0] == f"Order {JOERGS}: cancelled."

    def test_goes_on_after_a_sign_in_with_the_words_it_was_asked(self, scenes: Scenes) -> None:
        played = scenes.play(
            TrackOrder, scenes.stage.signed_in(), "EXTERNAL_resume", slots={"orders_hint": "desk lamp"}
        )
        assert played.words[0].startswith(f"Order {UNAS_OTHER}:")

    def test_offers_several_that_fit(self, scenes: Scenes) -> None:
        played = scenes.play(TrackOrder, scenes.stage.signed_in(), "track_order", "where is my order?")
        assert played.said == ["utter_orders_which"]
        assert [card["title"] for card in played.cards] == [UNAS, UNAS_OTHER]
        assert played.cards[0]["choices"] == [["track", '/track_order{"order_number": "#W1000001"}']]
        assert UNAS not in played.raw

    def test_offers_all_when_none_fits_and_none_of_anothers(self, scenes: Scenes) -> None:
        played = scenes.play(
            TrackOrder, scenes.stage.signed_in(), "track_order", "the wrist rest", order_hint="wrist rest"
        )
        assert played.said == ["utter_orders_no_match"]
        assert [card["title"] for card in played.cards] == [UNAS, UNAS_OTHER]

    def test_says_that_there_are_none_to_who_has_none(self, scenes: Scenes) -> None:
        played = scenes.play(TrackOrder, scenes.stage.signed_in(TELLER), "track_order", "where is my order?")
        assert (played.said, played.cards) == (["utter_orders_list_empty"], [])

    def test_asks_who_signed_in_long_ago_to_do_so_again(self, scenes: Scenes) -> None:
        una = scenes.stage.signed_in()
        scenes.stale(una)
        played = scenes.play(TrackOrder, una, "track_order", "my last order", order_hint="last")
        assert played.said == ["utter_orders_ask_number", "utter_checkpoint_stale"]


class TestListing:
    def test_shows_the_shoppers_own_newest_first(self, scenes: Scenes) -> None:
        played = scenes.play(ListOrders, scenes.stage.signed_in(), "list_orders")
        assert played.words == ["Your orders with us (2):"]
        assert [card["title"] for card in played.cards] == [UNAS, UNAS_OTHER]
        assert played.cards[0]["fields"] == [
            ["status", "exchange requested"],
            ["placed", {"day": "2026-09-01T10:30:00+00:00"}],
            ["items", "Mechanical Keyboard, Mouse Pad"],
            ["total", {"minor": 11000, "currency": "EUR"}],
        ]
        assert [name for name, _ in played.cards[1]["fields"]] == ["status", "items", "total"]

    def test_seals_all_of_it_for_rasa(self, scenes: Scenes) -> None:
        played = scenes.play(ListOrders, scenes.stage.signed_in(), "list_orders")
        assert "W1000001" not in played.raw and "Keyboard" not in played.raw

    @pytest.mark.parametrize(
        ("words", "said", "numbers"),
        [
            ("my pending orders", "utter_orders_list_fitting", [UNAS_OTHER]),
            ("what did I order in september", "utter_orders_list_fitting", [UNAS]),
            ("my orders over 100 euros", "utter_orders_list_fitting", [UNAS]),
            ("orders with a lamp", "utter_orders_list_fitting", [UNAS_OTHER]),
            ("my cancelled orders", "utter_orders_list_none", [UNAS, UNAS_OTHER]),
            ("show my orders please", "utter_orders_list", [UNAS, UNAS_OTHER]),
        ],
    )
    def test_shows_those_that_are_asked_for(
        self, scenes: Scenes, words: str, said: str, numbers: list[str]
    ) -> None:
        played = scenes.play(ListOrders, scenes.stage.signed_in(), "list_orders", words)
        assert played.said == [said]
        assert [card["title"] for card in played.cards] == numbers

    def test_says_that_the_shop_gives_no_dates_and_lists_all(self, scenes: Scenes) -> None:
        scenes.stage.store.replace_shop(many_orders(2, placed_at=None), lambda done, total: None)
        played = scenes.play(ListOrders, scenes.stage.signed_in(), "list_orders", "what did I buy in may")
        assert played.said == ["utter_orders_no_dates", "utter_orders_list_fitting"]
        assert len(played.cards) == 2

    def test_goes_on_after_a_sign_in_with_what_was_asked(self, scenes: Scenes) -> None:
        guest = scenes.stage.guest()
        stopped = scenes.play(ListOrders, guest, "list_orders", "my pending orders")
        kept = scenes.stage.errands.of_page(stopped.checkpoints[0]["page"]).slots
        una = scenes.stage.sign_in_of(guest).session
        played = scenes.play(ListOrders, una, "EXTERNAL_resume", slots=kept)
        assert [card["title"] for card in played.cards] == [UNAS_OTHER]
        assert played.slots == {"orders_question": None}

    def test_says_that_there_are_none(self, scenes: Scenes) -> None:
        played = scenes.play(ListOrders, scenes.stage.signed_in(TELLER), "list_orders")
        assert (played.said, played.cards) == (["utter_orders_list_empty"], [])

    def test_shows_ten_of_many_and_tells_how_many_there_are(self, scenes: Scenes) -> None:
        scenes.stage.store.replace_shop(many_orders(12), lambda done, total: None)
        played = scenes.play(ListOrders, scenes.stage.signed_in(), "list_orders")
        assert played.words == ["Your orders with us (12):"]
        assert len(played.cards) == 10

    def test_asks_a_guest_to_sign_in(self, scenes: Scenes) -> None:
        guest = scenes.stage.guest()
        played = scenes.play(ListOrders, guest, "list_orders")
        assert played.said == ["utter_checkpoint_signed_in"]
        assert scenes.stage.errands.of_page(played.checkpoints[0]["page"]).action == "action_list_orders"

    def test_asks_who_signed_in_long_ago_to_do_so_again(self, scenes: Scenes) -> None:
        una = scenes.stage.signed_in()
        scenes.stale(una)
        assert scenes.play(ListOrders, una, "list_orders").said == ["utter_checkpoint_stale"]


class TestItems:
    def test_are_shown_one_by_one_with_options_and_price(self, scenes: Scenes) -> None:
        played = scenes.play(
            ShowOrderItems, scenes.stage.signed_in(), "show_order_items", order_number="W1000001"
        )
        assert played.words == [f"This is in order {UNAS}:", "All of it together: €110.00"]
        assert [card["title"] for card in played.cards] == ["Mechanical Keyboard", "Mouse Pad"]
        assert played.cards[0]["fields"] == [
            ["options", "switch: linear, color: black"],
            ["price", {"minor": 9500, "currency": "EUR"}],
        ]

    def test_are_those_of_the_order_named_before(self, scenes: Scenes) -> None:
        played = scenes.play(
            ShowOrderItems,
            scenes.stage.signed_in(),
            "show_order_items",
            "what's in it?",
            slots={"orders_number": UNAS_OTHER},
        )
        assert [card["title"] for card in played.cards] == ["Desk Lamp", "Desk Lamp"]

    def test_need_a_sign_in_whatever_postcode_is_known(self, scenes: Scenes) -> None:
        guest = scenes.stage.guest()
        proved(scenes, guest)
        played = scenes.play(ShowOrderItems, guest, "show_order_items", order_number=UNAS)
        assert played.said == ["utter_checkpoint_signed_in"]
        assert (played.cards, played.checkpoints[0]["reason"]) == ([], "sign_in")

    def test_of_somebody_elses_and_of_no_order_read_the_same(self, scenes: Scenes) -> None:
        una, answers = scenes.stage.signed_in(), list[Any]()
        for number in (JOERGS, NOBODYS):
            played = scenes.play(ShowOrderItems, una, "show_order_items", order_number=number)
            answers.append((played.said, [words.replace(number, "#") for words in played.words]))
        assert answers[0] == answers[1]
        assert answers[0][0] == ["utter_orders_not_in_account"]

    def test_are_asked_of_who_signed_in_long_ago_again(self, scenes: Scenes) -> None:
        una = scenes.stage.signed_in()
        scenes.stale(una)
        played = scenes.play(ShowOrderItems, una, "show_order_items", order_number=UNAS)
        assert played.said == ["utter_checkpoint_stale"]


def many_orders(count: int, **changed: object) -> Any:
    """The small shop with `count` orders of Una's."""
    shop = small_store()
    customer, order = shop.customers[0], shop.orders[0]
    numbers = [f"#W2{number:06d}" for number in range(count)]
    return shop.model_copy(
        update={
            "customers": [customer.model_copy(update={"orders": numbers})],
            "orders": [order.model_copy(update={"id": number, **changed}) for number in numbers],
        }
    )


class TestTrouble:
    @pytest.mark.parametrize("action", [TrackOrder, ListOrders, ShowOrderItems])
    def test_with_the_store_is_said_and_tells_nothing(
        self, scenes: Scenes, action: type[GuardedAction]
    ) -> None:
        una = scenes.stage.signed_in()
        broken = broken_scenes(scenes.stage)
        played = broken.play(action, una, "track_order", order_number=UNAS)
        assert (played.said, played.slots, played.cards) == (["utter_shared_trouble"], {}, [])

    def test_of_an_order_that_goes_away_meanwhile_is_said(self, scenes: Scenes) -> None:
        una = scenes.stage.signed_in()
        scenes.stage.store.order = lambda number, wanted: None  # type: ignore[method-assign]
        played = scenes.play(TrackOrder, una, "track_order", order_number=UNAS)
        assert played.said == ["utter_shared_trouble"]


def broken_scenes(stage: Stage) -> Scenes:
    stage.store = BrokenStore(stage.vault, small_store())
    for name in ("guard", "sign_in"):
        stage.__dict__.pop(name, None)  # built anew, over the broken store
    return Scenes(stage)
