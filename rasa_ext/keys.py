"""Keys for conversations at rest, lent by the core while a turn of theirs is under way."""

import asyncio
import base64
import time
from collections import OrderedDict
from dataclasses import dataclass, field

import aiohttp

from rasa_ext import turn
from rasa_ext.errors import KeyRefusedError

_WAIT = aiohttp.ClientTimeout(total=3)


@dataclass(frozen=True)
class LentKey:
    """32 bytes; `key_id` changes when the core destroyed the conversation's key and made a new one."""

    key_id: str
    key: bytes = field(repr=False)


class KeyLender:
    """Asks the key service at `url`; the last `most` keys are kept `seconds`, so they outlive an erasure."""

    def __init__(self, url: str, secret: str, seconds: float = 300, most: int = 1000) -> None:
        self._url, self._headers = url, {"Authorization": f"Bearer {secret}"}
        self._seconds, self._most = seconds, most
        self._kept: OrderedDict[str, tuple[float, LentKey]] = OrderedDict()

    async def lend(self, conversation: str) -> LentKey:
        """The key of the conversation whose turn is under way.

        Raises KeyRefusedError for any other, and when the service refuses, is down, slow or answers no key.
        """
        ours = turn.current.get()
        if ours is None or ours.conversation != conversation:
            raise KeyRefusedError("a conversation is opened only during a turn of its own")
        now = time.monotonic()
        while self._kept and (next(iter(self._kept.values()))[0] < now or len(self._kept) > self._most):
            self._kept.popitem(last=False)
        if conversation not in self._kept:
            self._kept[conversation] = (now + self._seconds, await self._asked(ours))
        return self._kept[conversation][1]

    async def _asked(self, ours: turn.Turn) -> LentKey:
        question = {"conversation": ours.conversation, "ticket": ours.ticket}
        service = aiohttp.ClientSession(timeout=_WAIT, headers=self._headers, raise_for_status=True)
        try:
            async with service, service.post(self._url, json=question, allow_redirects=False) as answer:
                lent = await answer.json() if answer.status == 200 else None
            key = LentKey(lent["key_id"], base64.b64decode(lent["key"], validate=True))
        except (aiohttp.ClientError, asyncio.TimeoutError, ValueError, KeyError, TypeError) as error:  # noqa: UP041
            raise KeyRefusedError(f"no key was lent: {type(error).__name__}") from error
        if len(key.key) != 32:
            raise KeyRefusedError("what was lent is not a key")
        return key
