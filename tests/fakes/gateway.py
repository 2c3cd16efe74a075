"""In-memory twins of what the gateway's sealing asks for."""

from countersign.kit.hidden import Personal
from countersign.store.models import Customer


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


class FakeCustomers:
    """Customers by their pseudonym; `asked` holds whom it was asked about."""

    def __init__(self, *customers: Customer) -> None:
        self._customers = {one.id: one for one in customers}
        self.asked: list[str] = []

    def customer(self, customer: str) -> Customer | None:
        self.asked.append(customer)
        return self._customers.get(customer)
