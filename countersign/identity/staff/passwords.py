"""How passwords are kept: argon2id (RFC 9106).

Each hash takes 64 MiB for a third of a second, so only a few run at once.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from threading import BoundedSemaphore

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from countersign.identity.staff.errors import HashesBusyError
from countersign.identity.staff.password_rules import form
from countersign.kit.hidden import Secret
from countersign.kit.ids import new_token


@dataclass(frozen=True)
class Cost:
    memory_kib: int = 65_536
    rounds: int = 3
    lanes: int = 4
    at_once: int = 2
    wait_s: float = 2.0
    """How long a hash may wait for its turn."""


class Passwords:
    def __init__(self, cost: Cost) -> None:
        self._hasher = PasswordHasher(
            time_cost=cost.rounds, memory_cost=cost.memory_kib, parallelism=cost.lanes
        )
        self._turns = BoundedSemaphore(cost.at_once)
        self._wait_s = cost.wait_s

    def hash(self, password: Secret) -> Secret:
        """Raises HashesBusyError."""
        with self._turn():
            return Secret(self._hasher.hash(form(password)))

    def verify(self, known: Secret | None, password: Secret) -> bool:
        """Whether it is the password of `known`; without one, False after the same work.

        Raises HashesBusyError.
        """
        with self._turn():
            # Whoever asks first pays for the dummy, known or not.
            dummy = self._dummy
            try:
                self._hasher.verify((known or dummy).reveal(), form(password))
            except (VerificationError, InvalidHashError):
                return False
            return known is not None

    def is_outdated(self, known: Secret) -> bool:
        """Whether it was made with other costs than today's."""
        return self._hasher.check_needs_rehash(known.reveal())

    @cached_property
    def _dummy(self) -> Secret:
        return Secret(self._hasher.hash(new_token()))

    @contextmanager
    def _turn(self) -> Iterator[None]:
        if not self._turns.acquire(timeout=self._wait_s):
            raise HashesBusyError("too many passwords are being checked at once")
        try:
            yield
        finally:
            self._turns.release()
