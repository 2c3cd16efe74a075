"""Products, asked about by anyone: what is said, shown and remembered."""

import json

import pytest

from actions.base import GuardedAction
from actions.catalog import BrowseCatalog, CompareProducts, CountOptions, SearchProducts, ShowProduct
from countersign.identity.models import Level, Session
from countersign.store.catalogue import Catalogue
from countersign.store.shopfile.document import StoreFile
from tests.fakes.store import BrokenStore, small_shop
from tests.unit.actions.conftest import Played, Scenes

ALL = (BrowseCatalog, CompareProducts, CountOptions, SearchProducts, ShowProduct)
TWO = json.dumps(["p1", "p2"])


def ask(
    scenes: Scenes, action: type[GuardedAction], text: str, intent: str = "", **slots: str | None
) -> Played:
    return scenes.play(action, scenes.stage.guest(), intent, text, slots=slots)


class TestSearching:
    def test_one_that_fits_is_told_shown_and_remembered(self, scenes: Scenes) -> None:
        played = ask(scenes, SearchProducts, "do you have a desk lamp")
        assert played.words == ["Desk Lamp: €49.00. Available right now: 1 of 1 options."]
        (card,) = played.cards
        assert card["title"] == "Desk Lamp"
        assert card["picture"] == "/static/pictures/lamp.svg"
        assert card["choices"] == [["options", '/count_options{"product": "p2"}']]
        assert played.slots["catalog_product"] == "p2"

    def test_several_are_listed_in_their_order(self, scenes: Scenes) -> None:
        played = ask(scenes, SearchProducts, "anything for the desk")
        assert played.said == ["utter_catalog_found"]
        shown = [card["title"] for card in played.cards]
        assert set(shown) == {"Mechanical Keyboard", "Wrist Rest", "Desk Lamp"}
        assert shown[-1] == "Wrist Rest"  # sold out
        assert len(json.loads(played.slots["catalog_shown"])) == 3
        assert played.slots["catalog_product"] is None
        assert all(card["choices"][0][0] == "details" for card in played.cards)

    def test_what_is_sold_out_is_said_so(self, scenes: Scenes) -> None:
        played = ask(scenes, SearchProducts, "a clicky keyboard")
        assert played.words == ["That exists, but it is sold out right now: Mechanical Keyboard, clicky."]

    def test_what_fits_is_told_with_its_price(self, scenes: Scenes) -> None:
        played = ask(scenes, SearchProducts, "a black keyboard")
        assert played.said == ["utter_catalog_fitting", "utter_catalog_options"]
        assert played.words[1] == "- switch linear, color black: €99.00"

    def test_the_cheapest_is_told_first(self, scenes: Scenes) -> None:
        played = ask(scenes, SearchProducts, "the cheapest keyboard")
        assert played.words == [
            "The cheapest that is available: Mechanical Keyboard (switch linear, color black), €99.00."
        ]
        plain = ask(scenes, SearchProducts, "what is the cheapest lamp")
        assert plain.words[0] == "The cheapest that is available: Desk Lamp, €49.00."
        dearest = ask(scenes, SearchProducts, "your most expensive product")
        assert dearest.said[0] == "utter_catalog_dearest"

    def test_what_comes_near_is_no_match(self, scenes: Scenes) -> None:
        played = ask(scenes, SearchProducts, "a wireless keyboard")
        assert played.said[0] == "utter_catalog_known"
        beyond = ask(scenes, SearchProducts, "a keyboard under 20 euros")
        assert beyond.said[0] == "utter_catalog_beyond"
        neither = ask(scenes, SearchProducts, "a white linear keyboard")
        assert neither.said[0] == "utter_catalog_nearest"

    @pytest.mark.parametrize("text", ["do you sell fridges", "a sofa in green"])
    def test_nothing_is_nothing(self, scenes: Scenes, text: str) -> None:
        played = ask(scenes, SearchProducts, text, catalog_product="p1")
        assert (played.said, played.cards, played.slots) == (["utter_catalog_none"], [], {})

    @pytest.mark.parametrize("text", ["", "yes", "show me"])
    def test_no_words_are_a_question_back(self, scenes: Scenes, text: str) -> None:
        assert ask(scenes, SearchProducts, text).said == ["utter_catalog_what"]

    def test_nothing_like_it(self, scenes: Scenes) -> None:
        played = ask(scenes, SearchProducts, "something similar", catalog_product="p4")
        assert played.said == ["utter_catalog_alone"]

    def test_a_question_goes_on(self, scenes: Scenes) -> None:
        first = ask(scenes, SearchProducts, "a black keyboard")
        again = ask(scenes, SearchProducts, "and linear", **first.slots)
        assert again.said == ["utter_catalog_fitting", "utter_catalog_options"]
        assert again.slots["catalog_words"] == "a black keyboard and linear"
        anew = ask(scenes, SearchProducts, "a lamp", **again.slots)
        assert anew.slots["catalog_words"] == "a lamp"

    def test_many_are_not_all_shown(self, scenes: Scenes) -> None:
        document = small_shop()
        lamp = document["products"][1]
        document["products"] += [
            lamp | {"id": f"x{n}", "variants": [lamp["variants"][0] | {"id": f"y{n}"}]} for n in range(10)
        ]
        scenes.stage.store.replace_shop(StoreFile.of(document), lambda done, total: None)
        played = ask(scenes, SearchProducts, "lamps")
        assert played.said == ["utter_catalog_found", "utter_catalog_more"]
        assert played.words[1].startswith("… and 3 more.")
        assert len(played.cards) == 8

    def test_what_was_not_understood_is_looked_for_before_asking_back(self, scenes: Scenes) -> None:
        played = ask(scenes, SearchProducts, "grommick keyboard", "nlu_fallback")
        assert [card["title"] for card in played.cards] == ["Mechanical Keyboard"]
        for text in ("grommick flurb", "it broke my heart"):
            lost = ask(scenes, SearchProducts, text, "nlu_fallback", catalog_product="p1")
            assert (lost.said, lost.followup) == ([], "utter_fallback_did_you_mean")

    @pytest.mark.parametrize(
        ("before", "then"),
        [
            ("utter_fallback_did_you_mean", "utter_fallback_what_i_can_do"),
            ("utter_fallback_what_i_can_do", "utter_fallback_person"),
            ("utter_fallback_person", "utter_fallback_did_you_mean"),
            ("action_track_order", "utter_fallback_did_you_mean"),
        ],
    )
    def test_asks_back_in_another_way_each_time(self, scenes: Scenes, before: str, then: str) -> None:
        guest = scenes.stage.guest()
        played = scenes.play(SearchProducts, guest, "nlu_fallback", "grommick flurb", before=before)
        assert played.followup == then


class TestShowing:
    def test_the_one_talked_about(self, scenes: Scenes) -> None:
        played = ask(scenes, ShowProduct, "how much is it", catalog_product="p1")
        assert played.words == ["Mechanical Keyboard: €99.00. Available right now: 1 of 2 options."]
        (card,) = played.cards
        assert [name for name, _ in card["fields"]] == ["price", "about", "options", "available"]

    def test_the_values_of_an_option(self, scenes: Scenes) -> None:
        played = ask(scenes, ShowProduct, "which colors does it come in", catalog_product="p1")
        assert played.words[1] == "color: black"

    def test_a_button_names_it(self, scenes: Scenes) -> None:
        text = '/show_product{"product": "p2"}'
        played = scenes.play(
            ShowProduct,
            scenes.stage.guest(),
            "show_product",
            text,
            slots={"catalog_product": "p1"},
            product="p2",
        )
        assert played.slots["catalog_product"] == "p2"

    def test_the_second_one_of_the_list(self, scenes: Scenes) -> None:
        played = ask(scenes, ShowProduct, "the second one", "give_order_reference", catalog_shown=TWO)
        assert played.slots["catalog_product"] == "p2"

    @pytest.mark.parametrize("shown", ["[", "{}", "7", '["p9"]', None])
    def test_a_list_that_is_none_means_nothing(self, scenes: Scenes, shown: str | None) -> None:
        assert ask(scenes, ShowProduct, "the second one", catalog_shown=shown).said == ["utter_catalog_which"]

    def test_an_order_that_is_named_after_all(self, scenes: Scenes) -> None:
        played = ask(scenes, ShowProduct, "my last order", "give_order_reference", catalog_shown=TWO)
        assert (played.said, played.followup) == ([], "action_track_order")
        numbered = scenes.play(
            ShowProduct, scenes.stage.guest(), "give_order_reference", "W1000001", order_number="W1000001"
        )
        assert numbered.followup == "action_track_order"

    def test_what_is_not_known_of_it_is_not_made_up(self, scenes: Scenes) -> None:
        played = ask(scenes, ShowProduct, "is it dishwasher safe", catalog_product="p1")
        assert played.said == ["utter_catalog_known", "utter_catalog_product"]

    @pytest.mark.parametrize("text", ["", "how much is it", "tell me more"])
    def test_of_nothing_asks_which(self, scenes: Scenes, text: str) -> None:
        assert ask(scenes, ShowProduct, text).said == ["utter_catalog_which"]


class TestCounting:
    def test_options_of_one(self, scenes: Scenes) -> None:
        played = ask(scenes, CountOptions, "how many keyboard options are available")
        assert played.words == [
            "1 of the 2 options of Mechanical Keyboard are available right now.",
            "- switch linear, color black: €99.00",
        ]

    def test_options_that_fit(self, scenes: Scenes) -> None:
        played = ask(scenes, CountOptions, "how many white keyboards are there")
        assert played.words == ["0 of the 1 options of Mechanical Keyboard, white are available right now."]

    def test_options_of_several(self, scenes: Scenes) -> None:
        played = ask(scenes, CountOptions, "how many of them are available", catalog_shown=TWO)
        assert played.words == ["2 products fit. 2 of their 3 options are available right now."]
        assert len(played.cards) == 2

    def test_all_products(self, scenes: Scenes) -> None:
        played = ask(scenes, CountOptions, "how many products do you have")
        assert played.words[0].startswith("There are 4 products in the shop.")

    def test_what_is_not_there(self, scenes: Scenes) -> None:
        assert ask(scenes, CountOptions, "how many fridges do you have").said == ["utter_catalog_none"]


class TestComparing:
    def test_two_by_name(self, scenes: Scenes) -> None:
        played = ask(scenes, CompareProducts, "compare the keyboard and the desk lamp")
        assert played.words == ["Side by side: Mechanical Keyboard: €99.00; Desk Lamp: €49.00"]
        assert len(played.cards) == 2
        assert json.loads(played.slots["catalog_shown"]) == ["p1", "p2"]

    def test_what_was_listed(self, scenes: Scenes) -> None:
        assert len(ask(scenes, CompareProducts, "compare these two", catalog_shown=TWO).cards) == 2

    def test_nothing_asks_which(self, scenes: Scenes) -> None:
        assert ask(scenes, CompareProducts, "compare them").said == ["utter_catalog_compare_which"]

    def test_a_question_that_compares_nothing_is_answered(self, scenes: Scenes) -> None:
        played = ask(scenes, CompareProducts, "which of them are black", catalog_product="p1")
        assert played.said == ["utter_catalog_fitting", "utter_catalog_options"]


class TestBrowsing:
    def test_departments_and_what_is_popular(self, scenes: Scenes) -> None:
        played = ask(scenes, BrowseCatalog, "what do you sell")
        assert played.said == ["utter_catalog_departments", "utter_catalog_popular"]
        assert "Desk, Light" in played.words[0]
        assert "Wrist Rest" not in [card["title"] for card in played.cards]  # sold out
        assert played.slots["catalog_product"] is None

    def test_an_empty_shop(self, scenes: Scenes) -> None:
        empty = StoreFile(currency="EUR", products=[], customers=[], orders=[])
        scenes.stage.store.replace_shop(empty, lambda done, total: None)
        assert ask(scenes, BrowseCatalog, "what do you sell").said == ["utter_catalog_empty"]


class TestEveryAction:
    @pytest.mark.parametrize("action", ALL)
    def test_is_for_anyone(self, scenes: Scenes, action: type[GuardedAction]) -> None:
        played = ask(scenes, action, "desk lamp")
        assert played.said
        assert played.checkpoints == []

    @pytest.mark.parametrize("action", ALL)
    def test_a_store_that_is_down_is_trouble(self, scenes: Scenes, action: type[GuardedAction]) -> None:
        scenes.stage.store = BrokenStore(scenes.stage.vault)
        scenes.stage.catalogue = Catalogue(scenes.stage.store)
        assert ask(Scenes(scenes.stage), action, "desk lamp").said == ["utter_shared_trouble"]

    @pytest.mark.parametrize("action", ALL)
    def test_waits_at_a_raised_bar_and_goes_on_behind_it(
        self, scenes: Scenes, action: type[GuardedAction], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        class Raised:
            def raise_for(self, session: Session) -> Level | None:
                return Level.SIGNED_IN

        monkeypatch.setattr(scenes.stage.guard, "_bar", Raised())
        guest = scenes.stage.guest()
        played = scenes.play(action, guest, "", "desk lamp")
        assert played.said == ["utter_checkpoint_signed_in"]
        errand = scenes.stage.errands.of_page(played.checkpoints[0]["page"])
        assert (errand.action, errand.slots) == (action.NAME, {"catalog_words": "desk lamp"})
        behind = scenes.play(action, scenes.stage.signed_in(), "EXTERNAL_resume", slots=dict(errand.slots))
        assert behind.said
        assert behind.checkpoints == []
