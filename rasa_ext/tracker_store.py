"""Rasa's memory of conversations: sealed at rest, and at hand while they go on."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from rasa.core.brokers.broker import EventBroker
from rasa.core.tracker_store import TrackerStore
from rasa.shared.core.constants import ACTION_LISTEN_NAME, ACTION_SESSION_START_NAME
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, Event, SessionStarted, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker as Tracker
from rasa.utils.endpoints import EndpointConfig

from rasa_ext.errors import RefusedError, TurnStoppedError
from rasa_ext.keys import Held, KeyLender
from rasa_ext.sealed_log import SealedLog

MOST_EVENTS = 160  # of a live tracker: about 25 messages
KEPT_MESSAGES = 8  # when it is cut: more than any policy looks back
_HOUR = 3600.0


class SealedTrackerStore(TrackerStore):
    """Conversations in the file `path`, each under a key of its own that the endpoint `keys` lends.

    A turn writes its own events, and reads none while the conversation is held in memory (see `keys`). It is
    deleted `expire_hours` after its last turn. Both calls raise TurnStoppedError when there is no key, or the
    file cannot be read or written or is not as it was written.
    """

    def __init__(
        self,
        domain: Domain | None,
        path: str,
        keys: dict[str, Any],
        expire_hours: float = 24,
        event_broker: EventBroker | None = None,
        host: None = None,
    ) -> None:
        super().__init__(domain, event_broker)
        self._keys, self._log = KeyLender(EndpointConfig.from_dict(keys)), SealedLog(path)
        self._expires = expire_hours * _HOUR
        self._purge()

    async def retrieve(self, sender_id: str) -> Tracker | None:
        """The newest part of the conversation; None when there is none."""
        with _stopping_the_turn():
            held = await self._keys.held(sender_id)
            if held.tracker is None or _unsaved(held, held.tracker):  # its last turn failed half-way
                events = self._log.read(held, time.time() - self._expires)
                held.tracker = Tracker.from_dict(sender_id, events, self.domain.slots) if events else None
                held.newest = held.tracker.events[-1] if held.tracker else None
            return held.tracker

    async def save(self, tracker: Tracker) -> None:
        """Append what is new since the tracker was retrieved."""
        with _stopping_the_turn():
            held = await self._keys.held(tracker.sender_id)
            _end_turn(tracker)
            if new := _unsaved(held, tracker):
                self._append(held, tracker, new)
                if self.event_broker:
                    await self._stream_new_events(self.event_broker, new, tracker.sender_id)
            if time.monotonic() > self._purge_at:
                self._purge()

    def _append(self, held: Held, tracker: Tracker, new: list[Event]) -> None:
        shorter = self._shortened(tracker)
        events = [event.as_dict() for event in new]
        if not shorter:
            self._log.append(held, events, start=held.start)
        else:
            opening = [event.as_dict() for event in shorter.events]
            batches = [events, opening] if held.batches else [opening]
            self._log.append(held, *batches, start=held.batches + len(batches))
        held.newest, held.tracker = new[-1], shorter or tracker

    def _shortened(self, tracker: Tracker) -> Tracker | None:
        """The tracker without earlier sessions, or without older messages; None when there is nothing to cut.

        Rasa's `max_event_history` loses the slots set before its cut: each action gets a replayed copy. Here
        a session start takes the place of what is cut off and carries the slots over, as Rasa's own do.
        """
        events, slots = list(tracker.events), self.domain.slots
        starts = [
            i for i, e in enumerate(events) if getattr(e, "action_name", "") == ACTION_SESSION_START_NAME
        ]
        messages = [i for i, e in enumerate(events) if isinstance(e, UserUttered)]
        if starts and starts[-1] > 0:
            return Tracker.from_events(tracker.sender_id, events[starts[-1] :], slots)
        if len(events) <= MOST_EVENTS or len(messages) <= KEPT_MESSAGES:
            return None
        cut = messages[-KEPT_MESSAGES]
        past = Tracker.from_events(tracker.sender_id, events[:cut], slots)
        if past.active_loop or past.is_paused():
            return None
        at, carried = events[cut].timestamp, [slot for slot in past.slots.values() if slot.has_been_set]
        opening: list[Event] = [ActionExecuted(ACTION_SESSION_START_NAME, timestamp=at), SessionStarted(at)]
        opening += [SlotSet(slot.name, slot.value, at) for slot in carried]
        opening += [ActionExecuted(ACTION_LISTEN_NAME, timestamp=at), *events[cut:]]
        return Tracker.from_events(tracker.sender_id, opening, slots)

    def _purge(self) -> None:
        self._purge_at = time.monotonic() + _HOUR
        # Later than `retrieve` refuses them: none is deleted under a turn that has just begun.
        self._log.purge(time.time() - self._expires - _HOUR)


def _end_turn(tracker: Tracker) -> None:
    """Rasa cuts a turn off after ten actions, and then every later one too: it counts back to a listening."""
    if not tracker.is_paused() and tracker.latest_action_name not in (None, ACTION_LISTEN_NAME):
        tracker.update(ActionExecuted(ACTION_LISTEN_NAME))


def _unsaved(held: Held, tracker: Tracker) -> list[Event]:
    new: list[Event] = []
    for event in reversed(tracker.events):
        if event is held.newest:
            return new[::-1]
        new.append(event)
    if held.newest:
        raise RefusedError("another turn of the conversation has overtaken this one")
    return new[::-1]


@contextmanager
def _stopping_the_turn() -> Iterator[None]:
    try:
        yield
    except Exception as error:
        raise TurnStoppedError(type(error).__name__) from error
