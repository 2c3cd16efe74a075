"""Conversations on disk: sealed batches of events in one SQLite file, only ever appended.

A batch is AES-256-GCM under its conversation's lent key: version byte | nonce | ciphertext and tag. Version,
key id, conversation and sequence number are its associated data, and a sealed head (number 0) holds how many
there are: a batch that was changed, moved, swapped, added or cut is refused. Not seen: a whole conversation
deleted, or put back to an earlier state.
"""

import json
import os
import sqlite3
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from rasa_ext.errors import TamperedError
from rasa_ext.keys import LentKey

_VERSION = b"\x01"
_HEAD = 0
_SCHEMA = """
PRAGMA journal_mode = WAL;
PRAGMA synchronous = NORMAL;
CREATE TABLE IF NOT EXISTS heads (
    conversation TEXT PRIMARY KEY, key_id TEXT NOT NULL, last_at REAL NOT NULL, sealed BLOB NOT NULL);
CREATE INDEX IF NOT EXISTS heads_by_age ON heads (last_at);
CREATE TABLE IF NOT EXISTS batches (
    conversation TEXT, sequence INTEGER, sealed BLOB NOT NULL, PRIMARY KEY (conversation, sequence));
"""


_NEW_HEAD = "INSERT INTO heads (key_id, last_at, sealed, conversation) VALUES (?, ?, ?, ?)"
_MOVE_HEAD = "UPDATE heads SET key_id = ?, last_at = ?, sealed = ? WHERE conversation = ?"

Batch = Sequence[Any]
"""Events as Rasa writes them in JSON."""


class Position(NamedTuple):
    """How many batches a conversation has, and from which one (the first is 1) it is to be read."""

    batches: int = 0
    start: int = 1


class SealedLog:
    """The log in the file `path`, made (0600) if missing, with its folders. Calls may raise sqlite3.Error."""

    def __init__(self, path: str) -> None:
        Path(path).parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
        self._db = sqlite3.connect(path, timeout=2, isolation_level=None)
        self._db.executescript(_SCHEMA)

    def position(self, conversation: str, key: LentKey, since: float) -> Position | None:
        """Where the conversation stands. Raises TamperedError.

        None, and deleted, when it had no turn `since` (seconds since 1970) or its key was destroyed.
        """
        find = "SELECT key_id, last_at, sealed FROM heads WHERE conversation = ?"
        row = self._db.execute(find, (conversation,)).fetchone()
        if row and (row[0] != key.key_id or row[1] < since):
            self._delete([(conversation,)])
            return None
        return Position(*_opened(row[2], conversation, key, _HEAD)) if row else None

    def read(self, conversation: str, key: LentKey, position: Position) -> list[dict[str, Any]]:
        """The events from `position.start` on. Raises TamperedError."""
        find = "SELECT sequence, sealed FROM batches WHERE conversation = ? AND sequence >= ? ORDER BY 1"
        rows = self._db.execute(find, (conversation, position.start)).fetchall()
        if [row[0] for row in rows] != list(range(position.start, position.batches + 1)):
            raise TamperedError("batches of a stored conversation are missing or were added")
        return [event for sequence, sealed in rows for event in _opened(sealed, conversation, key, sequence)]

    def append(
        self, conversation: str, key: LentKey, after: Position, events: Batch, opening: Batch = ()
    ) -> Position:
        """Write the events, and the opening that from now on stands for all before it, if there is one.

        Raises sqlite3.IntegrityError when the log no longer stands at `after`; then nothing is written.
        """
        batches = [events, opening] if opening else [events]
        last = after.batches + len(batches)
        position = Position(last, last if opening else after.start)
        head = (key.key_id, time.time(), _sealed(position, conversation, key, _HEAD), conversation)
        self._db.execute("BEGIN IMMEDIATE")
        with self._db:
            for sequence, batch in enumerate(batches, after.batches + 1):
                row = (conversation, sequence, _sealed(batch, conversation, key, sequence))
                self._db.execute("INSERT INTO batches VALUES (?, ?, ?)", row)
            if not self._db.execute(_MOVE_HEAD if after.batches else _NEW_HEAD, head).rowcount:
                raise sqlite3.IntegrityError("the conversation was deleted during its turn")
        return position

    def purge(self, before: float) -> None:
        """Delete the conversations whose last turn was before (seconds since 1970)."""
        find = "SELECT conversation FROM heads WHERE last_at < ?"
        self._delete(self._db.execute(find, (before,)).fetchall())

    def _delete(self, conversations: list[tuple[str]]) -> None:
        self._db.execute("BEGIN IMMEDIATE")
        with self._db:
            self._db.executemany("DELETE FROM batches WHERE conversation = ?", conversations)
            self._db.executemany("DELETE FROM heads WHERE conversation = ?", conversations)


def _bound(conversation: str, key: LentKey, sequence: int) -> bytes:
    return _VERSION + json.dumps([key.key_id, conversation, sequence]).encode()


def _sealed(content: Batch, conversation: str, key: LentKey, sequence: int) -> bytes:
    nonce, plain = os.urandom(12), json.dumps(content).encode()
    return _VERSION + nonce + AESGCM(key.key).encrypt(nonce, plain, _bound(conversation, key, sequence))


def _opened(sealed: bytes, conversation: str, key: LentKey, sequence: int) -> Any:
    try:
        bound = sealed[:1] + _bound(conversation, key, sequence)[1:]
        return json.loads(AESGCM(key.key).decrypt(sealed[1:13], sealed[13:], bound))
    except (InvalidTag, ValueError) as error:
        raise TamperedError("a stored batch is not what was written at its place") from error
