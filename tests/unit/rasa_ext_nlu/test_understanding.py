"""The trained bot on utterances that training never saw, and on what stands in a message beside its wish."""

import csv
from collections import Counter
from pathlib import Path

import pytest
import yaml

from rasa_ext.nlu.text import ORDER_NUMBER, plain
from tests.unit.rasa_ext_nlu.chat import Chat
from tests.unit.rasa_ext_nlu.conftest import ROOT

HELD_BACK = Path(__file__).parent / "held_back.csv"
NEVER_SAID = {"EXTERNAL_resume", "answer_errand", "nlu_fallback", "several_wishes"}
"""Intents that no example teaches: a button's, the channel's own, and what is made of others."""
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


@pytest.fixture(scope="module")
def heard(chat: Chat) -> list[tuple[str, str, str, str]]:
    """(text, its intent, the likeliest one, the one that Rasa acts on) of each held-back utterance."""
    with HELD_BACK.open(newline="", encoding="utf-8") as file:
        rows = [(row["text"], row["intent"]) for row in csv.DictReader(file)]
    told = []
    for text, intent in rows:
        understood = chat.understood(text)
        names = [one["name"] for one in understood["intent_ranking"] if one["name"] != "nlu_fallback"]
        told.append((text, intent, names[0], understood["intent"]["name"]))
    return told


def test_every_intent_is_held_back_often_enough(chat: Chat, heard: list[tuple[str, str, str, str]]) -> None:
    counted = Counter(intent for _, intent, _, _ in heard)
    assert set(counted) == set(chat.intents) - NEVER_SAID
    assert min(counted.values()) >= 8


def test_nothing_held_back_was_trained(heard: list[tuple[str, str, str, str]]) -> None:
    trained = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "data").glob("*/nlu*.yml"))
    lines = {line.strip().removeprefix("- ").lower() for line in trained.splitlines()}
    assert len(lines) > 1000
    assert [text for text, *_ in heard if text.lower() in lines] == []


def test_wishes_are_understood(heard: list[tuple[str, str, str, str]]) -> None:
    inside = [row for row in heard if row[1] != "out_of_scope"]
    wrong = [row for row in inside if row[2] != row[1]]
    assert 1 - len(wrong) / len(inside) >= 0.95, wrong


def test_a_wrong_answer_is_rarer_than_a_question_back(heard: list[tuple[str, str, str, str]]) -> None:
    inside = [row for row in heard if row[1] != "out_of_scope"]
    asked = [row for row in inside if row[3] == "nlu_fallback"]
    wrong = [row for row in inside if row[3] not in (row[1], "nlu_fallback")]
    assert len(wrong) / len(inside) <= 0.02, wrong
    assert len(asked) / len(inside) <= 0.10, asked


def test_what_is_no_shops_matter_ends_in_the_fallback(heard: list[tuple[str, str, str, str]]) -> None:
    outside = [row for row in heard if row[1] == "out_of_scope"]
    assert len(outside) >= 20
    assert [row for row in outside if row[3] not in NOT_THE_SHOPS] == []


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
