"""What the scripted shopper reads in messages of the product's shapes."""

import copy
from typing import Any

import pytest

from bench import tau2_reading as reading
from bench.tau2_goals import ADDRESS, CANCEL, EXCHANGE, RETURN, Goal, Shop, Swap, Thing, task_of
from tests.fakes import errands

OLD = Thing("Desk Lamp", (("color", "black"), ("brightness", "low"), ("power source", "USB")))
NEW = Thing("Desk Lamp", (("color", "white"), ("brightness", "low"), ("power source", "battery")))
YES_NO = [{"title": "Yes, do it", "payload": "y"}, {"title": "No, leave it", "payload": "n"}]


def buttons(*titles: str) -> list[dict[str, str]]:
    return [{"title": title, "payload": f"/{title}"} for title in titles]


def exchange() -> Goal:
    method = {"id": "card_1", "kind": "credit_card", "brand": "visa", "last4": "9212"}
    return Goal(EXCHANGE, "#W1000001", swaps=(Swap(OLD, NEW, ()),), method=method)


def read_back(**changes: str) -> dict[str, Any]:
    values = {
        "Item": "Desk Lamp (black, low, USB) → Desk Lamp (white, low, battery)",
        "To pay": "$2.00 with Visa ending in 9212",
        **changes,
    }
    rows = [{"label": label, "value": value} for label, value in values.items()]
    return {"kind": "proposal_exchange", "title": "Exchange from order #W1000001", "rows": rows}


@pytest.mark.parametrize(
    ("message", "question"),
    [
        ({"text": "Shall I?", "cards": [read_back()], "buttons": YES_NO}, reading.READ_BACK),
        ({"text": "Your e-mail?", "sensitive": {"kind": "email"}}, reading.EMAIL),
        ({"text": "I've sent a message. If it holds a code, type the code here."}, reading.CODE),
        ({"text": "First sign in.", "checkpoint": {"url": "u"}}, reading.SIGN_IN),
        ({"text": "Which postcode was it?", "sensitive": {"kind": "postcode"}}, reading.POSTCODE),
        (
            {
                "text": "Which order is it?",
                "cards": [{"kind": "order", "title": "#W1", "buttons": buttons("This one")}],
            },
            reading.ORDER,
        ),
        ({"text": "Which order is it? Tell me its number."}, reading.ORDER),
        (
            {"text": "What shall go back?", "buttons": buttons("Desk Lamp", "All of them")},
            reading.WHICH_ITEMS,
        ),
        ({"text": "Anything more to return?", "buttons": buttons("Mug", "That's all")}, reading.WHICH_ITEMS),
        (
            {"text": "Which one instead?", "buttons": buttons("white, low, battery · $135.24")},
            reading.VARIANT,
        ),
        ({"text": "Which color should it be?"}, reading.VARIANT),
        ({"text": "How?", "buttons": buttons("PayPal", "Visa ending in 9212")}, reading.METHOD),
        ({"text": "Where shall the refund go?"}, reading.METHOD),
        ({"text": "May I ask why?"}, reading.REASON),
        ({"text": "Hm?", "buttons": buttons("I don't need it any more")}, reading.REASON),
        ({"text": "Which address shall it go to?"}, reading.WHERE_TO),
        ({"text": "Done. Is there anything else?"}, reading.MORE),
        ({"text": "I'm not sure I understood."}, reading.UNCLEAR),
        ({"text": "Cancel the whole order?", "buttons": buttons("Yes", "No")}, reading.YES_OR_NO),
        ({"text": "Your order is on its way."}, reading.TOLD),
    ],
)
def test_the_question_is_read(message: dict[str, Any], question: str) -> None:
    assert reading.read([{"text": "Done."}, message]).question == question


def test_nothing_heard_asks_nothing() -> None:
    assert reading.read([]).question == reading.TOLD


def test_a_read_back_that_says_the_wish_matches() -> None:
    assert reading.matches(read_back(), exchange())


def test_a_bare_yes_says_of_what() -> None:
    camera = Thing("Action Camera", (("resolution", "4K"), ("waterproof", "yes")))
    row = {"label": "Item", "value": "Action Camera (4K, waterproof: yes)"}
    card = {"kind": "proposal_return", "title": "Return from order #W1000001", "rows": [row]}
    goal = Goal(RETURN, "#W1000001", swaps=(Swap(camera, None, ()),))
    assert reading.matches(card, goal)
    assert not reading.matches({**card, "rows": [{**row, "value": row["value"].replace("yes", "no")}]}, goal)


@pytest.mark.parametrize(
    "changes",
    [
        {"Item": "Desk Lamp (black, low, USB) → Desk Lamp (white, low, USB)"},
        {"Item": "Desk Lamp (black, low, USB)"},
        {"Item": "Mug (glass) → Mug (steel)"},
        {"Also": "Mug (glass) → Mug (steel)"},
        {"To pay": "$2.00 with PayPal"},
        {"Order": "#W1000002"},
    ],
)
def test_a_read_back_that_says_anything_else_does_not(changes: dict[str, str]) -> None:
    assert not reading.matches(read_back(**changes), exchange())


def test_the_kind_and_the_order_of_a_read_back_count() -> None:
    assert not reading.matches({**read_back(), "kind": "proposal_items"}, exchange())
    assert not reading.matches({**read_back(), "title": "Exchange from order #W1000009"}, exchange())
    assert not reading.matches({**read_back(), "kind": "catalogue"}, exchange())


def test_reason_and_address_are_compared() -> None:
    card = {"kind": "proposal_cancel", "title": "Cancel order #W1", "rows": []}
    card = {**card, "title": "Cancel order #W1000002", "rows": [{"label": "Why", "value": "by mistake"}]}
    assert reading.matches(card, Goal(CANCEL, "#W1000002", reason="ordered by mistake"))
    assert not reading.matches(card, Goal(CANCEL, "#W1000002", reason="no longer needed"))
    address = errands.CUSTOMER["address"]
    goal = Goal(ADDRESS, "#W1000002", address=address)
    card = {"kind": "proposal_order_address", "title": "#W1000002"}
    line = "1 Oak Street, Austin, TX 78701, USA"
    assert reading.matches({**card, "rows": [{"label": "To", "value": line}]}, goal)
    assert not reading.matches(
        {**card, "rows": [{"label": "To", "value": line.replace("1 Oak", "2 Elm")}]}, goal
    )


def test_the_question_is_about_the_wish_that_it_names() -> None:
    cancel, other = Goal(CANCEL, "#W1000002"), exchange()
    asked = reading.read([{"text": "Which order would you like to exchange?"}])
    assert reading.about(asked, [cancel, other], cancel) is other
    named = reading.read([{"text": "Why is #W1000002 no longer wanted?"}])
    assert reading.about(named, [cancel, other], other) is cancel
    bare = reading.read([{"text": "Which one?"}])
    assert reading.about(bare, [cancel, other], other) is other
    assert reading.about(bare, [cancel, other], None) is cancel
    other.closed = cancel.closed = "agreed"
    assert reading.about(bare, [cancel, other], other) is None


def test_a_read_back_is_about_the_wish_that_it_matches() -> None:
    wrong, right = exchange(), exchange()
    wrong.swaps = (Swap(OLD, OLD, ()),)
    reply = reading.read([{"text": "Shall I?", "cards": [read_back()], "buttons": YES_NO}])
    assert reading.about(reply, [wrong, right], wrong) is right


def test_the_right_button_is_found() -> None:
    offered = buttons("white, low, USB · $1", "white, low, battery · $2", "More")
    pressed = reading.variant_button(reading.read([{"text": "?", "buttons": offered}]), NEW)
    assert pressed is not None and pressed.title == "white, low, battery · $2"
    offered = buttons("Desk Lamp (white, low, battery)", "Desk Lamp (black, low, USB)", "All of them")
    chosen = reading.item_button(reading.read([{"text": "?", "buttons": offered}]), OLD)
    assert chosen is not None and chosen.title == "Desk Lamp (black, low, USB)"
    assert reading.variant_button(reading.read([{"text": "?", "buttons": buttons("More")}]), NEW) is None
    cards = [{"kind": "order", "title": "#W1000001", "buttons": buttons("This one")}]
    ordered = reading.read([{"text": "Which order?", "cards": cards}]).order_button("#W1000001")
    assert ordered is not None and ordered.payload == "/This one"


def test_the_shop_of_these_tests_stays_as_it_is() -> None:
    before = copy.deepcopy(errands.STORE)
    task_of(errands.errand(errands.EXCHANGE), Shop(errands.STORE))
    assert before == errands.STORE
