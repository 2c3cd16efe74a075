"""Rasa itself for the tests: its command line, a server of it, its processor in this process."""

import asyncio
import json
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

from tests.fakes.core import SECRET, FakeCore

ROOT = Path(__file__).resolve().parents[3]
CHANNEL_SECRET = "channel-secret-of-the-tests-0123456789"
TICKET = "ticket-of-the-tests"


def run_rasa(folder: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """A `rasa` command as designers give it, without any of our variables unless named."""
    command = [sys.executable, "-m", "rasa", *arguments]
    environ = _environment(**environment)
    return subprocess.run(
        command, check=False, cwd=folder, env=environ, capture_output=True, text=True, timeout=120
    )


def _environment(**ours: str) -> dict[str, str]:
    foreign = {name: value for name, value in os.environ.items() if not name.startswith("COUNTERSIGN_")}
    return {**foreign, "RASA_TELEMETRY_ENABLED": "false", "PYTHONPATH": str(ROOT), **ours}


class Served:
    """`rasa run` with our two files."""

    def __init__(self, folder: Path, core: FakeCore) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        self.url = f"http://127.0.0.1:{port}/webhooks/countersign"
        self.database = folder / "var" / "tracker.db"
        self._log = folder / "rasa.log"
        environment = _environment(
            COUNTERSIGN_RASA_SECRET=CHANNEL_SECRET,
            COUNTERSIGN_INNER_SECRET=SECRET,
            COUNTERSIGN_INNER_URL=core.url,
            COUNTERSIGN_TRACKER_DB=str(self.database),
        )
        command = [sys.executable, "-m", "rasa", "run", "-i", "127.0.0.1", "-p", str(port)]
        with self._log.open("w") as log:
            self._process = subprocess.Popen(command, cwd=folder, env=environment, stdout=log, stderr=log)
        self._wait()

    @property
    def log(self) -> str:
        return self._log.read_text()

    def stop(self) -> None:
        self._process.terminate()
        self._process.wait(20)

    def send(
        self, body: bytes, secret: str | None = CHANNEL_SECRET, path: str = "/webhook"
    ) -> tuple[int, bytes]:
        headers = {"Content-Type": "application/json"}
        if secret is not None:
            headers["Authorization"] = f"Bearer {secret}"
        request = urllib.request.Request(self.url + path, body, headers)  # noqa: S310 (loopback)
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310
                return answer.status, answer.read()
        except urllib.error.HTTPError as error:
            return error.code, error.read()

    def turn(self, conversation: str, ticket: str = TICKET, **message: str) -> list[dict[str, Any]]:
        """The replies to `text=`, `payload=` or `event=`."""
        body = {"conversation": conversation, "metadata": {"ticket": ticket}, **message}
        status, answer = self.send(json.dumps(body).encode())
        assert status == 200, status
        replies: list[dict[str, Any]] = json.loads(answer)
        return replies

    def health(self) -> tuple[int, bytes]:
        with urllib.request.urlopen(self.url + "/", timeout=5) as answer:  # noqa: S310
            return answer.status, answer.read()

    def _wait(self) -> None:
        until = time.monotonic() + 60
        while time.monotonic() < until and self._process.poll() is None:
            try:
                self.health()
                return
            except urllib.error.URLError:
                time.sleep(0.1)  # nothing tells when another process listens
        raise AssertionError(self.log)


class Talk:
    """Rasa's own processor over one tracker store, without HTTP."""

    def __init__(self, agent: Any, core: FakeCore) -> None:
        from rasa.utils.endpoints import EndpointConfig

        self._agent = agent
        endpoint = EndpointConfig(
            core.url + "/actions/webhook", headers={"Authorization": f"Bearer {SECRET}"}
        )
        agent.action_endpoint = agent.processor.action_endpoint = endpoint

    def over(self, store: Any) -> "Talk":
        """The same talk over another store; its trackers must be all that carries over."""
        from rasa.core.tracker_store import FailSafeTrackerStore

        if store.domain is not self._agent.domain:
            store.domain = self._agent.domain
        self._agent.tracker_store = self._agent.processor.tracker_store = FailSafeTrackerStore(store)
        return self

    def say(self, text: str, conversation: str = "cnv_of-the-tests") -> list[str]:
        """The texts of the replies."""
        from rasa.core.channels.channel import UserMessage

        message = UserMessage(text, sender_id=conversation, metadata={"ticket": TICKET})
        replies = self.during_turn(conversation, lambda: self._agent.handle_message(message))
        return [reply["text"] for reply in replies if "text" in reply]

    def tracker(self, conversation: str = "cnv_of-the-tests") -> Any:
        return self.during_turn(conversation, lambda: self._agent.tracker_store.retrieve(conversation))

    def during_turn(self, conversation: str, work: Any) -> Any:
        from rasa_ext.turn import Turn, current

        async def run() -> Any:
            current.set(Turn(conversation, TICKET))
            return await work()

        return asyncio.run(run())
