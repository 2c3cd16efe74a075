"""The supervisor with services of our own, as a process of its own: signals and orphans are real."""

import json
import os
import select
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
FAKE = Path(__file__).with_name("fake_service.py")

# Runs the supervisor over fakes: argv = LOG_FOLDER then one JSON list per service (its name, port, options).
HARNESS = f"""
import json, sys, time
from pathlib import Path
from ops import supervisor
from ops.children import Children
from ops.progress import OpsError, Progress
folder = Path(sys.argv[1])
supervisor.READY_WITHIN_SECONDS = 1.0 if "--impatient" in sys.argv else 20.0
children, progress = Children(), Progress()

def service(name, port, *options):
    def prepare():
        if "--refuse" in options:
            raise OpsError("no such shop")
        if "--slow-job" in options:
            children.run([sys.executable, "-c", "import time; time.sleep(600)"], env={{}}, cwd=folder,
                         log=folder / "job.log", what="the slow job")
        return [sys.executable, {str(FAKE)!r}, str(port), *options]
    log, url = folder / (name + ".log"), "http://127.0.0.1:%d/" % port
    return supervisor.Service(name, prepare, {{}}, folder, log, url)

every = [service(*json.loads(text)) for text in sys.argv[2:] if text.startswith("[")]
sys.exit(supervisor.Supervisor(every, children, progress).run(lambda pids: progress.line(json.dumps(pids))))
"""


class Run:
    """A supervisor process over fakes."""

    def __init__(self, folder: Path, *services: list[object], impatient: bool = False) -> None:
        arguments = [json.dumps(service) for service in services] + (["--impatient"] if impatient else [])
        self.process = subprocess.Popen(
            [sys.executable, "-c", HARNESS, str(folder), *arguments],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def until(self, wanted: str) -> str:
        """The first line with `wanted` in it."""
        assert self.process.stdout is not None
        seen = []
        for line in self.process.stdout:
            seen.append(line)
            if wanted in line:
                return line
        raise AssertionError(f"{wanted!r} was not said, but:\n{''.join(seen)}")

    def end(self) -> tuple[int, str]:
        """Its exit code and all that it still says."""
        assert self.process.stdout is not None
        rest = self.process.stdout.read()
        return self.process.wait(timeout=20), rest


@pytest.fixture
def ports() -> list[int]:
    holders = [socket.socket() for _ in range(2)]
    for holder in holders:
        holder.bind(("127.0.0.1", 0))
    found = [holder.getsockname()[1] for holder in holders]
    for holder in holders:
        holder.close()
    return found


@pytest.fixture
def runs() -> Iterator[list[Run]]:
    made: list[Run] = []
    yield made
    for run in made:
        if run.process.poll() is None:
            run.process.send_signal(signal.SIGTERM)
        run.process.wait(timeout=20)
        assert run.process.stdout is not None
        run.process.stdout.close()


def gone(pid: int) -> bool:
    """Whether a process ends within a few seconds (a pidfd tells, so no polling)."""
    try:
        descriptor = os.pidfd_open(pid)
    except ProcessLookupError:
        return True
    try:
        return bool(select.select([descriptor], [], [], 10)[0])
    finally:
        os.close(descriptor)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_stops_all_services_and_is_no_failure(
    tmp_path: Path, ports: list[int], runs: list[Run], number: signal.Signals
) -> None:
    run = Run(tmp_path, ["rasa", ports[0]], ["core", ports[1]])
    runs.append(run)
    pids = json.loads(run.until("{"))
    assert set(pids) == {"rasa", "core"}
    run.process.send_signal(number)
    code, said = run.end()
    assert code == 0
    assert "stopping" in said
    assert all(gone(pid) for pid in pids.values())


def test_one_service_ending_by_itself_stops_the_other_and_says_why(
    tmp_path: Path, ports: list[int], runs: list[Run]
) -> None:
    run = Run(tmp_path, ["rasa", ports[0]], ["core", ports[1], "--die-after-health", "3"])
    runs.append(run)
    code, said = run.end()
    assert code == 1
    assert "core ended by itself (exit code 3)" in said
    assert "last words" in said


def test_a_killed_service_is_named_with_its_signal(tmp_path: Path, ports: list[int], runs: list[Run]) -> None:
    run = Run(tmp_path, ["rasa", ports[0]], ["core", ports[1]])
    runs.append(run)
    pids = json.loads(run.until("{"))
    os.kill(pids["rasa"], signal.SIGKILL)
    code, said = run.end()
    assert code == 1
    assert "rasa ended by itself (signal SIGKILL)" in said
    assert gone(pids["core"])


def test_what_a_service_started_goes_with_it(tmp_path: Path, ports: list[int], runs: list[Run]) -> None:
    noted = tmp_path / "child"
    run = Run(tmp_path, ["rasa", ports[0], "--with-child", str(noted)])
    runs.append(run)
    run.until("{")
    grandchild = int(noted.read_text())
    run.process.send_signal(signal.SIGTERM)
    assert run.end()[0] == 0
    assert gone(grandchild)


def test_a_supervisor_killed_outright_leaves_no_orphan(
    tmp_path: Path, ports: list[int], runs: list[Run]
) -> None:
    run = Run(tmp_path, ["rasa", ports[0]], ["core", ports[1]])
    runs.append(run)
    pids = json.loads(run.until("{"))
    run.process.kill()
    assert all(gone(pid) for pid in pids.values())


def test_a_service_deaf_to_sigterm_is_killed(
    tmp_path: Path, ports: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    from ops.children import Children
    from ops.supervisor import answers

    children = Children()
    process = children.spawn(
        [sys.executable, str(FAKE), str(ports[0]), "--deaf"], env={}, cwd=tmp_path, log=tmp_path / "log"
    )
    until = time.monotonic() + 10
    while not answers(f"http://127.0.0.1:{ports[0]}/") and time.monotonic() < until:
        pass
    assert children.stop(grace_seconds=0.3) == [process.pid]
    assert process.returncode == -signal.SIGKILL


def test_a_refused_preparation_stops_before_anything_runs(
    tmp_path: Path, ports: list[int], runs: list[Run]
) -> None:
    run = Run(tmp_path, ["core", ports[1], "--refuse"])
    runs.append(run)
    code, said = run.end()
    assert code == 1
    assert "no such shop" in said
    assert "{" not in said


def test_a_signal_while_preparing_stops_the_job_too(
    tmp_path: Path, ports: list[int], runs: list[Run]
) -> None:
    run = Run(tmp_path, ["rasa", ports[0]], ["core", ports[1], "--slow-job"])
    runs.append(run)
    run.until("rasa: works")
    run.process.send_signal(signal.SIGINT)
    assert run.end()[0] == 0


def test_a_service_that_never_works_is_named(tmp_path: Path, ports: list[int], runs: list[Run]) -> None:
    run = Run(tmp_path, ["rasa", ports[0], "--never-healthy"], impatient=True)
    runs.append(run)
    code, said = run.end()
    assert code == 1
    assert "rasa did not answer" in said
    assert "rasa.log" in said
