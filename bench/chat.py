"""A shopper's side of the chat API: nothing but what a shopper could see or send."""

import uuid
from typing import Any

import httpx


class Chat:
    """One shopper in one session, over plain HTTP."""

    def __init__(self, url: str) -> None:
        self._http = httpx.Client(base_url=url, timeout=40.0, trust_env=False)
        opened = self._http.post("/api/chat/session", json={"channel": "web"})
        opened.raise_for_status()
        self.token: str = opened.json()["token"]
        self.device_key: str = opened.json()["device_key"]
        self.heard: list[dict[str, Any]] = []

    def say(self, text: str) -> list[dict[str, Any]]:
        return self._send({"text": text})

    def press(self, payload: str) -> list[dict[str, Any]]:
        return self._send({"payload": payload})

    def close(self) -> None:
        self._http.close()

    def code_for(self, email: str) -> str | None:
        """The newest code in the demo outbox for an address."""
        mails = self._http.get("/demo/outbox", params={"to": email}).json()
        codes = [mail["code"] for mail in mails if mail.get("code")]
        return codes[-1] if codes else None

    def _send(self, body: dict[str, str]) -> list[dict[str, Any]]:
        headers = {"Authorization": f"Bearer {self.token}", "Idempotency-Key": uuid.uuid4().hex}
        answer = self._http.post("/api/chat/message", json=body, headers=headers)
        answer.raise_for_status()
        reply = answer.json()
        self.token = reply.get("token") or self.token
        self.heard += reply["messages"]
        messages: list[dict[str, Any]] = reply["messages"]
        return messages


def words_of(messages: list[dict[str, Any]]) -> str:
    """Everything readable in messages: texts, card titles and rows."""
    parts: list[str] = []
    for message in messages:
        parts.append(message.get("text") or "")
        for card in message.get("cards") or ():
            parts.append(str(card.get("title", "")))
            parts += [f"{row['label']}: {row['value']}" for row in card.get("rows", ())]
    return "\n".join(part for part in parts if part)


def button_of(messages: list[dict[str, Any]], title: str) -> str | None:
    """The payload of the first button on the card with this title."""
    for message in messages:
        for card in message.get("cards") or ():
            if card.get("title") == title and card.get("buttons"):
                return str(card["buttons"][0]["payload"])
    return None


def checkpoint_of(messages: list[dict[str, Any]]) -> dict[str, str] | None:
    return next((message["checkpoint"] for message in messages if message.get("checkpoint")), None)
