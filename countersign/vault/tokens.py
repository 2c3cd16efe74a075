"""Tokens that stand in chat text for what belongs to a person: `⟦email:k7q2m4xa⟧`.

Rasa, its tracker and its logs see the token; the value is sealed here and opens only for the
conversation it was said in.
"""

import re
import secrets

from countersign.kit.clock import Clock
from countersign.kit.hidden import Personal
from countersign.vault.errors import TokensExhaustedError
from countersign.vault.repository import TokenRepository, TokenRow
from countersign.vault.service import Vault

KINDS = (
    "address",
    "card",
    "checkpoint",
    "choices",
    "comment",
    "email",
    "iban",
    "name",
    "phone",
    "postcode",
    "proposal",
    "told",  # what the core itself tells the shopper; it opens for the reply alone
)
TOKEN = re.compile(rf"⟦(?P<kind>{'|'.join(KINDS)}):(?P<id>[a-z2-7]{{8,16}})⟧")
_LETTERS = "abcdefghijklmnopqrstuvwxyz234567"  # RFC 4648 base32, lower case
_LENGTH = 8
_TRIES = 8


class ChatTokens:
    def __init__(self, vault: Vault, repository: TokenRepository, clock: Clock) -> None:
        self._vault = vault
        self._repository = repository
        self._clock = clock

    def issue(self, conversation: str, kind: str, value: Personal) -> str:
        """The token of this value; the same value and kind in the same conversation, the same token.

        Raises ValueError for a kind that is not in KINDS.
        """
        if kind not in KINDS:
            raise ValueError(f"{kind!r} is not a kind of token")
        digest = self._vault.mac(value.reveal(), purpose=f"chat-token/{conversation}/{kind}")
        for _ in range(_TRIES):
            known = self._repository.find_digest(conversation, digest)
            if known is not None:
                return _written(known.kind, known.id)
            row = self._row(conversation, kind, digest, value)
            if self._repository.add(row):
                return _written(row.kind, row.id)
        raise TokensExhaustedError(f"no free token id after {_TRIES} tries")

    def open(self, conversation: str, token: str) -> Personal | None:
        """The value, or None for what is not a token of this conversation. Raises TamperedError."""
        match = TOKEN.fullmatch(token)
        row = self._repository.find(conversation, match["id"]) if match else None
        if match is None or row is None or row.kind != match["kind"]:
            return None
        return self._vault.open(row.sealed, purpose=_purpose(row.kind), subject=f"{conversation}/{row.id}")

    def forget(self, conversation: str) -> int:
        """Removes every value of the conversation; returns how many there were."""
        return self._repository.remove_all(conversation)

    def _row(self, conversation: str, kind: str, digest: bytes, value: Personal) -> TokenRow:
        id_ = "".join(secrets.choice(_LETTERS) for _ in range(_LENGTH))
        sealed = self._vault.seal(value, purpose=_purpose(kind), subject=f"{conversation}/{id_}")
        return TokenRow(conversation, id_, kind, digest, sealed, self._clock.now())


def _purpose(kind: str) -> str:
    return f"chat-token/{kind}"


def _written(kind: str, id_: str) -> str:
    return f"⟦{kind}:{id_}⟧"
