import asyncio
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from structlog.testing import capture_logs

from countersign.bootstrap import Core, Job
from countersign.config import ConfigError
from countersign.db.engine import Database
from countersign.serving import serve
from countersign.vault.service import Vault
from tests.fakes.clock import FakeClock
from tests.fakes.gateway_parts import INNER_SECRET, RASA_SECRET, ROOT, Stage, run

PATIENCE = 10.0


@pytest.fixture(autouse=True)
def _signals() -> Iterator[None]:
    """uvicorn raises a signal again when it is done: here that must not end the tests."""
    before = {number: signal.signal(number, lambda *_: None) for number in (signal.SIGTERM, signal.SIGINT)}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.fixture
def stage(database: Database, vault: Vault, clock: FakeClock, tmp_path: Path) -> Stage:
    held = [socket.create_server(("127.0.0.1", 0)) for _ in range(3)]
    public, inner, staff = (f"127.0.0.1:{one.getsockname()[1]}" for one in held)
    for one in held:
        one.close()
    stage = Stage(database, vault, clock, tmp_path, public=public, inner=inner, staff=staff)
    stage.jobs = lambda: []  # type: ignore[method-assign]
    return stage


async def healthy(client: httpx.AsyncClient, url: str) -> httpx.Response:
    """The answer of a socket that is about to open."""
    async with asyncio.timeout(PATIENCE):
        while True:
            try:
                return await client.get(url)
            except httpx.ConnectError:
                await asyncio.sleep(0.01)


async def served(stage: Stage) -> dict[str, httpx.Response]:
    """What all sockets say of themselves, between their start and SIGTERM."""
    serving = asyncio.create_task(serve(stage))
    async with httpx.AsyncClient(trust_env=False) as client:
        answers = {
            "public": await healthy(client, f"http://{stage.settings.public}/healthz"),
            "inner": await healthy(client, f"http://{stage.settings.inner}/actions/health"),
            "staff": await healthy(client, f"http://{stage.settings.staff}/healthz"),
        }
    os.kill(os.getpid(), signal.SIGTERM)
    await asyncio.wait_for(serving, PATIENCE)
    return answers


def test_all_sockets_open_and_close_together(stage: Stage) -> None:
    answers = run(served(stage))
    assert {name: answer.json() for name, answer in answers.items()} == {
        "public": {"status": "ok"},
        "inner": {"status": "ok"},
        "staff": {"status": "ok"},
    }
    for listen in (stage.settings.public, stage.settings.inner, stage.settings.staff):
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.1", int(listen.rpartition(":")[2])))


def test_no_socket_tells_what_serves_it(stage: Stage) -> None:
    assert all("server" not in answer.headers for answer in run(served(stage)).values())


def test_nothing_that_was_asked_for_is_logged(stage: Stage, capfd: pytest.CaptureFixture[str]) -> None:
    run(served(stage))
    out, err = capfd.readouterr()
    assert "healthz" not in out + err and "actions/health" not in out + err


def test_a_job_that_fails_is_tried_again_and_takes_nothing_down(stage: Stage) -> None:
    again, tries = threading.Event(), list[int]()

    def work() -> None:
        tries.append(1)
        if len(tries) == 1:
            raise OSError("una.lark@post.example has no mailbox")
        again.set()

    stage.jobs = lambda: [Job("mail", 0.0, work)]  # type: ignore[method-assign]

    async def scene() -> None:
        serving = asyncio.create_task(serve(stage))
        assert await asyncio.to_thread(again.wait, PATIENCE)
        async with httpx.AsyncClient(trust_env=False) as client:
            await healthy(client, f"http://{stage.settings.public}/healthz")
            await healthy(client, f"http://{stage.settings.inner}/actions/health")
            await healthy(client, f"http://{stage.settings.staff}/healthz")
        os.kill(os.getpid(), signal.SIGTERM)
        await asyncio.wait_for(serving, PATIENCE)

    with capture_logs() as logs:
        run(scene())
    assert logs[0] == {"event": "job.failed", "job": "mail", "error": "OSError", "log_level": "error"}


def command(stage: Stage) -> tuple[list[str], dict[str, str]]:
    """`countersign serve` in a process of its own, and its environment."""
    settings = {
        "HOME": str(stage.settings.home / "home"),
        "DEMO": "1",
        "PUBLIC": stage.settings.public,
        "INNER": stage.settings.inner,
        "STAFF": stage.settings.staff,
        "INNER_SECRET": INNER_SECRET,
        "RASA_SECRET": RASA_SECRET,
    }
    (stage.settings.home / "home").mkdir()
    environment = os.environ | {f"COUNTERSIGN_{name}": value for name, value in settings.items()}
    return [sys.executable, "-m", "countersign", "serve"], environment


def test_every_job_of_the_core_runs(stage: Stage) -> None:
    jobs = Core.jobs(stage)
    names = {"mail", "old conversations", "old sessions", "old staff sessions", "old demo mail"}
    assert {job.name for job in jobs} >= names
    assert all(job.seconds > 0 for job in jobs)
    stage.conversations.append("cnv_old", "shopper", {"text": "hello"})
    stage.clock.advance(days=31)
    for job in jobs:
        job.run()
    assert stage.conversations.history("cnv_old") == []


@pytest.mark.parametrize("taken", ["public", "inner", "staff"])
def test_a_socket_that_is_taken_ends_the_process_and_is_named(stage: Stage, taken: str) -> None:
    host, _, port = getattr(stage.settings, taken).rpartition(":")
    line, environment = command(stage)
    with socket.create_server((host, int(port))):
        done = subprocess.run(
            line, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60, check=False
        )
    assert done.returncode > 0
    assert "address already in use" in done.stderr and port in done.stderr
    assert "Traceback" not in done.stderr


def test_nothing_opens_with_settings_that_are_unsafe(stage: Stage) -> None:
    stage.settings.rasa_secret = stage.settings.inner_secret
    with pytest.raises(ConfigError, match="must differ"):
        run(serve(stage))
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", int(stage.settings.public.rpartition(":")[2])))
