"""The trained bot on utterances that training never saw, and on what stands in a message beside its wish.

held_back.csv: text, intent, and its entities as `kind=words; kind=words`, words as they stand in the text.
"""

import csv
import re
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

import pytest
import yaml

from ops.words import UNSAID_INTENT
from rasa_ext.nlu.text import ORDER_NUMBER, plain
from tests.unit.rasa_ext_nlu.chat import Chat
from tests.unit.rasa_ext_nlu.conftest import ROOT

HELD_BACK = Path(__file__).parent / "held_back.csv"
NOT_THE_SHOPS = ("out_of_scope", "nlu_fallback")
NUMBERS = {
    "where is W2378156": "W2378156",
    "#w2378156": "#w2378156",
    "order no. W2378156?": "W2378156",
    "w 237 8156 pls": "w 237 8156",
    "W-2378156, please": "W-2378156",
    "order #2378156": "#2378156",
    "order 2378156": "2378156",
    "W2378156 ⟦postcode:w2345672⟧": "W2378156",
    "W23781 is my number": "W23781",
}


MARKED = ("address", "email", "name", "order_hint", "order_number", "phone", "postcode")
"""What words in a message may be. Other entities stand for a whole message or come with a button."""
Entities = frozenset[tuple[str, str]]


class Heard(NamedTuple):
    """A held-back utterance, the likeliest intent, the one that Rasa acts on, and its entities."""

    text: str
    intent: str
    likeliest: str
    acted: str
    marked: Entities
    found: Entities

    @property
    def taken(self) -> str:
        """The likeliest, where what is no shop's matter may end in the fallback."""
        if self.intent == "out_of_scope" and self.acted in NOT_THE_SHOPS:
            return self.intent
        return self.likeliest


@pytest.fixture(scope="module")
def heard(chat: Chat) -> list[Heard]:
    with HELD_BACK.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    told = []
    for row in rows:
        understood = chat.understood(row["text"])
        names = [one["name"] for one in understood["intent_ranking"] if one["name"] != "nlu_fallback"]
        marked = frozenset(tuple(one.split("=", 1)) for one in row["entities"].split("; ") if one)
        found = frozenset(
            (one["entity"], row["text"][one["start"] : one["end"]])
            for one in understood["entities"]
            if one["entity"] in MARKED
        )
        acted = understood["intent"]["name"]
        told.append(Heard(row["text"], row["intent"], names[0], acted, marked, found))
    return told


def f1(pairs: Iterable[tuple[bool, bool]]) -> float:
    """Of (wanted, found) the harmonic mean of precision and recall; 0 where nothing is right."""
    counted = Counter(pairs)
    right, wrong = counted[True, True], counted[False, True] + counted[True, False]
    return 2 * right / (2 * right + wrong) if right else 0.0


def test_every_intent_is_held_back_often_enough(chat: Chat, heard: list[Heard]) -> None:
    counted = Counter(one.intent for one in heard)
    assert set(counted) == {name for name in chat.intents if not re.fullmatch(UNSAID_INTENT, name)}
    assert min(counted.values()) >= 8


def test_nothing_held_back_was_trained(heard: list[Heard]) -> None:
    trained = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "data").glob("*/*.yml"))
    lines = {line.strip().removeprefix("- ").lower() for line in trained.splitlines()}
    assert len(lines) > 1000
    assert [one.text for one in heard if one.text.lower() in lines] == []


def test_wishes_are_understood(heard: list[Heard]) -> None:
    inside = [one for one in heard if one.intent != "out_of_scope"]
    wrong = [one[:4] for one in inside if one.likeliest != one.intent]
    assert 1 - len(wrong) / len(inside) >= 0.95, wrong


def test_intents_are_told_apart(heard: list[Heard]) -> None:
    scores = {
        name: f1((one.intent == name, one.taken == name) for one in heard)
        for name in sorted({one.intent for one in heard})
    }
    weakest = sorted(scores.items(), key=lambda item: item[1])[:5]
    assert sum(scores.values()) / len(scores) >= 0.95, weakest


def test_entities_are_found(heard: list[Heard]) -> None:
    assert len({kind for one in heard for kind, _ in one.marked}) >= 6
    spans = [(one, span) for one in heard for span in one.marked | one.found]
    wrong = [(one.text, span) for one, span in spans if (span in one.marked) != (span in one.found)]
    assert f1((span in one.marked, span in one.found) for one, span in spans) >= 0.95, wrong


@pytest.mark.parametrize(
    "preamble",
    [
        "I want to know",
        "I'd also like to know",
        "Could you please tell me",
        "and then I want you to tell me",
        "can you check",
    ],
)
@pytest.mark.parametrize(
    "asked", ["where my parcel is", "how much I get back in total", "what my last order cost"]
)
def test_how_a_question_begins_says_nothing_of_it(chat: Chat, preamble: str, asked: str) -> None:
    bare, led = (chat.understood(text)["intent"] for text in (asked, f"{preamble} {asked}"))
    assert led == bare and bare["name"] != "nlu_fallback"


def test_a_message_that_is_only_a_beginning_is_read_as_it_is(chat: Chat) -> None:
    assert chat.understood("I want to know")["intent"]["name"] == "nlu_fallback"


def test_f1_counts_what_is_missed_and_what_is_made_up() -> None:
    assert f1([(True, True), (False, False)]) == 1
    assert f1([(True, True), (True, False)]) == f1([(True, True), (False, True)]) == pytest.approx(2 / 3)
    assert f1([(True, False)]) == f1([]) == 0


def test_a_wrong_answer_is_rarer_than_a_question_back(heard: list[Heard]) -> None:
    inside = [one for one in heard if one.intent != "out_of_scope"]
    asked = [one[:4] for one in inside if one.acted == "nlu_fallback"]
    wrong = [one[:4] for one in inside if one.acted not in (one.intent, "nlu_fallback")]
    assert len(wrong) / len(inside) <= 0.02, wrong
    assert len(asked) / len(inside) <= 0.10, asked


def test_what_is_no_shops_matter_ends_in_the_fallback(heard: list[Heard]) -> None:
    outside = [one for one in heard if one.intent == "out_of_scope"]
    assert len(outside) >= 20
    assert [one[:4] for one in outside if one.acted not in NOT_THE_SHOPS] == []


@pytest.mark.parametrize(("text", "number"), NUMBERS.items())
def test_order_numbers_are_found_as_people_type_them(chat: Chat, text: str, number: str) -> None:
    found = [one["value"] for one in chat.understood(text)["entities"] if one["entity"] == "order_number"]
    assert found == [number]
    assert "ordernumber" in plain(text).split()


@pytest.mark.parametrize(
    "text", ["85001", "my zip is 10023", "two weeks", "⟦email:w2345672⟧", "w2", "10.02.2026"]
)
def test_other_numbers_are_no_order_numbers(chat: Chat, text: str) -> None:
    entities = {one["entity"] for one in chat.understood(text)["entities"]}
    assert "order_number" not in entities


def test_both_readers_of_order_numbers_use_one_pattern() -> None:
    content = yaml.safe_load((ROOT / "data/orders/nlu.yml").read_text(encoding="utf-8"))
    patterns = [part["examples"] for part in content["nlu"] if part.get("regex") == "order_number"]
    assert [pattern.strip().removeprefix("- ") for pattern in patterns] == [ORDER_NUMBER.pattern]


@pytest.mark.parametrize("kind", ["address", "email", "name", "phone", "postcode"])
def test_sealed_values_come_whole(chat: Chat, kind: str) -> None:
    token = f"⟦{kind}:ab2cd3ef⟧"
    found = [(one["entity"], one["value"]) for one in chat.understood(f"Hi, ({token}).")["entities"]]
    assert (kind, token) in found


@pytest.mark.parametrize(
    "text", ["my last order", "the latest one", "my most recent order", "where is my NEWEST order"]
)
def test_the_last_order_is_a_hint(chat: Chat, text: str) -> None:
    hints = [one["value"] for one in chat.understood(text)["entities"] if one["entity"] == "order_hint"]
    assert hints == ["last"]


@pytest.mark.parametrize("text", ["my last name is long", "I ordered it last week"])
def test_other_lasts_are_no_hint(chat: Chat, text: str) -> None:
    assert [one for one in chat.understood(text)["entities"] if one["entity"] == "order_hint"] == []


def test_a_sealed_value_alone_is_never_understood(chat: Chat) -> None:
    """Else the answer would tell whether the shop knows a name, which is sealed when it does."""
    replies = {}
    for text in ("⟦comment:ab2cd3ef⟧", "Una Lark", "Mei Kowalski", "James Kim", "Ivan Santos"):
        assert chat.understood(text)["intent"]["name"] == "nlu_fallback", text
        replies[text] = tuple(chat.say(text, f"only {text}").payloads)
    assert set(replies.values()) == {tuple(chat.say("/nlu_fallback", "nothing guessed").payloads)}, replies


def test_no_example_holds_the_word_for_what_is_sealed_whole() -> None:
    for path in (ROOT / "data").glob("*/*.yml"):
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
        for part in content.get("nlu") or ():
            words = part["examples"].lower().split() if part.get("intent") else []
            assert not {"comment", "comments"}.intersection(words), path
