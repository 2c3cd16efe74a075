import pytest

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
