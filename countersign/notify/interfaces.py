from typing import Protocol

from countersign.notify.models import Message


class Sender(Protocol):
    def send(self, message: Message) -> None:
        """Hands the message over; returning means that it was accepted.

        May be called again with the same `message.id` after a crash: receivers drop the double by
        it (it becomes the Message-ID). Raises DeliveryDeferredError or DeliveryRefusedError.
        """
        ...
