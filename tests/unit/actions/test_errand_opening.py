"""What opens an errand is heard once, though Rasa asks for it again when it opens the form."""

import pytest

from actions.cancel import CancelOrder
from actions.change import ChangeDefaultAddress
from actions.errands import AskErrand, HearErrand, StartErrand
from tests.unit.actions.conftest import Scenes

OPENED = {
    "words": (CancelOrder, "cancel_order", "cancel my order", "utter_cancel_ask_reason"),
    "a button": (ChangeDefaultAddress, "change_default_address", "", "utter_change_ask_default_address"),
    "a yes": (ChangeDefaultAddress, "affirm", "yes", "utter_change_ask_default_address"),
}


@pytest.mark.parametrize(("action", "intent", "text", "asks"), OPENED.values(), ids=OPENED.keys())
def test_the_first_question_comes_without_a_sorry(
    scenes: Scenes, action: type[StartErrand], intent: str, text: str, asks: str
) -> None:
    session = scenes.stage.signed_in()
    assert scenes.play(action, session, intent, text).slots["errand_open"] is True
    assert "errand_done" not in scenes.play(HearErrand, session, intent, text, opens_form=True).slots
    assert scenes.play(AskErrand, session, intent, text).said == [asks]


def test_what_is_not_understood_in_the_form_is_a_sorry(scenes: Scenes) -> None:
    session = scenes.stage.signed_in()
    scenes.play(CancelOrder, session, "cancel_order", "cancel my order")
    scenes.play(HearErrand, session, "nlu_fallback", "flurb the grommick")
    said = scenes.play(AskErrand, session, "nlu_fallback", "flurb the grommick").said
    assert said == ["utter_errands_missed", "utter_cancel_ask_reason"]


ASKED_BACK = "utter_fallback_did_you_mean"
UNCLEAR = "cansel #W1000002 plese, I ordered it by mistake"


@pytest.mark.parametrize(("intent", "text"), [("affirm", "yes"), ("cancel_order", "/cancel_order")])
def test_a_yes_to_did_you_mean_means_the_words_that_it_was_asked_about(
    scenes: Scenes, intent: str, text: str
) -> None:
    session = scenes.stage.signed_in()
    scenes.play(CancelOrder, session, intent, text, before=ASKED_BACK, earlier=UNCLEAR)
    draft = scenes.services.desk.draft(session.conversation)
    assert draft is not None
    assert (draft.order, draft.reason) == ("#W1000002", "ordered by mistake")


@pytest.mark.parametrize(
    ("intent", "text", "before"),
    [
        ("cancel_order", "cancel an order", ASKED_BACK),
        ("affirm", "yes", "utter_help_menu"),
        ("EXTERNAL_resume", "", ASKED_BACK),
    ],
)
def test_nothing_else_means_earlier_words(scenes: Scenes, intent: str, text: str, before: str) -> None:
    session = scenes.stage.signed_in()
    scenes.play(CancelOrder, session, intent, text, before=before, earlier=UNCLEAR)
    draft = scenes.services.desk.draft(session.conversation)
    assert draft is not None
    assert (draft.words, draft.reason) == (text, None)


def test_the_words_go_along_over_a_checkpoint(scenes: Scenes) -> None:
    guest = scenes.stage.guest()
    scenes.play(CancelOrder, guest, "affirm", "yes", before=ASKED_BACK, earlier=UNCLEAR)
    scenes.stage.errands.passed(guest.conversation)
    errand = scenes.stage.errands.take(guest.conversation)
    assert errand is not None
    assert errand.slots == {"errand_words": f"{UNCLEAR}. yes"}
