"""Several wishes in one message: how it is cut, what counts as a wish, and what the trained bot hears."""

from collections.abc import Callable

import pytest

from rasa_ext.nlu.wishes import clauses, wishes
from tests.unit.rasa_ext_nlu.chat import Chat

LEAST = 0.5
DETAILS = ("inform", "greet")
CUT = {
    "": [],
    "ok": [],
    "return the lamp": ["return the lamp"],
    "return the lamp and the mug": ["return the lamp and the mug"],
    "return the lamp and cancel the order": ["return the lamp", "cancel the order"],
    "return the lamp, and please cancel the order": ["return the lamp", "please cancel the order"],
    "return the lamp, then the mug": ["return the lamp", "then the mug"],
    "return the lamp, also the mug": ["return the lamp", "also the mug"],
    "return the lamp. Cancel the rest!": ["return the lamp.", "Cancel the rest!"],
    "where is it? I want to return it": ["where is it?", "I want to return it"],
    "return the lamp but then cancel the order": ["return the lamp", "then cancel the order"],
    "change the address of it and also my default address": [
        "change the address of it",
        "my default address",
    ],
    "return the lamp and which mugs did I buy": ["return the lamp", "which mugs did I buy"],
    "it costs 3.50, W2378156": ["it costs 3.50, W2378156"],
    "Return the lamp. Ok. Cancel it": ["Return the lamp.", "Ok.", "Cancel it"],
}
HEARD = {
    "one clause is left to the whole": ("return the lamp", []),
    "two wishes": (
        "return the lamp and cancel the order",
        [("return", "return the lamp"), ("cancel", "cancel the order")],
    ),
    "the same wish twice is one": (
        "return the lamp, and please return the mug",
        [("return", "return the lamp, and please return the mug")],
    ),
    "a wish that comes back is one of its own": (
        "return the lamp. Cancel the order. Return the mug.",
        [("return", "return the lamp."), ("cancel", "Cancel the order."), ("return", "Return the mug.")],
    ),
    "a detail belongs to the wish before it": (
        "return the lamp. To my card please. Then cancel the order",
        [("return", "return the lamp. To my card please."), ("cancel", "Then cancel the order")],
    ),
    "a detail before all wishes belongs to none": (
        "Hello there. Return the lamp.",
        [("return", "Return the lamp.")],
    ),
    "what nobody understands belongs to the wish before it": (
        "cancel the order. Gramp flurb zonk.",
        [("cancel", "cancel the order. Gramp flurb zonk.")],
    ),
    "what hangs on an if is no wish": (
        "return the lamp. If not, cancel the order.",
        [("return", "return the lamp.")],
    ),
    "what hangs on an otherwise is no wish": (
        "return the lamp. Otherwise cancel the order.",
        [("return", "return the lamp.")],
    ),
    "what hangs on an if does not cut off what follows": (
        "return the lamp. If not, cancel the order. To my card please.",
        [("return", "return the lamp. If not, cancel the order. To my card please.")],
    ),
    "what is not wanted is no wish": (
        "return the lamp. I don't want to cancel the order.",
        [("return", "return the lamp.")],
    ),
    "nothing but ifs": ("If you can, cancel it. Unless it is late, return it.", []),
}


def answer(texts: list[str]) -> list[list[tuple[str, float]]]:
    """Sure of what holds a known word; a guess below `LEAST` else."""
    known = {"return": "return", "cancel": "cancel", "card": "inform", "hello": "greet"}
    found = [next((known[word] for word in known if word in text.lower()), None) for text in texts]
    return [[(intent, 0.9)] if intent else [("return", 0.3)] for intent in found]


@pytest.mark.parametrize(("text", "parts"), CUT.items())
def test_a_text_is_cut_where_a_new_wish_may_begin(text: str, parts: list[str]) -> None:
    assert [text[start:end] for start, end in clauses(text)] == parts


@pytest.mark.parametrize(("text", "told"), HEARD.values(), ids=HEARD.keys())
def test_each_wish_has_the_words_that_belong_to_it(text: str, told: list[tuple[str, str]]) -> None:
    found = wishes(text, answer, LEAST, DETAILS)
    assert [(wish.intent, text[wish.start : wish.end]) for wish in found] == told


def test_a_wish_is_as_sure_as_the_surest_of_its_clauses() -> None:
    sure: Callable[[list[str]], list[list[tuple[str, float]]]] = lambda texts: [  # noqa: E731
        [("return", 0.6 + 0.2 * at)] for at in range(len(texts))
    ]
    assert [wish.confidence for wish in wishes("return it. Return that.", sure, LEAST, ())] == [0.8]


SEVERAL = {
    "where is my last order, and please cancel the one with the lamp": ["track_order", "cancel_order"],
    "I'd like to return the vase, and cancel my other order": ["return_items", "cancel_order"],
    "Exchange the boots for a size 9. Then change my default address.": [
        "exchange_items",
        "change_default_address",
    ],
    "Cancel order W7001234, I ordered it by mistake. Also send the order with the drone to my office.": [
        "cancel_order",
        "change_order_address",
    ],
    "send my order to the new house and also my default address to it": [
        "change_order_address",
        "change_default_address",
    ],
    "what is in my last order? and I want to return the drill from it": ["show_order_items", "return_items"],
}
ONE = {
    "I'd like to exchange the drill for the cordless one, and the ladder for a taller one": "exchange_items",
    "Hello! I want to return the drill. Please refund my PayPal.": "return_items",
    "please cancel order W7001234. I ordered it by mistake.": "cancel_order",
    "Return the drill. If that can't be done, cancel the whole order.": "return_items",
}


@pytest.mark.parametrize(("text", "told"), SEVERAL.items())
def test_several_wishes_are_heard(chat: Chat, text: str, told: list[str]) -> None:
    understood = chat.understood(text)
    found = [one for one in understood["entities"] if one["entity"] == "wish"]
    assert understood["intent"]["name"] == "several_wishes"
    assert [one["value"] for one in found] == told
    places = [(one["start"], one["end"]) for one in found]
    assert places == sorted(places)
    assert places[-1][1] == len(text)


@pytest.mark.parametrize(("text", "intent"), ONE.items())
def test_one_wish_of_several_clauses_stays_one(chat: Chat, text: str, intent: str) -> None:
    understood = chat.understood(text)
    assert understood["intent"]["name"] == intent
    assert [one for one in understood["entities"] if one["entity"] == "wish"] == []
