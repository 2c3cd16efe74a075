from actions.shared import Resume, Stop
from tests.unit.actions.conftest import Scenes


class TestResume:
    def test_takes_the_errand_up_where_it_was_left_and_once(self, scenes: Scenes) -> None:
        una = scenes.stage.signed_in()
        scenes.stage.suspend(
            una.conversation, "action_track_order", orders_number="#W1000001", orders_hint=""
        )
        scenes.stage.errands.passed(una.conversation)
        played = scenes.play(Resume, una, "EXTERNAL_resume")
        assert (played.said, played.followup) == ([], "action_track_order")
        assert played.slots == {"orders_number": "#W1000001", "orders_hint": ""}
        again = scenes.play(Resume, una, "EXTERNAL_resume")
        assert (again.said, again.followup, again.slots) == (["utter_sign_in_done"], None, {})

    def test_leaves_an_errand_whose_checkpoint_was_not_passed(self, scenes: Scenes) -> None:
        guest = scenes.stage.guest()
        scenes.stage.suspend(guest.conversation)
        assert scenes.play(Resume, guest, "EXTERNAL_resume").followup is None
        assert scenes.stage.errands.waiting(guest.conversation) is not None

    def test_leaves_the_errand_of_another_conversation(self, scenes: Scenes) -> None:
        una, other = scenes.stage.signed_in(), scenes.stage.signed_in()
        scenes.stage.suspend(other.conversation)
        scenes.stage.errands.passed(other.conversation)
        assert scenes.play(Resume, una, "EXTERNAL_resume").followup is None
        assert scenes.stage.errands.take(other.conversation) is not None


class TestStop:
    def test_drops_the_errand_the_sign_in_and_what_was_named(self, scenes: Scenes) -> None:
        guest = scenes.stage.guest()
        scenes.stage.suspend(guest.conversation)
        scenes.stage.conversations.expect_sign_in(guest.conversation, "code")
        played = scenes.play(Stop, guest, "stop", slots={"orders_number": "#W1000001"})
        assert played.said == ["utter_shared_stopped"]
        assert played.slots == {"orders_number": None, "orders_hint": None}
        assert scenes.stage.errands.waiting(guest.conversation) is None
        assert scenes.stage.conversations.expectation(guest.conversation).sign_in is None

    def test_with_nothing_begun_is_no_trouble(self, scenes: Scenes) -> None:
        assert scenes.play(Stop, scenes.stage.guest(), "stop").said == ["utter_shared_stopped"]
