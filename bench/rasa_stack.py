"""Is our Rasa (Python 3.12, current libraries, no TensorFlow) the same as its makers pin it (Python 3.10)?

    bench/rasa_stack.py [--walks 200] [--seed 1] [--json] [--keep DIR]

Makes .venv-stock beside ours, trains both on the same data, plays all conversation tests and random walks
through both, and compares understanding, entities, events, slots, trackers and replies. Numbers may differ
by 1e-6.
"""

import argparse
import json
import math
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT)]

from bench import rasa_stack_walks as walks  # noqa: E402
from bench.rasa_stack_actions import StubActions  # noqa: E402
from ops import setup  # noqa: E402
from ops.children import Children  # noqa: E402
from ops.environments import RASA, STOCK, Environment  # noqa: E402
from ops.progress import OpsError, Progress  # noqa: E402

TOLERANCE = 1.001e-6  # one unit of the sixth decimal, to which the classifier rounds
# What names a moment, a message or a model, and so differs between any two runs of the same Rasa.
MOMENTARY = ("timestamp", "message_id", "model_id", "assistant_id")
SHOWN = 20
# What both are trained and tested on, copied first: an edit meanwhile would look like a difference.
SOURCES = (
    "config.yml",
    "domain.yml",
    "endpoints.yml",
    "credentials.yml",
    "data",
    "rasa_ext",
    "tests/conversations",
)


class Side:
    """One of the two environments, and what it made."""

    def __init__(self, environment: Environment, folder: Path) -> None:
        self.environment = environment
        self.tree = folder / "tree"
        self.folder = folder / environment.name
        self.folder.mkdir()
        self.train_s = 0.0
        self.tests: dict[str, Any] = {}
        self.result: dict[str, Any] = {}

    def train(self) -> None:
        begun = time.monotonic()
        self._rasa("train", "--force", "--out", str(self.folder), "--fixed-model-name", "model")
        self.train_s = round(time.monotonic() - begun, 1)

    def test(self) -> None:
        """`rasa test core` over the conversation tests: which stories passed, and what was predicted."""
        out = self.folder / "tests"
        stories = ["--stories", "tests/conversations", "--out", str(out)]
        self._rasa("test", "core", "--model", str(self.folder / "model.tar.gz"), *stories)
        for name in ("story_report.json", "failed_test_stories.yml", "stories_with_warnings.yml"):
            text = (out / name).read_text(encoding="utf-8") if (out / name).exists() else ""
            self.tests[name] = json.loads(text) if name.endswith("json") and text else text

    def play(self, task: Path) -> None:
        result = self.folder / "played.json"
        player = ROOT / "bench" / "rasa_stack_player.py"
        self._run(
            str(self.environment.interpreter),
            str(player),
            str(self.folder / "model.tar.gz"),
            str(task),
            str(result),
        )
        self.result = json.loads(result.read_text(encoding="utf-8"))

    def figures(self) -> dict[str, Any]:
        version = self._ask("import platform; print(platform.python_version())")
        packages = self._ask(
            "import importlib.metadata as m; print(len({d.name for d in m.distributions()}))"
        )
        size = subprocess.run(
            ["du", "-sm", self.environment.folder], capture_output=True, check=True
        ).stdout.split()[0]
        measured = {name: self.result[name] for name in ("load_s", "memory_mb", "turn_ms")}
        return {
            "python": version,
            "packages": int(packages),
            "environment_mb": int(size),
            "train_s": self.train_s,
            **measured,
        }

    def _ask(self, code: str) -> str:
        command = [self.environment.interpreter, "-c", code]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()

    def _rasa(self, *arguments: str) -> None:
        self._run(str(self.environment.folder / "bin" / "rasa"), *arguments)

    def _run(self, *command: str) -> None:
        env = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("COUNTERSIGN_", "PYTHON"))
        }
        # A cache of its own: Rasa's fingerprints know nothing of library versions and would share parts.
        env.update(
            RASA_TELEMETRY_ENABLED="false",
            RASA_CACHE_DIRECTORY=str(self.folder / "cache"),
            LOG_LEVEL="WARNING",
        )
        done = subprocess.run(command, cwd=self.tree, env=env, capture_output=True, text=True, check=False)
        if done.returncode:
            raise OpsError(
                f"{self.environment.name}: {' '.join(command[:3])} failed:\n"
                f"{(done.stdout + done.stderr)[-2000:]}"
            )


def differences(ours: Any, stock: Any, at: str = "") -> Iterator[tuple[str, Any, Any]]:
    """Every place where two results differ by more than a rounding, with both values."""
    if isinstance(ours, dict) and isinstance(stock, dict):
        for key in sorted({*ours, *stock} - set(MOMENTARY)):
            yield from differences(ours.get(key), stock.get(key), f"{at}.{key}")
    elif isinstance(ours, list) and isinstance(stock, list) and len(ours) == len(stock):
        for index, (one, other) in enumerate(zip(ours, stock, strict=True)):
            yield from differences(one, other, f"{at}[{index}]")
    elif isinstance(ours, float) and isinstance(stock, float):
        if not math.isclose(ours, stock, rel_tol=0, abs_tol=TOLERANCE):
            yield at, ours, stock
    elif ours != stock:
        yield at, ours, stock


def largest_gap(ours: Any, stock: Any) -> float:
    """The largest difference between two numbers at the same place."""
    if isinstance(ours, dict) and isinstance(stock, dict):
        return max(
            (largest_gap(ours[key], stock[key]) for key in ours.keys() & stock.keys() - set(MOMENTARY)),
            default=0.0,
        )
    if isinstance(ours, list) and isinstance(stock, list):
        return max((largest_gap(*pair) for pair in zip(ours, stock, strict=False)), default=0.0)
    return abs(ours - stock) if isinstance(ours, float) and isinstance(stock, float) else 0.0


def compare(ours: Side, stock: Side) -> tuple[dict[str, dict[str, int]], list[dict[str, Any]]]:
    """Per aspect how many were compared and how many differ, and each difference."""
    table: dict[str, dict[str, int]] = {}
    found: list[dict[str, Any]] = []

    def aspect(name: str, pairs: list[tuple[str, Any, Any]]) -> None:
        here = [(what, *one) for what, a, b in pairs for one in differences(a, b)]
        table[name] = {"compared": len(pairs), "different": len({what for what, *_ in here})}
        found.extend({"aspect": name, "in": what, "at": at, "ours": a, "stock": b} for what, at, a, b in here)

    a, b = ours.result, stock.result
    for name in ("intent", "intent_ranking", "entities"):
        aspect(
            f"understanding: {name}", [(t, a["nlu"][t].get(name), b["nlu"][t].get(name)) for t in a["nlu"]]
        )
    for name in ("events", "slots", "messages", "latest", "active_loop"):
        told = [(c, a["conversations"][c][name], b["conversations"][c][name]) for c in a["conversations"]]
        aspect(f"conversations: {name}", told)
    aspect("rasa test core", [(name, ours.tests[name], stock.tests[name]) for name in ours.tests])
    return table, found


def run(options: argparse.Namespace, folder: Path) -> dict[str, Any]:
    """Does all of it. Raises OpsError when a part could not run."""
    progress = Progress(sys.stderr)
    setup.make_all([RASA, STOCK], Children(), progress)
    for name in SOURCES:
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
        (folder / "tree" / name).parent.mkdir(parents=True, exist_ok=True)
        copy(ROOT / name, folder / "tree" / name)
    said = walks.examples(folder / "tree")
    if not said:
        raise OpsError("data/ holds no examples")
    tests = walks.conversation_tests(folder / "tree")
    if not tests:
        raise OpsError("tests/conversations holds no story")
    told = [*tests, *walks.random_walks(said, options.walks, options.seed)]
    sides = Side(RASA, folder), Side(STOCK, folder)
    with StubActions() as url:
        task = folder / "task.json"
        task.write_text(
            json.dumps({"action_url": url, "conversations": told, "texts": list(walks.texts(said, told))})
        )
        for side in sides:
            with progress.step(f"{side.environment.name}: train"):
                side.train()
            with progress.step(f"{side.environment.name}: rasa test core"):
                side.test()
            with progress.step(f"{side.environment.name}: play {len(told)} conversations"):
                side.play(task)
    table, found = compare(*sides)
    events = Counter(e["event"] for c in sides[0].result["conversations"].values() for e in c["events"])
    return {
        "identical": not found,
        "conversation_tests": len(tests),
        "random_walks": options.walks,
        "turns": sum(len(c["messages"]) for c in told),
        "texts": len(sides[0].result["nlu"]),
        "events": sum(events.values()),
        "compared": table,
        "largest_gap": max(
            largest_gap(sides[0].result[part], sides[1].result[part]) for part in ("nlu", "conversations")
        ),
        "differences": found,
        "ours": sides[0].figures(),
        "stock": sides[1].figures(),
    }


def show(report: dict[str, Any]) -> None:
    """The report as two tables."""
    print(f"{'':24}{'ours':>12}{'stock':>12}")
    for name in report["ours"]:
        print(f"{name:24}{report['ours'][name]:>12}{report['stock'][name]:>12}")
    print(f"\n{'':32}{'compared':>10}{'different':>10}")
    for name, row in report["compared"].items():
        print(f"{name:32}{row['compared']:>10}{row['different']:>10}")
    print(
        f"\n{report['conversation_tests']} conversation tests and {report['random_walks']} random walks: "
        f"{report['turns']} turns, {report['events']} events, {report['texts']} different texts; "
        f"largest gap between two numbers {report['largest_gap']:.1e}"
    )
    kinds = Counter((d["aspect"], re.sub(r"\d+", "N", d["at"])) for d in report["differences"])
    for (aspect, at), count in kinds.most_common(SHOWN):
        example = next(
            d for d in report["differences"] if (d["aspect"], re.sub(r"\d+", "N", d["at"])) == (aspect, at)
        )
        print(
            f"{count} x {aspect} {at}, such as in {example['in']!r}: "
            f"{example['ours']!r} / {example['stock']!r}"
        )
    print("identical" if report["identical"] else f"{len(report['differences'])} differences")


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--walks", type=int, default=200, help="random conversations (default 200)")
    parser.add_argument("--seed", type=int, default=1, help="of the random conversations")
    parser.add_argument("--json", action="store_true", help="print one JSON object instead of tables")
    parser.add_argument("--keep", type=Path, help="leave models and results in this folder")
    options = parser.parse_args()
    try:
        if options.keep:
            options.keep.mkdir(parents=True)
            report = run(options, options.keep.resolve())
        else:
            with tempfile.TemporaryDirectory() as folder:
                report = run(options, Path(folder))
    except (OpsError, OSError) as error:
        print(error, file=sys.stderr)
        return 1
    if options.json:
        print(json.dumps(report, ensure_ascii=False))
    else:
        show(report)
    return 0


if __name__ == "__main__":
    sys.exit(main())
