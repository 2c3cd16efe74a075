import pytest
from structlog.testing import capture_logs

from countersign.gateway.agreement import Agreement
from countersign.gateway.errors import MessageError
from countersign.gateway.inward import Inward
from countersign.gateway.models import Incoming, Prepared
from countersign.gateway.screen import RuleScreen
from countersign.gateway.seal import Sealer
from countersign.gateway.sign_in import SignInStep
from countersign.identity.models import Level, Session
from tests.fakes.gateway_parts import UNA, Stage, run, texts


def mailed(stage: Stage) -> tuple[Session, str]:
    """A guest to whom a code was mailed, and that code as few would type it."""
    session = stage.guest()
    stage.conversations.expect_sign_in(session.conversation, "email")
    run(stage.say(session, UNA.reveal()))
    stage.notify.deliver_pending()
    return session, stage.code().replace("-", "").lower()


def test_after_asking_for_another_the_code_that_came_still_signs_in(stage: Stage) -> None:
    session, code = mailed(stage)
    stage.conversations.expect_sign_in(session.conversation, "email")
    reply = run(stage.say(session, code))
    assert reply.opened is not None
    assert reply.opened.session.level is Level.SIGNED_IN
    assert [heard.value for heard in stage.rasa.heard if heard.kind == "text"] == []


@pytest.mark.parametrize("spelled", [False, True])
def test_after_stop_a_living_code_is_removed_all_the_same(stage: Stage, spelled: bool) -> None:
    session, code = mailed(stage)
    stage.conversations.expect_sign_in(session.conversation, None)
    reply = run(stage.say(session, " ".join(code) if spelled else code))
    assert "one-time code" in texts(reply)[0]
    assert stage.rasa.heard == []


def inward(stage: Stage) -> Inward:
    step = SignInStep(stage.conversations, stage.errands, stage.sign_in, stage.phrases, lambda: None)
    sealer = Sealer(stage.tokens, stage.store)
    agreement = Agreement(stage.proposals)
    return Inward(stage.conversations, RuleScreen(), sealer, step, agreement, stage.phrases)


def prepared(stage: Stage, session: Session, text: str) -> Prepared:
    return inward(stage).prepare(session, Incoming("text", text, "key_1"), "")


class TestText:
    def test_is_normalised_before_anything_looks_at_it(self, stage: Stage) -> None:
        one = prepared(stage, stage.guest(), "  /ｒestart\n\u202enow")
        assert one.send == ("text", "restart now")
        assert one.shown == "restart now"

    def test_with_secrets_tells_of_each_kind_once_and_sends_the_rest(self, stage: Stage) -> None:
        one = prepared(
            stage,
            stage.guest(),
            "4111 1111 1111 1111 or 5555 5555 5555 4444, my password is hunter22, where is my order?",
        )
        told = [message["text"][:40] for message in one.said]
        assert told == [
            "I removed a card number from your message"[:40],
            "I removed a password or card code from y",
        ]
        assert one.send is not None
        assert "4111" not in one.send[1] and "hunter22" not in one.send[1]
        assert "where is my order?" in one.send[1]

    @pytest.mark.parametrize("text", ["O'Brien; -- what's up", "where is W1000001?"])
    def test_that_means_no_harm_raises_no_signal(self, stage: Stage, text: str) -> None:
        with capture_logs() as logs:
            assert prepared(stage, stage.guest(), text).send is not None
        assert logs == []

    def test_that_looks_like_an_attack_is_a_signal_and_goes_on(self, stage: Stage) -> None:
        session, attack = stage.guest(), "' or 1=1 -- and where is my order"
        with capture_logs() as logs:
            one = prepared(stage, session, attack)
        assert one.send == ("text", attack)
        (log,) = logs
        assert (log["event"], log["conversation"], log["classes"]) == (
            "screen.signals",
            session.conversation,
            ["sql"],
        )
        assert "order" not in str(log)

    def test_that_answers_a_question_is_sealed_as_such(self, stage: Stage) -> None:
        session = stage.guest()
        stage.conversations.expect_answer(session.conversation, "postcode")
        one = prepared(stage, session, "KX-77")
        assert one.send is not None and one.send[1].startswith("⟦postcode:")
        assert one.shown == "KX-77"

    @pytest.mark.parametrize("text", ["why do you need that?", "cancel", "a person, please"])
    def test_that_leads_out_of_a_question_reaches_rasa_as_it_is(self, stage: Stage, text: str) -> None:
        session = stage.guest()
        for kind in ("postcode", "email", "name", "address", "comment"):
            stage.conversations.expect_answer(session.conversation, kind)
            assert prepared(stage, session, text).send == ("text", text)


class TestButton:
    def pressed(self, stage: Stage, session: Session, name: str, key: str = "key_1") -> Prepared:
        return inward(stage).prepare(session, Incoming("payload", name, key), "")

    def test_is_shown_by_its_title_and_sent_as_rasa_knows_it(self, stage: Stage) -> None:
        session = stage.guest()
        (button,) = stage.conversations.offer(session.conversation, [("Sign in", "/sign_in")])
        one = self.pressed(stage, session, button["payload"])
        assert (one.shown, one.send, one.said) == ("Sign in", ("payload", "/sign_in"), [])

    @pytest.mark.parametrize("name", ["/sign_in", '/track_order{"order_id":"#W2378156"}', "btn_x", ""])
    def test_that_was_not_offered_has_passed_and_is_not_sent(self, stage: Stage, name: str) -> None:
        one = self.pressed(stage, stage.guest(), name)
        assert (one.shown, one.send) == ("", None)
        assert one.said[0]["text"].startswith("That choice has passed.")

    def test_of_another_conversation_has_passed(self, stage: Stage) -> None:
        (button,) = stage.conversations.offer(stage.guest().conversation, [("Sign in", "/sign_in")])
        assert self.pressed(stage, stage.guest(), button["payload"]).send is None

    def test_pressed_twice_has_passed(self, stage: Stage) -> None:
        session = stage.guest()
        (button,) = stage.conversations.offer(session.conversation, [("Sign in", "/sign_in")])
        assert self.pressed(stage, session, button["payload"], "key_1").send is not None
        assert self.pressed(stage, session, button["payload"], "key_2").send is None


class TestYes:
    """A yes is heard on the way in, before Rasa can say what it was."""

    @pytest.fixture
    def shown(self, stage: Stage) -> tuple[Session, str]:
        session = stage.guest()
        return session, stage.read_back(session)

    def test_agrees_to_what_stood_there_when_it_came(self, stage: Stage, shown: tuple[Session, str]) -> None:
        session, name = shown
        one = inward(stage).prepare(session, Incoming("text", "Yes, please.", "key_1"), "", name)
        assert one.send == ("text", "Yes, please.")
        assert stage.proposals.agreed(session.conversation)

    def test_agrees_to_nothing_when_nothing_stood_there(
        self, stage: Stage, shown: tuple[Session, str]
    ) -> None:
        session, _ = shown
        prepared(stage, session, "yes")
        assert not stage.proposals.agreed(session.conversation)

    @pytest.mark.parametrize(
        "text",
        [
            "yes 4111 1111 1111 1111",
            "yes, my password is hunter22",
            "yes una.lark@post.example",
            "yes CB7 4DL",
            "no",
        ],
    )
    def test_with_something_in_it_that_is_sealed_or_taken_out_is_none(
        self, stage: Stage, shown: tuple[Session, str], text: str
    ) -> None:
        session, name = shown
        inward(stage).prepare(session, Incoming("text", text, "key_1"), "", name)
        assert not stage.proposals.agreed(session.conversation)
        assert stage.proposals.waiting(session.conversation) is None

    @pytest.mark.parametrize("text", [" ", "x" * 2001])
    def test_a_message_that_cannot_be_taken_changes_nothing(
        self, stage: Stage, shown: tuple[Session, str], text: str
    ) -> None:
        session, name = shown
        with pytest.raises(MessageError):
            inward(stage).prepare(session, Incoming("text", text, "key_1"), "", name)
        assert stage.proposals.waiting(session.conversation) == name

    def test_by_its_own_button_is_one_and_twice_is_none(
        self, stage: Stage, shown: tuple[Session, str]
    ) -> None:
        session, name = shown
        yes = f'/affirm{{"proposal": "{name}"}}'
        (button,) = stage.conversations.offer(session.conversation, [("Yes, do it", yes)])
        pressed = Incoming("payload", button["payload"], "key_1")
        assert inward(stage).prepare(session, pressed, "").send == ("payload", yes)
        assert stage.proposals.agreed(session.conversation)
        again = Incoming("payload", button["payload"], "key_2")
        assert inward(stage).prepare(session, again, "").send is None

    def test_by_a_button_of_rasas_that_looks_like_it_is_none(
        self, stage: Stage, shown: tuple[Session, str]
    ) -> None:
        session, _ = shown
        (button,) = stage.conversations.offer(session.conversation, [("Yes, do it", "/affirm")])
        inward(stage).prepare(session, Incoming("payload", button["payload"], "key_1"), "")
        assert not stage.proposals.agreed(session.conversation)
