"""A fresh shop for every task: one Rasa, and for each task a core of its own on a copy of the imported shop.

The next core starts while the present one talks, and a relay, whose end is moved, leads Rasa to the one that
is on; so between two tasks nobody waits.
"""

import json
import shutil
import subprocess
import sys
import time
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from bench.relay import Relay
from ops import environments, settings, shop
from ops.children import Children, tail
from ops.environments import CORE, RASA, ROOT
from ops.progress import OpsError, Progress
from ops.supervisor import answers
from ops.training import Model

READY_WITHIN_SECONDS = 120.0


class Core:
    """One core on a copy of the shop, from its start to its dump."""

    def __init__(self, home: Path, template: Path, rasa: str) -> None:
        shutil.copytree(template, home, ignore=shutil.ignore_patterns("rasa", "log"))
        made = settings.load(str(home), {}, {"COUNTERSIGN_RASA": rasa}, auto_ports=True)
        self._env = made.for_core()
        self._log = home / "core.log"
        self._children = Children()
        self._process = self._children.spawn(
            [*shop.countersign(), "serve"], env=self._env, cwd=ROOT, log=self._log
        )
        self.home = home
        self.url = made.public
        self.inner = made.inner

    def await_ready(self) -> "Core":
        _await_answer(self.url + "/healthz", self._process, self._log)
        return self

    def stop(self) -> None:
        self._children.stop()

    def dump(self) -> dict[str, Any]:
        """The whole shop, after `stop`; its folder is gone then."""
        path = self.home / "dump.json"
        command = [*shop.countersign(), "store", "dump", str(path)]
        Children().run(command, env=self._env, cwd=ROOT, log=self._log, what="dumping the shop")
        found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        shutil.rmtree(self.home)
        return found


class FreshShops:
    """Use as a context manager; `next()` gives one core after the other, each with the shop as imported."""

    def __init__(self, work: Path, store: Path) -> None:
        self._work = work
        self._store = store
        self._children = Children()
        # Progress belongs to the person at the terminal, the standard output to the report.
        self._progress = Progress(stream=sys.stderr)
        self._relay = Relay(work / "relayed")
        self._made = 0
        self._starting = ThreadPoolExecutor(1)
        self._dumping = ThreadPoolExecutor(1)
        self._spare: Future[Core] | None = None
        self._running: list[Core] = []

    def __enter__(self) -> "FreshShops":
        try:
            self._prepare()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self._starting.shutdown(cancel_futures=True)
        for core in self._running:
            core.stop()
        self._children.stop()
        self._dumping.shutdown(cancel_futures=True)
        self._relay.close()

    def next(self) -> Core:
        core = (self._spare or self._start()).result()
        self._relay.target = _place(core.inner)
        self._spare = self._start()
        return core

    def state(self, core: Core) -> "Future[dict[str, Any]]":
        """The shop as that core leaves it; it is stopped now, dumped beside the next conversation."""
        core.stop()
        self._running.remove(core)
        return self._dumping.submit(core.dump)

    def _prepare(self) -> None:
        home = self._work / "template"
        inner = {"COUNTERSIGN_INNER_URL": self._relay.url}
        self._base = settings.load(str(home), {}, inner, auto_ports=True)
        uv = environments.uv_for(self._children, self._progress)
        for each in (CORE, RASA):
            environments.make(each, uv, self._children, self._progress)
        rasa = self._start_rasa(home)
        shop.ensure(str(self._store), self._base, self._children, self._progress)
        # Its first start makes the core's own tables; the copies then have them.
        first = self._core("first")
        first.stop()
        self._running.remove(first)
        ignored = shutil.ignore_patterns("*.log")
        shutil.copytree(first.home, home, dirs_exist_ok=True, ignore=ignored)
        shutil.rmtree(first.home)
        _await_answer(self._base.rasa + "/webhooks/countersign/", rasa, home / "rasa" / "rasa.log")

    def _start_rasa(self, home: Path) -> "subprocess.Popen[bytes]":
        model = Model().ensure(self._children, self._progress)
        command = [str(RASA.folder / "bin" / "rasa"), "run", "--model", str(model)]
        command += ["--interface", "127.0.0.1", "--port", self._base.rasa_port]
        command += ["--endpoints", "endpoints.yml", "--credentials", "credentials.yml"]
        log = home / "rasa" / "rasa.log"
        return self._children.spawn(command, env=self._base.for_rasa(), cwd=ROOT, log=log)

    def _start(self) -> "Future[Core]":
        self._made += 1
        return self._starting.submit(self._core, f"shop{self._made}")

    def _core(self, name: str) -> Core:
        core = Core(self._work / name, self._work / "template", self._base.rasa)
        self._running.append(core)
        return core.await_ready()


def _await_answer(url: str, process: "subprocess.Popen[bytes]", log: Path) -> None:
    until = time.monotonic() + READY_WITHIN_SECONDS
    while time.monotonic() < until and process.poll() is None:
        if answers(url):
            return
        time.sleep(0.05)
    raise OpsError(f"no answer from {url}:\n{tail(log)}")


def _place(url: str) -> tuple[str, int]:
    parts = urlsplit(url)
    return str(parts.hostname), int(parts.port or 80)


class Running:
    """A running instance in place of fresh shops: every task finds what the ones before left."""

    def __init__(self, url: str, home: Path) -> None:
        self.url = url
        self._home = home

    def state(self) -> dict[str, Any]:
        path = self._home / "bench-dump.json"
        made = settings.load(str(self._home), {}, {}, auto_ports=True)
        command = [*shop.countersign(), "store", "dump", str(path)]
        Children().run(
            command, env=made.for_core(), cwd=ROOT, log=self._home / "log" / "dump.log", what="dumping"
        )
        found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        path.unlink()
        return found
