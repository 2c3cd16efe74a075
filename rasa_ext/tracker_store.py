"""Rasa's memory of conversations: sealed at rest, the live ones kept at hand."""

import time
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from rasa.core.brokers.broker import EventBroker
from rasa.core.tracker_store import TrackerStore
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import Event
from rasa.shared.core.trackers import DialogueStateTracker as Tracker

from rasa_ext.errors import TamperedError, TurnStoppedError, UnfitConfigError
from rasa_ext.keys import KeyLender, LentKey
from rasa_ext.sealed_log import Position, SealedLog
from rasa_ext.window import shortened

_HOUR = 3600.0
_GRACE = 600.0  # so a purge never meets a turn that began just before its conversation expired


@dataclass
class Mark:
    """Where a tracker stands on disk. Hangs on the tracker, so that an eviction in mid-turn loses nothing."""

    key_id: str
    position: Position
    newest: Event | None  # of those on disk
    used_at: float = 0.0


class SealedTrackerStore(TrackerStore):
    """Conversations in the file `path`, each under a key of its own that the service at `keys_url` lends.

    A turn writes its own events and reads none while the tracker is live: of the `live_trackers` used last,
    within `live_minutes`. A conversation is deleted `expire_hours` after its last turn. Every call raises
    TurnStoppedError when there is no key, or the file cannot be read or written or is not as it was written.
    """

    def __init__(
        self,
        domain: Domain | None = None,
        event_broker: EventBroker | None = None,
        path: str = "",
        keys_url: str = "",
        keys_secret: str = "",
        expire_hours: float = 24,
        live_trackers: int = 200,
        live_minutes: float = 15,
        **_: Any,
    ) -> None:
        if not (path and keys_url and keys_secret):
            raise UnfitConfigError("endpoints.yml: the tracker store needs path, keys_url and keys_secret")
        super().__init__(domain, event_broker)
        self._keys, self._log = KeyLender(keys_url, keys_secret), SealedLog(path)
        self._expires = expire_hours * _HOUR
        self._most_live, self._live_seconds = live_trackers, live_minutes * 60
        self._live: OrderedDict[str, Tracker] = OrderedDict()
        self._purge()

    @TrackerStore.domain.setter  # type: ignore[attr-defined]
    def domain(self, domain: Domain | None) -> None:
        """Another model has other slots, so live trackers are read anew."""
        self._live.clear()
        self._domain = domain or Domain.empty()

    async def retrieve(self, sender_id: str) -> Tracker | None:
        """The newest part of the conversation; None when there is none."""
        with _stopping_the_turn():
            key = await self._keys.lend(sender_id)
            return self._at_hand(sender_id, key) or self._loaded(sender_id, key)

    async def save(self, tracker: Tracker) -> None:
        """Append what is new since the tracker was retrieved."""
        with _stopping_the_turn():
            key = await self._keys.lend(tracker.sender_id)
            mark = getattr(tracker, "mark", None) or Mark(key.key_id, Position(), None)
            if new := _unsaved(tracker, mark):
                shorter = self._append(tracker, key, mark, new)
                if self.event_broker:
                    await self._stream_new_events(self.event_broker, new, tracker.sender_id)
                tracker = shorter or tracker
            self._keep(tracker, mark)
            if time.monotonic() > self._purge_at:
                self._purge()

    def _append(self, tracker: Tracker, key: LentKey, mark: Mark, new: list[Event]) -> Tracker | None:
        if key.key_id != mark.key_id:
            raise TamperedError("the conversation's key was destroyed during its turn")
        shorter = shortened(tracker, self.domain.slots)
        events = [event.as_dict() for event in new]
        opening = [event.as_dict() for event in shorter.events] if shorter else []
        if opening and not mark.position.batches:  # of the first batch, it is all that counts
            events, opening = opening, []
        mark.position = self._log.append(tracker.sender_id, key, mark.position, events, opening)
        mark.newest = new[-1]
        return shorter

    def _at_hand(self, conversation: str, key: LentKey) -> Tracker | None:
        tracker = self._live.pop(conversation, None)
        if not tracker or self._is_stale(tracker) or tracker.mark.key_id != key.key_id:
            return None
        if _unsaved(tracker, tracker.mark):  # its last turn failed half-way
            return None
        self._keep(tracker, tracker.mark)
        return tracker

    def _loaded(self, conversation: str, key: LentKey) -> Tracker | None:
        position = self._log.position(conversation, key, time.time() - self._expires)
        if not position:
            return None
        events = self._log.read(conversation, key, position)
        tracker = Tracker.from_dict(conversation, events, self.domain.slots)
        self._keep(tracker, Mark(key.key_id, position, tracker.events[-1]))
        return tracker

    def _keep(self, tracker: Tracker, mark: Mark) -> None:
        tracker.mark, mark.used_at = mark, time.monotonic()
        self._live[tracker.sender_id] = tracker
        self._live.move_to_end(tracker.sender_id)
        while self._live and (
            len(self._live) > self._most_live or self._is_stale(next(iter(self._live.values())))
        ):
            self._live.popitem(last=False)

    def _is_stale(self, tracker: Tracker) -> bool:
        return time.monotonic() - tracker.mark.used_at >= self._live_seconds

    def _purge(self) -> None:
        self._purge_at = time.monotonic() + _HOUR
        self._log.purge(time.time() - self._expires - _GRACE)


def _unsaved(tracker: Tracker, mark: Mark) -> list[Event]:
    new: list[Event] = []
    for event in reversed(tracker.events):
        if event is mark.newest:
            break
        new.append(event)
    return new[::-1]


@contextmanager
def _stopping_the_turn() -> Iterator[None]:
    try:
        yield
    except Exception as error:
        raise TurnStoppedError(type(error).__name__) from error
