"""The abstract guarded action: one way in, one way out when a part is down."""

import asyncio
from abc import ABC, abstractmethod
from typing import Any, ClassVar

import structlog
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.interfaces import Action, Tracker
from rasa_sdk.types import DomainDict

from actions.scene import Scene, Services
from countersign.conversations.errors import TurnForgedError
from countersign.kit.errors import CountersignError

log = structlog.get_logger()
TROUBLE = "utter_shared_trouble"
UNSURE = "utter_shared_trouble_unsure"
Events = list[dict[str, Any]]


class GuardedAction(Action, ABC):
    """Runs `perform` in a worker thread, for the session whose turn is living, or not at all.

    rasa_sdk registers every subclass that is not abstract: keep this one abstract.
    """

    NAME: ClassVar[str]

    def __init__(self, services: Services) -> None:
        self._services = services

    def name(self) -> str:
        return self.NAME

    @abstractmethod
    def perform(self, scene: Scene) -> Events:
        """Reads slots, asks one service, says responses; the events are Rasa's (SlotSet …)."""

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> Events:
        """Raises TurnForgedError when no living turn of this conversation stands behind the call."""
        return await asyncio.to_thread(self._run, dispatcher, tracker)

    def _run(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
        metadata = (tracker.latest_message or {}).get("metadata") or {}
        turn = self._services.turns.living(tracker.sender_id, str(metadata.get("ticket", "")))
        session = self._services.sessions.of_conversation(turn.conversation)
        if session is None or session.id != turn.session:
            raise TurnForgedError("the turn's session is over")
        scene = Scene(self._services, session, turn, dispatcher, tracker)
        try:
            return self.perform(scene)
        except CountersignError as error:
            if error.say is None:
                raise
            log.error("action.failed", action=self.NAME, error=type(error).__name__)
            # What was agreed to may be done, though nobody could say so.
            unsure = error.say == TROUBLE and self._services.desk.may_have_changed(turn.conversation)
            scene.say(UNSURE if unsure else error.say)
            return []
