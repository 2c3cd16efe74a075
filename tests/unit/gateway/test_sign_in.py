"""Signing in by words in the chat; what never reaches Rasa is as important as what is said."""

import pytest

from countersign.gateway.models import Incoming
from countersign.identity.models import CODE_TRIES, Level, Session
from countersign.kit.hidden import Personal
from countersign.risk.table import RATES, Bucket
from tests.fakes.gateway_parts import JOERG, UNA, Stage, run, texts

WRONG = "0000-0000"
SENT = "Please look into your mailbox: I've sent a message to that address."
DEAD = "That code is no longer good"


@pytest.fixture
def session(stage: Stage) -> Session:
    """A guest who was just asked for an e-mail address."""
    session = stage.guest()
    stage.conversations.expect_sign_in(session.conversation, "email")
    return session


def said(stage: Stage, session: Session, text: str) -> str:
    """What the gateway answers by itself."""
    heard = len(stage.rasa.heard)
    (answer,) = texts(run(stage.say(session, text)))
    assert len(stage.rasa.heard) == heard, "it went to Rasa"
    return answer


def awaited(stage: Stage, session: Session) -> str | None:
    return stage.conversations.expectation(session.conversation).sign_in


class TestAddress:
    def test_brings_a_code_and_stays_here(self, stage: Stage, session: Session) -> None:
        assert said(stage, session, "sure, it's Una.Lark@POST.example").startswith(SENT)
        assert awaited(stage, session) == "code"
        assert len(stage.demo_outbox.messages(UNA.reveal())) == 1

    def test_marks_the_next_answer_as_personal(self, stage: Stage, session: Session) -> None:
        (entry,) = run(stage.say(session, UNA.reveal())).entries
        assert entry.body["sensitive"] == {"kind": "code"}

    def test_without_an_account_reads_the_same_and_its_mail_says_so(
        self, stage: Stage, session: Session
    ) -> None:
        unknown = Personal("nobody@post.example")
        assert said(stage, session, unknown.reveal()) == said(stage, session, UNA.reveal())
        (mail,) = stage.demo_outbox.messages(unknown.reveal())
        assert "no account" in mail["text"].replace("\n", " ") and "code" not in mail

    def test_that_no_mail_can_go_to_is_asked_for_again(self, stage: Stage, session: Session) -> None:
        (entry,) = run(stage.say(session, "una @ post")).entries
        assert entry.body["text"].startswith("Please type the e-mail address")
        assert entry.body["sensitive"] == {"kind": "email"}
        assert (awaited(stage, session), stage.rasa.heard) == ("email", [])

    def test_given_too_often_must_wait(self, stage: Stage, session: Session) -> None:
        for _ in range(RATES[Bucket.SIGN_INS_PER_SESSION][0].amount):
            said(stage, session, UNA.reveal())
        assert said(stage, session, UNA.reveal()).startswith("Too many codes were asked for.")

    def test_that_nobody_asked_for_goes_on_sealed(self, stage: Stage) -> None:
        session = stage.guest()
        run(stage.say(session, f"I'm {UNA.reveal()}"))
        assert len(stage.rasa.heard) == 1 and "una.lark" not in stage.rasa.values[0]
        assert stage.demo_outbox.messages() == []

    def test_is_not_taken_out_of_a_question(self, stage: Stage, session: Session) -> None:
        run(stage.say(session, "why do you need that?"))
        assert stage.rasa.values == ["why do you need that?"]
        assert awaited(stage, session) == "email"


class TestCode:
    @pytest.fixture
    def code(self, stage: Stage, session: Session) -> str:
        said(stage, session, UNA.reveal())
        return stage.code()

    @pytest.mark.parametrize("typed", ["{}", "it's {}", "{} ", "the code is {}."])
    def test_signs_in_however_it_is_typed(
        self, stage: Stage, session: Session, code: str, typed: str
    ) -> None:
        reply = run(stage.say(session, typed.format(code)))
        assert texts(reply) == ["You're signed in."]
        assert reply.opened is not None and reply.opened.session.level is Level.SIGNED_IN
        assert reply.opened.session.person == stage.store.find(UNA)
        assert awaited(stage, session) is None
        assert stage.rasa.heard == []

    def test_never_stands_in_history(self, stage: Stage, session: Session, code: str) -> None:
        run(stage.say(session, code))
        assert code not in str(stage.history(session))
        assert ("shopper", "••••") in stage.history(session)

    def test_passes_the_errand_that_waits(self, stage: Stage, session: Session, code: str) -> None:
        stage.suspend(session.conversation)
        run(stage.say(session, code))
        assert [(heard.kind, heard.value) for heard in stage.rasa.heard] == [("event", "resume")]

    def test_that_is_wrong_counts_down_and_signs_nobody_in(
        self, stage: Stage, session: Session, code: str
    ) -> None:
        stage.suspend(session.conversation)
        told = [said(stage, session, WRONG) for _ in range(CODE_TRIES - 1)]
        assert [text.rstrip(").")[-1] for text in told] == ["4", "3", "2", "1"]
        assert said(stage, session, WRONG).startswith(DEAD)
        assert said(stage, session, code).startswith(DEAD)
        living = stage.sessions.of_conversation(session.conversation)
        assert living is not None and living.level is Level.ANYONE
        errand = stage.errands.waiting(session.conversation)
        assert errand is not None and not errand.passed

    def test_that_is_wrong_leaves_the_right_one_good(self, stage: Stage, session: Session, code: str) -> None:
        said(stage, session, WRONG)
        assert said(stage, session, code) == "You're signed in."

    def test_that_is_too_old_asks_for_the_address_again(
        self, stage: Stage, session: Session, code: str
    ) -> None:
        stage.clock.advance(minutes=10)
        (entry,) = run(stage.say(session, code)).entries
        assert entry.body["text"].startswith(DEAD)
        assert entry.body["sensitive"] == {"kind": "email"}
        assert awaited(stage, session) == "email"

    def test_of_an_earlier_mail_is_wrong(self, stage: Stage, session: Session, code: str) -> None:
        said(stage, session, UNA.reveal())
        assert "isn't right" in said(stage, session, code)

    def test_of_another_conversation_is_wrong(self, stage: Stage, session: Session, code: str) -> None:
        other = stage.guest()
        stage.conversations.expect_sign_in(other.conversation, "email")
        said(stage, other, JOERG.reveal())
        assert "isn't right" in said(stage, other, code)

    def test_of_another_account_is_not_for_a_chat_that_has_one(self, stage: Stage) -> None:
        una = stage.signed_in(UNA)
        stage.conversations.expect_sign_in(una.conversation, "email")
        said(stage, una, JOERG.reveal())
        answer = said(stage, una, stage.code(JOERG))
        assert answer.startswith("This chat belongs to another account.")
        living = stage.sessions.current(una.id)
        assert living is not None and living.person == stage.store.find(UNA)

    def test_guessed_from_one_address_too_often_must_wait(
        self, stage: Stage, session: Session, code: str
    ) -> None:
        rate = RATES[Bucket.CODE_TRIES_PER_ADDRESS][0]
        stage.limits.hit(Bucket.CODE_TRIES_PER_ADDRESS, "here", cost=100 * rate.amount)
        reply = run(stage.gateway.receive(session, Incoming("text", code, "key_1"), "here"))
        assert texts(reply)[0].startswith("Too many codes were asked for.")
        assert (reply.opened, stage.rasa.heard) == (None, [])


def test_a_card_number_beside_an_address_is_told_to_be_removed(stage: Stage, session: Session) -> None:
    reply = texts(run(stage.say(session, f"{UNA.reveal()} and my card is 4111 1111 1111 1111")))
    assert [text[:24] for text in reply] == ["I removed a card number ", SENT[:24]]
    assert "4111" not in str(stage.history(session))
