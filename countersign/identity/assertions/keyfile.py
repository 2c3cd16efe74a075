"""The shop's public keys: a JWK set in a file, read again when the file changes."""

import json
from collections.abc import Sequence
from pathlib import Path
from threading import Lock

from countersign.identity.assertions.errors import KeysUnavailableError
from countersign.identity.errors import KeyUnfitError
from countersign.identity.jose import PublicKey, public_keys

_Mark = tuple[int, int, int]


class KeyFile:
    """A file that is gone or spoilt stops all trust: a key that was taken out must not live on."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = Lock()
        self._read: tuple[_Mark, Sequence[PublicKey]] | None = None

    def current(self) -> Sequence[PublicKey]:
        with self._lock:
            try:
                found = self._path.stat()
                mark = (found.st_mtime_ns, found.st_size, found.st_ino)
                if self._read is None or self._read[0] != mark:
                    self._read = mark, self._keys()
            except (OSError, ValueError, RecursionError, KeyUnfitError) as error:
                self._read = None
                raise KeysUnavailableError(type(error).__name__) from None
            return self._read[1]

    def _keys(self) -> Sequence[PublicKey]:
        keys = public_keys(json.loads(self._path.read_text(encoding="utf-8")))
        if not keys:
            raise KeyUnfitError("no key that can check a signature")
        return keys
