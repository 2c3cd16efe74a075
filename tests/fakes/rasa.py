"""Rasa as the gateway sees it: in memory, or behind a socket on a free loopback port."""

import inspect
import json
import threading
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from countersign.gateway.errors import RasaUnavailableError
from countersign.gateway.rasa_client import Item, Kind
from countersign.kit.hidden import Secret


@dataclass(frozen=True)
class Heard:
    conversation: str
    kind: str
    value: str
    ticket: str


Says = Callable[[Heard], list[Item] | Awaitable[list[Item]]]


def echo(heard: Heard) -> list[Item]:
    return [{"text": f"You said: {heard.value}"}]


class FakeRasa:
    """`RasaClient`'s twin: notes what it hears, answers what `says` gives, fails while `down`."""

    def __init__(self) -> None:
        self.heard: list[Heard] = []
        self.says: Says = echo
        self.down = False

    async def send(self, conversation: str, kind: Kind, value: str, ticket: Secret) -> list[Item]:
        heard = Heard(conversation, kind, value, ticket.reveal())
        self.heard.append(heard)
        if self.down:
            raise RasaUnavailableError("down")
        said = self.says(heard)
        return await said if inspect.isawaitable(said) else said

    @property
    def values(self) -> list[str]:
        return [heard.value for heard in self.heard]


@dataclass(frozen=True)
class Asked:
    path: str
    authorization: str
    body: dict[str, Any]


class RasaServer:
    """Rasa's input channel over HTTP. It answers `status` and `body`; while `held` is not set, nothing."""

    def __init__(self) -> None:
        self.asked: list[Asked] = []
        self.status = 200
        self.body: bytes = b"[]"
        self.held = threading.Event()
        self.held.set()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)
        self._thread.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def close(self) -> None:
        self.held.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        rasa = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                rasa.asked.append(Asked(self.path, self.headers["Authorization"], json.loads(body)))
                rasa.held.wait()
                self.send_response(rasa.status)
                self.send_header("Content-Length", str(len(rasa.body)))
                self.end_headers()
                try:
                    self.wfile.write(rasa.body)
                except OSError:
                    pass  # the client went away, as it should when it has waited long enough

            def log_message(self, format: str, *args: Any) -> None:
                pass

        return Handler
