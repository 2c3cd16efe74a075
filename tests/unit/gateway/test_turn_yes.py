"""A yes lives in its own turn and no other, and counts for what the shopper had seen when they said it."""

import asyncio
import json

import pytest

from countersign.gateway.continuation import Continuation
from countersign.gateway.errors import EmptyError, MessageError, RasaUnavailableError
from countersign.gateway.hub import Frame
from countersign.gateway.rasa_client import Item
from countersign.identity.models import Session
from countersign.kit.hidden import Personal
from tests.fakes.gateway_parts import Stage, run, texts
from tests.fakes.rasa import Heard, echo

NUMBER = "#W1000002"


@pytest.fixture
def session(stage: Stage) -> Session:
    return stage.signed_in()


def reading_back(stage: Stage, heard: Heard) -> list[Item]:
    """As the actions do it: propose, and say the card."""
    name = stage.proposals.propose(heard.conversation, "order:cancel", NUMBER, Personal("exactly this"))
    title = {"say": "card_proposal_cancel_title", "with": {"number": NUMBER}}
    card = json.dumps({"kind": "proposal_cancel", "title": title, "proposal": name})
    token = stage.tokens.issue(heard.conversation, "card", Personal(card))
    return [{"text": "Shall I?"}, {"custom": {"card": token}}]


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

    @pytest.mark.parametrize("yes", [True, False])
    def test_that_was_spent_leaves_trouble_unsure(self, stage: Stage, session: Session, yes: bool) -> None:
        stage.read_back(session)

        def says(heard: Heard) -> list[Item]:
            stage.proposals.spend(heard.conversation, "order:cancel", NUMBER)
            return []

        stage.rasa.says = says
        (told,) = texts(run(stage.say(session, "yes" if yes else "why?")))
        assert told == stage.phrases.say("utter_shared_trouble_unsure" if yes else "utter_shared_trouble")
        (told,) = texts(run(stage.say(session, "hello?")))
        assert told == stage.phrases.say("utter_shared_trouble")

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
        stage.errand_desk.queue(session.conversation, ["one"])
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
