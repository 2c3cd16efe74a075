"""The chat API from outside: a token, a browser with cookies, a socket; and the data of the running shop."""

import json
import os
import re
import secrets
import subprocess
import sys
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any, Self

import httpx
from websockets.sync.client import ClientConnection, connect

ROOT = Path(__file__).parents[1]
PATIENCE = 40.0
"""Seconds. The core gives up on Rasa after 25."""
Messages = list[dict[str, Any]]
_UNFIT = re.compile(r"\{[a-z_]+\}|[⟦⟧]|Traceback|sqlite|\bNone\b")


class Web:
    """Plain requests to one instance: no cookie, proxy or redirect of their own."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.http = httpx.Client(base_url=url, timeout=PATIENCE, trust_env=False)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.http.close()

    def outbox(self, to: str) -> Messages:
        found: Messages = self.http.get("/demo/outbox", params={"to": to}).json()
        return found

    def code_for(self, email: str) -> str:
        """The newest code that was mailed there."""
        return str([mail["code"] for mail in self.outbox(email) if mail.get("code")][-1])


class Chat(Web):
    """One shopper with a bearer token."""

    def __init__(self, url: str, device_key: str | None = None) -> None:
        super().__init__(url)
        opened = self.http.post("/api/chat/session", json={"device_key": device_key} if device_key else {})
        assert opened.status_code == 201, opened.text
        self.opened: dict[str, Any] = opened.json()
        self.token: str = self.opened["token"]
        self.device_key: str = self.opened.get("device_key") or device_key or ""

    def call(self, method: str, path: str, *, token: str | None = None, **more: Any) -> httpx.Response:
        """As this shopper; `path` is below /api/chat."""
        headers = {"Authorization": f"Bearer {self.token if token is None else token}"}
        return self.http.request(
            method, f"/api/chat{path}", headers=headers | more.pop("headers", {}), **more
        )

    def send(self, key: str | None = None, token: str | None = None, **body: str) -> httpx.Response:
        """One message (`text=` or `payload=`), answered or refused."""
        headers = {"Idempotency-Key": key or new_key()}
        answer = self.call("POST", "/message", token=token, headers=headers, json=body)
        if answer.status_code == httpx.codes.OK:
            self.token = answer.json().get("token") or self.token
        return answer

    def say(self, text: str, key: str | None = None) -> Messages:
        return replied(self.send(key, text=text))

    def press(self, payload: str, key: str | None = None) -> Messages:
        return replied(self.send(key, payload=payload))

    def history(self) -> Messages:
        answer = self.call("GET", "/history")
        assert answer.status_code == httpx.codes.OK, answer.text
        found: Messages = answer.json()["messages"]
        return found

    def renew(self, token: str, device_key: str | None = None) -> httpx.Response:
        body = {"device_key": device_key or self.device_key}
        return self.call("POST", "/session/renew", token=token, json=body)

    def sign_in(self, email: str) -> Messages:
        """By words, address and code; the reply to the code."""
        self.say("I want to sign in")
        self.say(email)
        said = self.say(self.code_for(email))
        assert "signed in" in words(said)
        return said

    @contextmanager
    def line(self, after: str | None = None, **headers: str) -> Iterator["Line"]:
        """A socket that has said hello and been welcomed."""
        with dial(self.url, **headers) as line:
            line.send(type="hello", token=self.token, **({"after": after} if after else {}))
            line.welcome = line.read("welcome")["messages"]
            yield line


class Browser(Web):
    """Cookies and an Origin, as a page of the shop has them; no JavaScript."""

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self.cookies: dict[str, str] = {}

    def call(self, method: str, path: str, **more: Any) -> httpx.Response:
        origin = {"Origin": self.url} if method != "GET" else {}
        headers = {
            "Cookie": self.cookie,
            "Sec-Fetch-Site": "same-origin",
            **origin,
            **more.pop("headers", {}),
        }
        answer = self.http.request(method, path, headers={k: v for k, v in headers.items() if v}, **more)
        for line in answer.headers.get_list("set-cookie"):
            self.cookies |= {name: one.value for name, one in SimpleCookie(line).items()}
        return answer

    @property
    def cookie(self) -> str:
        return "; ".join(f"{name}={value}" for name, value in self.cookies.items() if value)

    def open(self) -> httpx.Response:
        answer = self.call("POST", "/api/chat/session", json={"transport": "cookie"})
        assert answer.status_code == 201, answer.text
        return answer

    def say(self, text: str) -> Messages:
        headers = {"Idempotency-Key": new_key()}
        return replied(self.call("POST", "/api/chat/message", json={"text": text}, headers=headers))

    def post_form(self, path: str, **fields: str) -> httpx.Response:
        return self.call("POST", path, data=fields)


class Line:
    """One end of the chat's socket."""

    def __init__(self, socket: ClientConnection) -> None:
        self.socket = socket
        self.welcome: Messages = []

    def send(self, **frame: Any) -> None:
        self.socket.send(json.dumps(frame))

    def read_any(self) -> dict[str, Any]:
        frame: dict[str, Any] = json.loads(self.socket.recv(timeout=PATIENCE))
        return frame

    def read(self, kind: str) -> dict[str, Any]:
        """The next frame that is not «typing»; it must be of this kind."""
        while True:
            frame = self.read_any()
            if frame["type"] != "typing":
                assert frame["type"] == kind, frame
                return frame

    def answer(self) -> Messages:
        """The messages of the next reply; what is pushed before it is passed over."""
        while (frame := self.read_any())["type"] != "reply":
            assert frame["type"] in ("typing", "push"), frame
        return fit(frame["messages"])

    def answer_of(self, key: str, text: str) -> Messages:
        """As `say`, on a line where others are heard too."""
        self.send(type="message", key=key, text=text)
        return self.answer()

    def say(self, text: str, key: str | None = None) -> dict[str, Any]:
        """The reply's frame."""
        key = key or new_key()
        self.send(type="message", key=key, text=text)
        reply = self.read("reply")
        assert reply["key"] == key
        fit(reply["messages"])
        return reply


@contextmanager
def dial(url: str, **headers: str) -> Iterator[Line]:
    """A socket that has said nothing yet."""
    address = url.replace("http", "ws", 1) + "/api/chat/socket"
    with connect(address, additional_headers=headers, proxy=None, open_timeout=PATIENCE) as socket:
        yield Line(socket)


def new_key() -> str:
    return uuid.uuid4().hex


def replied(answer: httpx.Response) -> Messages:
    assert answer.status_code == httpx.codes.OK, answer.text
    messages: Messages = answer.json()["messages"]
    return fit(messages)


def fit(messages: Messages) -> Messages:
    """What a shopper may see: something, and nothing raw in it."""
    assert messages
    for message in messages:
        assert {"id", "at", "from"} < message.keys()
        assert not _UNFIT.search(words([message])), message
    return messages


def refused(answer: httpx.Response, status: int, code: str | None = None) -> dict[str, Any]:
    """The problem details (RFC 9457) of an answer that must be one, with nothing of our insides in it."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    problem: dict[str, Any] = answer.json()
    assert problem["status"] == status
    assert re.fullmatch(r"/problems/[a-z-]+", problem["type"])
    assert problem["title"] and problem["detail"]
    assert not re.search(r"Traceback|\.py\b|sqlite|Error\b", answer.text)
    if code:
        assert problem["type"] == f"/problems/{code}"
    return problem


def words(messages: Messages) -> str:
    """Everything readable in messages, in order."""
    parts: list[str] = []
    for message in messages:
        parts.append(message.get("text") or "")
        for card in message.get("cards") or ():
            parts.append(card["title"])
            parts += [f"{row['label']}: {row['value']}" for row in card["rows"]]
        parts += [button["title"] for button in message.get("buttons") or ()]
    return "\n".join(part for part in parts if part)


def buttons(messages: Messages) -> dict[str, str]:
    """Payloads by title; a card's button is named by the card."""
    found = {b["title"]: b["payload"] for message in messages for b in message.get("buttons") or ()}
    cards = [card for message in messages for card in message.get("cards") or ()]
    return found | {card["title"]: card["buttons"][0]["payload"] for card in cards if card.get("buttons")}


def checkpoint(messages: Messages) -> dict[str, str]:
    return next(message["checkpoint"] for message in messages if message.get("checkpoint"))


def page_of(messages: Messages) -> str:
    """The path of the checkpoint's page."""
    return "/portal/" + checkpoint(messages)["url"].partition("/portal/")[2]


def core_environment(home: Path, **more: str) -> dict[str, str]:
    """For the core's command line on an instance's data."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("COUNTERSIGN_")}
    return kept | {"COUNTERSIGN_HOME": str(home), "COUNTERSIGN_DEMO": "1", **more}


def countersign(home: Path, *arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
    """The command line, to its end."""
    command = [sys.executable, "-m", "countersign", *arguments]
    environment = core_environment(home, **settings)
    return subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False, timeout=60
    )


@contextmanager
def no_stack_trace(home: Path) -> Iterator[None]:
    """What is refused on purpose inside is not stumbled over: neither half writes a stack trace."""
    logs = [home / "log" / "core.log", home / "rasa" / "rasa.log"]
    begin = [log.stat().st_size for log in logs]
    yield
    for log, size in zip(logs, begin, strict=True):
        with log.open("rb") as stream:
            stream.seek(size)
            assert b"Traceback" not in stream.read()


def secrets_of(home: Path) -> Mapping[str, str]:
    lines = (home / "secrets.env").read_text(encoding="utf-8").splitlines()
    return dict(line.split("=", 1) for line in lines if "=" in line and not line.startswith("#"))


def no_such_order() -> str:
    """A number that looks like the shop's and is none; what is counted by it was never counted before."""
    return f"#W00{secrets.randbelow(100_000):05d}"


@cache
def people_of(home: Path) -> tuple[dict[str, Any], ...]:
    """The customers who ordered something, each with the whole of their orders."""
    dumped = countersign(home, "store", "dump")
    assert dumped.returncode == 0, dumped.stderr
    shop = json.loads(dumped.stdout)
    orders = {order["id"]: order for order in shop["orders"]}
    for customer in shop["customers"]:
        customer["orders"] = [orders[number] for number in customer["orders"]]
    return tuple(customer for customer in shop["customers"] if customer["orders"])
