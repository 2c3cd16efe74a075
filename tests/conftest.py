"""One running product for the whole suite: one model, one Rasa; each test has its own conversation."""

import socket
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from ops.instance import Instance, start  # noqa: E402


@dataclass(frozen=True)
class Shop:
    """The demo shop, open. `embed_origin` is the other origin that may embed the widget."""

    instance: Instance
    embed_origin: str

    @property
    def url(self) -> str:
        return self.instance.url

    @property
    def home(self) -> Path:
        return self.instance.home

    def outbox(self, to: str) -> list[dict[str, Any]]:
        answer = httpx.get(f"{self.url}/demo/outbox", params={"to": to}, trust_env=False)
        answer.raise_for_status()
        mails: list[dict[str, Any]] = answer.json()
        return mails


@pytest.fixture(scope="session")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        embed_origin = f"http://localhost:{holder.getsockname()[1]}"
    home = tmp_path_factory.mktemp("shop") / "home"
    with start(home, store="demo", env={"COUNTERSIGN_EMBED_ORIGINS": embed_origin}) as instance:
        yield Shop(instance, embed_origin)
