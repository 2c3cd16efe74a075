"""Whose orders there are, where they go, what was agreed to, and a bar that can be raised."""

from datetime import timedelta

from countersign.checkpoints.interfaces import Agreed
from countersign.identity.models import Level, Session
from countersign.kit.hidden import Personal
from countersign.store.errors import StoreUnavailableError


class FakeOwners:
    def __init__(self, **owners: str) -> None:
        """`FakeOwners(W1="cus_1")`"""
        self._owners = owners
        self.asked: list[str] = []

    def owner_of_order(self, number: str) -> str | None:
        self.asked.append(number)
        return self._owners.get(number)


class NullOwners:
    """The shop's data cannot be read."""

    def owner_of_order(self, number: str) -> str | None:
        raise StoreUnavailableError("down")


class FakeOrderKeys:
    def __init__(self, **postcodes: str) -> None:
        self._postcodes = postcodes
        self.compared = 0

    def matches(self, number: str, postcode: Personal) -> bool:
        self.compared += 1
        return self._postcodes.get(number) == postcode.reveal()


class FakeBar:
    def __init__(self, level: Level | None) -> None:
        self.level = level

    def raise_for(self, session: Session) -> Level | None:
        return self.level


class FakeAgreements:
    """`agree` is the shopper's yes; it is spent once."""

    def __init__(self) -> None:
        self._open: dict[tuple[str, str, str | None], Agreed] = {}
        self.held: list[tuple[str, str]] = []

    def agree(self, conversation: str, deed: str, subject: str | None, agreed: Agreed) -> None:
        self._open[conversation, deed, subject] = agreed

    def stands(self, conversation: str, deed: str, subject: str | None) -> bool:
        return (conversation, deed, subject) in self._open

    def standing(self, conversation: str, deed: str, subject: str | None) -> Agreed | None:
        return self._open.get((conversation, deed, subject))

    def hold(self, conversation: str, proposal: str) -> None:
        self.held.append((conversation, proposal))

    def clear(self) -> None:
        self._open.clear()

    def spend(self, conversation: str, deed: str, subject: str | None) -> Agreed | None:
        return self._open.pop((conversation, deed, subject), None)


class FakeStepUps:
    """`step` is a second factor shown; it passes once."""

    def __init__(self) -> None:
        self._done: set[tuple[str, str, str | None, bytes]] = set()
        self.within: list[timedelta] = []

    def step(self, session: Session, deed: str, subject: str | None, digest: bytes) -> None:
        self._done.add((session.id, deed, subject, digest))

    def clear(self) -> None:
        self._done.clear()

    def stands(self) -> bool:
        return bool(self._done)

    def stepped(
        self, session: Session, deed: str, subject: str | None, digest: bytes, within: timedelta
    ) -> bool:
        self.within.append(within)
        asked = (session.id, deed, subject, digest)
        if asked not in self._done:
            return False
        self._done.remove(asked)
        return True
