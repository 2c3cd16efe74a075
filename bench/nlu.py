"""Measure the project's own intent classifier on any labelled data.

    bench/nlu.py --train CSV --test CSV [--json]

Both files have the columns text and intent. Intents of the test that training lacks count as out of
scope. The confidence below which an answer counts as «none of these» is fixed before the test is read.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
RASA_PYTHON = ROOT / ".venv-rasa" / "bin" / "python"
THRESHOLD = 0.5
"""`threshold` of FallbackClassifier in config.yml: below it, wrong is likelier than right."""


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--train", type=Path, required=True, metavar="CSV")
    parser.add_argument("--test", type=Path, required=True, metavar="CSV")
    parser.add_argument("--json", action="store_true", help="one JSON object instead of the table")
    options = parser.parse_args()
    _use_rasa_environment()
    try:
        result = measure(options.train, options.test)
    except (ImportError, OSError, ValueError) as error:
        sys.stderr.write(f"bench/nlu.py: {error}\n")
        return 2
    rows = [f"{name:<20} {value}" for name, value in result.items()]
    sys.stdout.write((json.dumps(result) if options.json else "\n".join(rows)) + "\n")
    return 0


def _use_rasa_environment() -> None:
    """Start again with the interpreter that the classifier runs on in the product, if it is there."""
    if RASA_PYTHON.exists() and Path(sys.prefix).resolve() != RASA_PYTHON.parent.parent.resolve():
        os.execv(RASA_PYTHON, [str(RASA_PYTHON), *sys.argv])  # noqa: S606  (no shell is what we want)


def measure(train_file: Path, test_file: Path) -> dict[str, float | int]:
    sys.path.insert(0, str(ROOT))
    from rasa_ext.nlu.model import train

    texts, intents = _read(train_file)
    started = time.perf_counter()
    model = train(texts, intents)
    train_s = time.perf_counter() - started
    texts, wanted = _read(test_file)
    started = time.perf_counter()
    answers = [model.answer([text])[0][0] for text in texts]
    each_ms = (time.perf_counter() - started) * 1000 / len(texts)
    known = set(model.intents)
    inside = [(said, want) for (said, _), want in zip(answers, wanted, strict=True) if want in known]
    outside = [sure < THRESHOLD for (_, sure), want in zip(answers, wanted, strict=True) if want not in known]
    taken = [
        said == want if sure >= THRESHOLD else want not in known
        for (said, sure), want in zip(answers, wanted, strict=True)
    ]
    return {
        "in_scope_accuracy": _share([said == want for said, want in inside]),
        "overall_accuracy": _share(taken),
        "out_of_scope_recall": _share(outside),
        "threshold": THRESHOLD,
        "in_scope": len(inside),
        "out_of_scope": len(outside),
        "train_s": round(train_s, 2),
        "ms_per_message": round(each_ms, 2),
    }


def _read(path: Path) -> tuple[list[str], list[str]]:
    with path.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    if not rows or not {"text", "intent"} <= set(rows[0]):
        raise ValueError(f"{path}: needs the columns text and intent, and at least one row")
    return [row["text"] for row in rows], [row["intent"] for row in rows]


def _share(outcomes: list[bool]) -> float:
    return round(sum(outcomes) / len(outcomes), 4) if outcomes else 0.0


if __name__ == "__main__":
    sys.exit(main())
