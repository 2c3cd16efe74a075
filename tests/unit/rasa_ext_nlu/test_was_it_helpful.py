"""«Was this helpful?» after an errand, in Rasa: asked once, answered in few words, and in nobody's way."""

from typing import Any

import pytest

from tests.unit.rasa_ext_nlu.chat import Chat, Reply
from tests.unit.rasa_ext_nlu.test_errand_form import hear, slots

GOOD = '/give_feedback{"feedback_rating":"good"}'


@pytest.fixture(autouse=True)
def core_with_errands(chat: Chat, monkeypatch: pytest.MonkeyPatch) -> None:
    def end(call: dict[str, Any]) -> dict[str, Any]:
        """As the core does it: when the first errand is done it is asked for, and never again."""
        asked = "now" if call["tracker"]["slots"]["feedback_ask"] is None else "over"
        return {"responses": [{"text": "Done."}], **slots(errand_open=False, feedback_ask=asked)}

    opens = {"responses": [], **slots(errand_open=True, errand_done=None)}
    monkeypatch.setitem(chat.core.actions, "action_return_items", lambda call: opens)
    monkeypatch.setitem(chat.core.actions, "validate_errand_form", hear)
    monkeypatch.setitem(chat.core.actions, "action_ask_errand_done", lambda call: {})
    monkeypatch.setitem(chat.core.actions, "action_finish_errand", end)


def done(chat: Chat, conversation: str) -> Reply:
    chat.say("/return_items", conversation)
    return chat.say("/affirm", conversation)


def test_it_is_asked_after_the_first_errand_only(chat: Chat) -> None:
    first, second = done(chat, "asked once"), done(chat, "asked once")
    assert first.actions == ["errand_form", "action_finish_errand", "utter_feedback_ask_helpful"]
    assert first.texts[0] == "Done." and first.texts[-1].startswith("Was this helpful?")
    assert first.payloads == [GOOD, GOOD.replace("good", "bad")]
    assert second.actions == ["errand_form", "action_finish_errand"]


@pytest.mark.parametrize("said", [GOOD, "yes", "no", "no thanks", "not really", "good", "bad", "yes, thanks"])
def test_a_button_or_a_few_words_answer_it(chat: Chat, said: str) -> None:
    done(chat, f"answered by {said}")
    assert chat.say(said, f"answered by {said}").actions == ["action_ask_feedback"]


@pytest.mark.parametrize(
    ("said", "action"),
    [
        ("no, that's all", "utter_smalltalk_goodbye"),
        ("that's all, bye", "utter_smalltalk_goodbye"),
        ("thank you", "utter_smalltalk_thank"),
        ("where is my other order?", "action_track_order"),
        ("how long does shipping take?", "utter_faq_shipping"),
        ("stop", "action_stop"),
    ],
)
def test_whatever_else_is_written_goes_on_as_always(chat: Chat, said: str, action: str) -> None:
    done(chat, f"instead {said}")
    assert chat.say(said, f"instead {said}").actions == [action]


def test_the_next_wish_is_taken_up(chat: Chat) -> None:
    done(chat, "next wish")
    reply = chat.say("I'd also like to return the kettle", "next wish")
    assert reply.actions == ["action_return_items", "errand_form"]


def test_a_yes_or_no_later_on_is_no_rating(chat: Chat) -> None:
    done(chat, "later on")
    chat.say("how long does shipping take?", "later on")
    assert chat.say("no", "later on").actions == ["utter_shared_deny"]


def test_after_an_answer_that_goes_on_that_is_all_ends_well(chat: Chat) -> None:
    done(chat, "ends well")
    chat.say(GOOD, "ends well")
    assert chat.say("no, that's all", "ends well").actions == ["utter_smalltalk_goodbye"]
    assert chat.say("/affirm", "ends well").actions == ["utter_shared_affirm"]


def test_what_is_no_answer_is_asked_back_as_always(chat: Chat, monkeypatch: pytest.MonkeyPatch) -> None:
    back = {"events": [{"event": "followup", "name": "utter_fallback_did_you_mean"}]}
    monkeypatch.setitem(chat.core.actions, "action_ask_feedback", lambda call: back)
    done(chat, "asked back")
    answers = [chat.say("where parcel flurb zonk krontz vlim", "asked back"), chat.say("yes", "asked back")]
    assert [reply.actions for reply in answers] == [
        ["action_ask_feedback", "utter_fallback_did_you_mean"],
        ["action_track_order"],
    ]


@pytest.mark.parametrize("guess", ["search_products", "show_product"])
def test_words_that_may_name_a_product_are_looked_for(chat: Chat, guess: str) -> None:
    done(chat, f"perhaps {guess}")
    said = f'/nlu_fallback{{"fallback_guess": "{guess}"}}'
    assert chat.say(said, f"perhaps {guess}").actions[0] == "action_search_products"
