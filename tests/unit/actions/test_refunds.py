from typing import Any

import pytest

from actions.refunds import ShowRefunds
from countersign.kit.hidden import Personal
from countersign.store.shopfile.document import StoreFile
from tests.fakes.gateway_parts import JOERG
from tests.fakes.store import small_shop
from tests.unit.actions.conftest import Scenes

UNAS, UNAS_OTHER, JOERGS = "#W1000001", "#W1000002", "#W1000003"
TELLER = Personal("teller@post.example")


def returned(scenes: Scenes, method: str) -> None:
    """Una asked for a return of one of her two lamps, and an older order of hers was paid back."""
    shop: dict[str, Any] = small_shop()
    order = shop["orders"][1]
    order.update(status="return requested", **{"return": {"items": ["v3"], "method_id": method}})
    shop["orders"][0]["payments"].append({"kind": "refund", "amount": 600, "method_id": "card_1"})
    shop["orders"][0].pop("exchange")
    scenes.stage.store.replace_shop(StoreFile.of(shop), lambda done, total: None)


def test_what_was_paid_back_and_when_it_is_there(scenes: Scenes) -> None:
    played = scenes.play(ShowRefunds, scenes.stage.signed_in(JOERG), "track_refund", "where is my money")
    assert played.words == ["We have paid back €19.00."]
    (card,) = played.cards
    assert (card["title"], card["fields"]) == (
        JOERGS,
        [
            ["amount", {"minor": 1900, "currency": "EUR"}],
            ["method", {"say": "choice_method_paypal"}],
            ["when", {"say": "card_refund_sent_in_days", "with": {"first": 5, "last": 7}}],
        ],
    )
    assert "1900" not in played.raw and "PayPal" not in played.raw


@pytest.mark.parametrize(
    ("method", "when"),
    [
        ("gift_1", {"say": "card_refund_after_return_at_once"}),
        ("card_1", {"say": "card_refund_after_return_in_days", "with": {"first": 5, "last": 7}}),
    ],
)
def test_what_waits_for_a_return_and_all_together(
    scenes: Scenes, method: str, when: dict[str, object]
) -> None:
    returned(scenes, method)
    una = scenes.stage.signed_in()
    played = scenes.play(ShowRefunds, una, "track_refund", "how much will I get back in total")
    assert played.words == [
        "We have paid back €6.00.",
        "Still to come: €49.00.",
        "That makes €55.00 in total.",
    ]
    assert [card["title"] for card in played.cards] == [UNAS, UNAS_OTHER]
    assert played.cards[1]["fields"][2] == ["when", when]


def test_a_difference_waits_for_the_exchange(scenes: Scenes) -> None:
    played = scenes.play(ShowRefunds, scenes.stage.signed_in(), "track_refund", "where is my refund")
    assert played.words == ["Still to come: €6.00."]
    assert played.cards[0]["fields"][2][1]["say"] == "card_refund_after_exchange_in_days"


def test_one_order_is_told_of_alone(scenes: Scenes) -> None:
    una = scenes.stage.signed_in()
    lamp = scenes.play(ShowRefunds, una, "track_refund", "where is the refund for the desk lamp")
    assert lamp.words[0].startswith(f"Nothing has been paid back for order {UNAS_OTHER}")
    number = scenes.play(ShowRefunds, una, "track_refund", "refund of w1000001 please")
    assert [card["title"] for card in number.cards] == [UNAS]


def test_nothing_is_told_of_somebody_elses(scenes: Scenes) -> None:
    played = scenes.play(
        ShowRefunds, scenes.stage.signed_in(), "track_refund", f"where is the refund of {JOERGS}"
    )
    assert (played.said, played.cards) == (["utter_refunds_none"], [])


def test_there_may_be_none(scenes: Scenes) -> None:
    played = scenes.play(ShowRefunds, scenes.stage.signed_in(TELLER), "track_refund", "my refund")
    assert played.said == ["utter_refunds_none"]


def test_a_guest_signs_in_and_it_goes_on_with_what_was_asked(scenes: Scenes) -> None:
    guest = scenes.stage.guest()
    stopped = scenes.play(ShowRefunds, guest, "track_refund", "refund for the desk lamp")
    assert stopped.said == ["utter_checkpoint_signed_in"]
    errand = scenes.stage.errands.of_page(stopped.checkpoints[0]["page"])
    assert errand.action == ShowRefunds.NAME
    una = scenes.stage.sign_in_of(guest).session
    played = scenes.play(ShowRefunds, una, "EXTERNAL_resume", slots=errand.slots)
    assert played.said == ["utter_refunds_none_of_order"]


def test_who_signed_in_long_ago_does_so_again(scenes: Scenes) -> None:
    una = scenes.stage.signed_in()
    scenes.stale(una)
    assert scenes.play(ShowRefunds, una, "track_refund").said == ["utter_checkpoint_stale"]
