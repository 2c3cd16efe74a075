"""Turns of errands: what waits goes on by itself, and a yes lives in its own turn and no other."""

import asyncio
import json

import pytest

from countersign.conversations.errors import TurnForgedError
from countersign.errands.desk import Desk, Desks
from countersign.errands.models import Draft, Kind
from countersign.gateway.continuation import Continuation
from countersign.gateway.errors import EmptyError, MessageError, RasaUnavailableError
from countersign.gateway.hub import Frame
from countersign.gateway.rasa_client import Item
from countersign.gateway.turn import MOST_IN_A_ROW
from countersign.identity.models import Session
from countersign.kit.hidden import Personal
from tests.fakes.gateway_parts import UNA, Stage, run, texts
from tests.fakes.rasa import Heard, echo

NUMBER = "#W1000002"


@pytest.fixture
def session(stage: Stage) -> Session:
    return stage.signed_in()


def queue(stage: Stage, session: Session, *wishes: str) -> None:
    stage.errand_desk.queue(session.conversation, list(wishes))


def waiting(stage: Stage, session: Session) -> list[str]:
    return desks(stage).of(session.conversation).wishes


def desks(stage: Stage) -> Desks:
    return Desks(stage.conversation_rows, stage.vault)


def reading_back(stage: Stage, heard: Heard) -> list[Item]:
    """As the actions do it: propose, and say the card."""
    name = stage.proposals.propose(heard.conversation, "order:cancel", NUMBER, Personal("exactly this"))
    title = {"say": "card_proposal_cancel_title", "with": {"number": NUMBER}}
    card = json.dumps({"kind": "proposal_cancel", "title": title, "proposal": name})
    token = stage.tokens.issue(heard.conversation, "card", Personal(card))
    return [{"text": "Shall I?"}, {"custom": {"card": token}}]


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
        assert desks(stage).of(session.conversation) == desk


class TestAYes:
    def spending(self, stage: Stage, at: str, spent: list[bool]) -> None:
        """Rasa, or whoever is in its place, tries to spend it in the turn `at`."""

        def says(heard: Heard) -> list[Item]:
            if at in (heard.kind, heard.value):
                spent.append(stage.proposals.spend(heard.conversation, "order:cancel", NUMBER) is not None)
            return echo(heard)

        stage.rasa.says = says

    def test_counts_in_its_own_turn(self, stage: Stage, session: Session) -> None:
        spent: list[bool] = []
        stage.read_back(session)
        self.spending(stage, "yes", spent)
        run(stage.say(session, "yes"))
        assert spent == [True]

    def test_is_gone_after_its_turn(self, stage: Stage, session: Session) -> None:
        spent: list[bool] = []
        stage.read_back(session)
        self.spending(stage, "and now?", spent)
        run(stage.say(session, "yes"))
        assert not stage.proposals.agreed(session.conversation)
        run(stage.say(session, "and now?"))
        assert spent == [False]

    def test_is_gone_before_what_waits_goes_on(self, stage: Stage, session: Session) -> None:
        spent: list[bool] = []
        stage.read_back(session)
        queue(stage, session, "one")
        self.spending(stage, "one", spent)
        run(stage.say(session, "yes"))
        assert spent == [False]

    @pytest.mark.parametrize("error", [RasaUnavailableError("down"), MemoryError("gone")])
    def test_is_gone_when_rasa_fails(self, stage: Stage, session: Session, error: Exception) -> None:
        stage.read_back(session)

        def says(heard: Heard) -> list[Item]:
            raise error

        stage.rasa.says = says
        with pytest.raises(type(error)):
            run(stage.say(session, "yes", "key_1"))
        assert not stage.proposals.agreed(session.conversation)
        spent: list[bool] = []
        self.spending(stage, "yes", spent)
        run(stage.say(session, "yes", "key_1"))
        assert spent == [False], "read back again, rather than done by a repetition"

    def test_left_over_from_a_crash_counts_in_no_internal_turn(self, stage: Stage, session: Session) -> None:
        spent: list[bool] = []
        name = stage.read_back(session)
        stage.proposals.hear(session.conversation, name)
        self.spending(stage, "event", spent)
        stage.suspend(session.conversation)
        stage.errands.passed(session.conversation)
        run(stage.gateway.resume(session))
        assert spent == [False]

    def test_that_was_sent_before_the_read_back_stood_there_is_none(
        self, stage: Stage, session: Session
    ) -> None:
        agreed: list[bool] = []

        async def both() -> None:
            asked, both_are_there = asyncio.Event(), asyncio.Event()

            async def says(heard: Heard) -> list[Item]:
                if heard.value == "yes":
                    agreed.append(stage.proposals.agreed(heard.conversation))
                    return echo(heard)
                asked.set()
                await both_are_there.wait()
                return reading_back(stage, heard)

            stage.rasa.says = says
            first = asyncio.create_task(stage.say(session, "cancel it"))
            await asked.wait()
            second = asyncio.create_task(stage.say(session, "yes"))
            while not stage.gateway.hub.lock(session.conversation)._waiters:
                await asyncio.to_thread(int)
            both_are_there.set()
            await asyncio.gather(first, second)

        run(both())
        assert stage.rasa.values == ["cancel it", "yes"]
        assert agreed == [False]
        assert stage.proposals.waiting(session.conversation) is None

    def test_to_a_read_back_of_the_same_reply_counts(self, stage: Stage, session: Session) -> None:
        agreed: list[bool] = []

        def says(heard: Heard) -> list[Item]:
            if heard.value == "yes":
                agreed.append(stage.proposals.agreed(heard.conversation))
                return echo(heard)
            return reading_back(stage, heard)

        stage.rasa.says = says
        (entry,) = run(stage.say(session, "cancel it")).entries
        assert entry.body["cards"][0]["title"].endswith(NUMBER)
        run(stage.say(session, "yes"))
        assert agreed == [True]

    @pytest.mark.parametrize("text", [" ", "x" * 2001])
    def test_a_message_that_cannot_be_taken_leaves_the_read_back(
        self, stage: Stage, session: Session, text: str
    ) -> None:
        name = stage.read_back(session)
        with pytest.raises(MessageError):
            run(stage.say(session, text))
        assert stage.proposals.waiting(session.conversation) == name

    def test_of_secrets_alone_withdraws(self, stage: Stage, session: Session) -> None:
        stage.read_back(session)
        run(stage.say(session, "4111 1111 1111 1111"))
        assert stage.rasa.heard == []
        assert stage.proposals.waiting(session.conversation) is None


class TestReadBackElsewhere:
    """The errand went on by itself, on the page of a checkpoint: has the shopper seen what was read back?"""

    @pytest.fixture
    def continued(self, stage: Stage) -> tuple[Stage, Session]:
        session = stage.guest()
        stage.suspend(session.conversation)

        def says(heard: Heard) -> list[Item]:
            if heard.kind == "event" and stage.errands.take(heard.conversation):
                return reading_back(stage, heard)
            return [{"text": "agreed" if stage.proposals.agreed(heard.conversation) else "not agreed"}]

        stage.rasa.says = says
        return stage, session

    def passed(self, stage: Stage, session: Session) -> Session:
        opened = stage.sign_in_of(session)
        run(Continuation(stage.gateway, stage.conversations, stage.errands).passed(opened))
        return opened.session

    def test_not_with_no_window_open(self, continued: tuple[Stage, Session]) -> None:
        stage, session = continued
        living = self.passed(stage, session)
        assert stage.proposals.waiting(living.conversation) is None
        reply = run(stage.say(living, "yes"))
        assert texts(reply) == ["Shall I?", "not agreed"]

    def test_in_an_open_window(self, continued: tuple[Stage, Session]) -> None:
        stage, session = continued
        heard: list[Frame] = []

        async def listen(frame: Frame) -> None:
            heard.append(frame)

        stage.gateway.hub.join(session.conversation, listen)
        living = self.passed(stage, session)
        assert [message["text"] for message in heard[0]["messages"]] == ["Shall I?"]
        assert texts(run(stage.say(living, "yes"))) == ["agreed"]

    def test_in_the_history(self, continued: tuple[Stage, Session]) -> None:
        stage, session = continued
        living = self.passed(stage, session)
        stage.gateway.seen(living.conversation)
        assert texts(run(stage.say(living, "yes"))) == ["Shall I?", "agreed"]

    def test_not_when_it_went_on_before_a_message_that_was_on_its_way(
        self, continued: tuple[Stage, Session]
    ) -> None:
        stage, session = continued
        stage.rasa.down = True
        living = self.passed(stage, session)
        stage.rasa.down = False
        assert texts(run(stage.say(living, "yes")))[-2:] == ["Shall I?", "not agreed"]

    def test_not_when_that_message_is_refused(self, continued: tuple[Stage, Session]) -> None:
        stage, session = continued
        stage.rasa.down = True
        living = self.passed(stage, session)
        stage.rasa.down = False
        with pytest.raises(EmptyError):
            run(stage.say(living, " "))
        assert texts(run(stage.say(living, "yes")))[-2:] == ["Shall I?", "not agreed"]
