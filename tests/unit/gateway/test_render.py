import json
from typing import Any

import pytest
from structlog.testing import capture_logs

from countersign.conversations.models import Message
from countersign.gateway.cards import CardDrawer
from countersign.gateway.render import Renderer
from countersign.gateway.unseal import Unsealer
from countersign.kit.hidden import Personal
from tests.fakes.gateway_parts import Stage

TROUBLE = "Sorry, something went wrong on our side. Nothing was changed. Please try again in a moment."
CARD = {
    "kind": "order",
    "title": "#W1000001",
    "fields": [["status", "pending"]],
    "choices": [["track", "/track_order"]],
}
STOP = {"level": "signed_in", "reason": "sign_in", "page": "name-of-the-page"}


class Drawing:
    """A renderer for conversation cnv_1, and the alerts it gave."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.alerts: list[str] = []
        cards, base = CardDrawer(stage.phrases), "https://chat.example/"
        self._renderer = Renderer(
            stage.conversations,
            stage.tokens,
            Unsealer(stage.tokens),
            cards,
            stage.phrases,
            base,
            stage.proposals,
        )

    def __call__(self, *items: dict[str, Any]) -> list[Message]:
        with capture_logs() as logs:
            drawn = self._renderer.draw("cnv_1", list(items))
        self.alerts += [log["event"] for log in logs]
        self.logged = str(logs)
        return drawn

    def sealed(self, kind: str, value: object, conversation: str = "cnv_1") -> str:
        text = value if isinstance(value, str) else json.dumps(value)
        return self.stage.tokens.issue(conversation, kind, Personal(text))

    def pressed(self, button: dict[str, str]) -> tuple[str, str] | None:
        return self.stage.conversations.spend("cnv_1", button["payload"], "key_1")


@pytest.fixture
def drawing(stage: Stage) -> Drawing:
    return Drawing(stage)


class TestText:
    def test_each_message_stays_one_in_order(self, drawing: Drawing) -> None:
        assert drawing({"text": "one"}, {"text": "two"}) == [{"text": "one"}, {"text": "two"}]
        assert drawing.alerts == []

    def test_tokens_become_the_shoppers_own_values(self, drawing: Drawing) -> None:
        token = drawing.sealed("email", "una.lark@post.example")
        assert drawing({"text": f"I wrote to {token}."}) == [{"text": "I wrote to una.lark@post.example."}]

    def test_tokens_of_another_conversation_stay_closed(self, drawing: Drawing) -> None:
        token = drawing.sealed("email", "una.lark@post.example", "cnv_2")
        assert drawing({"text": f"I wrote to {token}."}) == [{"text": "I wrote to …."}]

    @pytest.mark.parametrize(
        "text", ["Order {number}: {status}.", "{number}", "Hello {first_name2}, W1000001 is pending"]
    )
    def test_with_an_unfilled_placeholder_is_never_shown(self, drawing: Drawing, text: str) -> None:
        assert drawing({"text": text}) == [{"text": TROUBLE}]
        assert drawing.alerts == ["alert.unfilled_placeholder"]
        assert text not in drawing.logged and "W1000001" not in drawing.logged

    def test_unfilled_brings_no_buttons_and_leaves_the_others(self, drawing: Drawing) -> None:
        buttons = [{"title": "Yes", "payload": "/affirm"}]
        drawn = drawing({"text": "{what}", "buttons": buttons}, {"text": "fine"})
        assert drawn == [{"text": TROUBLE}, {"text": "fine"}]

    def test_of_a_shopper_may_hold_braces(self, drawing: Drawing) -> None:
        token = drawing.sealed("comment", "my {number} is")
        assert drawing({"text": f"You said {token}"}) == [{"text": "You said my {number} is"}]
        assert drawing({"text": "use { and } or {2}"}) == [{"text": "use { and } or {2}"}]
        assert drawing.alerts == []

    @pytest.mark.parametrize("items", [[], [{}], [{"text": " \n"}], [{"text": None}], [{"custom": {}}]])
    def test_that_is_empty_is_trouble(self, drawing: Drawing, items: list[dict[str, Any]]) -> None:
        assert drawing(*items) == [{"text": TROUBLE}]
        assert drawing.alerts == ["alert.empty_reply"]

    def test_may_come_with_a_picture(self, drawing: Drawing) -> None:
        assert drawing({"text": "look", "image": "/static/seal.svg"}) == [
            {"text": "look"},
            {"image": "/static/seal.svg"},
        ]


class TestButtons:
    def test_get_names_that_only_we_can_read(self, drawing: Drawing) -> None:
        token = drawing.sealed("name", "Una")
        buttons = [
            {"title": f"I am {token}", "payload": '/affirm{"amount": 1}'},
            {"title": "No", "payload": "/deny"},
        ]
        (message,) = drawing({"text": "Is it you?", "buttons": buttons})
        yes, no = message["buttons"]
        assert (message["text"], yes["title"], no["title"]) == ("Is it you?", "I am Una", "No")
        assert "affirm" not in yes["payload"]
        assert drawing.pressed(yes) == ("I am Una", '/affirm{"amount": 1}')

    def test_with_an_unfilled_placeholder_are_never_shown(self, drawing: Drawing) -> None:
        buttons = [{"title": "Yes", "payload": "/affirm"}, {"title": "Track {number}", "payload": "/deny"}]
        assert drawing({"text": "Which one?", "buttons": buttons}) == [{"text": TROUBLE}]
        assert drawing.alerts == ["alert.unfilled_placeholder"]

    def test_without_a_text_stand_with_the_message_before(self, drawing: Drawing) -> None:
        (message,) = drawing({"text": "Well?"}, {"buttons": [{"title": "Yes", "payload": "/affirm"}]})
        assert [button["title"] for button in message["buttons"]] == ["Yes"]


class TestExpecting:
    def test_an_answer_marks_its_question_and_is_remembered(self, drawing: Drawing) -> None:
        drawn = drawing(
            {"text": "Order found."}, {"text": "Which postcode?"}, {"custom": {"expects": "postcode"}}
        )
        assert drawn == [
            {"text": "Order found."},
            {"text": "Which postcode?", "sensitive": {"kind": "postcode"}},
        ]
        assert drawing.stage.conversations.expectation("cnv_1").answer == "postcode"

    def test_two_answers_waits_for_the_last(self, drawing: Drawing) -> None:
        expects = [{"custom": {"expects": kind}} for kind in ("email", "postcode")]
        drawing({"text": "first"}, expects[0], {"text": "second"}, expects[1])
        assert drawing.stage.conversations.expectation("cnv_1").answer == "postcode"

    def test_nothing_is_remembered_of_a_plain_text(self, drawing: Drawing) -> None:
        drawing({"text": "hello"})
        assert drawing.stage.conversations.expectation("cnv_1").answer is None


class TestCards:
    def test_are_opened_and_drawn_with_the_message_before(self, drawing: Drawing) -> None:
        card = {"custom": {"card": drawing.sealed("card", CARD)}}
        (message,) = drawing({"text": "Your orders:"}, card, card)
        assert message["text"] == "Your orders:"
        first, second = message["cards"]
        button = first.pop("buttons")[0]
        assert first == {
            "kind": "order",
            "title": "#W1000001",
            "rows": [{"label": "Status", "value": "pending"}],
        }
        assert button["title"] == "Where is it?"
        assert button["payload"] != second["buttons"][0]["payload"]
        assert drawing.pressed(button) == ("Where is it?", "/track_order")

    @pytest.mark.parametrize("token", ["⟦card:aaaaaaaa⟧", "", "card", None, 7])
    def test_that_were_never_sealed_are_trouble(self, drawing: Drawing, token: object) -> None:
        drawn = drawing({"text": "Your orders:"}, {"custom": {"card": token or "x"}}, {"text": "Bye"})
        assert drawn == [{"text": "Your orders:"}, {"text": TROUBLE}, {"text": "Bye"}]
        assert drawing.alerts == ["alert.unknown_card"]

    def test_of_another_conversation_are_trouble(self, drawing: Drawing) -> None:
        token = drawing.sealed("card", CARD, "cnv_2")
        assert drawing({"custom": {"card": token}}) == [{"text": TROUBLE}]
        assert "W1000001" not in drawing.logged

    def test_cannot_be_written_by_a_shopper(self, drawing: Drawing) -> None:
        token = drawing.sealed("comment", CARD)
        assert drawing({"custom": {"card": token}}) == [{"text": TROUBLE}]


class TestCheckpoints:
    def test_come_with_the_address_of_their_page(self, drawing: Drawing) -> None:
        token = drawing.sealed("checkpoint", STOP)
        assert drawing({"text": "Please sign in."}, {"custom": {"checkpoint": token}}) == [
            {
                "text": "Please sign in.",
                "checkpoint": {
                    "level": "signed_in",
                    "reason": "sign_in",
                    "url": "https://chat.example/portal/checkpoint/name-of-the-page",
                },
            }
        ]

    def test_of_another_conversation_are_trouble(self, drawing: Drawing) -> None:
        token = drawing.sealed("checkpoint", STOP, "cnv_2")
        assert drawing({"custom": {"checkpoint": token}}) == [{"text": TROUBLE}]
        assert "name-of-the-page" not in drawing.logged

    def test_are_no_cards_and_cards_no_checkpoints(self, drawing: Drawing) -> None:
        stop, card = drawing.sealed("checkpoint", STOP), drawing.sealed("card", CARD)
        for custom in ({"card": stop}, {"checkpoint": card}):
            assert drawing({"custom": custom}) == [{"text": TROUBLE}]


CHOICES = {"choices": [[{"say": "choice_yes"}, '/affirm{"proposal": "prp_x"}'], ["Lamp", "/deny"]]}


class TestChoices:
    def test_stand_with_the_message_before_and_hide_what_they_mean(self, drawing: Drawing) -> None:
        token = drawing.sealed("choices", CHOICES)
        (message,) = drawing({"text": "Shall I?"}, {"custom": {"choices": token}})
        yes, lamp = message["buttons"]
        assert (message["text"], yes["title"], lamp["title"]) == ("Shall I?", "Yes, do it", "Lamp")
        assert "prp_x" not in str(message)
        assert drawing.pressed(yes) == ("Yes, do it", '/affirm{"proposal": "prp_x"}')

    def test_come_after_those_of_the_response(self, drawing: Drawing) -> None:
        token = drawing.sealed("choices", CHOICES)
        own = {"text": "Shall I?", "buttons": [{"title": "Help", "payload": "/ask_help"}]}
        (message,) = drawing(own, {"custom": {"choices": token}})
        assert [button["title"] for button in message["buttons"]] == ["Help", "Yes, do it", "Lamp"]

    @pytest.mark.parametrize("kind", ["comment", "card", "checkpoint", "name"])
    def test_are_nothing_else_that_was_sealed(self, drawing: Drawing, kind: str) -> None:
        token = drawing.sealed(kind, CHOICES)
        assert drawing({"custom": {"choices": token}}) == [{"text": TROUBLE}]
        assert drawing.alerts == ["alert.unknown_card"]

    def test_of_another_conversation_are_trouble(self, drawing: Drawing) -> None:
        token = drawing.sealed("choices", CHOICES, "cnv_2")
        assert drawing({"custom": {"choices": token}}) == [{"text": TROUBLE}]


class TestReadingBack:
    """A yes can count only once the very card of the proposal was drawn, and delivered."""

    @pytest.fixture
    def proposal(self, drawing: Drawing) -> str:
        proposals = drawing.stage.proposals
        return proposals.propose("cnv_1", "order:cancel", "#W1000002", Personal("this"))

    def card(self, drawing: Drawing, proposal: str, kind: str = "card", conversation: str = "cnv_1") -> Any:
        title = {"say": "card_proposal_cancel_title", "with": {"number": "#W1000002"}}
        fields = [["item", "Desk Lamp"], ["reason", "ordered by mistake"]]
        card = {"kind": "proposal_cancel", "title": title, "fields": fields, "proposal": proposal}
        return {"custom": {"card": drawing.sealed(kind, card, conversation)}}

    def waits(self, drawing: Drawing) -> str | None:
        """The proposal that can be agreed to once the reply is out."""
        drawing.stage.proposals.seen("cnv_1")
        return drawing.stage.proposals.waiting("cnv_1")

    def test_its_card_makes_it_countable_and_shows_no_name(self, drawing: Drawing, proposal: str) -> None:
        (message,) = drawing({"text": "Shall I?"}, self.card(drawing, proposal))
        (card,) = message["cards"]
        assert card["title"] == "Cancel the whole order #W1000002"
        assert [row["value"] for row in card["rows"]] == ["Desk Lamp", "ordered by mistake"]
        assert proposal not in str(message)
        assert drawing.stage.proposals.waiting("cnv_1") is None, "drawn, but not yet delivered"
        assert self.waits(drawing) == proposal

    def test_nothing_less_does(self, drawing: Drawing, proposal: str) -> None:
        named = drawing.sealed("proposal", {"name": proposal})
        yes = {"choices": [[{"say": "choice_yes"}, f'/affirm{{"proposal": "{proposal}"}}']]}
        drawing(
            {"text": "Shall I?"},
            {"custom": {"proposal": named}},
            {"custom": {"choices": drawing.sealed("choices", yes)}},
            {"custom": {"proposal": proposal}},
            {"text": f"{named} {proposal}"},
        )
        assert self.waits(drawing) is None

    def test_a_card_that_cannot_be_drawn_does_not(self, drawing: Drawing, proposal: str) -> None:
        broken = {"kind": "proposal_cancel", "title": "x", "fields": [["weather", "fine"]]}
        token = drawing.sealed("card", {**broken, "proposal": proposal})
        assert drawing({"custom": {"card": token}}) == [{"text": TROUBLE}]
        assert self.waits(drawing) is None

    @pytest.mark.parametrize("kind", ["comment", "choices", "proposal"])
    def test_a_shopper_cannot_write_it(self, drawing: Drawing, proposal: str, kind: str) -> None:
        assert drawing(self.card(drawing, proposal, kind)) == [{"text": TROUBLE}]
        assert self.waits(drawing) is None

    def test_the_card_of_another_conversation_does_not(self, drawing: Drawing, proposal: str) -> None:
        assert drawing(self.card(drawing, proposal, conversation="cnv_2")) == [{"text": TROUBLE}]
        assert self.waits(drawing) is None

    def test_the_card_of_an_earlier_one_does_not(self, drawing: Drawing, proposal: str) -> None:
        earlier = self.card(drawing, proposal)
        drawing.stage.proposals.propose("cnv_1", "order:cancel", "#W1000002", Personal("something else"))
        drawing(earlier)
        assert self.waits(drawing) is None

    def test_a_card_without_a_proposal_makes_none_countable(self, drawing: Drawing, proposal: str) -> None:
        drawing({"custom": {"card": drawing.sealed("card", CARD)}})
        assert self.waits(drawing) is None
