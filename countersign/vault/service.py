"""Sealing and opening: the only place that decrypts what is stored.

    envelope   version 1 B | key id 4 B | nonce 12 B | AES-256-GCM ciphertext and tag, value + 16 B

The associated data binds version, key id, purpose and subject, so an envelope that is copied to
another column or another person's row does not open there. Promised: secrecy and integrity of the
value. Not promised: its length stays visible, and an older envelope of the same place still opens.
"""

import hmac
import secrets
from datetime import timedelta

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from countersign.kit.clock import Clock
from countersign.kit.hidden import Personal
from countersign.vault import blind_index
from countersign.vault.encoding import joined
from countersign.vault.errors import EnvelopeUnknownError, TamperedError, UnsealableError
from countersign.vault.interfaces import KeySource
from countersign.vault.models import Sealed

VERSION = b"\x01"
NONCE_BYTES = 12
TAG_BYTES = 16
_HEAD = len(VERSION) + 4
_LEAST = _HEAD + NONCE_BYTES + TAG_BYTES
CRYPTO_PERIOD = timedelta(days=365)


class Vault:
    def __init__(self, keys: KeySource, clock: Clock) -> None:
        self._keys = keys
        self._clock = clock

    def seal(self, value: Personal, *, purpose: str, subject: str) -> Sealed:
        """Encrypts for one place. `purpose` is a constant of the calling code, `subject` the row's owner.

        Raises UnsealableError for text that UTF-8 cannot encode.
        """
        try:
            plain = value.reveal().encode("utf-8")
        except UnicodeEncodeError:
            # Without its context: the original error carries the text.
            raise UnsealableError("the text holds a lone surrogate") from None
        return self.seal_bytes(plain, purpose=purpose, subject=subject)

    def open(self, sealed: Sealed, *, purpose: str, subject: str) -> Personal:
        """Raises TamperedError (or its EnvelopeUnknownError, KeyUnknownError)."""
        plain = self.open_bytes(sealed, purpose=purpose, subject=subject)
        return Personal(plain.decode("utf-8"))

    def seal_bytes(self, value: bytes, *, purpose: str, subject: str) -> Sealed:
        key_id = self._keys.current
        head = VERSION + bytes.fromhex(key_id)
        nonce = secrets.token_bytes(NONCE_BYTES)
        cipher = AESGCM(self._keys.data_key(key_id, purpose, subject))
        return Sealed(head + nonce + cipher.encrypt(nonce, value, _bound(head, purpose, subject)))

    def open_bytes(self, sealed: Sealed, *, purpose: str, subject: str) -> bytes:
        """Raises TamperedError (or its EnvelopeUnknownError, KeyUnknownError)."""
        raw = sealed.raw
        if len(raw) < _LEAST or raw[:1] != VERSION:
            raise EnvelopeUnknownError(f"no envelope of version 1 for {purpose}")
        head, nonce, body = raw[:_HEAD], raw[_HEAD : _HEAD + NONCE_BYTES], raw[_HEAD + NONCE_BYTES :]
        cipher = AESGCM(self._keys.data_key(head[1:].hex(), purpose, subject))
        try:
            return cipher.decrypt(nonce, body, _bound(head, purpose, subject))
        except InvalidTag:
            raise TamperedError(f"a value sealed for {purpose} does not open") from None

    def index(self, value: str, *, kind: str) -> bytes:
        """A blind index: 32 bytes by which equal values can be found and nothing can be read.

        A kind in kit's INDEX_FORMS (email, name, phone, postcode, street) is brought into its form first.
        """
        canonical = blind_index.canonical(kind, value)
        return hmac.digest(self._keys.index_key(), joined(kind, canonical), "sha256")

    def mac(self, value: str, *, purpose: str) -> bytes:
        """A keyed hash of exactly this text, 32 bytes: for codes and tokens at rest."""
        return hmac.digest(self._keys.mac_key(), joined(purpose, value), "sha256")

    def rotation_due(self) -> bool:
        """True when the current root key is older than a year (NIST SP 800-57, cryptoperiods)."""
        return self._clock.now() - self._keys.made_at > CRYPTO_PERIOD


def _bound(head: bytes, purpose: str, subject: str) -> bytes:
    return head + joined(purpose, subject)
