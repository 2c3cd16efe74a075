"""The one way to Rasa: its input channel, with the gateway's bearer secret."""

from typing import Any, Literal

import httpx

from countersign.gateway.errors import RasaUnavailableError
from countersign.kit.hidden import Secret

Kind = Literal["text", "payload", "event"]
Item = dict[str, Any]


class RasaClient:
    """Sends one turn and returns what Rasa says, in order.

    Raises RasaUnavailableError when Rasa is down, slow or answers anything but a list.
    """

    # A turn's ticket dies after 30 s, so no answer that comes later could be used.
    TIMEOUT = httpx.Timeout(25.0, connect=2.0)

    def __init__(self, url: str, secret: Secret) -> None:
        self._url = url.rstrip("/") + "/webhooks/countersign/webhook"
        self._http = httpx.AsyncClient(
            timeout=self.TIMEOUT,
            headers={"Authorization": f"Bearer {secret.reveal()}"},
            trust_env=False,
            limits=httpx.Limits(max_connections=64, max_keepalive_connections=16, keepalive_expiry=4.0),
        )

    async def send(self, conversation: str, kind: Kind, value: str, ticket: Secret) -> list[Item]:
        body = {"conversation": conversation, kind: value, "metadata": {"ticket": ticket.reveal()}}
        try:
            answer = await self._http.post(self._url, json=body)
            items = answer.json() if answer.status_code == httpx.codes.OK else None
        except (httpx.HTTPError, ValueError) as error:
            raise RasaUnavailableError(type(error).__name__) from None
        if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
            raise RasaUnavailableError(f"status {answer.status_code}")
        return items

    async def close(self) -> None:
        await self._http.aclose()
