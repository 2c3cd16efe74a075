"""A protocol fake of the chat API, for building and testing the widget without the product.

It keeps everything in memory and answers from a small script: what a message contains decides what
comes back. `Talk.faults` makes the next message fail in a chosen way, once.
"""

import asyncio
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

Message = dict[str, Any]
Frame = dict[str, Any]
CODE = "ABCD-2345"

HOSTILE = """<img src=x onerror=alert(1)> **bold** *italic* `code` & <b>not bold</b>
[click](javascript:alert(1)) [evil](data:text/html,x) [plain](http://other.example/) [ok](https://docs.example.org/a?b=c)
[//proto](//evil.example) [own](/notice) ![pixel](https://tracker.example/p.gif) https://auto.example.com/x.
- first
- second **strong**

1. one
2. two
snake_case_word and 2*3*4"""


def now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


def order_card(number: str, status: str) -> Message:
    rows = (("Status", status), ("Placed", "12 November"), ("Total", "$536.65"), ("Tracking", "357962501027"))
    return {
        "kind": "order",
        "title": f"Order {number}",
        "subtitle": "2 items",
        "rows": [{"label": label, "value": value} for label, value in rows],
        "buttons": [{"title": "Show items", "payload": secrets.token_urlsafe(9)}],
    }


@dataclass
class Talk:
    """One conversation and its session."""

    token: str = field(default_factory=lambda: secrets.token_urlsafe(16))
    history: list[Message] = field(default_factory=list)
    replies: dict[str, list[Message]] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)
    expects: str | None = None
    signed_in: bool = False
    sockets: list[Callable[[Frame], Awaitable[None]]] = field(default_factory=list)
    turns: int = 0
    pace: float = 0.0

    def add(self, sender: str, message: Message) -> Message:
        entry = {"id": f"{len(self.history) + 1:08d}", "at": now(), "from": sender, **message}
        self.history.append(entry)
        return entry

    async def answer(self, key: str, body: Message) -> tuple[list[Message], bool]:
        """The replies to one message, the same for the same key; and whether the session rose."""
        if key in self.replies:
            return self.replies[key], False
        self.turns += 1
        await asyncio.sleep(self.pace)
        text = str(body.get("text") or body.get("payload"))
        before = self.signed_in
        self.add("shopper", {"text": "chosen" if "payload" in body else text, "key": key})
        messages = [self.add("assistant", message) for message in self._script(text)]
        self.replies[key] = messages
        return messages, self.signed_in and not before

    def _script(self, text: str) -> list[Message]:
        said = text.lower()
        if self.expects == "email" and "@" in text:
            return self._ask_code()
        if self.expects == "code" and text.strip().upper() == CODE:
            self.expects, self.signed_in = None, True
            return [{"text": "Thank you, you are signed in."}, *order_status()]
        if "order" in said and not self.signed_in:
            return self._ask_email()
        answer = next((answer for word, answer in ANSWERS.items() if word in said), None)
        return answer() if answer else [{"text": f"You said: {text}"}]

    def _ask_email(self) -> list[Message]:
        self.expects = "email"
        reason = "To tell you about your order, I need to know that it is yours."
        gate = {"level": "signed_in", "reason": reason, "url": "/portal/checkpoint/abc"}
        words = "I can look that up. First, please sign in."
        return [{"text": words, "checkpoint": gate, "sensitive": {"kind": "email"}}]

    def _ask_code(self) -> list[Message]:
        self.expects = "code"
        words = "If there is an account for that address, a code is on its way. What does it say?"
        return [{"text": words, "sensitive": {"kind": "code"}}]


def order_status() -> list[Message]:
    words = "Your order **#W2611340** is *processed*."
    return [{"text": words, "card": order_card("#W2611340", "Processed")}]


def order_list() -> list[Message]:
    states = ("Delivered", "Shipped", "Pending", "Processed")
    cards = [order_card(f"#W261134{number}", state) for number, state in enumerate(states)]
    return [{"text": "These are your orders:", "cards": cards}]


def choices() -> list[Message]:
    titles = ("Track an order", "Returns and refunds", "Opening hours")
    buttons = [{"title": title, "payload": secrets.token_urlsafe(9)} for title in titles]
    return [{"text": "Did you mean one of these?", "buttons": buttons}]


def hostile() -> list[Message]:
    return [{"text": HOSTILE, "image": "https://tracker.example/pixel.gif"}]


ANSWERS: dict[str, Callable[[], list[Message]]] = {
    "choose": choices,
    "list": order_list,
    "markdown": hostile,
    "order": order_status,
}


class Mock:
    def __init__(self) -> None:
        self.talks: dict[str, Talk] = {}
        self.opened = 0
        self.sockets_refused = False

    def open(self) -> Talk:
        talk = Talk()
        self.opened += 1
        self.talks[talk.token] = talk
        return talk

    def rotate(self, talk: Talk) -> str:
        self.talks.pop(talk.token, None)
        talk.token = secrets.token_urlsafe(16)
        self.talks[talk.token] = talk
        return talk.token

    @property
    def last(self) -> Talk:
        return list(self.talks.values())[-1]
