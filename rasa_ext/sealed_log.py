"""Conversations on disk: sealed batches of events in one SQLite file, only ever appended.

A batch is AES-256-GCM under its conversation's key: version byte | nonce | ciphertext and tag. Version, key
id, conversation and sequence number are its associated data. Batch 0 is the head: how many there are, and the
first that counts. So one that was changed, moved, swapped, added or cut is refused. Not seen: a whole
conversation deleted, or put back to an earlier state.
"""

import json
import os
import sqlite3
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidTag

from rasa_ext.errors import RefusedError
from rasa_ext.keys import Held

_VERSION = b"\x01"
_SCHEMA = """
PRAGMA journal_mode = WAL;
PRAGMA synchronous = NORMAL;
CREATE TABLE IF NOT EXISTS batches (conversation TEXT, sequence INTEGER, key_id TEXT NOT NULL,
    written_at REAL NOT NULL, sealed BLOB NOT NULL, PRIMARY KEY (conversation, sequence));
CREATE INDEX IF NOT EXISTS batches_by_age ON batches (written_at) WHERE sequence = 0;
"""
_DELETE = (
    "DELETE FROM batches WHERE conversation IN (SELECT conversation FROM batches WHERE sequence = 0 AND "
)
_FIND = "SELECT sequence, sealed FROM batches WHERE conversation = ? AND sequence BETWEEN ? AND ? ORDER BY 1"


class SealedLog:
    """The log in the file `path`, made (0600) if missing, with its folders. Times: seconds since 1970."""

    def __init__(self, path: str) -> None:
        Path(path).parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
        self._db = sqlite3.connect(path, timeout=2, isolation_level=None)
        self._db.executescript(_SCHEMA)

    def read(self, held: Held, since: float) -> list[dict[str, Any]]:
        """The events that count. Raises RefusedError when they are not as they were written.

        A conversation not written since then, or whose key was destroyed, is deleted.
        """
        stale = _DELETE + "conversation = ? AND (written_at < ? OR key_id != ?))"
        self._db.execute(stale, (held.conversation, since, held.key_id))
        held.batches, held.start = self._head(held)
        rows = self._db.execute(_FIND, (held.conversation, held.start, 1 << 62)).fetchall()
        if [row[0] for row in rows] != list(range(held.start, held.batches + 1)):
            raise RefusedError("batches of a stored conversation are missing or were added")
        return [event for sequence, sealed in rows for event in opened(held, sequence, sealed)]

    def append(self, held: Held, *batches: Sequence[Any], start: int) -> None:
        """Write batches of events, all or none, and that from now on `start` is the first that counts.

        Raises RefusedError when the stored conversation is no longer as it was read.
        """
        head = [held.batches + len(batches), start]
        with self._db:
            self._db.execute("BEGIN IMMEDIATE")
            if self._head(held) != [held.batches, held.start]:
                raise RefusedError("the stored conversation has moved on")
            for sequence, batch in [(0, head), *enumerate(batches, held.batches + 1)]:
                row = (held.conversation, sequence, held.key_id, time.time(), _sealed(held, sequence, batch))
                self._db.execute("INSERT OR REPLACE INTO batches VALUES (?, ?, ?, ?, ?)", row)
        held.batches, held.start = head

    def purge(self, before: float) -> None:
        """Delete the conversations that were last written before."""
        self._db.execute(_DELETE + "written_at < ?)", (before,))

    def _head(self, held: Held) -> list[int]:
        rows = self._db.execute(_FIND, (held.conversation, 0, 0)).fetchall()
        return opened(held, *rows[0]) if rows else [0, 1]


def _bound(held: Held, sequence: int) -> bytes:
    return _VERSION + json.dumps([held.key_id, held.conversation, sequence]).encode()


def _sealed(held: Held, sequence: int, content: Sequence[Any]) -> bytes:
    nonce, plain = os.urandom(12), json.dumps(content).encode()
    return _VERSION + nonce + held.cipher.encrypt(nonce, plain, _bound(held, sequence))


def opened(held: Held, sequence: int, sealed: bytes) -> list[Any]:
    """What a batch holds. Raises RefusedError when it is not what was written there."""
    bound = sealed[:1] + _bound(held, sequence)[1:]
    try:
        return json.loads(held.cipher.decrypt(sealed[1:13], sealed[13:], bound))
    except (InvalidTag, ValueError) as error:
        raise RefusedError("a stored batch is not what was written at its place") from error
