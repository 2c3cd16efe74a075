"""Where data keys come from. Today the ring derives them from a root key in a file; a later
source may keep one key per person and purpose, wrapped by a key service, behind the same calls."""

from datetime import datetime
from typing import Protocol


class KeySource(Protocol):
    @property
    def current(self) -> str:
        """The id of the root key that seals: 8 lower-case hexadecimal digits."""
        ...

    @property
    def made_at(self) -> datetime:
        """When the current root key was made."""
        ...

    def data_key(self, key_id: str, purpose: str, subject: str) -> bytes:
        """32 bytes for AES-256, the same at each call.

        Raises KeyUnknownError when `key_id` is not held (never was, or was destroyed).
        """
        ...

    def index_key(self) -> bytes:
        """32 bytes, for blind indexes only."""
        ...

    def mac_key(self) -> bytes:
        """32 bytes, for keyed hashes only."""
        ...
