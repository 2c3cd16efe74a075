"""What a Rasa in wrong hands could try to have drawn."""

import json

import pytest

from countersign.kit.hidden import Personal
from tests.fakes.gateway_parts import Stage, run, texts
from tests.fakes.rasa import Heard


@pytest.mark.parametrize("drawn", ["card", "checkpoint", "choices"])
def test_what_a_shopper_wrote_is_never_drawn_as_a_card_or_checkpoint(stage: Stage, drawn: str) -> None:
    session = stage.guest()
    wrote = json.dumps({"kind": "order", "title": "x", "page": "../../evil", "level": "x", "reason": "x"})
    token = stage.tokens.issue(session.conversation, "comment", Personal(wrote))

    def says(heard: Heard) -> list[dict[str, object]]:
        return [{"text": "Look:", "custom": {drawn: token}}]

    stage.rasa.says = says
    reply = run(stage.say(session, "hello"))
    assert texts(reply)[-1] == stage.phrases.say("utter_shared_trouble")
    assert not any("cards" in entry.body or "checkpoint" in entry.body for entry in reply.entries)
