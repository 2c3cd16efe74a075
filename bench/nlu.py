"""Measure the project's language understanding on labelled data, beside Rasa's default pipeline if wanted.

    bench/nlu.py --train CSV --test CSV [--hold-out N] [--rows N] [--seed 1] [--peer diet] [--json]

Both files have the columns text and intent. Intents of the test that training lacks count as out of scope;
`--hold-out N` takes N whole intents out of training, so that a set without any has some. `--rows N` trains on
about N rows, each intent keeping its share. Each side is trained and asked through Rasa by the same code in
its own environment, from its own config: ours from config.yml, `--peer diet` in the stock environment from
what Rasa trains when a config names no pipeline. The threshold below which Rasa asks back is the one of that
config, fixed before the test is read.
"""

from __future__ import annotations

import argparse
import csv
import json
import math
import os
import random
import subprocess
import sys
import tempfile
from collections import defaultdict
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT)]

from ops import environments  # noqa: E402
from ops.children import Children  # noqa: E402
from ops.environments import RASA, STOCK, Environment  # noqa: E402
from ops.progress import OpsError, Progress  # noqa: E402

FALLBACK = "nlu_fallback"
Rows = list[tuple[str, str]]


class Side(NamedTuple):
    """One pipeline: where it runs, and the Rasa config it is read from."""

    environment: Environment
    config: str


OURS, PEERS = Side(RASA, str(ROOT / "config.yml")), {"diet": Side(STOCK, "default")}


def main() -> int:
    options = parser().parse_args()
    try:
        result = measure(options)
    except (OpsError, OSError, ValueError) as error:
        sys.stderr.write(f"bench/nlu.py: {error}\n")
        return 2
    sys.stdout.write((json.dumps(result) if options.json else table(result)) + "\n")
    return 0


def parser() -> argparse.ArgumentParser:
    made = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    made.add_argument("--train", type=Path, required=True, metavar="CSV")
    made.add_argument("--test", type=Path, required=True, metavar="CSV")
    made.add_argument("--hold-out", type=int, default=0, metavar="N", help="train without N of the intents")
    made.add_argument("--rows", type=int, default=0, metavar="N", help="train on about N rows (default: all)")
    made.add_argument("--seed", type=int, default=1, help="of what is held out and which rows are kept")
    made.add_argument("--peer", choices=sorted(PEERS), help="also train this pipeline: it takes long")
    made.add_argument("--json", action="store_true", help="one JSON object instead of the table")
    return made


def measure(options: argparse.Namespace) -> dict[str, Any]:
    """Ours, and under `peer` the other. Raises OpsError when a side could not run.

    `trains_faster` compares the work of processors, which other work on the machine changes least.
    """
    train, test = _read(options.train), _read(options.test)
    train = fewer(without(train, options.hold_out, options.seed), options.rows, options.seed)
    result = {
        **judged(train, test, OURS),
        "train_rows": len(train),
        "intents": len({intent for _, intent in train}),
    }
    if options.peer:
        peer = judged(train, test, PEERS[options.peer])
        faster = peer["train_cpu_s"] / max(result["train_cpu_s"], 0.1)
        result |= {"peer": peer, "trains_faster": round(faster, 1)}
    return result


def without(rows: Rows, count: int, seed: int) -> Rows:
    """The rows without `count` whole intents, drawn from the seed."""
    intents = sorted({intent for _, intent in rows})
    if count > len(intents) - 2:
        raise ValueError(f"--hold-out {count}: training needs two of the {len(intents)} intents")
    gone = set(random.Random(seed).sample(intents, count))
    return [row for row in rows if row[1] not in gone]


def fewer(rows: Rows, count: int, seed: int) -> Rows:
    """About `count` of the rows, of each intent the same share, rounded up."""
    if not count or count >= len(rows):
        return rows
    texts: dict[str, list[str]] = defaultdict(list)
    for text, intent in rows:
        texts[intent].append(text)
    draw, share = random.Random(seed), count / len(rows)
    return [
        (text, intent)
        for intent, said in sorted(texts.items())
        for text in draw.sample(said, math.ceil(len(said) * share))
    ]


def judged(train: Rows, test: Rows, side: Side) -> dict[str, Any]:
    """What one side makes of the test, and what that costs."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        (folder / "train.json").write_text(json.dumps(train), encoding="utf-8")
        (folder / "texts.json").write_text(json.dumps([text for text, _ in test]), encoding="utf-8")
        taught = _run(side, folder, "train", side.config, str(folder / "train.json"), str(folder / "model"))
        told = _run(side, folder, "answer", str(folder / "model"), str(folder / "texts.json"))
    known = {intent for _, intent in train}
    return {**scores(told.pop("answers"), [intent for _, intent in test], known), **taught, **told}


def scores(answers: list[list[str]], wanted: list[str], known: set[str]) -> dict[str, Any]:
    """`answers`: per text what Rasa acts on, and the likeliest intent before any threshold."""
    pairs = list(zip(answers, wanted, strict=True))
    inside = [likeliest == want for (_, likeliest), want in pairs if want in known]
    outside = [acted == FALLBACK for (acted, _), want in pairs if want not in known]
    right = [acted == (want if want in known else FALLBACK) for (acted, _), want in pairs]
    return {
        "in_scope_accuracy": _share(inside),
        "overall_accuracy": _share(right),
        "out_of_scope_recall": _share(outside),
        "in_scope": len(inside),
        "out_of_scope": len(outside),
    }


def table(result: dict[str, Any]) -> str:
    peer = result.get("peer", {})
    lines = [f"{'':22}{'ours':>10}" + (f"{'peer':>10}" if peer else "")]
    for name, value in result.items():
        if name != "peer":
            lines.append(f"{name:22}{value:>10}" + (f"{peer[name]:>10}" if name in peer else ""))
    return "\n".join(lines)


def _run(side: Side, folder: Path, *arguments: str) -> dict[str, Any]:
    """bench/nlu_side.py in the side's environment, which is made if it is missing."""
    children, progress = Children(), Progress(sys.stderr)
    if not environments.is_current(side.environment):
        environments.make(side.environment, environments.uv_for(children, progress), children, progress)
    env = {
        name: value for name, value in os.environ.items() if not name.startswith(("COUNTERSIGN_", "PYTHON"))
    }
    # A cache of its own, empty: what was trained before would cost nothing now.
    env |= {"RASA_TELEMETRY_ENABLED": "false", "RASA_CACHE_DIRECTORY": str(folder / "cache")}
    command = [str(side.environment.interpreter), str(ROOT / "bench" / "nlu_side.py"), *arguments]
    with progress.step(f"{side.environment.name}: {arguments[0]}"):
        done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=False)
    if done.returncode:
        raise OpsError(
            f"{side.environment.name}: {arguments[0]} failed:\n{(done.stdout + done.stderr)[-2000:]}"
        )
    told: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return told


def _read(path: Path) -> Rows:
    with path.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    if not rows or not {"text", "intent"} <= set(rows[0]):
        raise ValueError(f"{path}: needs the columns text and intent, and at least one row")
    return [(row["text"], row["intent"]) for row in rows]


def _share(outcomes: list[bool]) -> float:
    return round(sum(outcomes) / len(outcomes), 4) if outcomes else 0.0


if __name__ == "__main__":
    sys.exit(main())
