"""A small bot, trained once, and Rasa itself: served over HTTP, or its processor in this process."""

import importlib.util
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.fakes.core import FakeCore
from tests.unit.rasa_ext.harness import ROOT, Served, Talk, run_rasa

if importlib.util.find_spec("rasa") is None:
    collect_ignore_glob = ["*"]  # run by Rasa's own environment

BOT = Path(__file__).parent / "bot"


@pytest.fixture(scope="session")
def bot(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The bot's folder, with its model."""
    folder = tmp_path_factory.mktemp("bot") / "bot"
    shutil.copytree(BOT, folder)
    for name in ("endpoints.yml", "credentials.yml"):
        shutil.copy(ROOT / name, folder / name)
    trained = run_rasa(folder, "train")
    assert trained.returncode == 0, trained.stdout + trained.stderr
    return folder


@pytest.fixture(scope="session")
def served_core() -> Iterator[FakeCore]:
    core = FakeCore()
    yield core
    core.close()


@pytest.fixture(scope="session")
def served(bot: Path, served_core: FakeCore) -> Iterator[Served]:
    rasa = Served(bot, served_core)
    yield rasa
    rasa.stop()


@pytest.fixture
def core() -> Iterator[FakeCore]:
    core = FakeCore()
    yield core
    core.close()


@pytest.fixture(scope="session")
def agent(bot: Path) -> Any:
    from rasa.core.agent import Agent

    return Agent.load(str(bot / "models"))


@pytest.fixture
def talk(agent: Any, core: FakeCore) -> Talk:
    core.actions["action_show_number"] = lambda call: {
        "responses": [{"text": f"It is {call['tracker']['slots']['notes_number']}."}]
    }
    core.actions["action_resume"] = lambda call: {"responses": [{"text": "On we go."}]}
    return Talk(agent, core)
