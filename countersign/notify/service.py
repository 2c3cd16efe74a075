"""Mail that leaves exactly when the change that caused it is committed.

`mail()` writes the sealed message into the outbox, in the caller's transaction. A worker calls
`deliver_pending()`: it claims one message at a time, sends it outside of any transaction and notes
the outcome. A crash in between means a second sending under the same Message-ID: at least once,
never lost, and the receiver can tell the double.
"""

from datetime import datetime, timedelta

from countersign.kit.clock import Clock
from countersign.kit.hidden import Personal, Secret
from countersign.kit.ids import new_id
from countersign.notify.errors import DeliveryDeferredError, DeliveryRefusedError
from countersign.notify.interfaces import Sender
from countersign.notify.models import Message
from countersign.notify.repository import OutboxRepository, Waiting
from countersign.vault.errors import TamperedError
from countersign.vault.service import Vault

KEPT = timedelta(days=1)
CODE_LIFE = timedelta(minutes=10)  # ASVS 6.5.5: a mailed code is dead by then, and so is its mail
_LEASE = timedelta(minutes=2)
_FIRST_DELAY = timedelta(seconds=2)
_LONGEST_DELAY = timedelta(minutes=5)
_PURPOSE = "outbox"


class Notify:
    def __init__(self, vault: Vault, repository: OutboxRepository, sender: Sender, clock: Clock) -> None:
        self._vault = vault
        self._repository = repository
        self._sender = sender
        self._clock = clock

    def mail(
        self, to: Personal, subject: str, text: str, *, code: Secret | None = None, link: str | None = None
    ) -> None:
        """Leaves once the surrounding transaction is committed; never when it is rolled back.

        Raises AddressRefusedError, SubjectRefusedError (nothing is written then).
        """
        now = self._clock.now()
        message = Message(
            id=new_id("msg"),
            at=now,
            medium="mail",
            to=to,
            subject=subject,
            text=Personal(text),
            code=code,
            link=None if link is None else Secret(link),
        )
        sealed = self._vault.seal(message.content(), purpose=_PURPOSE, subject=message.id)
        expires_at = now + (CODE_LIFE if code else KEPT)
        self._repository.add(message.id, message.medium, sealed, now, expires_at)

    def deliver_pending(self) -> int:
        """Tries each message that is due, once; returns how many were sent."""
        sent = 0
        started = self._clock.now()
        while (waiting := self._repository.claim(started, self._clock.now() + _LEASE)) is not None:
            sent += self._deliver(waiting)
        return sent

    def purge(self) -> int:
        """Removes every message that is older than a day; returns how many there were."""
        return self._repository.remove_before(self._clock.now() - KEPT)

    def _deliver(self, waiting: Waiting) -> bool:
        now = self._clock.now()
        if waiting.expires_at <= now:
            self._repository.finish(waiting.id, "expired", now)
            return False
        try:
            self._sender.send(self._opened(waiting))
        except DeliveryDeferredError as error:
            self._repository.defer(waiting.id, self._next_try(waiting), error.reason)
            return False
        except DeliveryRefusedError as error:
            self._repository.finish(waiting.id, "refused", self._clock.now(), error.reason)
            return False
        self._repository.finish(waiting.id, "sent", self._clock.now())
        return True

    def _opened(self, waiting: Waiting) -> Message:
        try:
            content = self._vault.open(waiting.sealed, purpose=_PURPOSE, subject=waiting.id)
        except TamperedError as error:
            raise DeliveryRefusedError(type(error).__name__) from error
        return Message.from_content(waiting.id, waiting.created_at, waiting.medium, content)

    def _next_try(self, waiting: Waiting) -> datetime:
        delay = min(_FIRST_DELAY * (1 << min(waiting.attempts - 1, 10)), _LONGEST_DELAY)
        return self._clock.now() + delay
