"""How much of a conversation a turn carries: the newest part, so message 200 costs what message 25 does.

Rasa's `max_event_history` loses the slots that were set before its cut (each action gets a replayed copy).
Here what is cut off is replaced by a session start that carries the slots over, as Rasa itself does.
"""

from collections.abc import Iterable

from rasa.shared.core.constants import ACTION_LISTEN_NAME, ACTION_SESSION_START_NAME
from rasa.shared.core.events import ActionExecuted, Event, SessionStarted, SlotSet, UserUttered
from rasa.shared.core.slots import Slot
from rasa.shared.core.trackers import DialogueStateTracker as Tracker

MOST_EVENTS = 160  # about 25 messages
KEPT_MESSAGES = 8  # more than any policy looks back


def shortened(tracker: Tracker, slots: Iterable[Slot]) -> Tracker | None:
    """The tracker without its earlier sessions or its older messages; None when there is nothing to cut."""
    events = list(tracker.events)
    starts = [at for at, event in enumerate(events) if _is(event, ACTION_SESSION_START_NAME)]
    if starts and starts[-1] > 0:
        return Tracker.from_events(tracker.sender_id, events[starts[-1] :], slots)
    messages = [at for at, event in enumerate(events) if isinstance(event, UserUttered)]
    if len(events) <= MOST_EVENTS or len(messages) <= KEPT_MESSAGES or not _at_rest(tracker):
        return None
    cut = messages[-KEPT_MESSAGES]
    past = Tracker.from_events(tracker.sender_id, events[:cut], slots)
    if not _at_rest(past):
        return None
    return Tracker.from_events(tracker.sender_id, _opening(past, events[cut].timestamp) + events[cut:], slots)


def _opening(past: Tracker, at: float) -> list[Event]:
    slots = [slot for slot in past.slots.values() if slot.has_been_set]
    carried = [SlotSet(slot.name, slot.value, timestamp=at) for slot in slots]
    start = [ActionExecuted(ACTION_SESSION_START_NAME, timestamp=at), SessionStarted(timestamp=at)]
    return [*start, *carried, ActionExecuted(ACTION_LISTEN_NAME, timestamp=at)]


def _at_rest(tracker: Tracker) -> bool:
    """It waits for the shopper outside of any form, so nothing but the slots counts of what was before."""
    waits = tracker.latest_action_name == ACTION_LISTEN_NAME and tracker.followup_action is None
    return waits and not tracker.active_loop and not tracker.is_paused()


def _is(event: Event, action: str) -> bool:
    return isinstance(event, ActionExecuted) and event.action_name == action
