"""The demo's mailbox: one machine, no mail server. Made in demo mode only."""

from datetime import UTC, timedelta
from typing import Any

from countersign.kit.clock import Clock
from countersign.notify.models import Message
from countersign.notify.repository import DemoRepository, Kept
from countersign.vault.service import Vault

KEPT = timedelta(days=1)
_PURPOSE = "demo-outbox"


class DemoOutbox:
    """A `Sender` that keeps what it is given, sealed, for `GET /demo/outbox`."""

    def __init__(self, vault: Vault, repository: DemoRepository, clock: Clock) -> None:
        self._vault = vault
        self._repository = repository
        self._clock = clock

    def send(self, message: Message) -> None:
        sealed = self._vault.seal(message.content(), purpose=_PURPOSE, subject=message.id)
        recipient = self._vault.index(message.to.reveal(), kind="email")
        self._repository.add(Kept(message.id, message.at, message.medium, recipient, sealed))
        self.purge()

    def messages(self, to: str | None = None) -> list[dict[str, Any]]:
        """`[{at, to, medium, subject, text, code?, link?}]`, newest last; of all, or of one address."""
        recipient = None if to is None else self._vault.index(to, kind="email")
        return [_shown(self._opened(kept)) for kept in self._repository.all(recipient)]

    def purge(self) -> int:
        """Removes what is older than a day; called at each sending."""
        return self._repository.remove_before(self._clock.now() - KEPT)

    def _opened(self, kept: Kept) -> Message:
        content = self._vault.open(kept.sealed, purpose=_PURPOSE, subject=kept.id)
        return Message.from_content(kept.id, kept.at, kept.medium, content)


def _shown(message: Message) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "at": message.at.astimezone(UTC).isoformat(),
        "to": message.to.reveal(),
        "medium": message.medium,
        "subject": message.subject,
        "text": message.text.reveal(),
    }
    if message.code is not None:
        shown["code"] = message.code.reveal()
    if message.link is not None:
        shown["link"] = message.link.reveal()
    return shown
