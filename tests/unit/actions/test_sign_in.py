from actions.sign_in import AskToSignIn, SignOut, SignOutEverywhere
from tests.unit.actions.conftest import Scenes


class TestAsking:
    def test_a_guest_is_asked_for_the_address(self, scenes: Scenes) -> None:
        guest = scenes.stage.guest()
        played = scenes.play(AskToSignIn, guest, "sign_in")
        assert (played.said, played.checkpoints) == (["utter_sign_in_ask_email"], [])
        assert scenes.stage.conversations.expectation(guest.conversation).sign_in == "email"

    def test_who_is_signed_in_is_told_so(self, scenes: Scenes) -> None:
        una = scenes.stage.signed_in()
        assert scenes.play(AskToSignIn, una, "sign_in").said == ["utter_sign_in_already"]
        assert scenes.stage.conversations.expectation(una.conversation).sign_in is None


class TestSigningOut:
    def test_ends_this_session_and_no_other(self, scenes: Scenes) -> None:
        here, there = scenes.stage.signed_in(), scenes.stage.signed_in()
        assert scenes.play(SignOut, here, "sign_out").said == ["utter_shared_signed_out"]
        assert scenes.stage.sessions.current(here.id) is None
        assert scenes.stage.sessions.current(there.id) is not None

    def test_ends_a_guests_session_too(self, scenes: Scenes) -> None:
        guest = scenes.stage.guest()
        scenes.play(SignOut, guest, "sign_out")
        assert scenes.stage.sessions.current(guest.id) is None

    def test_everywhere_ends_every_session_of_the_person_and_nobody_elses(self, scenes: Scenes) -> None:
        here, there, guest = scenes.stage.signed_in(), scenes.stage.signed_in(), scenes.stage.guest()
        assert scenes.play(SignOutEverywhere, here, "sign_out_everywhere").said == ["utter_shared_signed_out"]
        assert [scenes.stage.sessions.current(session.id) for session in (here, there)] == [None, None]
        assert scenes.stage.sessions.current(guest.id) is not None

    def test_everywhere_needs_a_sign_in(self, scenes: Scenes) -> None:
        guest, una = scenes.stage.guest(), scenes.stage.signed_in()
        played = scenes.play(SignOutEverywhere, guest, "sign_out_everywhere")
        assert played.said == ["utter_checkpoint_signed_in"]
        errand = scenes.stage.errands.of_page(played.checkpoints[0]["page"])
        assert (errand.action, errand.deed) == ("action_sign_out_everywhere", "session:end_all")
        assert scenes.stage.sessions.current(una.id) is not None
