"""The running product under a road: the caller's, or one of its own with recording relays around Rasa."""

import argparse
import base64
import json
import re
import subprocess
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from bench import leaks
from bench.relay import Relay
from ops.environments import RASA, ROOT
from ops.instance import Instance, start

_KEY = re.compile(rb'\{"key":\s?"([A-Za-z0-9+/=]{44})",\s?"key_id":\s?"([^"]+)"\}')


class RoadInstance:
    def __init__(self, work: Path, store: Path, options: argparse.Namespace) -> None:
        self._work = work
        self._store = store
        self._options = options
        self._instance: Instance | None = None
        self._relays: list[Relay] = []
        self.opened_events = 0

    def __enter__(self) -> "RoadInstance":
        if self._options.url:
            self.url = str(self._options.url)
            return self
        to_rasa, to_core = Relay(self._work / "to_rasa"), Relay(self._work / "to_core")
        self._relays = [to_rasa, to_core]
        env = {
            "COUNTERSIGN_RASA_VIA": to_rasa.url,
            "COUNTERSIGN_INNER_URL": to_core.url,
            "COUNTERSIGN_SEALING": self._options.sealing,
        }
        endpoints = self._endpoints()
        self._instance = start(self._work / "home", store=str(self._store), env=env, endpoints=str(endpoints))
        # Nothing is said between the two before somebody chats, so the relays may learn where to only now.
        to_rasa.target, to_core.target = target_of(self._instance.rasa), target_of(self._instance.inner)
        self.url = self._instance.url
        return self

    def __exit__(self, *_: object) -> None:
        if self._instance is not None:
            self._instance.stop()
        for relay in self._relays:
            relay.close()

    def stopped_places(self) -> list[tuple[str, bytes]]:
        """Stops the instance; all that Rasa heard, said and wrote, and its tracker with the seal opened."""
        if self._instance is None:
            raise SystemExit("--leaks needs an instance of the bench's own, not --url")
        self._instance.stop()
        places = list(leaks.files_of(self._work / "home" / "rasa"))
        for name in ("to_rasa", "to_core", "events.log"):
            places.append((f"traffic/{name}", (self._work / name).read_bytes()))
        lent = _KEY.findall((self._work / "to_core").read_bytes())
        keys = {key_id.decode(): base64.b64decode(key).hex() for key, key_id in lent}
        opened = self._opened_tracker(keys)
        self.opened_events = len(opened)
        places.append(("tracker, opened", "\n".join(opened).encode()))
        return places

    def _endpoints(self) -> Path:
        """The project's endpoints, and an event broker that writes every event into a file."""
        path = self._work / "endpoints.yml"
        broker = f"\nevent_broker:\n  type: file\n  path: {self._work / 'events.log'}\n"
        path.write_text((ROOT / "endpoints.yml").read_text(encoding="utf-8") + broker, encoding="utf-8")
        return path

    def _opened_tracker(self, keys: dict[str, str]) -> list[str]:
        """Each event of the tracker database as JSON, opened with the keys that the core lent."""
        command = [str(RASA.interpreter), str(ROOT / "bench" / "open_tracker.py")]
        command.append(str(self._work / "home" / "rasa" / "tracker.db"))
        done = subprocess.run(command, input=json.dumps(keys), capture_output=True, text=True, check=False)
        if done.returncode:
            raise SystemExit(f"the tracker could not be opened: {done.stderr[-600:]}")
        events: list[Any] = json.loads(done.stdout)
        return [json.dumps(event, ensure_ascii=False) for event in events]


def target_of(url: str) -> tuple[str, int]:
    parts = urlsplit(url)
    return str(parts.hostname), int(parts.port or 80)
