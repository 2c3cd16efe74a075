"""Finding out which orders, postcodes and customers there are, by asking."""

import random
import re
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest
import yaml

from countersign.gateway.recognisers.words import Words
from tests.chat_client import Browser, Chat, Messages, buttons, no_such_order, page_of, people_of, words
from tests.conftest import ROOT, Shop

Person = dict[str, Any]
WRONG = ("00501", "00544", "01001", "01002", "01003")
"""As many as one session may try, and as one order may be tried with; the fifth is told so."""
NOBODY = "nobody.of.that.name@nowhere.example"


def asked(chat: Chat, number: str, postcode: str) -> Messages:
    """The answer to a postcode; the number is told anew each time."""
    chat.say(f"where is order {number}")
    return chat.say(postcode)


def same(theirs: str, number: str, none: str, not_there: str) -> bool:
    return theirs.replace(number, "X") == none.replace(not_there, "X")


@pytest.fixture(scope="module")
def unasked(shop: Shop) -> Iterator[Person]:
    people = list(people_of(shop.home)[60:])
    random.shuffle(people)
    return iter(people)


@pytest.fixture
def person(unasked: Iterator[Person]) -> Person:
    """Whom no other test asks about: what is counted here stands in nobody's way."""
    return next(unasked)


def test_a_wrong_postcode_and_no_such_order_read_the_same(shop: Shop, person: Person) -> None:
    number, not_there = person["orders"][0]["id"], no_such_order()
    with Chat(shop.url) as one, Chat(shop.url) as other:
        theirs = [*one.say(f"where is {number}"), *one.say(WRONG[0])]
        none = [*other.say(f"where is {not_there}"), *other.say(WRONG[0])]
    assert same(words(theirs), number, words(none), not_there)
    assert [sorted(message) for message in theirs] == [sorted(message) for message in none]
    assert list(buttons(theirs)) == list(buttons(none))


def test_one_session_guesses_five_postcodes(shop: Shop, person: Person) -> None:
    order, not_there = person["orders"][0], no_such_order()
    with Chat(shop.url) as guesser, Chat(shop.url) as other:
        for number, postcode in enumerate(WRONG, 1):
            theirs = words(asked(guesser, order["id"], postcode))
            none = words(asked(other, not_there, postcode))
            assert same(theirs, order["id"], none, not_there)
            assert ("too often" if number == len(WRONG) else "can't find") in theirs
        # The right one is not even looked at any more, and one for no order reads the same.
        right = words(asked(guesser, order["id"], order["address"]["postcode"]))
        assert "too often" in right
        assert order["status"] not in right
        assert words(asked(other, not_there, WRONG[0])) == right


def test_many_sessions_together_guess_five_postcodes_of_one_order(shop: Shop, person: Person) -> None:
    order, not_there = person["orders"][0], no_such_order()
    for postcode in WRONG:
        with Chat(shop.url) as guesser:
            theirs = words(asked(guesser, order["id"], postcode))
            none = words(asked(guesser, not_there, postcode))
            assert same(theirs, order["id"], none, not_there)
    with Chat(shop.url) as guesser:
        theirs = words(asked(guesser, order["id"], order["address"]["postcode"]))
        assert "too often" in theirs
        assert words(asked(guesser, not_there, WRONG[0])) == theirs
        # Who is who is known in another way, so nobody is shut out by a guesser.
        guesser.sign_in(person["email"])
        assert f"Order {order['id']}: {order['status']}" in words(guesser.say(f"where is {order['id']}"))


def test_signing_in_reads_the_same_for_customers_and_others(shop: Shop, person: Person) -> None:
    def seen(email: str) -> list[object]:
        with Chat(shop.url) as chat:
            heard: list[object] = []
            for text in ("I want to sign in", email, "AAAA-AAAA", "0000-0000", "BBBB-BBBB", email, "sign in"):
                answer = chat.send(text=text)
                messages = answer.json()["messages"]
                heard += [
                    answer.status_code,
                    sorted(answer.headers.keys()),
                    words(messages),
                    [sorted(message) for message in messages],
                    [message.get("sensitive") for message in messages],
                    answer.json().get("token"),
                ]
            return heard

    assert seen(person["email"]) == seen(NOBODY)
    # Only whoever reads the mailbox learns which it was.
    assert [bool(mail.get("code")) for mail in shop.outbox(person["email"])[-2:]] == [True, True]
    assert [bool(mail.get("code")) for mail in shop.outbox(NOBODY)[-2:]] == [False, False]


def test_the_sign_in_page_reads_the_same_too(shop: Shop, person: Person) -> None:
    def seen(email: str) -> list[object]:
        with Chat(shop.url) as chat, Browser(shop.url) as page:
            path = page_of(chat.say("show my orders"))
            answers = [
                page.post_form(path, email=email),
                *(page.post_form(path, code=code) for code in ("AAAA-AAAA", "no code at all", "1", "2", "3")),
                page.post_form(path, email=email),
            ]
            capability = re.compile(re.escape(path))
            return [(answer.status_code, capability.sub("PAGE", answer.text)) for answer in answers]

    known, unknown = seen(person["email"]), seen("nobody.either@nowhere.example")
    assert known == unknown
    assert [status for status, _ in known] == [200, 422, 422, 422, 422, 422, 200]


SENTENCES = (
    "My name is {name}",
    "{name}",
    "what is the price for {name}",
    "is {name} a customer of yours?",
    "{name} wants to return the lamp",
    "did {name} pay for the order, and when will it come",
    "tell me about {name}",
    "the address of {name}",
)


@cache
def variations() -> dict[str, str]:
    """The response of each text that Rasa may choose among others of the same response."""
    files = (yaml.safe_load(path.read_text("utf-8")) for path in ROOT.glob("data/*/responses.yml"))
    responses = {name: texts for file in files for name, texts in file["responses"].items()}
    return {one["text"]: name for name, texts in responses.items() for one in texts if "text" in one}


def heard(chat: Chat, sentence: str, name: str) -> str:
    """The reply, whatever the name and however the same thing is worded."""
    answered = chat.send(text=sentence.format(name=name))
    assert answered.status_code == 200, answered.text
    answer = words(answered.json()["messages"])
    for text, response in variations().items():
        answer = answer.replace(text, response)
    return re.sub(re.escape(name), "NAME", answer, flags=re.IGNORECASE)


@pytest.mark.parametrize("signed_in", [False, True])
def test_a_customers_name_reads_like_anybody_elses(shop: Shop, signed_in: bool) -> None:
    """The same conversation about a customer, and about somebody who has another's surname."""
    people, lists = people_of(shop.home), Words.load()
    one = next(one for one in people[40:] if lists.has("given_names", one["name"]["first"]))
    customers = {f"{two['name']['first']} {two['name']['last']}".lower() for two in people}
    others = (f"{one['name']['first']} {two['name']['last']}" for two in people)
    nobody = next(name for name in others if name.lower() not in customers)
    replies = []
    for name in (f"{one['name']['first']} {one['name']['last']}", nobody):
        with Chat(shop.url) as chat:
            if signed_in:
                chat.sign_in(people[40 - 1]["email"])
            replies.append([(sentence, heard(chat, sentence, name)) for sentence in SENTENCES])
    assert replies[0] == replies[1]
