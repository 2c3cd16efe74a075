"""Ways to break a running product, and a core without its supervisor."""

import os
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

from tests.chat_client import (
    ROOT,
    core_environment,
)


@contextmanager
def core_alone(home: Path, rasa: str) -> Iterator[str]:
    """`countersign serve` by itself; its URL."""
    ports = []
    for _ in range(3):
        with socket.socket() as holder:
            holder.bind(("127.0.0.1", 0))
            ports.append(holder.getsockname()[1])
    settings = {
        "COUNTERSIGN_PUBLIC": f"127.0.0.1:{ports[0]}",
        "COUNTERSIGN_INNER": f"127.0.0.1:{ports[1]}",
        "COUNTERSIGN_STAFF": f"127.0.0.1:{ports[2]}",
        "COUNTERSIGN_RASA": rasa,
        "COUNTERSIGN_INNER_SECRET": "i" * 43,
        "COUNTERSIGN_RASA_SECRET": "r" * 43,
    }
    home.mkdir(parents=True)
    with (home / "core.log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "countersign", "serve"],
            cwd=ROOT,
            env=core_environment(home, **settings),
            stdout=log,
            stderr=log,
        )
        try:
            url = f"http://127.0.0.1:{ports[0]}"
            await_health(url, process)
            yield url
        finally:
            process.terminate()
            process.wait()


def await_health(url: str, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until and process.poll() is None:
        try:
            httpx.get(f"{url}/healthz", trust_env=False).raise_for_status()
            return
        except httpx.HTTPError:
            time.sleep(0.05)  # the only signal that a foreign process gives
    raise AssertionError("the core did not start")


@contextmanager
def locked(path: Path) -> Iterator[None]:
    database = sqlite3.connect(path, timeout=10, isolation_level=None)
    try:
        database.execute("BEGIN EXCLUSIVE")
        yield
        database.execute("ROLLBACK")
    finally:
        database.close()


@contextmanager
def damaged(path: Path) -> Iterator[None]:
    """Every byte of a database overwritten in place, and what its users share about it."""
    files = [path, path.with_name(path.name + "-wal"), path.with_name(path.name + "-shm")]
    contents = {file: file.read_bytes() for file in files if file.exists()}
    for file, content in contents.items():
        overwrite(file, os.urandom(len(content)))
    try:
        yield
    finally:
        for file, content in contents.items():
            overwrite(file, bytes(len(content)) if file == files[2] else content)


def overwrite(file: Path, content: bytes) -> None:
    with file.open("r+b") as stream:
        stream.write(content)
