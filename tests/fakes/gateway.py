"""In-memory twins of what the gateway's sealing asks for."""

import hashlib
from collections.abc import Iterable

from countersign.kit.hidden import Personal
from countersign.kit.personal_forms import INDEX_FORMS


class FakeTokens:
    """Tokens that count up, so that a test can say which one it means."""

    def __init__(self) -> None:
        self._values: dict[tuple[str, str], Personal] = {}
        self._tokens: dict[tuple[str, str, str], str] = {}

    def issue(self, conversation: str, kind: str, value: Personal) -> str:
        key = (conversation, kind, value.reveal())
        if key not in self._tokens:
            number = f"{len(self._tokens):08d}".translate(str.maketrans("0189", "abcd"))
            self._tokens[key] = f"⟦{kind}:{number}⟧"
            self._values[conversation, self._tokens[key]] = value
        return self._tokens[key]

    def open(self, conversation: str, token: str) -> Personal | None:
        return self._values.get((conversation, token))


class FakeIndex:
    """A plain hash where the vault has a keyed one."""

    def index(self, value: str, *, kind: str) -> bytes:
        return hashlib.sha256(f"{kind}\0{value}".encode()).digest()


class FakeCustomers:
    """Customers known by (kind, value); counts how often it was asked."""

    def __init__(self, values: Iterable[tuple[str, str]]) -> None:
        index = FakeIndex()
        self._known = {index.index(INDEX_FORMS[kind](value), kind=kind) for kind, value in values}
        self.asked = 0

    def known_values(self, digests: list[bytes]) -> set[bytes]:
        self.asked += 1
        return self._known.intersection(digests)
