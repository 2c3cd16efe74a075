import inspect
import re

import pytest
from rasa_sdk.interfaces import Action
from structlog.testing import capture_logs

from actions.base import Events, GuardedAction
from actions.registry import ACTIONS
from actions.scene import Scene
from countersign.conversations.errors import TurnForgedError
from countersign.db.errors import DatabaseUnavailableError
from countersign.kit.errors import CountersignError
from countersign.kit.hidden import Personal
from tests.unit.actions.conftest import Scenes


class Note(GuardedAction):
    """Writes down for whom it ran."""

    NAME = "action_note"
    seen: list[Scene]

    def perform(self, scene: Scene) -> Events:
        type(self).seen.append(scene)
        scene.say("utter_shared_stopped")
        return []


@pytest.fixture(autouse=True)
def _fresh() -> None:
    Note.seen = []


class TestGuard:
    def test_an_action_runs_for_the_session_whose_turn_it_is(self, scenes: Scenes) -> None:
        una = scenes.stage.signed_in()
        scenes.play(Note, una)
        (scene,) = Note.seen
        assert (scene.session, scene.conversation) == (una, una.conversation)

    @pytest.mark.parametrize("ticket", ["", "forged"])
    def test_no_action_runs_without_a_living_ticket(self, scenes: Scenes, ticket: str) -> None:
        with pytest.raises(TurnForgedError):
            scenes.play(Note, scenes.stage.signed_in(), ticket=ticket)
        assert Note.seen == []

    def test_no_action_runs_with_the_ticket_of_another_conversation(self, scenes: Scenes) -> None:
        thief = scenes.stage.guest()
        ticket = scenes.stage.turns.begin(thief.conversation, thief.id, "")
        with pytest.raises(TurnForgedError):
            scenes.play(Note, scenes.stage.signed_in(), ticket=ticket.reveal())
        assert Note.seen == []

    def test_no_action_runs_once_the_session_is_over(self, scenes: Scenes) -> None:
        una = scenes.stage.signed_in()
        scenes.stage.sessions.end(una)
        with pytest.raises(TurnForgedError):
            scenes.play(Note, una)
        assert Note.seen == []

    def test_no_action_runs_in_a_turn_that_began_before_the_session_rose(self, scenes: Scenes) -> None:
        guest = scenes.stage.guest()
        scenes.stage.sign_in_of(guest)
        with pytest.raises(TurnForgedError):
            scenes.play(Note, guest)
        assert Note.seen == []

    def test_the_guarded_action_itself_is_abstract_so_that_rasa_sdk_passes_it_over(self) -> None:
        assert inspect.isabstract(GuardedAction) and issubclass(GuardedAction, Action)

    def test_every_action_is_guarded_and_named_after_its_wish(self) -> None:
        assert all(issubclass(action, GuardedAction) for action in ACTIONS)
        assert len({action.NAME for action in ACTIONS}) == len(ACTIONS)
        assert all(re.match(r"action_|validate_\w+_form$", action.NAME) for action in ACTIONS)
        assert not any("run" in vars(action) or "_run" in vars(action) for action in ACTIONS)


class TestTrouble:
    def test_with_a_part_that_is_down_is_said_and_logged_without_details(self, scenes: Scenes) -> None:
        class Down(Note):
            def perform(self, scene: Scene) -> Events:
                raise DatabaseUnavailableError("locked by una.lark@post.example")

        with capture_logs() as logs:
            played = scenes.play(Down, scenes.stage.guest())
        assert (played.said, played.slots) == (["utter_shared_trouble"], {})
        assert "una.lark" not in str(logs) and logs[0]["log_level"] == "error"

    def test_that_has_no_words_for_shoppers_is_raised(self, scenes: Scenes) -> None:
        class Wrong(Note):
            def perform(self, scene: Scene) -> Events:
                raise CountersignError("a mistake of ours")

        with pytest.raises(CountersignError):
            scenes.play(Wrong, scenes.stage.guest())


class TestScene:
    def test_reads_slots_entities_and_words_of_this_turn_only(self, scenes: Scenes) -> None:
        scenes.play(
            Note,
            scenes.stage.guest(),
            "track_order",
            "where is W1000001?",
            slots={"orders_number": "x", "orders_hint": None, "empty": ""},
            order_number="W1000001",
        )
        (scene,) = Note.seen
        assert (scene.intent, scene.words) == ("track_order", "where is W1000001?")
        assert scene.said("order_number") == "W1000001"
        assert scene.said("postcode") is None
        assert [scene.slot(name) for name in ("orders_number", "orders_hint", "empty", "none")] == [
            "x",
            None,
            None,
            None,
        ]

    @pytest.mark.parametrize("text", ['/track_order{"order_number": "x"}', "/EXTERNAL_resume", ""])
    def test_has_no_words_of_a_button_or_an_internal_turn(self, scenes: Scenes, text: str) -> None:
        scenes.play(Note, scenes.stage.guest(), "track_order", text)
        assert Note.seen[0].words == ""

    def test_opens_what_was_sealed_in_this_conversation_and_nothing_else(self, scenes: Scenes) -> None:
        guest, other = scenes.stage.guest(), scenes.stage.guest()
        mine, theirs = (
            scenes.stage.tokens.issue(session.conversation, "postcode", Personal("CB7 4DL"))
            for session in (guest, other)
        )
        scenes.play(Note, guest)
        (scene,) = Note.seen
        assert scene.opened(mine) == Personal("CB7 4DL")
        assert [scene.opened(token) for token in (theirs, "CB7 4DL", None, "")] == [None] * 4
