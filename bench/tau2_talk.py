"""One shopper's conversation over the chat API, from the opening to goodbye."""

import re
import time
from dataclasses import dataclass, field
from typing import Any

import httpx

from bench import tau2_reading as reading
from bench.chat import Chat, checkpoint_of
from bench.tau2_goals import Record
from bench.tau2_shopper import Move, Shopper

MOST_TURNS = 40
CODE_WITHIN_SECONDS = 5.0
Messages = list[dict[str, Any]]


@dataclass
class Turn:
    """What the shopper did and what came back; `signed_in` as it was when the reply was written."""

    did: str
    messages: Messages
    signed_in: bool
    agreed_to: Record | None = None


@dataclass
class Transcript:
    turns: list[Turn] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    @property
    def said(self) -> str:
        return "\n".join(turn.did for turn in self.turns)

    @property
    def heard(self) -> str:
        return "\n".join(reading.words_of(turn.messages) for turn in self.turns)

    @property
    def agreed(self) -> set[tuple[str, str]]:
        """(kind, order number) of each read-back that the shopper agreed to."""
        cards = [turn.agreed_to for turn in self.turns if turn.agreed_to]
        return {(reading.READ_BACKS[card["kind"]], number_on(card)) for card in cards}

    def __str__(self) -> str:
        lines = []
        for turn in self.turns:
            lines.append(f"  S> {turn.did}")
            for message in turn.messages:
                lines += [f"     A> {line}" for line in reading.words_of([message]).splitlines()]
                titles = [b["title"] for b in message.get("buttons") or ()]
                titles += [b["title"] for c in reading.cards_of([message]) for b in c.get("buttons") or ()]
                lines += [f"        [{' | '.join(titles)}]"] if titles else []
        return "\n".join([*lines, *(f"  !! {fault}" for fault in self.faults)])


def number_on(card: Record) -> str:
    words = "\n".join([str(card.get("title", "")), *(str(row["value"]) for row in card.get("rows") or ())])
    found = reading.ORDER_NUMBER.search(words)
    return f"#{found[0].lstrip('#')}" if found else ""


class Talk:
    """Sends the shopper's moves, passes checkpoints for them, and keeps what was said."""

    def __init__(self, chat: "Visit", shopper: Shopper) -> None:
        self._chat = chat
        self._shopper = shopper
        self._signed_in = False
        self.transcript = Transcript()

    def hold(self) -> Transcript:
        try:
            move: Move | None = self._shopper.open()
            while move is not None and len(self.transcript.turns) < MOST_TURNS:
                messages = self._do(move)
                messages = self._pass_checkpoint(messages)
                move = None if move.last else self._shopper.hear(messages)
            if move is not None:
                self.transcript.faults.append(f"not over after {MOST_TURNS} turns")
        except httpx.HTTPError as error:
            self.transcript.faults.append(f"{type(error).__name__}: {error}"[:200])
        return self.transcript

    def _do(self, move: Move) -> Messages:
        if move.button is not None:
            did, messages = f"[{move.button.title}]", self._chat.press(move.button.payload)
        else:
            did, messages = move.text, self._chat.say(move.text)
        return self._heard(did, messages, move.agrees_to)

    def _heard(self, did: str, messages: Messages, agreed_to: Record | None = None) -> Messages:
        # The reply that brings a new token is the first after the checkpoint.
        self._signed_in = self._signed_in or self._chat.risen
        self.transcript.turns.append(Turn(did, messages, self._signed_in, agreed_to))
        return messages

    def _pass_checkpoint(self, messages: Messages) -> Messages:
        """As a shopper with a mailbox: here, or on the page behind the url when the e-mail is forgotten."""
        customer = self._shopper.task.customer
        checkpoint = checkpoint_of(messages)
        # A postcode proves who knows an order, and is no sign-in.
        asked = reading.read(messages).question
        if checkpoint is not None and (self._shopper.task.forgot_email or asked == reading.POSTCODE):
            return self._heard("(the page)", self._chat.pass_page(checkpoint["url"], customer["email"]))
        if asked == reading.CODE:
            code = self._chat.await_code(customer["email"])
            return self._heard(code, self._chat.say(code))
        return messages


class Visit(Chat):
    """A chat session that also follows a checkpoint's url, and hears nothing twice."""

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self._first_token = self.token
        self._seen: set[str] = set()

    @property
    def risen(self) -> bool:
        return self.token != self._first_token

    def await_code(self, email: str) -> str:
        """The newest code in the mailbox. Raises httpx.TimeoutException when none comes."""
        until = time.monotonic() + CODE_WITHIN_SECONDS
        while time.monotonic() < until:
            if code := self.code_for(email):
                return code
            time.sleep(0.05)
        raise httpx.TimeoutException("no code in the mailbox")

    def pass_page(self, url: str, email: str) -> Messages:
        """Gives e-mail and code to the page; what the chat says after that."""
        for answer in ({"email": email}, None):
            form = answer or {"code": self.await_code(email)}
            self._http.post(url, data=form).raise_for_status()
        renewed = self._http.post(
            "/api/chat/session/renew", json={"device_key": self.device_key}, headers=self._bearer()
        )
        renewed.raise_for_status()
        self.token = renewed.json()["token"]
        history = self._http.get("/api/chat/history", headers=self._bearer())
        history.raise_for_status()
        return self._new(m for m in history.json()["messages"] if m.get("from") != "shopper")

    def _send(self, body: dict[str, str]) -> Messages:
        return self._new(super()._send(body))

    def _new(self, messages: Any) -> Messages:
        fresh = [message for message in messages if message.get("id") not in self._seen]
        self._seen.update(message["id"] for message in fresh if message.get("id"))
        return fresh

    def _bearer(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}


def tells_of_a_person(text: str) -> bool:
    return bool(re.search(reading.PERSON, text))
