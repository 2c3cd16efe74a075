import pytest

from actions.account import ShowAddresses, ShowPaymentMethods, ShowProfile
from actions.base import GuardedAction
from countersign.kit.hidden import Personal
from tests.fakes.gateway_parts import JOERG
from tests.unit.actions.conftest import Scenes

EVERY = [ShowAddresses, ShowPaymentMethods, ShowProfile]
TELLER = Personal("teller@post.example")


class TestAddresses:
    def test_are_that_of_the_account_and_those_of_orders(self, scenes: Scenes) -> None:
        played = scenes.play(ShowAddresses, scenes.stage.signed_in(), "show_addresses")
        assert played.words == [
            "The address in your account is 12 Birch Street, Ely, CB7 4DL, United Kingdom.",
            "Your orders went to these addresses, too:",
        ]
        assert [card["title"] for card in played.cards] == [
            "7 Quay Road, Flat 2, Whitby, YO21 1QL, United Kingdom"
        ]
        assert "Birch" not in played.raw and "Quay" not in played.raw

    def test_is_one_where_all_orders_went(self, scenes: Scenes) -> None:
        played = scenes.play(ShowAddresses, scenes.stage.signed_in(TELLER), "show_addresses")
        assert (played.said, played.cards) == (["utter_account_address"], [])


class TestPaymentMethods:
    def test_are_named_without_their_numbers(self, scenes: Scenes) -> None:
        played = scenes.play(ShowPaymentMethods, scenes.stage.signed_in(), "show_payment_methods")
        assert played.said == ["utter_account_payment_methods"]
        card, gift = played.cards
        assert card["title"] == {"say": "choice_method_card", "with": {"brand": "Visa", "last4": "0042"}}
        assert (gift["title"], gift["fields"]) == (
            {"say": "card_method_gift_card"},
            [["balance", {"minor": 0, "currency": "EUR"}]],
        )
        assert "0042" not in played.raw

    def test_of_gift_cards_alone_tell_what_is_left(self, scenes: Scenes) -> None:
        words = "what's the balance of my gift card"
        played = scenes.play(ShowPaymentMethods, scenes.stage.signed_in(), "show_payment_methods", words)
        assert (played.words, played.cards) == (["There is €0.00 left on your gift card."], [])
        joerg = scenes.stage.signed_in(JOERG)
        without = scenes.play(ShowPaymentMethods, joerg, "show_payment_methods", words)
        assert without.said == ["utter_account_no_gift_card"]

    def test_are_none_for_some(self, scenes: Scenes) -> None:
        played = scenes.play(ShowPaymentMethods, scenes.stage.signed_in(TELLER), "show_payment_methods")
        assert (played.said, played.cards) == (["utter_account_no_payment_methods"], [])

    def test_go_on_after_a_sign_in_with_what_was_asked(self, scenes: Scenes) -> None:
        guest = scenes.stage.guest()
        stopped = scenes.play(ShowPaymentMethods, guest, "show_payment_methods", "my gift card balance")
        kept = scenes.stage.errands.of_page(stopped.checkpoints[0]["page"]).slots
        una = scenes.stage.sign_in_of(guest).session
        played = scenes.play(ShowPaymentMethods, una, "EXTERNAL_resume", slots=kept)
        assert played.said == ["utter_account_gift_card"]


class TestProfile:
    def test_is_shown_to_whose_it_is_and_not_to_rasa(self, scenes: Scenes) -> None:
        played = scenes.play(ShowProfile, scenes.stage.signed_in(), "show_profile")
        (card,) = played.cards
        assert card["title"] == "Una M. Lark"
        assert card["fields"] == [["email", "Una.Lark@post.example"], ["phone", "+44 20 7946 0958"]]
        assert "Lark" not in played.raw and "7946" not in played.raw

    def test_needs_no_first_name_and_no_phone(self, scenes: Scenes) -> None:
        (card,) = scenes.play(ShowProfile, scenes.stage.signed_in(TELLER), "show_profile").cards
        assert (card["title"], card["fields"]) == ("Teller", [["email", "teller@post.example"]])


class TestCheckpoint:
    @pytest.mark.parametrize("action", EVERY)
    def test_asks_a_guest_to_sign_in_and_goes_on(self, scenes: Scenes, action: type[GuardedAction]) -> None:
        guest = scenes.stage.guest()
        played = scenes.play(action, guest)
        assert (played.said, played.cards) == (["utter_checkpoint_signed_in"], [])
        assert scenes.stage.errands.of_page(played.checkpoints[0]["page"]).action == action.NAME

    @pytest.mark.parametrize("action", EVERY)
    def test_asks_who_signed_in_long_ago_to_do_so_again(
        self, scenes: Scenes, action: type[GuardedAction]
    ) -> None:
        una = scenes.stage.signed_in()
        scenes.stale(una)
        assert scenes.play(action, una).said == ["utter_checkpoint_stale"]

    @pytest.mark.parametrize("action", EVERY)
    def test_says_trouble_when_the_person_is_gone_meanwhile(
        self, scenes: Scenes, action: type[GuardedAction]
    ) -> None:
        una = scenes.stage.signed_in()
        scenes.stage.store.customer = lambda customer: None  # type: ignore[method-assign]
        assert scenes.play(action, una).said == ["utter_shared_trouble"]
