"""CountersignError
├── DeedKeyReusedError                one idempotency key was given for two different changes
├── RefusedError
│   ├── CustomerUnknownError          the person of a grant is no longer among the customers
│   ├── OrderUnknownError             the order that a grant names is no longer there
│   ├── PolicyInvalidError            the shop's policy file is missing, or a key of it is wrong
│   ├── StoreFileInvalidError         a store file breaks its format; every problem with its path
│   │   └── StoreFileUnreadableError  it is not a JSON document at all: missing, empty, too large, not UTF-8
│   └── StoreFileUnwritableError      a dump cannot be put where it was asked for
└── UnavailableError
    └── StoreUnavailableError         the shop's data cannot be reached or read
        └── StoreSealBrokenError      it was sealed with other keys, or altered
"""

from collections.abc import Sequence
from dataclasses import dataclass

from countersign.kit.errors import CountersignError, RefusedError, UnavailableError


@dataclass(frozen=True)
class Problem:
    """One fault of a store file: where, as a JSON path (`orders[3].items[0].price`), and what.

    `what` never repeats a value of the file: it may be personal.
    """

    path: str
    what: str

    def __str__(self) -> str:
        return f"{self.path or 'document'}: {self.what}"


class DeedKeyReusedError(CountersignError):
    code = "deed-key-reused"
    say = "utter_shared_trouble"


class CustomerUnknownError(RefusedError):
    code = "customer-unknown"
    say = "utter_shared_trouble"


class OrderUnknownError(RefusedError):
    code = "order-unknown"
    say = "utter_shared_trouble"


class PolicyInvalidError(RefusedError):
    code = "policy-invalid"


class StoreFileInvalidError(RefusedError):
    """`problems` holds them all; the message shows the first ones."""

    code = "store-file-invalid"
    SHOWN = 50

    def __init__(self, file: str, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(self._lines(file)))

    def _lines(self, file: str) -> list[str]:
        count = len(self.problems)
        head = f"{file}: {count} {'problem' if count == 1 else 'problems'}; nothing was imported"
        more = [f"  … and {count - self.SHOWN} more"] if count > self.SHOWN else []
        return [head, *(f"  {problem}" for problem in self.problems[: self.SHOWN]), *more]


class StoreFileUnreadableError(StoreFileInvalidError):
    def __init__(self, file: str, reason: str) -> None:
        super().__init__(file, [Problem("", reason)])


class StoreFileUnwritableError(RefusedError):
    code = "store-file-unwritable"


class StoreUnavailableError(UnavailableError):
    code = "store-unavailable"


class StoreSealBrokenError(StoreUnavailableError):
    code = "store-seal-broken"
