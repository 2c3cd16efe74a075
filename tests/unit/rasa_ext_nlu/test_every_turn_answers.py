"""Whatever is said after whatever: there is an answer, and it is not the same question for ever."""

import random
import re

import pytest
import yaml

from tests.unit.rasa_ext_nlu.chat import Chat
from tests.unit.rasa_ext_nlu.conftest import ROOT

LONGEST_TURN = 3
"""Actions in one turn; Rasa cuts it off at ten."""
ERRANDS = (
    "action_browse_catalog",
    "action_cancel_order",
    "action_change_default_address",
    "action_change_order_address",
    "action_change_order_items",
    "action_change_order_payment",
    "action_compare_products",
    "action_count_options",
    "action_exchange_items",
    "action_go_on_errand",
    "action_list_orders",
    "action_return_items",
    "action_search_products",
    "action_show_addresses",
    "action_show_invoice",
    "action_show_order_address",
    "action_show_order_cost",
    "action_show_order_items",
    "action_show_payment_methods",
    "action_show_product",
    "action_show_profile",
    "action_show_refunds",
    "action_sign_out_everywhere",
    "action_track_order",
)
"""What a checkpoint may interrupt; each needs a rule that ends its turn."""
PAYLOAD = re.compile(r"^/([a-z][a-z0-9_]*)(\{.*\})?$")


def faults(chat: Chat, said: list[str], conversation: str) -> list[str]:
    """What went wrong while these intents were said one after the other."""
    found = []
    for before, intent in zip(["nothing", *said], said, strict=False):
        reply = chat.say(f"/{intent}", conversation)
        if not reply.texts:
            found.append(f"{intent} after {before}: no answer")
        if len(reply.actions) > LONGEST_TURN:
            found.append(f"{intent} after {before}: {reply.actions}")
        if "action_default_fallback" in reply.actions:
            found.append(f"{intent} after {before}: no rule or story")
    return found


def test_every_intent_is_answered_after_every_other(chat: Chat) -> None:
    assert len(chat.intents) > 20
    found = []
    for first, one in enumerate(chat.intents):
        # One after the other and the other after one: each two meet once.
        for at in range(first, len(chat.intents), 6):
            steps = [step for other in chat.intents[at : at + 6] for step in (one, other)]
            found += faults(chat, [*steps, one], f"pairs of {one} from {at}")
    assert found == []


@pytest.mark.parametrize("action", ERRANDS)
def test_an_errand_goes_on_in_one_turn(chat: Chat, monkeypatch: pytest.MonkeyPatch, action: str) -> None:
    followup = {"events": [{"event": "followup", "name": action}]}
    monkeypatch.setitem(chat.core.actions, "action_resume", lambda call: followup)
    for before in ("/list_orders", "/nlu_fallback"):
        chat.say(before, f"goes on with {action}")
        assert chat.say("/EXTERNAL_resume", f"goes on with {action}").actions == ["action_resume", action]


@pytest.mark.parametrize("seed", range(5))
def test_every_walk_is_answered(chat: Chat, seed: int) -> None:
    walk = random.Random(seed).choices(chat.intents, k=30)
    assert faults(chat, walk, f"walk {seed}") == []


def test_a_turn_without_an_answer_is_seen(chat: Chat, monkeypatch: pytest.MonkeyPatch) -> None:
    assert faults(chat, ["greet", "stop"], "answered") == []
    monkeypatch.setitem(chat.core.actions, "action_stop", lambda call: {})
    assert faults(chat, ["greet", "stop"], "unanswered") == ["stop after greet: no answer"]


def test_not_understood_three_times_is_answered_in_three_ways(chat: Chat) -> None:
    said = ["hmm flurb the grommick", "wibble wobble zazz", "krontz vlimmer", "snarf gleb dorp"]
    assert [chat.understood(text)["intent"]["name"] for text in said] == ["nlu_fallback"] * 4
    # Whether one of them might name a product is asked before.
    actions = [chat.say(text, "not understood").actions[-1] for text in said]
    assert actions[:3] == [
        "utter_fallback_did_you_mean",
        "utter_fallback_what_i_can_do",
        "utter_fallback_person",
    ]
    assert actions[3] != actions[2]


def test_the_count_begins_anew_after_an_answer(chat: Chat) -> None:
    said = ["/nlu_fallback", "/ask_shipping", "/nlu_fallback"]
    actions = [chat.say(text, "counted anew").actions for text in said]
    assert actions[0] == actions[2] == ["utter_fallback_did_you_mean"]


def test_the_question_back_names_the_nearest_wish(chat: Chat) -> None:
    understood = chat.understood("where parcel flurb zonk krontz vlim")
    assert understood["intent"]["name"] == "nlu_fallback"
    guesses = [one["value"] for one in understood["entities"] if one["entity"] == "fallback_guess"]
    assert guesses == [understood["intent_ranking"][1]["name"]] == ["track_order"]
    reply = chat.say("where parcel flurb zonk krontz vlim", "guessed")
    assert reply.payloads == ["/track_order", "/ask_help"]


def test_a_typed_yes_or_no_answers_the_question_back(chat: Chat) -> None:
    chat.say("where parcel flurb zonk krontz vlim", "yes to it")
    assert chat.say("yes", "yes to it").actions == ["action_track_order"]
    chat.say("where parcel flurb zonk krontz vlim", "no to it")
    assert chat.say("no", "no to it").actions == ["utter_help_menu"]


def test_a_yes_later_on_answers_nothing(chat: Chat) -> None:
    chat.say("where parcel flurb zonk krontz vlim", "yes too late")
    chat.say("/ask_shipping", "yes too late")
    assert chat.say("yes", "yes too late").actions == ["utter_shared_affirm"]


def test_every_button_is_one_that_the_channel_takes_and_rasa_answers(chat: Chat) -> None:
    files = sorted((ROOT / "data").glob("*/*.yml"))
    declared = [yaml.safe_load(file.read_text(encoding="utf-8")).get("responses") or {} for file in files]
    payloads = {
        button["payload"].replace("{{", "{").replace("}}", "}")
        for responses in declared
        for variations in responses.values()
        for variation in variations
        for button in variation.get("buttons") or ()
    }
    assert len(payloads) > 8
    for payload in sorted(payloads):
        shaped = PAYLOAD.match(payload)
        assert shaped, payload
        assert shaped.group(1) in chat.intents, payload
        assert chat.say(payload, "buttons").texts, payload


def test_a_comment_is_taken_only_where_one_was_asked_for(chat: Chat) -> None:
    token = "⟦comment:ab2cd3ef⟧"
    assert chat.say(token, "a comment unasked").actions == ["utter_fallback_did_you_mean"]
    chat.say("that was helpful", "a comment asked for")
    assert chat.say(token, "a comment asked for").actions == ["action_keep_feedback"]
    assert chat.say(token, "a comment asked for").actions == ["utter_fallback_did_you_mean"]
