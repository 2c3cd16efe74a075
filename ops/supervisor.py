"""Runs several services as one: prepared and started side by side, ready together, stopped together.

Everything that happens (a step done, a service healthy, a child gone, a signal) is an event in one queue, and
the main thread alone acts on it.
"""

import http.client
import queue
import signal
import subprocess
import threading
import time
import urllib.parse
from pathlib import Path
from typing import Callable, Dict, List, Mapping, NamedTuple, Optional

from ops.children import Children, describe_exit, tail
from ops.progress import OpsError, Progress

READY_WITHIN_SECONDS = 120.0
_POLL_FIRST, _POLL_MOST = 0.05, 0.5


class Service(NamedTuple):
    """A process to keep, after `prepare` returned its command (run in a thread of its own)."""

    name: str
    prepare: Callable[[], List[str]]
    env: Mapping[str, str]
    cwd: Path
    log: Path
    health: str  # a URL that answers 200 once the service works


class _Event(NamedTuple):
    kind: str  # prepared | failed | healthy | unhealthy | gone | signal
    service: Optional[Service]
    value: object = None


class Supervisor:
    """One run of a set of services. Use from the main thread: it handles SIGINT, SIGTERM and SIGHUP."""

    def __init__(self, services: List[Service], children: Children, progress: Progress) -> None:
        self._services = services
        self._children = children
        self._progress = progress
        self._events: queue.SimpleQueue[_Event] = queue.SimpleQueue()
        self._pids: Dict[str, int] = {}
        self._starts: Dict[str, int] = {}
        self._healthy: List[str] = []
        self._stopping = threading.Event()

    def run(self, on_ready: Callable[[Mapping[str, int]], None]) -> int:
        """Prepare, start, call `on_ready` with the pids by name, keep until told to stop.

        Returns 0 after a signal, 1 after a failure (said why).
        """
        before = {number: signal.signal(number, self._on_signal) for number in _SIGNALS}
        try:
            for service in self._services:
                threading.Thread(target=self._prepare, args=(service,), daemon=True).start()
            return self._loop(on_ready)
        finally:
            self._stopping.set()
            killed = self._children.stop()
            if killed:
                self._progress.say(
                    "had to kill what did not stop in time: {}".format(", ".join(map(str, killed)))
                )
            for number, handler in before.items():
                signal.signal(number, handler)

    def _loop(self, on_ready: Callable[[Mapping[str, int]], None]) -> int:
        while True:
            event = self._events.get()
            if event.kind == "signal":
                self._progress.say("stopping")
                return 0
            if event.kind in ("failed", "unhealthy"):
                self._progress.line(str(event.value))
                return 1
            if event.kind == "gone":
                self._say_gone(event)
                return 1
            if event.kind == "prepared":
                self._start(event.service, event.value)
            if event.kind == "healthy":
                self._progress.say(f"{event.service.name}: works")
                self._healthy.append(event.service.name)
                if len(self._healthy) == len(self._services):
                    on_ready(dict(self._pids))

    def _prepare(self, service: Service) -> None:
        try:
            self._events.put(_Event("prepared", service, service.prepare()))
        except OpsError as error:
            self._events.put(_Event("failed", service, error))
        except Exception as error:  # noqa: BLE001 - a fault of ours must stop the run, not leave it waiting
            self._events.put(_Event("failed", service, f"{service.name}: {type(error).__name__}: {error}"))

    def _start(self, service: Service, argv: List[str]) -> None:
        self._starts[service.name] = service.log.stat().st_size if service.log.exists() else 0
        self._progress.say(f"{service.name}: starting")
        process = self._children.spawn(argv, env=service.env, cwd=service.cwd, log=service.log)
        self._pids[service.name] = process.pid
        threading.Thread(target=self._watch, args=(service, process), daemon=True).start()
        threading.Thread(target=self._await_health, args=(service,), daemon=True).start()

    def _watch(self, service: Service, process: subprocess.Popen) -> None:
        self._events.put(_Event("gone", service, process.wait()))

    def _await_health(self, service: Service) -> None:
        pause, until = _POLL_FIRST, time.monotonic() + READY_WITHIN_SECONDS
        while time.monotonic() < until:
            if answers(service.health):
                self._events.put(_Event("healthy", service))
                return
            if self._stopping.wait(pause):
                return
            pause = min(_POLL_MOST, pause * 1.5)
        log = tail(service.log, self._starts[service.name])
        message = (
            f"{service.name} did not answer {service.health} within {READY_WITHIN_SECONDS:.0f} s:\n{log}"
        )
        self._events.put(_Event("unhealthy", service, message))

    def _say_gone(self, event: _Event) -> None:
        service = event.service
        log = tail(service.log, self._starts[service.name])
        self._progress.line(
            f"{service.name} ended by itself ({describe_exit(event.value)}); "
            f"stopping the rest. The end of its log:\n{log}"
        )

    def _on_signal(self, number: int, _frame: object) -> None:
        # SimpleQueue.put is reentrant, made for use in signal handlers.
        self._events.put(_Event("signal", None, number))


_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def answers(url: str, timeout_seconds: float = 2.0) -> bool:
    """Whether GET `url` is answered with 200 (on loopback: no proxy, no redirect)."""
    parts = urllib.parse.urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=timeout_seconds)
    try:
        connection.request("GET", parts.path or "/")
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
