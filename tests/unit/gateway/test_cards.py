import pytest

from countersign.gateway.cards import CardDrawer
from countersign.gateway.phrases import PhraseMissingError
from tests.fakes.gateway_parts import Stage


@pytest.fixture
def drawer(stage: Stage) -> CardDrawer:
    return CardDrawer(stage.phrases)


def test_fields_and_choices_get_the_labels_of_their_kind(drawer: CardDrawer) -> None:
    card = {
        "kind": "order",
        "title": "#W1000001",
        "fields": [["status", "pending"], ["items", "Desk Lamp"]],
        "choices": [["track", "/track_order"]],
    }
    assert drawer.draw(card) == {
        "kind": "order",
        "title": "#W1000001",
        "rows": [{"label": "Status", "value": "pending"}, {"label": "Items", "value": "Desk Lamp"}],
        "choices": [("Where is it?", "/track_order")],
    }


def test_a_picture_is_shown_where_there_is_one(drawer: CardDrawer) -> None:
    card = {"kind": "product", "title": "Lamp", "picture": "/static/pictures/lamp.svg"}
    assert drawer.draw(card)["image"] == "/static/pictures/lamp.svg"
    assert "image" not in drawer.draw({"kind": "product", "title": "Lamp"})


@pytest.mark.parametrize(
    ("minor", "currency", "shown"),
    [(129900, "USD", "$1,299.00"), (-600, "EUR", "-€6.00"), (5000, "JPY", "¥5,000"), (0, "USD", "$0.00")],
)
def test_amounts_are_written_out(drawer: CardDrawer, minor: int, currency: str, shown: str) -> None:
    card = {"kind": "item", "title": "Lamp", "fields": [["price", {"minor": minor, "currency": currency}]]}
    assert drawer.draw(card)["rows"] == [{"label": "Price", "value": shown}]


def test_amounts_are_written_as_the_language_has_it(stage: Stage) -> None:
    card = {"kind": "item", "title": "L", "fields": [["price", {"minor": 129900, "currency": "EUR"}]]}
    (row,) = CardDrawer(stage.phrases, "de_DE").draw(card)["rows"]
    assert row["value"] == "1.299,00\u00a0€"


@pytest.mark.parametrize(
    ("locale", "shown"), [("en_US", "September 1, 2026"), ("de_DE", "1. September 2026")]
)
def test_days_are_written_as_the_language_has_it(stage: Stage, locale: str, shown: str) -> None:
    day = {"day": "2026-09-01T10:30:00+00:00"}
    card = {"kind": "order", "title": "#W1000001", "fields": [["placed", day]]}
    assert CardDrawer(stage.phrases, locale).draw(card)["rows"] == [{"label": "Placed", "value": shown}]


def test_numbers_become_text(drawer: CardDrawer) -> None:
    card = {"kind": "item", "title": 7, "fields": [["options", 3]]}
    drawn = drawer.draw(card)
    assert (drawn["title"], drawn["rows"][0]["value"], drawn["choices"]) == ("7", "3", [])


def test_a_label_that_nobody_wrote_is_an_error(drawer: CardDrawer) -> None:
    with pytest.raises(PhraseMissingError, match="card_order_weather"):
        drawer.draw({"kind": "order", "title": "x", "fields": [["weather", "fine"]]})


def test_a_value_may_be_words_of_a_response(drawer: CardDrawer) -> None:
    paid = {"say": "choice_method_card", "with": {"brand": "Visa", "last4": "9212"}}
    move = {
        "say": "card_move_at_once",
        "with": {"amount": {"minor": 13524, "currency": "USD"}, "method": paid},
    }
    title = {"say": "card_proposal_cancel_title", "with": {"number": "#W1000002"}}
    drawn = drawer.draw({"kind": "proposal_cancel", "title": title, "fields": [["refund", move]]})
    assert drawn["title"] == "Cancel the whole order #W1000002"
    assert drawn["rows"] == [{"label": "You get back", "value": "$135.24 to Visa ending in 9212, at once"}]


def test_what_fills_such_words_is_only_filled_in(drawer: CardDrawer) -> None:
    paid = {"say": "choice_method", "with": {"kind": "{last4} {0} {kind.__class__}"}}
    drawn = drawer.draw({"kind": "item", "title": paid, "fields": []})
    assert drawn["title"] == "{last4} {0} {kind.__class__}"


@pytest.mark.parametrize(
    "value",
    [
        {"say": "choice_no_such_thing"},
        {"say": "choice_method"},
        {"say": "choice_method_card", "with": {"brand": "Visa"}},
        {"say": "choice_method", "with": {"kind": {"say": "choice_no_such_thing"}}},
    ],
)
def test_words_that_nobody_wrote_or_filled_are_an_error(drawer: CardDrawer, value: object) -> None:
    with pytest.raises(PhraseMissingError):
        drawer.draw({"kind": "item", "title": "x", "fields": [["price", value]]})
    with pytest.raises(PhraseMissingError):
        drawer.choices([[value, "/affirm"]])


def test_choices_are_titles_and_payloads(drawer: CardDrawer) -> None:
    variant = {
        "say": "choice_variant",
        "with": {"options": "black, USB, low", "price": {"minor": 13524, "currency": "USD"}},
    }
    assert drawer.choices([[variant, "/a"], ["Desk Lamp", "/b"], [{"say": "choice_yes"}, "/c"]]) == [
        ("black, USB, low · $135.24", "/a"),
        ("Desk Lamp", "/b"),
        ("Yes, do it", "/c"),
    ]
    assert drawer.choices([]) == []
