"""Turns of errands: what waits goes on by itself, in order, and nothing of it is lost."""

import pytest

from countersign.conversations.errors import TurnForgedError
from countersign.errands.desk import Desk, Desks
from countersign.errands.models import Draft, Kind
from countersign.gateway.errors import RasaUnavailableError
from countersign.gateway.rasa_client import Item
from countersign.gateway.turn import MOST_IN_A_ROW
from countersign.identity.models import Session
from tests.fakes.gateway_parts import UNA, Stage, run, texts
from tests.fakes.rasa import Heard, echo


@pytest.fixture
def session(stage: Stage) -> Session:
    return stage.signed_in()


def queue(stage: Stage, session: Session, *wishes: str) -> None:
    stage.errand_desk.queue(session.conversation, list(wishes))


def waiting(stage: Stage, session: Session) -> list[str]:
    return desks(stage).of(session.conversation).wishes


def desks(stage: Stage) -> Desks:
    return Desks(stage.conversation_rows, stage.vault)


class TestWhatWaits:
    def test_goes_on_in_the_same_reply_in_order(self, stage: Stage, session: Session) -> None:
        queue(stage, session, "one", "two")
        reply = run(stage.say(session, "hello", "key_1"))
        assert texts(reply) == ["You said: hello", "You said: one", "You said: two"]
        assert [(heard.kind, heard.value) for heard in stage.rasa.heard] == [
            ("text", "hello"),
            ("text", "one"),
            ("text", "two"),
        ]
        assert waiting(stage, session) == []
        assert texts(run(stage.say(session, "hello", "key_1"))) == texts(reply)
        assert len(stage.rasa.heard) == 3

    def test_each_has_a_ticket_of_its_own(self, stage: Stage, session: Session) -> None:
        queue(stage, session, "one", "two")
        acted: list[str] = []

        def says(heard: Heard) -> list[Item]:
            acted.append(stage.turns.living(heard.conversation, heard.ticket).session)
            return echo(heard)

        stage.rasa.says = says
        run(stage.say(session, "hello"))
        assert acted == [session.id] * 3
        assert len({heard.ticket for heard in stage.rasa.heard}) == 3
        for heard in stage.rasa.heard:
            with pytest.raises(TurnForgedError):
                stage.turns.living(heard.conversation, heard.ticket)

    def test_is_no_more_in_a_row_than_a_shopper_can_read(self, stage: Stage, session: Session) -> None:
        wishes = [f"wish {place}" for place in range(MOST_IN_A_ROW + 2)]
        queue(stage, session, *wishes)
        reply = run(stage.say(session, "hello"))
        assert len(reply.entries) == 1 + MOST_IN_A_ROW
        assert waiting(stage, session) == wishes[MOST_IN_A_ROW:]
        assert texts(run(stage.say(session, "on"))) == [
            "You said: on",
            *(f"You said: {wish}" for wish in wishes[MOST_IN_A_ROW:]),
        ]

    def test_a_draft_goes_on_by_an_internal_turn_before_any_wish(
        self, stage: Stage, session: Session
    ) -> None:
        desks(stage).keep(session.conversation, Desk(None, [Draft(Kind.CANCEL, "that one")], ["one"]))

        def says(heard: Heard) -> list[Item]:
            if heard.kind == "event":
                desks(stage).keep(session.conversation, Desk(Draft(Kind.CANCEL, "that one"), [], ["one"]))
                return [{"text": "Which order?"}]
            return echo(heard)

        stage.rasa.says = says
        assert texts(run(stage.say(session, "hello"))) == ["You said: hello", "Which order?"]
        assert [(heard.kind, heard.value) for heard in stage.rasa.heard][1:] == [("event", "resume")]
        assert waiting(stage, session) == ["one"]

    def test_a_draft_that_nobody_takes_up_ends_in_time(self, stage: Stage, session: Session) -> None:
        desks(stage).keep(session.conversation, Desk(None, [Draft(Kind.CANCEL)]))
        stage.rasa.says = lambda heard: [{"text": "Hm."}]
        assert len(run(stage.say(session, "hello")).entries) == 1 + MOST_IN_A_ROW

    def test_stays_while_an_errand_is_in_hand(self, stage: Stage, session: Session) -> None:
        desks(stage).keep(session.conversation, Desk(Draft(Kind.CANCEL), [], ["one"]))
        assert texts(run(stage.say(session, "hello"))) == ["You said: hello"]
        assert waiting(stage, session) == ["one"]

    def test_stops_where_a_wish_becomes_an_errand(self, stage: Stage, session: Session) -> None:
        queue(stage, session, "one", "two")

        def says(heard: Heard) -> list[Item]:
            if heard.value == "one":
                desk = desks(stage).of(session.conversation)
                desk.draft = Draft(Kind.CANCEL)
                desks(stage).keep(session.conversation, desk)
            return echo(heard)

        stage.rasa.says = says
        assert texts(run(stage.say(session, "hello"))) == ["You said: hello", "You said: one"]
        assert waiting(stage, session) == ["two"]

    def test_stays_behind_a_checkpoint_and_goes_on_after_it(self, stage: Stage) -> None:
        guest = stage.guest()
        stage.suspend(guest.conversation)
        stage.conversations.expect_sign_in(guest.conversation, "email")
        queue(stage, guest, "one")

        def says(heard: Heard) -> list[Item]:
            if heard.kind == "event":
                stage.errands.take(heard.conversation)
                return [{"text": "Your orders:"}]
            return echo(heard)

        stage.rasa.says = says
        assert texts(run(stage.say(guest, "why?"))) == ["You said: why?"]
        run(stage.say(guest, UNA.reveal()))
        assert waiting(stage, guest) == ["one"]
        reply = run(stage.say(guest, stage.code()))
        assert texts(reply) == ["You're signed in.", "Your orders:", "You said: one"]
        assert waiting(stage, guest) == []

    def test_a_checkpoint_in_the_middle_stops_it(self, stage: Stage, session: Session) -> None:
        queue(stage, session, "one", "two")

        def says(heard: Heard) -> list[Item]:
            if heard.value == "one":
                stage.suspend(heard.conversation)
            return echo(heard)

        stage.rasa.says = says
        assert texts(run(stage.say(session, "hello"))) == ["You said: hello", "You said: one"]
        assert waiting(stage, session) == ["two"]

    @pytest.mark.parametrize("last", ["hello", "one"])
    def test_nothing_goes_on_when_the_session_has_ended(
        self, stage: Stage, session: Session, last: str
    ) -> None:
        queue(stage, session, "one", "two")

        def says(heard: Heard) -> list[Item]:
            if heard.value == last:
                stage.sessions.end(session)
            return echo(heard)

        stage.rasa.says = says
        reply = run(stage.say(session, "hello"))
        assert reply.ended
        assert stage.rasa.values[-1] == last
        assert "two" in waiting(stage, session)

    def test_what_a_wish_clears_is_gone(self, stage: Stage, session: Session) -> None:
        queue(stage, session, "stop", "two")

        def says(heard: Heard) -> list[Item]:
            if heard.value == "stop":
                stage.errand_desk.clear(heard.conversation)
            return echo(heard)

        stage.rasa.says = says
        run(stage.say(session, "hello"))
        assert (stage.rasa.values, waiting(stage, session)) == (["hello", "stop"], [])


class TestRasaDown:
    def failing_at(self, stage: Stage, *values: str) -> None:
        def says(heard: Heard) -> list[Item]:
            if heard.value in values:
                raise RasaUnavailableError("down")
            return echo(heard)

        stage.rasa.says = says

    def test_in_the_middle_loses_no_wish(self, stage: Stage, session: Session) -> None:
        queue(stage, session, "one", "two", "three")
        self.failing_at(stage, "two")
        assert texts(run(stage.say(session, "hello"))) == ["You said: hello", "You said: one"]
        assert waiting(stage, session) == ["two", "three"]
        stage.rasa.says = echo
        assert texts(run(stage.say(session, "and?"))) == [
            "You said: and?",
            "You said: two",
            "You said: three",
        ]
        assert waiting(stage, session) == []

    def test_at_one_wish_twice_drops_it_says_so_and_goes_on(self, stage: Stage, session: Session) -> None:
        queue(stage, session, "one", "two", "three")
        self.failing_at(stage, "one")
        dropped = stage.phrases.say("utter_errands_wish_failed")
        assert texts(run(stage.say(session, "hello"))) == ["You said: hello"]
        assert texts(run(stage.say(session, "and?", "key_2"))) == [
            "You said: and?",
            dropped,
            "You said: two",
            "You said: three",
        ]
        assert stage.rasa.values.count("one") == 2
        assert texts(run(stage.say(session, "and?", "key_2"))) == [
            "You said: and?",
            dropped,
            "You said: two",
            "You said: three",
        ]
        assert texts(run(stage.say(session, "so?"))) == ["You said: so?"]

    def test_at_two_wishes_gives_each_a_second_chance(self, stage: Stage, session: Session) -> None:
        queue(stage, session, "one", "two")
        self.failing_at(stage, "one", "two")
        for message in ("a", "b", "c"):
            run(stage.say(session, message))
        assert [stage.rasa.values.count(wish) for wish in ("one", "two")] == [2, 2]
        assert waiting(stage, session) == []

    def test_once_does_not_count_for_the_next(self, stage: Stage, session: Session) -> None:
        queue(stage, session, "one", "two")
        self.failing_at(stage, "one")
        run(stage.say(session, "a"))
        self.failing_at(stage, "two")
        assert texts(run(stage.say(session, "b"))) == ["You said: b", "You said: one"]
        assert waiting(stage, session) == ["two"]

    def test_at_a_waiting_draft_twice_drops_it(self, stage: Stage, session: Session) -> None:
        waits = Desk(None, [Draft(Kind.CANCEL, "that one"), Draft(Kind.RETURN)], ["one"])
        desks(stage).keep(session.conversation, waits)
        self.failing_at(stage, "resume")
        run(stage.say(session, "hello"))
        reply = run(stage.say(session, "and?"))
        assert texts(reply) == ["You said: and?", stage.phrases.say("utter_errands_wish_failed")]
        assert desks(stage).of(session.conversation).drafts == [Draft(Kind.RETURN)]

    def test_at_the_message_itself_loses_no_wish(self, stage: Stage, session: Session) -> None:
        queue(stage, session, "one")
        stage.rasa.down = True
        with pytest.raises(RasaUnavailableError):
            run(stage.say(session, "hello", "key_1"))
        assert waiting(stage, session) == ["one"]
        stage.rasa.down = False
        assert texts(run(stage.say(session, "hello", "key_1"))) == ["You said: hello", "You said: one"]

    def test_a_crash_while_a_wish_is_answered_loses_neither_wish_nor_answer(
        self, stage: Stage, session: Session
    ) -> None:
        queue(stage, session, "one")

        def says(heard: Heard) -> list[Item]:
            if heard.value == "one":
                raise MemoryError("the process is gone")
            return echo(heard)

        stage.rasa.says = says
        with pytest.raises(MemoryError):
            run(stage.say(session, "hello", "key_1"))
        stage.rasa.says = echo
        assert texts(run(stage.say(session, "hello", "key_1"))) == ["You said: hello"]
        assert texts(run(stage.say(session, "on"))) == ["You said: on", "You said: one"]

    def test_leaves_a_draft_where_it_was(self, stage: Stage, session: Session) -> None:
        desk = Desk(None, [Draft(Kind.CANCEL, "that one")], ["one"])
        desks(stage).keep(session.conversation, desk)
        self.failing_at(stage, "resume")
        assert texts(run(stage.say(session, "hello"))) == ["You said: hello"]
        left = desks(stage).of(session.conversation)
        assert (left.drafts, left.wishes, left.failed) == (desk.drafts, desk.wishes, 1)
