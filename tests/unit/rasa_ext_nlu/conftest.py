"""The shop's own bot, trained once on all its data, with an action server that answers every action."""

import importlib.util
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.fakes.core import FakeCore
from tests.unit.rasa_ext_nlu.chat import Chat

if importlib.util.find_spec("rasa") is None:
    collect_ignore_glob = ["*"]  # run by Rasa's own environment

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture(scope="session")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder with the trained model."""
    folder = tmp_path_factory.mktemp("models")
    command = [sys.executable, "-m", "rasa", "train", "--out", str(folder)]
    environment = {**os.environ, "RASA_TELEMETRY_ENABLED": "false"}
    trained = subprocess.run(
        command, check=False, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=600
    )
    assert trained.returncode == 0, trained.stdout + trained.stderr
    return folder


@pytest.fixture(scope="session")
def chat(model: Path) -> Iterator[Chat]:
    core = FakeCore()
    yield Chat(model, core)
    core.close()
