"""Who listens now: open sockets by conversation, and one lock a conversation.

Of this process only; several gateways need sticky routing or a shared bus.
"""

import asyncio
from collections import Counter, defaultdict
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import Any
from weakref import WeakValueDictionary

from starlette.websockets import WebSocketDisconnect

Frame = dict[str, Any]
Send = Callable[[Frame], Awaitable[None]]


MOST_PER_ADDRESS = 200
"""Open sockets of one network address; whoever has more is served over plain HTTP."""
MOST_PER_CONVERSATION = 10


class Hub:
    def __init__(self) -> None:
        self._listeners: dict[str, set[Send]] = defaultdict(set)
        self._open = Counter[str]()
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    def lock(self, conversation: str) -> asyncio.Lock:
        """Held over a turn, so that two messages of one conversation go one after the other."""
        return self._locks.setdefault(conversation, asyncio.Lock())

    @contextmanager
    def place(self, origin: str) -> Iterator[bool]:
        """A socket's place among those of its address, held while it is open; False when all are taken."""
        free = self._open[origin] < MOST_PER_ADDRESS
        self._open[origin] += 1
        try:
            yield free
        finally:
            self._open[origin] -= 1
            if not self._open[origin]:
                del self._open[origin]

    def join(self, conversation: str, send: Send) -> bool:
        """False, and nothing is joined, when the conversation has all the sockets it may have."""
        if len(self._listeners.get(conversation, ())) >= MOST_PER_CONVERSATION:
            return False
        self._listeners[conversation].add(send)
        return True

    def leave(self, conversation: str, send: Send) -> None:
        self._listeners[conversation].discard(send)
        if not self._listeners[conversation]:
            del self._listeners[conversation]

    async def push(self, conversation: str, frame: Frame, *, but: Send | None = None) -> int:
        """Sends to every listener except `but`; how many got it. One that fails is let go."""
        heard = 0
        for send in [s for s in self._listeners.get(conversation, ()) if s != but]:
            try:
                await send(frame)
                heard += 1
            except (RuntimeError, OSError, WebSocketDisconnect):
                self.leave(conversation, send)
        return heard
