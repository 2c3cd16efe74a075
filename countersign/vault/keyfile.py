"""The key ring as a file, readable by its owner only.

    {"version": 1, "current": ID, "keys": {ID: BASE64}, "made": {ID: TIME},
     "index": BASE64, "mac": BASE64, "checks": {ID | "index" | "mac": HEX}}

A check value is an HMAC of the key's name under the key: a key that was damaged, or pasted under
another name, is refused at start rather than found out by the first shopper.
"""

import base64
import binascii
import hmac
import json
import os
import secrets
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from countersign.vault.encoding import joined
from countersign.vault.errors import (
    KeyCheckError,
    KeyRingBrokenError,
    KeyRingError,
    KeyRingExistsError,
    KeyRingExposedError,
    KeyRingMissingError,
    KeyTruncatedError,
)

VERSION = 1
KEY_BYTES = 32
_OTHERS = stat.S_IRWXG | stat.S_IRWXO


@dataclass(frozen=True)
class Content:
    current: str
    keys: dict[str, bytes] = field(repr=False)
    made: dict[str, datetime]
    index: bytes = field(repr=False)
    mac: bytes = field(repr=False)

    def named(self) -> dict[str, bytes]:
        return {**self.keys, "index": self.index, "mac": self.mac}


def write_new(path: Path, content: Content) -> None:
    """The whole file or nothing. Raises KeyRingExistsError."""
    with _written_beside(path, content) as beside:
        try:
            os.link(beside, path)
        except FileExistsError:
            raise KeyRingExistsError(f"{path} is there already; keys are never overwritten") from None


def replace(path: Path, content: Content) -> None:
    with _written_beside(path, content) as beside:
        os.replace(beside, path)


def read(path: Path) -> Content:
    """Raises the KeyRingError that names what is wrong."""
    document = _loaded(path)
    try:
        content = _content(document)
        checks = {str(name): str(value) for name, value in document["checks"].items()}
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise KeyRingBrokenError(
            f"{path} is not a key ring of version {VERSION}: {type(error).__name__}"
        ) from None
    for name, key in content.named().items():
        if not hmac.compare_digest(_check(name, key), checks.get(name, "")):
            raise KeyCheckError(f"key {name!r} in {path} is not the key that was written under this name")
    return content


def _loaded(path: Path) -> dict[str, Any]:
    try:
        with open(os.open(path, os.O_RDONLY | os.O_NOFOLLOW), encoding="ascii") as file:
            mode = os.fstat(file.fileno()).st_mode
            if mode & _OTHERS:
                raise KeyRingExposedError(f"{path} has mode {stat.S_IMODE(mode):04o}: chmod 600 it")
            document = json.load(file)
    except FileNotFoundError:
        raise KeyRingMissingError(f"{path} is not there") from None
    except OSError as error:
        raise KeyRingError(f"{path} could not be read: {error.strerror}") from None
    except ValueError:
        raise KeyRingBrokenError(f"{path} is not JSON") from None
    if not isinstance(document, dict) or document.get("version") != VERSION:
        raise KeyRingBrokenError(f"{path} is not a key ring of version {VERSION}")
    return document


def _content(document: dict[str, Any]) -> Content:
    keys = {str(id_): _key(id_, text) for id_, text in document["keys"].items()}
    return Content(
        current=document["current"],
        keys=keys,
        made={id_: datetime.fromisoformat(document["made"][id_]) for id_ in keys},
        index=_key("index", document["index"]),
        mac=_key("mac", document["mac"]),
    )


def _key(name: str, text: str) -> bytes:
    try:
        key = base64.b64decode(text, validate=True)
    except binascii.Error:
        raise KeyTruncatedError(f"key {name!r} is not whole base64") from None
    if len(key) != KEY_BYTES:
        raise KeyTruncatedError(f"key {name!r} has {len(key)} bytes, not {KEY_BYTES}")
    return key


def _check(name: str, key: bytes) -> str:
    return hmac.digest(key, joined("countersign key check", name), "sha256")[:8].hex()


def _document(content: Content) -> str:
    document = {
        "version": VERSION,
        "current": content.current,
        "keys": {id_: _base64(key) for id_, key in content.keys.items()},
        "made": {id_: made.isoformat() for id_, made in content.made.items()},
        "index": _base64(content.index),
        "mac": _base64(content.mac),
        "checks": {name: _check(name, key) for name, key in content.named().items()},
    }
    return json.dumps(document, indent=2) + "\n"


def _base64(key: bytes) -> str:
    return base64.b64encode(key).decode("ascii")


@contextmanager
def _written_beside(path: Path, content: Content) -> Iterator[Path]:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    try:
        with open(os.open(beside, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as file:
            file.write(_document(content))
            file.flush()
            os.fsync(file.fileno())
        yield beside
        _sync_folder(path.parent)
    except OSError as error:
        raise KeyRingError(f"{path} could not be written: {error.strerror}") from error
    finally:
        beside.unlink(missing_ok=True)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
