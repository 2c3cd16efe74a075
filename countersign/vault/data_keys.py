"""One data key per conversation, lent to the process that stores the conversation's tracker.

Destroying the key makes every copy of that tracker unreadable, backups included.
"""

import secrets

from countersign.kit.clock import Clock
from countersign.kit.ids import new_id
from countersign.vault.errors import TamperedError
from countersign.vault.models import LentKey
from countersign.vault.repository import DataKeyRepository, WrappedKey
from countersign.vault.service import Vault

_PURPOSE = "conversation-key"
_KEY_BYTES = 32


class DataKeys:
    def __init__(self, vault: Vault, repository: DataKeyRepository, clock: Clock) -> None:
        self._vault = vault
        self._repository = repository
        self._clock = clock

    def lend(self, conversation: str) -> bytes:
        """The conversation's key, 32 bytes; made at the first call. Raises TamperedError."""
        return self.lent(conversation).key

    def lent(self, conversation: str) -> LentKey:
        """The key with its public name, which changes when the key was destroyed and made anew."""
        row = self._repository.find(conversation) or self._made(conversation)
        key = self._vault.open_bytes(row.wrapped, purpose=_PURPOSE, subject=_subject(row))
        return LentKey(row.key_id, key)

    def destroy(self, conversation: str) -> None:
        """What was encrypted under the key can never be read again."""
        self._repository.remove(conversation)

    def _made(self, conversation: str) -> WrappedKey:
        row = self._wrapped(conversation, new_id("key"))
        if self._repository.add(row):
            return row
        # Another worker made it between our look and our insert.
        known = self._repository.find(conversation)
        if known is None:
            raise TamperedError("a conversation's key vanished while it was lent")
        return known

    def _wrapped(self, conversation: str, key_id: str) -> WrappedKey:
        key = secrets.token_bytes(_KEY_BYTES)
        sealed = self._vault.seal_bytes(key, purpose=_PURPOSE, subject=f"{conversation}/{key_id}")
        return WrappedKey(conversation, key_id, sealed, self._clock.now())


def _subject(row: WrappedKey) -> str:
    return f"{row.conversation}/{row.key_id}"
