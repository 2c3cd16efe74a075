"""Turns that go on with what waited: undelivered answers, sign-in, errands."""

import pytest

from countersign.gateway.errors import (
    EmptyError,
    RasaUnavailableError,
)
from countersign.gateway.rasa_client import Item
from countersign.identity.models import Level, Session
from tests.fakes.gateway_parts import UNA, Stage, run, texts
from tests.fakes.rasa import Heard, echo

TROUBLE = "Sorry, something went wrong on our side. Nothing was changed. Please try again in a moment."


def resuming(stage: Stage, *said: Item) -> None:
    """Rasa as it is with our rules: an internal turn takes the errand up again."""

    def says(heard: Heard) -> list[Item]:
        if heard.kind != "event":
            return echo(heard)
        errand = stage.errands.take(heard.conversation)
        return list(said) or [{"text": f"On with {errand.action if errand else 'nothing'}"}]

    stage.rasa.says = says


def asking_to_sign_in(stage: Stage, session: Session) -> None:
    stage.suspend(session.conversation)
    stage.conversations.expect_sign_in(session.conversation, "email")


class TestWhatWaited:
    def wait(self, stage: Stage, session: Session) -> None:
        stage.conversations.append(
            session.conversation, "assistant", {"text": "You're signed in."}, delivered=False
        )

    def test_comes_once_with_the_next_reply_and_before_it(self, stage: Stage) -> None:
        session = stage.guest()
        self.wait(stage, session)
        assert texts(run(stage.say(session, "hello"))) == ["You're signed in.", "You said: hello"]
        assert texts(run(stage.say(session, "again"))) == ["You said: again"]

    def test_comes_again_with_the_same_key(self, stage: Stage) -> None:
        session = stage.guest()
        self.wait(stage, session)
        first = run(stage.say(session, "hello", "key_1"))
        assert texts(run(stage.say(session, "hello", "key_1"))) == texts(first)

    def test_is_not_lost_with_a_message_that_is_refused(self, stage: Stage) -> None:
        session = stage.guest()
        self.wait(stage, session)
        with pytest.raises(EmptyError):
            run(stage.say(session, " "))
        assert texts(run(stage.say(session, "hello")))[0] == "You're signed in."

    def test_is_not_lost_while_rasa_is_down(self, stage: Stage) -> None:
        session = stage.guest()
        self.wait(stage, session)
        stage.rasa.down = True
        with pytest.raises(RasaUnavailableError):
            run(stage.say(session, "hello", "key_1"))
        stage.rasa.down = False
        assert texts(run(stage.say(session, "hello", "key_1"))) == ["You're signed in.", "You said: hello"]


class TestSigningIn:
    def test_by_words_never_reaches_rasa_and_goes_on_with_the_errand(self, stage: Stage) -> None:
        session = stage.guest()
        resuming(stage)
        asking_to_sign_in(stage, session)
        run(stage.say(session, UNA.reveal()))
        reply = run(stage.say(session, stage.code()))
        assert texts(reply) == ["You're signed in.", "On with action_list_orders"]
        assert [(heard.kind, heard.value) for heard in stage.rasa.heard] == [("event", "resume")]
        assert reply.opened is not None
        assert (reply.opened.session.level, reply.ended) == (Level.SIGNED_IN, False)
        assert stage.sessions.resolve(reply.opened.token.reveal()).conversation == session.conversation

    def test_gives_the_internal_turn_the_new_session(self, stage: Stage) -> None:
        session = stage.guest()
        acted: list[str] = []
        stage.rasa.says = lambda heard: (
            acted.append(stage.turns.living(heard.conversation, heard.ticket).session) or []
        )
        asking_to_sign_in(stage, session)
        run(stage.say(session, UNA.reveal()))
        reply = run(stage.say(session, stage.code()))
        assert reply.opened is not None
        assert acted == [reply.opened.session.id]

    def test_without_an_errand_says_so_and_asks_rasa_nothing(self, stage: Stage) -> None:
        session = stage.guest()
        stage.conversations.expect_sign_in(session.conversation, "email")
        run(stage.say(session, UNA.reveal()))
        assert texts(run(stage.say(session, stage.code()))) == ["You're signed in."]
        assert stage.rasa.heard == []

    def test_while_rasa_is_down_keeps_the_errand_for_the_next_message(self, stage: Stage) -> None:
        session = stage.guest()
        resuming(stage)
        asking_to_sign_in(stage, session)
        run(stage.say(session, UNA.reveal()))
        stage.rasa.down = True
        reply = run(stage.say(session, stage.code()))
        assert texts(reply) == ["You're signed in.", TROUBLE]
        assert reply.opened is not None
        stage.rasa.down = False
        later = run(stage.say(reply.opened.session, "hello?"))
        assert texts(later) == ["On with action_list_orders", "You said: hello?"]
        assert texts(run(stage.say(reply.opened.session, "thanks"))) == ["You said: thanks"]

    def test_an_errand_waits_as_long_as_rasa_is_down_and_is_told_once(self, stage: Stage) -> None:
        session = stage.signed_in()
        resuming(stage)
        stage.suspend(session.conversation)
        stage.errands.passed(session.conversation)
        stage.rasa.down = True
        with pytest.raises(RasaUnavailableError):
            run(stage.say(session, "hello", "key_1"))
        stage.rasa.down = False
        assert texts(run(stage.say(session, "hello", "key_1"))) == [
            "On with action_list_orders",
            "You said: hello",
        ]
        assert [heard.kind for heard in stage.rasa.heard] == ["event", "event", "text"]

    def test_an_errand_that_went_on_is_told_even_when_the_message_is_refused(self, stage: Stage) -> None:
        session = stage.signed_in()
        resuming(stage)
        stage.suspend(session.conversation)
        stage.errands.passed(session.conversation)
        with pytest.raises(EmptyError):
            run(stage.say(session, " "))
        assert texts(run(stage.say(session, "hello"))) == ["On with action_list_orders", "You said: hello"]

    def test_the_same_code_message_again_gives_the_same_answer_and_spends_nothing(self, stage: Stage) -> None:
        session = stage.guest()
        resuming(stage)
        asking_to_sign_in(stage, session)
        run(stage.say(session, UNA.reveal()))
        code = stage.code()
        first = run(stage.say(session, code, "key_1"))
        assert first.opened is not None
        again = run(stage.say(first.opened.session, code, "key_1"))
        assert (texts(again), again.opened) == (texts(first), None)
        assert len(stage.rasa.heard) == 1


class TestResume:
    def test_goes_on_and_waits_to_be_delivered(self, stage: Stage) -> None:
        session = stage.signed_in()
        resuming(stage)
        stage.suspend(session.conversation)
        stage.errands.passed(session.conversation)
        assert texts(run(stage.gateway.resume(session))) == ["On with action_list_orders"]
        waiting = stage.conversations.take_undelivered(session.conversation)
        assert texts(waiting) == ["On with action_list_orders"]

    def test_does_nothing_without_a_passed_errand(self, stage: Stage) -> None:
        session = stage.signed_in()
        stage.suspend(session.conversation)
        assert run(stage.gateway.resume(session)).entries == []
        assert stage.rasa.heard == []
