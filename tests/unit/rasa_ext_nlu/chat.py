"""Rasa's own processor for the tests: what it understands, says and does, without HTTP."""

import asyncio
import logging
from collections.abc import Coroutine
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from tests.fakes.core import SECRET, FakeCore

T = TypeVar("T")


@dataclass(frozen=True)
class Reply:
    """One turn's answer."""

    texts: list[str]
    payloads: list[str]
    actions: list[str]


class Chat:
    def __init__(self, model: Path, core: FakeCore) -> None:
        import structlog
        from rasa.core.agent import Agent
        from rasa.utils.endpoints import EndpointConfig

        structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
        self._agent = Agent.load(str(model))
        self.core = core
        self.domain = self._agent.domain
        endpoint = EndpointConfig(
            core.url + "/actions/webhook", headers={"Authorization": f"Bearer {SECRET}"}
        )
        self._agent.action_endpoint = self._agent.processor.action_endpoint = endpoint
        for action in self.domain.user_actions:
            if action.startswith("action_"):
                core.actions[action] = lambda call: {"responses": [{"text": f"Done: {call['next_action']}."}]}
        # What names no product is asked back.
        core.actions["action_search_products"] = _search
        core.actions["action_resume"] = lambda call: {
            "events": [{"event": "followup", "name": "action_track_order"}]
        }
        self._loop = asyncio.new_event_loop()

    @property
    def intents(self) -> list[str]:
        """Every intent that the shop's own data name."""
        return sorted(set(self.domain.intents) - {"restart", "back", "session_start"})

    def understood(self, text: str) -> dict[str, Any]:
        """Rasa's parse of a message: intent, intent_ranking, entities."""
        return self._run(self._agent.parse_message(text))

    def say(self, text: str, conversation: str) -> Reply:
        """The answer to a message; `/intent` stands for a pressed button."""
        from rasa.core.channels.channel import UserMessage

        replies = self._run(self._agent.handle_message(UserMessage(text, sender_id=conversation))) or []
        return Reply(
            [reply["text"] for reply in replies if reply.get("text")],
            [button["payload"] for reply in replies for button in reply.get("buttons") or ()],
            self._last_actions(conversation),
        )

    def _last_actions(self, conversation: str) -> list[str]:
        from rasa.shared.core.events import ActionExecuted, UserUttered

        tracker = self._run(self._agent.tracker_store.retrieve(conversation))
        assert tracker is not None
        done: list[str] = []
        for event in reversed(tracker.events):
            if isinstance(event, UserUttered):
                break
            if isinstance(event, ActionExecuted) and event.action_name != "action_listen":
                done.append(event.action_name)
        return done[::-1]

    def _run(self, work: Coroutine[Any, Any, T]) -> T:
        return self._loop.run_until_complete(work)


def _search(call: dict[str, Any]) -> dict[str, Any]:
    """Names no product, so it asks back, each time in another way."""
    if call["tracker"]["latest_message"]["intent"]["name"] != "nlu_fallback":
        return {"responses": [{"text": f"Done: {call['next_action']}."}]}
    ways = ["utter_fallback_did_you_mean", "utter_fallback_what_i_can_do", "utter_fallback_person"]
    taken = [event["name"] for event in call["tracker"]["events"] if event["event"] == "action"]
    said = [name for name in taken if name not in ("action_listen", call["next_action"])]
    last = ways.index(said[-1]) if said and said[-1] in ways[:2] else -1
    return {"events": [{"event": "followup", "name": ways[last + 1]}]}
