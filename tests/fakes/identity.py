"""Who is registered, what mails say, a session without a database, and a vault that counts."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from sqlalchemy import Engine, event

from countersign.identity.models import Level, Session
from countersign.kit.clock import Clock
from countersign.kit.hidden import Personal
from countersign.store.errors import StoreUnavailableError
from countersign.vault.keyring import KeyRing
from countersign.vault.models import Sealed
from countersign.vault.service import Vault


class FakeDirectory:
    def __init__(self, **people: str) -> None:
        """`FakeDirectory(cus_1="ada@example.org")`"""
        self._people = {email: person for person, email in people.items()}
        self.asked = 0

    def find(self, email: Personal) -> str | None:
        self.asked += 1
        return self._people.get(email.reveal().lower())

    def of_reference(self, reference: Personal) -> str | None:
        """The shop calls `cus_ada` «ada»."""
        person = f"cus_{reference.reveal()}"
        return person if self.knows(person) else None

    def knows(self, person: str) -> bool:
        return person in self._people.values()

    def leaves(self, person: str) -> None:
        self._people = {email: one for email, one in self._people.items() if one != person}


class NullDirectory:
    """The shop's data cannot be read."""

    def find(self, email: Personal) -> str | None:
        raise StoreUnavailableError("down")

    def of_reference(self, reference: Personal) -> str | None:
        raise StoreUnavailableError("down")

    def knows(self, person: str) -> bool:
        raise StoreUnavailableError("down")


class FakeWords:
    def say(self, name: str, **values: str | int) -> str:
        return " ".join([name, *(f"{key}={value}" for key, value in sorted(values.items()))])


class FakeSessions:
    """`LivingSessions` over a dictionary."""

    def __init__(self) -> None:
        self.living: dict[str, Session] = {}

    def current(self, id_: str) -> Session | None:
        return self.living.get(id_)

    def add(
        self,
        level: Level,
        now: datetime,
        person: str | None = None,
        signed_in_ago: timedelta | None = None,
    ) -> Session:
        session = Session(
            id=f"ses_{len(self.living)}",
            conversation=f"cnv_{len(self.living)}",
            level=level,
            person=person,
            authenticated_at=None if signed_in_ago is None else now - signed_in_ago,
            created_at=now - timedelta(hours=1),
            last_seen_at=now,
            expires_at=now + timedelta(hours=11),
            channel="web",
            language="en",
            transport="bearer",
        )
        self.living[session.id] = session
        return session


class CountingVault(Vault):
    """A real vault that notes how often each of its verbs was used, and for what."""

    def __init__(self, clock: Clock) -> None:
        super().__init__(KeyRing.fresh(clock), clock)
        self.uses: Counter[tuple[str, str]] = Counter()

    def mac(self, value: str, *, purpose: str) -> bytes:
        self.uses["mac", purpose] += 1
        return super().mac(value, purpose=purpose)

    def index(self, value: str, *, kind: str) -> bytes:
        self.uses["index", kind] += 1
        return super().index(value, kind=kind)

    def seal_bytes(self, value: bytes, *, purpose: str, subject: str) -> Sealed:
        self.uses["seal", purpose] += 1
        return super().seal_bytes(value, purpose=purpose, subject=subject)

    def open_bytes(self, sealed: Sealed, *, purpose: str, subject: str) -> bytes:
        self.uses["open", purpose] += 1
        return super().open_bytes(sealed, purpose=purpose, subject=subject)


@contextmanager
def statements() -> Iterator[list[str]]:
    """Every SQL statement that any engine runs meanwhile, in order."""
    seen: list[str] = []

    def note(connection: object, cursor: object, statement: str, *rest: object) -> None:
        seen.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(Engine, "before_cursor_execute", note)
