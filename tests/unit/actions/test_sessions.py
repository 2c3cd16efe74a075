import json

from actions.sessions import EndSession, ListSessions
from countersign.identity.models import Session
from tests.unit.actions.conftest import Played, Scenes


def end_button(played: Played) -> str:
    (payload,) = [payload for card in played.cards for _, payload in card["choices"]]
    return str(json.loads(payload.removeprefix("/end_session"))["session_handle"])


def lives(scenes: Scenes, session: Session) -> bool:
    return scenes.stage.sessions.current(session.id) is not None


class TestListing:
    def test_of_one_says_that_there_is_no_other(self, scenes: Scenes) -> None:
        played = scenes.play(ListSessions, scenes.stage.signed_in(), "list_sessions")
        assert (played.said, played.cards) == (["utter_sessions_only_this"], [])

    def test_of_two_shows_both_and_a_way_to_end_the_other(self, scenes: Scenes) -> None:
        other, here = scenes.stage.signed_in(), scenes.stage.signed_in()
        played = scenes.play(ListSessions, here, "list_sessions")
        titles = [card["title"]["say"] for card in played.cards]
        assert sorted(titles) == ["card_session_elsewhere", "card_session_here"]
        assert end_button(played) == scenes.stage.sessions.handle(other)
        assert other.id not in played.raw and here.id not in played.raw

    def test_of_a_guest_stops_at_the_checkpoint(self, scenes: Scenes) -> None:
        played = scenes.play(ListSessions, scenes.stage.guest(), "list_sessions")
        assert played.said == ["utter_checkpoint_signed_in"]


class TestEnding:
    def test_ends_that_one_alone(self, scenes: Scenes) -> None:
        other, here = scenes.stage.signed_in(), scenes.stage.signed_in()
        handle = scenes.stage.sessions.handle(other)
        assert scenes.play(EndSession, here, "end_session", session_handle=handle).said == [
            "utter_sessions_ended"
        ]
        assert (lives(scenes, other), lives(scenes, here)) == (False, True)
        assert scenes.play(EndSession, here, "end_session", session_handle=handle).said == [
            "utter_sessions_gone"
        ]

    def test_by_words_shows_which_there_are(self, scenes: Scenes) -> None:
        scenes.stage.signed_in()
        played = scenes.play(EndSession, scenes.stage.signed_in(), "end_session", "end the one on my phone")
        assert played.said == ["utter_sessions_list"]

    def test_of_a_guest_ends_nothing(self, scenes: Scenes) -> None:
        mine = scenes.stage.signed_in()
        handle = scenes.stage.sessions.handle(mine)
        played = scenes.play(EndSession, scenes.stage.guest(), "end_session", session_handle=handle)
        assert played.said == ["utter_checkpoint_signed_in"]
        assert lives(scenes, mine)
