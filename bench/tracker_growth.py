"""What a turn costs as a conversation grows: our tracker store and Rasa's SQLTrackerStore, in the same run.

    .venv-rasa/bin/python bench/tracker_growth.py [--messages 200] [--json]

Each turn calls one action of a server on loopback. Trains the small bot of tests/unit/rasa_ext first.
"""

import argparse
import json
import logging
import shutil
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT)]

import structlog  # noqa: E402
from rasa.core.agent import Agent  # noqa: E402
from rasa.core.tracker_store import SQLTrackerStore  # noqa: E402

from rasa_ext.tracker_store import SealedTrackerStore  # noqa: E402
from tests.fakes.core import SECRET, FakeCore  # noqa: E402
from tests.unit.rasa_ext.harness import Talk, run_rasa  # noqa: E402

AROUND = 5  # a figure is the median of so many turns to either side

Figures = dict[str, dict[str, float]]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--messages", type=int, default=200)
    parser.add_argument("--json", action="store_true", help="print one JSON object instead of a table")
    chosen = parser.parse_args()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    core = FakeCore()
    core.actions["action_show_number"] = lambda _: {"responses": [{"text": "It is W1234."}]}
    try:
        with tempfile.TemporaryDirectory() as work:
            figures = _measured(Path(work), core, chosen.messages)
    finally:
        core.close()
    print(json.dumps(figures) if chosen.json else _table(figures))


def _measured(work: Path, core: FakeCore, messages: int) -> Figures:
    bot = Path(shutil.copytree(ROOT / "tests" / "unit" / "rasa_ext" / "bot", work / "bot"))
    trained = run_rasa(bot, "train")
    if trained.returncode:
        raise SystemExit(trained.stderr)
    agent = Agent.load(str(bot / "models"))
    keys = {"url": core.url + "/keys/lend", "headers": {"Authorization": f"Bearer {SECRET}"}}
    stores: dict[str, Any] = {
        "ours": SealedTrackerStore(agent.domain, str(work / "ours.db"), keys),
        "rasa": SQLTrackerStore(agent.domain, db=str(work / "rasas.db")),
    }
    return {name: _growth(Talk(agent, core).over(store), core, messages) for name, store in stores.items()}


def _growth(talk: Talk, core: FakeCore, messages: int) -> dict[str, float]:
    talk.say("take W1234")
    core.sizes.clear()
    took = []
    for _ in range(messages + AROUND):
        began = time.perf_counter()
        talk.say("show")
        took.append((time.perf_counter() - began) * 1000)
    figures: dict[str, float] = {}
    for message in (1, 50, messages):
        near = slice(max(message - 1 - AROUND, 0), message + AROUND)
        figures[f"ms_at_{message}"] = round(statistics.median(took[near]), 1)
        figures[f"kb_to_action_at_{message}"] = round(statistics.median(core.sizes[near]) / 1000, 1)
    return figures


def _table(figures: Figures) -> str:
    lines = [f"{'':24}" + "".join(f"{name:>10}" for name in figures)]
    for row in next(iter(figures.values())):
        lines.append(f"{row:24}" + "".join(f"{columns[row]:>10}" for columns in figures.values()))
    return "\n".join(lines)


if __name__ == "__main__":
    main()
