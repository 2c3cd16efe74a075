"""A shopper at the terminal: the chat API over plain HTTP, its messages as lines with numbered choices."""

import json
import urllib.error
import urllib.request
import uuid
from typing import Any, Dict, List, Optional, Tuple

from ops.progress import OpsError

PATIENCE_SECONDS = 40
# A proxy of the environment is for the outside.
_OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))


class Shopper:
    """One chat with one instance."""

    def __init__(self, url: str) -> None:
        """Open a session. Raises OpsError when nothing answers there."""
        self._url, self._token = url.rstrip("/"), ""
        opened = self._call("/api/chat/session", {"channel": "web"})
        self._token, self.notice = opened["token"], opened["notice"]["text"]
        self._offered: List[str] = []

    def send(self, line: str) -> List[str]:
        """What the shopper reads after typing a line: text, or the number of a choice just shown.

        Raises OpsError when the message was refused, with the reason.
        """
        number = int(line) if line.isascii() and line.isdigit() else 0
        chosen = self._offered[number - 1] if 0 < number <= len(self._offered) else None
        reply = self._call("/api/chat/message", {"payload": chosen} if chosen else {"text": line})
        self._token = reply.get("token") or self._token
        lines, self._offered = drawn(reply["messages"])
        return lines

    def code_for(self, address: str) -> Optional[str]:
        """The newest code in the outbox of a demo."""
        mails = self._call("/demo/outbox?to=" + urllib.request.quote(address))
        codes = [mail["code"] for mail in mails if mail.get("code")]
        return codes[-1] if codes else None

    def _call(self, path: str, body: Optional[Dict[str, str]] = None) -> Any:
        request = urllib.request.Request(self._url + path)
        request.add_header("Idempotency-Key", uuid.uuid4().hex)
        if self._token:
            request.add_header("Authorization", "Bearer " + self._token)
        if body is not None:
            request.data = json.dumps(body).encode()
            request.add_header("Content-Type", "application/json")
        try:
            with _OPENER.open(request, timeout=PATIENCE_SECONDS) as answer:
                return json.loads(answer.read().decode())
        except urllib.error.HTTPError as error:
            raise OpsError(f"refused: {_reason(error)}") from error
        except (OSError, ValueError) as error:
            raise OpsError(f"no chat at {self._url}: {error}") from error


def drawn(messages: List[Dict[str, Any]]) -> Tuple[List[str], List[str]]:
    """The lines of a reply, and the payloads that its numbers stand for."""
    lines: List[str] = []
    offered: List[str] = []

    def choice(button: Dict[str, str]) -> str:
        offered.append(button["payload"])
        return "[{}] {}".format(len(offered), button["title"])

    for message in messages:
        lines += (message.get("text") or "").splitlines()
        if message.get("image"):
            lines.append("(picture: {})".format(message["image"]))
        for card in message.get("cards") or ():
            lines.append("| {}".format(card.get("title", "")))
            lines += ["|   {}: {}".format(row["label"], row["value"]) for row in card.get("rows") or ()]
            lines += ["|   " + choice(button) for button in card.get("buttons") or ()]
        lines += ["  " + choice(button) for button in message.get("buttons") or ()]
        if message.get("checkpoint"):
            lines.append("(checkpoint {level}, {reason}: {url})".format(**message["checkpoint"]))
        if message.get("sensitive"):
            lines.append("(the next answer is sealed: {kind})".format(**message["sensitive"]))
    return lines, offered


def _reason(error: urllib.error.HTTPError) -> str:
    try:
        problem = json.loads(error.read().decode())
    except (OSError, ValueError):
        problem = {}
    return str(problem.get("detail") or problem.get("title") or error)
