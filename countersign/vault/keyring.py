"""The root keys, and the keys that are derived from them.

Each (root key, purpose, subject) has a data key of its own: HKDF-Expand (RFC 5869; the root keys
are uniformly random, so section 3.3 lets Extract be skipped). AES-GCM with random 96-bit nonces
must stay below 2^32 messages a key (NIST SP 800-38D, 8.3). Counting them across processes would be
fragile; this way one key sees only what one subject has for one purpose, a handful.
"""

import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Self

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand

from countersign.kit.clock import Clock, SystemClock
from countersign.vault import keyfile
from countersign.vault.encoding import joined
from countersign.vault.errors import (
    KeyCurrentUnknownError,
    KeyRingBrokenError,
    KeyTruncatedError,
    KeyUnknownError,
)

KEY_BYTES = keyfile.KEY_BYTES
_REMEMBERED = 1024  # data keys: a row is often read several times in one turn
KEY_ID = re.compile(r"[0-9a-f]{8}")


@dataclass(frozen=True)
class RootKey:
    key: bytes = field(repr=False)
    made_at: datetime


class KeyRing:
    """The `KeySource` that lives in one file. Older keys open, the current one seals."""

    def __init__(self, keys: Mapping[str, RootKey], current: str, index: bytes, mac: bytes) -> None:
        """Raises KeyTruncatedError, KeyCurrentUnknownError, KeyRingBrokenError."""
        for name, key in [*((id_, root.key) for id_, root in keys.items()), ("index", index), ("mac", mac)]:
            if len(key) != KEY_BYTES:
                raise KeyTruncatedError(f"key {name!r} has {len(key)} bytes, not {KEY_BYTES}")
        if not all(KEY_ID.fullmatch(id_) for id_ in keys):
            raise KeyRingBrokenError("a key id is not 8 lower-case hexadecimal digits")
        if current not in keys:
            raise KeyCurrentUnknownError(f"the current key {current!r} is not among the keys")
        if len({index, mac, *(root.key for root in keys.values())}) != len(keys) + 2:
            raise KeyRingBrokenError("two keys are the same: each must be random and its own")
        self._keys = dict(keys)
        self._current = current
        self._index = index
        self._mac = mac
        self._derived = lru_cache(maxsize=_REMEMBERED)(self._derive)

    @classmethod
    def fresh(cls, clock: Clock | None = None) -> Self:
        """New random keys, in memory only."""
        id_, root = _new_root(clock)
        return cls({id_: root}, id_, secrets.token_bytes(KEY_BYTES), secrets.token_bytes(KEY_BYTES))

    @classmethod
    def create(cls, path: Path, clock: Clock | None = None) -> Self:
        """New keys in a new file of mode 0600. Raises KeyRingExistsError rather than overwrite."""
        ring = cls.fresh(clock)
        keyfile.write_new(path, ring._content())
        return ring

    @classmethod
    def load(cls, path: Path) -> Self:
        """Raises the KeyRingError that names what is wrong; never its contents."""
        content = keyfile.read(path)
        roots = {id_: RootKey(key, content.made[id_]) for id_, key in content.keys.items()}
        return cls(roots, content.current, content.index, content.mac)

    @classmethod
    def rotate(cls, path: Path, clock: Clock | None = None) -> Self:
        """Adds a root key and makes it current; what the older ones sealed still opens."""
        ring = cls.load(path)
        id_, root = _new_root(clock)
        rotated = cls({**ring._keys, id_: root}, id_, ring._index, ring._mac)
        keyfile.replace(path, rotated._content())
        return rotated

    @property
    def current(self) -> str:
        return self._current

    @property
    def made_at(self) -> datetime:
        return self._keys[self._current].made_at

    def data_key(self, key_id: str, purpose: str, subject: str) -> bytes:
        return self._derived(key_id, purpose, subject)

    def _derive(self, key_id: str, purpose: str, subject: str) -> bytes:
        root = self._keys.get(key_id)
        if root is None:
            raise KeyUnknownError(f"key {key_id} is not in the key ring")
        info = joined("countersign data key", purpose, subject)
        return HKDFExpand(SHA256(), KEY_BYTES, info).derive(root.key)

    def index_key(self) -> bytes:
        return self._index

    def mac_key(self) -> bytes:
        return self._mac

    def __repr__(self) -> str:
        return f"KeyRing(current={self._current!r}, keys={sorted(self._keys)})"

    def _content(self) -> keyfile.Content:
        return keyfile.Content(
            current=self._current,
            keys={id_: root.key for id_, root in self._keys.items()},
            made={id_: root.made_at for id_, root in self._keys.items()},
            index=self._index,
            mac=self._mac,
        )


def create(path: Path) -> KeyRing:
    return KeyRing.create(path)


def _new_root(clock: Clock | None) -> tuple[str, RootKey]:
    made_at = (clock or SystemClock()).now()
    return secrets.token_hex(4), RootKey(secrets.token_bytes(KEY_BYTES), made_at)
