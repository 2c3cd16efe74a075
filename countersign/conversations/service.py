"""History, offered buttons and expected answers: what a conversation knows of itself."""

import json
from collections.abc import Sequence
from contextlib import AbstractContextManager
from datetime import timedelta
from typing import Any, Literal

from countersign.conversations.models import Entry, Expectation, Message, Sender
from countersign.conversations.repository import ConversationRepository
from countersign.kit.clock import Clock
from countersign.kit.hidden import Personal
from countersign.kit.ids import new_id
from countersign.vault.data_keys import DataKeys
from countersign.vault.models import Sealed
from countersign.vault.service import Vault
from countersign.vault.tokens import ChatTokens

OFFERED_WITHIN = 20
"""A button counts if it was offered in this many last messages (DESIGN, step 3)."""
HISTORY = 200
_BODY = "conversation.message"
_TITLE = "conversation.button"


class Conversations:
    """Everything is sealed at rest under the conversation's name."""

    def __init__(
        self,
        repository: ConversationRepository,
        vault: Vault,
        tokens: ChatTokens,
        data_keys: DataKeys,
        clock: Clock,
    ) -> None:
        self._rows = repository
        self._vault = vault
        self._tokens = tokens
        self._data_keys = data_keys
        self._clock = clock

    def append(
        self,
        conversation: str,
        sender: Sender,
        body: Message,
        *,
        key: str | None = None,
        delivered: bool = True,
    ) -> Entry:
        now = self._clock.now()
        sealed = self._seal(conversation, _BODY, json.dumps(body, ensure_ascii=False))
        number = self._rows.append(
            conversation,
            at=now,
            sender=sender,
            key=key,
            body=sealed,
            delivered=delivered,
        )
        return Entry(number, now, sender, body, key)

    def history(self, conversation: str, after: int = 0) -> list[Entry]:
        """The last 200 messages above `after`, oldest first."""
        return self._entries(conversation, self._rows.messages(conversation, after, HISTORY))

    def of_key(self, conversation: str, key: str) -> list[Entry]:
        """The shopper's message sent with `key` and its answers, in order; empty when never seen."""
        return self._entries(conversation, self._rows.of_key(conversation, key))

    def take_undelivered(self, conversation: str, key: str | None = None) -> list[Entry]:
        """What came up while nobody listened; from now on it counts as delivered.

        With `key` it is part of the answer to that message, and comes again with it.
        """
        rows = self._rows.undelivered(conversation)
        if rows:
            self._rows.deliver(conversation, key)
        return self._entries(conversation, rows)

    def together(self) -> AbstractContextManager[None]:
        """All that is written inside, in this thread, is kept, or nothing of it."""
        return self._rows.together()

    def offer(self, conversation: str, choices: Sequence[tuple[str, str]]) -> list[dict[str, str]]:
        """Turns (title, Rasa payload) pairs into buttons with one-time names that tell nothing.

        They stand with the message that is appended next.
        """
        number = self._rows.last_number(conversation) + 1
        rows = [
            {
                "id": new_id("btn"),
                "conversation": conversation,
                "number": number,
                "title": self._seal(conversation, _TITLE, title),
                "payload": payload,
            }
            for title, payload in choices
        ]
        if rows:
            self._rows.offer(rows)
        return [
            {"title": title, "payload": str(row["id"])} for (title, _), row in zip(choices, rows, strict=True)
        ]

    def spend(self, conversation: str, button: str, key: str) -> tuple[str, str] | None:
        """(title, Rasa payload) of a button that was offered lately and not yet pressed, else None."""
        oldest = self._rows.last_number(conversation) - OFFERED_WITHIN + 1
        row = self._rows.spend(conversation, button, oldest, key)
        return None if row is None else (self._open(conversation, _TITLE, row.title), row.payload)

    def expectation(self, conversation: str) -> Expectation:
        row = self._rows.state(conversation)
        return Expectation() if row is None else Expectation(row.answer, row.sign_in)

    def expect_answer(self, conversation: str, kind: str | None) -> None:
        self._rows.set_state(conversation, answer=kind)

    def answered(self, conversation: str) -> None:
        """Whatever was asked, a message has come and was understood: the next one answers nothing."""
        if self.expectation(conversation).answer is not None:
            self.expect_answer(conversation, None)

    def expect_sign_in(self, conversation: str, step: Literal["email", "code"] | None) -> None:
        self._rows.set_state(conversation, sign_in=step)

    def forget(self, conversation: str) -> None:
        """Deletes what was said, its tokens, and the key of Rasa's own record of it."""
        self._rows.forget(conversation)
        self._tokens.forget(conversation)
        self._data_keys.destroy(conversation)

    def purge(self, days: int) -> int:
        """Forgets conversations silent for `days`; how many."""
        silent = self._rows.older_than(self._clock.now() - timedelta(days=days))
        for conversation in silent:
            self.forget(conversation)
        return len(silent)

    def _entries(self, conversation: str, rows: Sequence[Any]) -> list[Entry]:
        return [
            Entry(
                row.number,
                row.at,
                row.sender,
                json.loads(self._open(conversation, _BODY, row.body)),
                row.key,
            )
            for row in rows
        ]

    def _seal(self, conversation: str, purpose: str, text: str) -> bytes:
        return self._vault.seal(Personal(text), purpose=purpose, subject=conversation).raw

    def _open(self, conversation: str, purpose: str, raw: bytes) -> str:
        return self._vault.open(Sealed(raw), purpose=purpose, subject=conversation).reveal()
