"""An action server that answers the same question the same way, for both Rasas alike."""

import hashlib
import json
import random
import re
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

_PLACEHOLDER = re.compile(r"\{([A-Za-z_]\w*)\}")


class StubActions:
    """Serves POST /webhook on a free loopback port while entered."""

    def __enter__(self) -> str:
        """The URL for Rasa's action endpoint."""
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return f"http://127.0.0.1:{self._server.server_address[1]}/webhook"

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        call = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        body = json.dumps(answer(call)).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


def answer(call: dict[str, Any]) -> dict[str, Any]:
    """Responses with their values, cards, slots set or emptied, sometimes an action that follows."""
    tracker, domain, name = call["tracker"], call["domain"], call["next_action"]
    turns = sum(event["event"] == "user" for event in tracker["events"])
    key = f"{name}|{tracker['sender_id']}|{turns}"
    source = random.Random(hashlib.sha256(key.encode()).digest())
    responses = []
    for response in source.choices(sorted(domain["responses"]), k=source.choice((1, 1, 2))):
        names = _PLACEHOLDER.findall(json.dumps(domain["responses"][response], ensure_ascii=False))
        responses.append({"response": response, **{one: f"{one} {source.randrange(100)}" for one in names}})
    if source.random() < 0.3:
        responses.append({"custom": {"card": f"⟦card:{source.randrange(10**8):08d}⟧"}})
    events: list[dict[str, Any]] = []
    for slot in source.sample(sorted(tracker["slots"]), k=min(2, len(tracker["slots"]))):
        if domain["slots"].get(slot, {}).get("type") == "rasa.shared.core.slots.TextSlot":
            value = source.choice((None, f"#W{source.randrange(10**7):07d}"))
            events.append({"event": "slot", "name": slot, "value": value, "timestamp": None})
    before = [event["name"] for event in tracker["events"] if event["event"] == "action"]
    if source.random() < 0.15 and before and before[-1] == "action_listen":
        follow = source.choice(
            [one for one in domain["actions"] if one.startswith("action_") and one != name]
        )
        events.append({"event": "followup", "name": follow})
    return {"events": events, "responses": responses}
