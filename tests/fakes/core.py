"""The core's inner socket as Rasa sees it, on a free loopback port: key service and action server."""

import base64
import hashlib
import json
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Answer = dict[str, Any]

SECRET = "inner-secret-of-the-tests-0123456789"


class FakeCore:
    """Lends a key per conversation and runs the actions put into `actions`; writes down what it was asked."""

    def __init__(self) -> None:
        self.actions: dict[str, Callable[[Answer], Answer]] = {}
        self.called: list[Answer] = []
        self.sizes: list[int] = []
        self.lent: list[Answer] = []
        self.generation: dict[str, int] = {}
        self.lend_status = 200
        self.garble: Answer | None = None
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)
        self._thread.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def key(self, conversation: str) -> Answer:
        """The conversation's key: the same each time, another one after `erase`."""
        key_id = f"key_{self.generation.get(conversation, 0)}"
        key = hashlib.sha256(f"{conversation} {key_id}".encode()).digest()
        return {"key": base64.b64encode(key).decode(), "key_id": key_id}

    def erase(self, conversation: str) -> None:
        self.generation[conversation] = self.generation.get(conversation, 0) + 1

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def _answer(self, path: str, body: bytes) -> tuple[int, Answer]:
        asked = json.loads(body)
        if path == "/keys/lend":
            self.lent.append(asked)
            return self.lend_status, self.key(asked["conversation"]) if self.garble is None else self.garble
        self.called.append(asked)
        self.sizes.append(len(body))
        return 200, {"events": [], "responses": [], **self.actions[asked["next_action"]](asked)}

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        core = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                if self.headers.get("Authorization") == f"Bearer {SECRET}":
                    status, answer = core._answer(self.path, body)
                else:
                    status, answer = 401, {}
                text = json.dumps(answer).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(text)))
                self.end_headers()
                self.wfile.write(text)

            def log_message(self, format: str, *args: Any) -> None:
                pass

        return Handler
