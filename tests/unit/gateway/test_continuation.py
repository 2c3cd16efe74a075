import pytest

from countersign.gateway.continuation import Continuation
from countersign.gateway.hub import Frame
from countersign.gateway.rasa_client import Item
from countersign.identity.models import Opened
from tests.fakes.gateway_parts import Stage, run, texts
from tests.fakes.rasa import Heard, echo

DONE = "Your orders with us (2):"


@pytest.fixture
def continuation(stage: Stage) -> Continuation:
    def says(heard: Heard) -> list[Item]:
        if heard.kind == "event" and stage.errands.take(heard.conversation):
            return [{"text": DONE}]
        return echo(heard)

    stage.rasa.says = says
    return Continuation(stage.gateway, stage.conversations, stage.errands)


def passed_on_the_page(stage: Stage, transport: str = "bearer") -> Opened:
    """The new session of a shopper whose errand waited in the chat."""
    session = stage.open(transport).session
    stage.suspend(session.conversation)
    stage.conversations.expect_sign_in(session.conversation, "code")
    return stage.sign_in_of(session)


def listening(stage: Stage, opened: Opened) -> list[Frame]:
    heard: list[Frame] = []

    async def listen(frame: Frame) -> None:
        heard.append(frame)

    stage.gateway.hub.join(opened.session.conversation, listen)
    return heard


def test_the_errand_goes_on_at_every_open_socket_with_the_new_token(
    stage: Stage, continuation: Continuation
) -> None:
    opened = passed_on_the_page(stage)
    first, second = listening(stage, opened), listening(stage, opened)
    run(continuation.passed(opened))
    (frame,) = first
    assert first == second
    assert (frame["type"], frame["reason"], frame["token"]) == (
        "push",
        "checkpoint-passed",
        opened.token.reveal(),
    )
    assert [message["text"] for message in frame["messages"]] == [DONE]


def test_what_a_socket_heard_does_not_come_again(stage: Stage, continuation: Continuation) -> None:
    opened = passed_on_the_page(stage)
    listening(stage, opened)
    run(continuation.passed(opened))
    assert texts(run(stage.say(opened.session, "hello"))) == ["You said: hello"]


def test_with_no_socket_open_it_comes_once_with_the_next_reply_and_stands_in_history(
    stage: Stage, continuation: Continuation
) -> None:
    opened = passed_on_the_page(stage)
    run(continuation.passed(opened))
    assert stage.history(opened.session) == [("assistant", DONE)]
    assert texts(run(stage.say(opened.session, "hello"))) == [DONE, "You said: hello"]
    assert texts(run(stage.say(opened.session, "again"))) == ["You said: again"]


def test_with_rasa_down_the_errand_goes_on_with_the_next_message(
    stage: Stage, continuation: Continuation
) -> None:
    opened = passed_on_the_page(stage)
    stage.rasa.down = True
    run(continuation.passed(opened))
    stage.rasa.down = False
    told = texts(run(stage.say(opened.session, "hello")))
    assert told[0].startswith("Sorry, something went wrong")
    assert told[1:] == [DONE, "You said: hello"]


def test_the_chat_waits_for_no_code_any_more(stage: Stage, continuation: Continuation) -> None:
    opened = passed_on_the_page(stage)
    run(continuation.passed(opened))
    assert stage.conversations.expectation(opened.session.conversation).sign_in is None


def test_a_chat_in_a_cookie_is_sent_no_token(stage: Stage, continuation: Continuation) -> None:
    opened = passed_on_the_page(stage, "cookie")
    heard = listening(stage, opened)
    run(continuation.passed(opened))
    assert [message["text"] for message in heard[0]["messages"]] == [DONE]
    assert "token" not in heard[0] and opened.token.reveal() not in str(heard)


def test_without_an_errand_the_token_comes_alone(stage: Stage, continuation: Continuation) -> None:
    opened = stage.sign_in_of(stage.guest())
    heard = listening(stage, opened)
    run(continuation.passed(opened))
    assert (heard[0]["messages"], heard[0]["token"]) == ([], opened.token.reveal())
    assert stage.rasa.heard == []
