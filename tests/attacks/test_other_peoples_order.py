"""Signed in or not, nobody learns anything of an order that is not theirs, by whatever way they ask."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.chat_client import Chat, buttons, no_such_order, people_of, replied, words
from tests.conftest import Shop

ASKED = (
    "where is order {}",
    "has {} been shipped?",
    "what is in order {}",
    "{}",
    "what's in it?",
    "tracking number for {} please",
    "my order is {} and I ordered it together with my wife, where is it",
    "{} postcode {postcode}",
    "{postcode}",
)
Person = dict[str, Any]


@pytest.fixture
def alice(shop: Shop) -> Iterator[Chat]:
    with Chat(shop.url) as chat:
        chat.sign_in(people_of(shop.home)[40]["email"])
        yield chat


@pytest.fixture
def bob(shop: Shop) -> Person:
    """Somebody else, whose newest order is on its way."""
    people = people_of(shop.home)[41:]
    return next(person for person in people if any(tracking_of(order) for order in person["orders"]))


def order_of(person: Person) -> Person:
    return next(order for order in person["orders"] if tracking_of(order))


def tracking_of(order: Person) -> list[str]:
    return [number for shipment in order.get("shipments") or () for number in shipment["tracking"]]


def secrets_of_order(person: Person) -> list[str]:
    order, address = order_of(person), order_of(person)["address"]
    prices = [f"{item['price'] / 100:,.2f}" for item in order["items"]]
    return [
        *tracking_of(order),
        *(item["name"] for item in order["items"]),
        *(f"${price}" for price in prices),
        f"Order {order['id']}: {order['status']}",
        address["line1"],
        address["city"],
        person["name"]["first"],
        person["name"]["last"],
        person["email"],
    ]


def same(theirs: str, number: str, none: str, not_there: str) -> bool:
    return theirs.replace(number, "X") == none.replace(not_there, "X")


def tells_nothing(text: str, person: Person) -> None:
    assert [value for value in secrets_of_order(person) if value in text] == []


def test_the_secrets_are_what_the_owner_hears(shop: Shop, bob: Person) -> None:
    order = order_of(bob)
    with Chat(shop.url) as chat:
        chat.sign_in(bob["email"])
        heard = words([*chat.say(f"where is {order['id']}"), *chat.say(f"what is in order {order['id']}")])
    assert len([value for value in secrets_of_order(bob) if value in heard]) >= 4


def test_signed_in_theirs_and_none_read_the_same(alice: Chat, bob: Person) -> None:
    number, postcode = order_of(bob)["id"], order_of(bob)["address"]["postcode"]
    not_there = no_such_order()
    for wording in ASKED:
        alice.say(f"where is order {number}")
        theirs = words(alice.say(wording.format(number, postcode=postcode)))
        alice.say(f"where is order {not_there}")
        none = words(alice.say(wording.format(not_there, postcode=postcode)))
        assert same(theirs, number, none, not_there), wording
        tells_nothing(theirs, bob)
    tells_nothing(words(alice.say("show my orders")), bob)
    tells_nothing(words(alice.history()), bob)


def test_on_the_socket_as_well(alice: Chat, bob: Person) -> None:
    number, not_there = order_of(bob)["id"], no_such_order()
    with alice.line() as line:
        theirs = words(line.say(f"where is order {number}")["messages"])
        none = words(line.say(f"where is order {not_there}")["messages"])
    assert same(theirs, number, none, not_there)
    tells_nothing(theirs, bob)


def test_the_refusal_looks_the_same_in_every_part_of_a_message(alice: Chat, bob: Person) -> None:
    number, not_there = order_of(bob)["id"], no_such_order()
    theirs, none = alice.say(f"where is order {number}"), alice.say(f"where is order {not_there}")
    assert [sorted(message) for message in theirs] == [sorted(message) for message in none]
    assert [list(buttons([m])) for m in theirs] == [list(buttons([m])) for m in none]


def test_the_owners_button_works_in_the_owners_chat_only(shop: Shop, alice: Chat, bob: Person) -> None:
    number = order_of(bob)["id"]
    with Chat(shop.url) as owner:
        owner.sign_in(bob["email"])
        shown = owner.say("show my orders")
        stolen = buttons(shown)[number]
        with Chat(shop.url) as stranger:
            for thief in (stranger, alice):
                passed = words(thief.press(stolen))
                assert "choice has passed" in passed
                tells_nothing(passed, bob)
                forged = thief.send(payload=f'/track_order{{"order_number": "{number}"}}')
                assert words(replied(forged)) == passed
        heard = words(owner.press(stolen))
    assert tracking_of(order_of(bob))[0] in heard


@pytest.mark.parametrize("right", [True, False], ids=["the right postcode", "a wrong postcode"])
def test_anonymous_only_the_postcode_opens(shop: Shop, bob: Person, right: bool) -> None:
    order = order_of(bob)
    postcode = order["address"]["postcode"] if right else "00501"
    with Chat(shop.url) as stranger:
        tells_nothing(words(stranger.say(f"where is {order['id']}")), bob)
        heard = stranger.say(postcode)
        if right:
            assert tracking_of(order)[0] in words(heard)
            # What a postcode opens is where the order is, and no more.
            more = words([*stranger.say(f"what is in order {order['id']}"), *stranger.say("show my orders")])
            tells_nothing(more, bob)
        else:
            tells_nothing(words(heard), bob)
            tells_nothing(words(stranger.history()), bob)


def test_a_proof_belongs_to_one_session(shop: Shop, bob: Person) -> None:
    order = order_of(bob)
    with Chat(shop.url) as first, Chat(shop.url) as second:
        first.say(f"where is {order['id']}")
        assert tracking_of(order)[0] in words(first.say(order["address"]["postcode"]))
        tells_nothing(words(second.say(f"where is {order['id']}")), bob)
        # And to one order.
        other = next(each for each in people_of(shop.home)[40]["orders"])
        asked = words(first.say(f"where is {other['id']}"))
        assert f"Order {other['id']}: " not in asked


def test_somebody_elses_history_and_socket_stay_shut(shop: Shop, alice: Chat, bob: Person) -> None:
    with Chat(shop.url) as owner:
        owner.sign_in(bob["email"])
        owner.say("show my orders")
        tells_nothing(words(alice.history()), bob)
        with alice.line() as line:
            tells_nothing(words(line.welcome), bob)
            owner.say(f"where is {order_of(bob)['id']}")
            # What is said next is the next that is heard: nothing of the owner's came before it.
            tells_nothing(words(line.say("thanks")["messages"]), bob)
