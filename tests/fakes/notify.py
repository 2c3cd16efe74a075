"""Outgoing mail without a database: what was mailed, and a sender that fails when told to."""

from dataclasses import dataclass

from countersign.kit.hidden import Personal, Secret
from countersign.notify.errors import DeliveryError
from countersign.notify.models import Message


@dataclass(frozen=True)
class Mailed:
    to: Personal
    subject: str
    text: str
    code: Secret | None
    link: str | None


class FakeNotify:
    def __init__(self) -> None:
        self.mailed: list[Mailed] = []

    def mail(
        self, to: Personal, subject: str, text: str, *, code: Secret | None = None, link: str | None = None
    ) -> None:
        self.mailed.append(Mailed(to, subject, text, code, link))


class FakeSender:
    """Sends into `sent`; while `failure` is set, raises it instead."""

    def __init__(self) -> None:
        self.sent: list[Message] = []
        self.failure: DeliveryError | None = None
        self.tries = 0

    def send(self, message: Message) -> None:
        self.tries += 1
        if self.failure is not None:
            raise self.failure
        self.sent.append(message)
