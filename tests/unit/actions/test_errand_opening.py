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
