"""Conversations in memory: each with the key that the core lent for it, for some minutes."""

import base64
import time
from collections import OrderedDict
from dataclasses import dataclass, field

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from rasa.shared.core.events import Event
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.utils.endpoints import EndpointConfig

from rasa_ext import turn
from rasa_ext.errors import RefusedError

MOST, SECONDS = 200, 300  # how many are held, and how long: an erased one can still be read as long
_WAIT_SECONDS = 3


@dataclass
class Held:
    """One conversation; `key_id` changes when the core has destroyed its key and made another."""

    conversation: str
    key_id: str
    cipher: AESGCM
    since: float = field(default_factory=time.monotonic)
    batches: int = 0  # on disk
    start: int = 1  # the first of them that counts
    newest: Event | None = None  # of the events on disk
    tracker: DialogueStateTracker | None = None


class KeyLender:
    """Asks the core's key service."""

    def __init__(self, service: EndpointConfig) -> None:
        self._service = service
        self._held: OrderedDict[str, Held] = OrderedDict()

    async def held(self, conversation: str) -> Held:
        """The conversation whose turn is under way, the same to its end. Raises whatever keeps a key away."""
        ours = turn.current.get()
        if ours is None or ours.conversation != conversation:
            raise RefusedError("a conversation is opened only during a turn of its own")
        if ours.held is None:
            held = self._held.pop(conversation, None)
            if held is None or time.monotonic() - held.since >= SECONDS:
                asked = {"conversation": conversation, "ticket": ours.ticket}
                lent = await self._service.request(json=asked, timeout=_WAIT_SECONDS, allow_redirects=False)
                held = Held(conversation, lent["key_id"], AESGCM(base64.b64decode(lent["key"])))
            ours.held = self._held[conversation] = held
            while len(self._held) > MOST:
                self._held.popitem(last=False)
        return ours.held
