"""An open errand in Rasa: its form asks, hears, lets others answer in between, and ends."""

from typing import Any

import pytest

from tests.unit.rasa_ext_nlu.chat import Chat

STARTS = {
    "cancel_order": "action_cancel_order",
    "change_default_address": "action_change_default_address",
    "change_order_address": "action_change_order_address",
    "change_order_items": "action_change_order_items",
    "change_order_payment": "action_change_order_payment",
    "exchange_items": "action_exchange_items",
    "return_items": "action_return_items",
}
OTHERS = {
    "ask_payment_methods": "utter_faq_payment_methods",
    "ask_returns": "utter_faq_returns",
    "ask_shipping": "utter_faq_shipping",
    "ask_why_personal": "utter_help_why_personal",
    "list_orders": "action_list_orders",
    "talk_to_human": "utter_help_person",
    "thank": "utter_smalltalk_thank",
    "track_order": "action_track_order",
}
"""What others answer in the middle of an errand."""
ANSWERS = ("affirm", "answer_errand", "deny", "give_order_reference", "inform", "nlu_fallback", "stop")
ENDS = {"affirm": "agreed", "stop": "dropped"}


def slots(**values: Any) -> dict[str, Any]:
    """An action's answer that sets these slots."""
    return {"events": [{"event": "slot", "name": name, "value": value} for name, value in values.items()]}


def hear(call: dict[str, Any]) -> dict[str, Any]:
    """The core's part: a yes and a stop end the errand, short answers fill it, the rest is not its own.

    What opened the form was heard before it.
    """
    message, opener = call["tracker"]["latest_message"], call["tracker"]["active_loop"]["trigger_message"]
    if message["message_id"] == opener["message_id"]:
        return slots(errand_turn=len(call["tracker"]["events"]))
    intent = call["tracker"]["latest_message"]["intent"]["name"]
    if intent in ENDS:
        return slots(errand_done=ENDS[intent])
    return slots(errand_turn=len(call["tracker"]["events"])) if intent in ANSWERS else {}


@pytest.fixture(autouse=True)
def core_with_errands(chat: Chat, monkeypatch: pytest.MonkeyPatch) -> None:
    opens = {"responses": [], **slots(errand_open=True, errand_done=None)}
    for action in (*STARTS.values(), "action_go_on_errand"):
        monkeypatch.setitem(chat.core.actions, action, lambda call: opens)
    monkeypatch.setitem(chat.core.actions, "validate_errand_form", hear)
    ask = {"responses": [{"text": "Which one?"}]}
    monkeypatch.setitem(chat.core.actions, "action_ask_errand_done", lambda call: ask)
    end = {"responses": [{"text": "Done."}], **slots(errand_open=False, errand_done=None)}
    monkeypatch.setitem(chat.core.actions, "action_finish_errand", lambda call: end)


@pytest.mark.parametrize(("intent", "action"), STARTS.items())
def test_a_wish_opens_the_form_which_asks_at_once(chat: Chat, intent: str, action: str) -> None:
    reply = chat.say(f"/{intent}", f"opens by {intent}")
    assert reply.actions == [action, "errand_form"]
    assert reply.texts == ["Which one?"]
    assert chat.say("/inform", f"opens by {intent}").texts == ["Which one?"]
    assert chat.say("/affirm", f"opens by {intent}").texts == ["Done."]
    assert chat.say("/affirm", f"opens by {intent}").actions == ["utter_shared_affirm"]


@pytest.mark.parametrize("intent", ANSWERS)
def test_a_short_answer_stays_with_the_errand(chat: Chat, intent: str) -> None:
    chat.say("/return_items", f"answered by {intent}")
    texts = chat.say(f"/{intent}", f"answered by {intent}").texts
    assert texts == (["Done."] if intent in ENDS else ["Which one?"])


@pytest.mark.parametrize(("intent", "action"), OTHERS.items())
def test_others_answer_in_between_and_the_errand_asks_again(chat: Chat, intent: str, action: str) -> None:
    chat.say("/exchange_items", f"interrupted by {intent}")
    reply = chat.say(f"/{intent}", f"interrupted by {intent}")
    assert reply.actions == [action, "errand_form"]
    assert reply.texts[-1] == "Which one?"
    assert len(reply.texts) == 2
    assert chat.say("/affirm", f"interrupted by {intent}").texts == ["Done."]


@pytest.mark.parametrize(("intent", "action"), STARTS.items())
def test_a_typed_yes_to_did_you_mean_opens_the_errand(chat: Chat, intent: str, action: str) -> None:
    conversation = f"guessed {intent}"
    chat.say(f'/nlu_fallback{{"fallback_guess": "{intent}"}}', conversation)
    reply = chat.say("/affirm", conversation)
    assert reply.actions == [action, "errand_form"]
    assert reply.texts == ["Which one?"]


def test_what_waited_at_a_checkpoint_opens_its_form(chat: Chat, monkeypatch: pytest.MonkeyPatch) -> None:
    followup = {"events": [{"event": "followup", "name": "action_go_on_errand"}]}
    monkeypatch.setitem(chat.core.actions, "action_resume", lambda call: followup)
    reply = chat.say("/EXTERNAL_resume", "goes on behind a checkpoint")
    assert reply.actions == ["action_resume", "action_go_on_errand", "errand_form"]
    assert reply.texts == ["Which one?"]
