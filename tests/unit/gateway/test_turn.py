import asyncio

import pytest

from countersign.conversations.errors import TurnForgedError
from countersign.conversations.models import Entry
from countersign.gateway.errors import (
    EmptyError,
    RasaUnavailableError,
    SessionRequiredError,
    SlowDownError,
    TooLongError,
)
from countersign.gateway.hub import Frame
from countersign.gateway.models import Reply
from countersign.gateway.rasa_client import Item
from countersign.gateway.turn import shown
from countersign.risk.table import RATES, Bucket
from tests.fakes.gateway_parts import Stage, run, texts
from tests.fakes.rasa import Heard, echo

TROUBLE = "Sorry, something went wrong on our side. Nothing was changed. Please try again in a moment."


class TestOneMessage:
    def test_goes_to_rasa_and_its_answer_comes_back(self, stage: Stage) -> None:
        session = stage.guest()
        reply = run(stage.say(session, "hello"))
        assert texts(reply) == ["You said: hello"]
        assert [(h.conversation, h.kind, h.value) for h in stage.rasa.heard] == [
            (session.conversation, "text", "hello")
        ]
        assert stage.history(session) == [("shopper", "hello"), ("assistant", "You said: hello")]
        assert (reply.opened, reply.ended) == (None, False)

    def test_brings_a_ticket_that_lives_as_long_as_its_turn(self, stage: Stage) -> None:
        session = stage.guest()
        acted: list[str] = []

        def says(heard: Heard) -> list[Item]:
            acted.append(stage.turns.living(heard.conversation, heard.ticket).session)
            return echo(heard)

        stage.rasa.says = says
        run(stage.say(session, "hello"))
        assert acted == [session.id]
        with pytest.raises(TurnForgedError):
            stage.turns.living(session.conversation, stage.rasa.heard[0].ticket)

    def test_that_rasa_fails_leaves_no_ticket(self, stage: Stage) -> None:
        session = stage.guest()
        stage.rasa.down = True
        with pytest.raises(RasaUnavailableError):
            run(stage.say(session, "hello"))
        with pytest.raises(TurnForgedError):
            stage.turns.living(session.conversation, stage.rasa.heard[0].ticket)

    def test_is_sealed_for_rasa_and_whole_for_the_shopper(self, stage: Stage) -> None:
        session = stage.guest()
        reply = run(stage.say(session, "write to una.lark@post.example"))
        assert "una.lark" not in stage.rasa.values[0] and "⟦email:" in stage.rasa.values[0]
        assert texts(reply) == ["You said: write to una.lark@post.example"]
        assert stage.history(session)[0] == ("shopper", "write to una.lark@post.example")

    def test_that_begins_with_a_slash_is_no_intent(self, stage: Stage) -> None:
        run(stage.say(stage.guest(), "  /restart"))
        assert stage.rasa.values == ["restart"]

    @pytest.mark.parametrize(("text", "error"), [(" \u200b\n", EmptyError), ("x" * 2001, TooLongError)])
    def test_that_cannot_be_taken_changes_nothing(
        self, stage: Stage, text: str, error: type[Exception]
    ) -> None:
        session = stage.guest()
        with pytest.raises(error):
            run(stage.say(session, text))
        assert stage.rasa.heard == [] and stage.history(session) == []

    def test_of_secrets_only_is_answered_without_rasa(self, stage: Stage) -> None:
        session = stage.guest()
        reply = run(stage.say(session, "4111 1111 1111 1111"))
        assert texts(reply)[0].startswith("I removed a card number")
        assert stage.rasa.heard == []
        assert stage.history(session)[0] == ("shopper", "••••")

    def test_over_the_limit_must_wait_and_is_not_heard(self, stage: Stage) -> None:
        session = stage.guest()
        for _ in range(RATES[Bucket.MESSAGES_PER_SESSION][0].amount):
            stage.message_limits.hit(session, "")
        with pytest.raises(SlowDownError) as caught:
            run(stage.say(session, "hello"))
        assert 0 < caught.value.seconds <= 60
        assert stage.rasa.heard == []

    def test_of_a_session_that_is_over_is_refused(self, stage: Stage) -> None:
        session = stage.guest()
        stage.sessions.end(session)
        with pytest.raises(SessionRequiredError):
            run(stage.say(session, "hello"))
        assert stage.rasa.heard == [] and stage.history(session) == []

    def test_that_signs_out_says_that_it_is_over(self, stage: Stage) -> None:
        session = stage.guest()

        def says(heard: Heard) -> list[Item]:
            stage.sessions.end(session)
            return [{"text": "Until next time!"}]

        stage.rasa.says = says
        reply = run(stage.say(session, "sign out"))
        assert (texts(reply), reply.ended) == (["Until next time!"], True)


class TestTheSameKey:
    def test_twice_is_one_message_with_one_answer(self, stage: Stage) -> None:
        session = stage.guest()
        first = run(stage.say(session, "hello", "key_1"))
        second = run(stage.say(session, "hello", "key_1"))
        assert first.entries == second.entries
        assert stage.rasa.values == ["hello"]
        assert len(stage.history(session)) == 2

    def test_twice_at_once_is_one_message_with_one_answer(self, stage: Stage) -> None:
        session = stage.guest()

        async def both() -> list[list[Entry]]:
            replies = await asyncio.gather(*(stage.say(session, "hello", "key_1") for _ in range(2)))
            return [reply.entries for reply in replies]

        first, second = run(both())
        assert first == second and len(first) == 1
        assert stage.rasa.values == ["hello"]
        assert len(stage.history(session)) == 2

    def test_in_two_conversations_is_two_messages(self, stage: Stage) -> None:
        for session in (stage.guest(), stage.guest()):
            assert texts(run(stage.say(session, "hello", "key_1"))) == ["You said: hello"]
        assert stage.rasa.values == ["hello", "hello"]

    def test_after_rasa_was_down_is_answered_and_stands_once(self, stage: Stage) -> None:
        session = stage.guest()
        stage.rasa.down = True
        with pytest.raises(RasaUnavailableError):
            run(stage.say(session, "hello", "key_1"))
        assert stage.history(session) == [("shopper", "hello")]
        stage.rasa.down = False
        assert texts(run(stage.say(session, "hello", "key_1"))) == ["You said: hello"]
        assert stage.history(session) == [("shopper", "hello"), ("assistant", "You said: hello")]

    def test_after_a_crash_before_the_answer_was_kept_is_answered(self, stage: Stage) -> None:
        session = stage.guest()

        def crash(heard: Heard) -> list[Item]:
            raise MemoryError("the process is gone")

        stage.rasa.says = crash
        with pytest.raises(MemoryError):
            run(stage.say(session, "hello", "key_1"))
        stage.rasa.says = echo
        assert texts(run(stage.say(session, "hello", "key_1"))) == ["You said: hello"]
        assert stage.history(session) == [("shopper", "hello"), ("assistant", "You said: hello")]

    def test_after_a_failure_presses_the_same_button_again(self, stage: Stage) -> None:
        session = stage.guest()
        (button,) = stage.conversations.offer(session.conversation, [("Sign in", "/sign_in")])
        stage.rasa.down = True
        with pytest.raises(RasaUnavailableError):
            run(stage.press(session, button["payload"], "key_1"))
        stage.rasa.down = False
        assert texts(run(stage.press(session, button["payload"], "key_1"))) == ["You said: /sign_in"]
        assert [sender for sender, _ in stage.history(session)] == ["shopper", "assistant"]

    def test_after_a_failure_seals_the_answer_to_a_question_again(self, stage: Stage) -> None:
        session = stage.guest()
        stage.rasa.says = lambda heard: [{"text": "Which postcode?"}, {"custom": {"expects": "postcode"}}]
        run(stage.say(session, "track W1000001"))
        stage.rasa.down = True
        with pytest.raises(RasaUnavailableError):
            run(stage.say(session, "KX-77", "key_1"))
        stage.rasa.down = False
        run(stage.say(session, "KX-77", "key_1"))
        first, second = stage.rasa.values[-2:]
        assert first == second and first.startswith("⟦postcode:")


class TestTwoMessagesAtOnce:
    def test_go_one_after_the_other(self, stage: Stage) -> None:
        session = stage.guest()
        within: list[str] = []

        async def says(heard: Heard) -> list[Item]:
            assert within == [], "two turns of one conversation at once"
            within.append(heard.value)
            for _ in range(50):  # the other one has every chance to come in
                await asyncio.to_thread(int)
            within.remove(heard.value)
            return echo(heard)

        async def both() -> None:
            stage.rasa.says = says
            await asyncio.gather(stage.say(session, "first"), stage.say(session, "second"))

        run(both())
        told = [text for _, text in stage.history(session)]
        one, other = ["first", "You said: first"], ["second", "You said: second"]
        assert told in (one + other, other + one)

    def test_of_two_conversations_do_not_wait_for_each_other(self, stage: Stage) -> None:
        one, other = stage.guest(), stage.guest()

        async def both() -> list[str]:
            other_is_done = asyncio.Event()

            async def says(heard: Heard) -> list[Item]:
                if heard.conversation == one.conversation:
                    await other_is_done.wait()
                return echo(heard)

            stage.rasa.says = says
            first = asyncio.create_task(stage.say(one, "one"))
            await stage.say(other, "other")
            other_is_done.set()
            return texts(await first)

        assert run(both()) == ["You said: one"]

    def test_the_second_is_refused_when_the_first_signs_out(self, stage: Stage) -> None:
        """Whichever of the two is first: sent at once, they may come in either order."""
        session = stage.guest()

        def says(heard: Heard) -> list[Item]:
            stage.sessions.end(session)
            return echo(heard)

        stage.rasa.says = says

        async def both() -> list[object]:
            return list(
                await asyncio.gather(
                    stage.say(session, "one"), stage.say(session, "two"), return_exceptions=True
                )
            )

        replies = run(both())
        (answered,) = [one for one in replies if isinstance(one, Reply)]
        (refused,) = [one for one in replies if not isinstance(one, Reply)]
        assert isinstance(refused, SessionRequiredError)
        assert texts(answered) == [f"You said: {stage.rasa.values[0]}"]
        assert len(stage.rasa.values) == 1

    def test_the_second_goes_to_the_new_conversation_when_the_first_was_deleted(self, stage: Stage) -> None:
        session = stage.guest()
        moved = stage.sessions.change_conversation(session)
        run(stage.say(session, "hello"))
        assert [heard.conversation for heard in stage.rasa.heard] == [moved]
        assert stage.history(session) == []


class TestOtherWindows:
    def test_hear_question_and_answer_and_the_asker_hears_nothing_twice(self, stage: Stage) -> None:
        session = stage.guest()
        heard: list[Frame] = []

        async def other(frame: Frame) -> None:
            heard.append(frame)

        async def deaf(frame: Frame) -> None:
            raise ConnectionResetError("gone")

        stage.gateway.hub.join(session.conversation, other)
        stage.gateway.hub.join(session.conversation, deaf)
        reply = run(stage.say(session, "hello", "key_1"))
        assert texts(reply) == ["You said: hello"]
        (frame,) = heard
        assert (frame["type"], frame["reason"]) == ("push", "elsewhere")
        assert [(m["from"], m["text"]) for m in frame["messages"]] == [
            ("shopper", "hello"),
            ("assistant", "You said: hello"),
        ]
        assert "token" not in frame


def test_a_message_is_shown_with_its_id_time_and_sender(stage: Stage) -> None:
    session = stage.guest()
    for sender, key in (("shopper", "key_1"), ("assistant", "key_1"), ("shopper", None)):
        stage.conversations.append(session.conversation, sender, {"text": "hi"}, key=key)  # type: ignore[arg-type]
    own, answer, keyless = map(shown, stage.conversations.history(session.conversation))
    assert own == {
        "id": "00000001",
        "at": stage.clock.now().isoformat(),
        "from": "shopper",
        "key": "key_1",
        "text": "hi",
    }
    assert (answer["from"], "key" in answer, "key" in keyless) == ("assistant", False, False)
