"""`python3 -m ops.nlu_report`: how well each intent would be understood if its examples were new.

Rasa's cross-validation: in each of five rounds a fifth of the examples is kept from training and asked
afterwards. Its own reports and pictures stay in results/nlu/; report.md there says what to look at.
"""

import json
import os
import re
import shutil
import sys
from pathlib import Path
from typing import Any, Dict, List, NamedTuple

from ops.children import Children
from ops.environments import RASA, ROOT
from ops.progress import OpsError, Progress

RESULTS = ROOT / "results" / "nlu"
FOLDS = 5
_SHOWN = 6


class Confusion(NamedTuple):
    """`count` examples of `meant` were likeliest `taken`; the surest of them is `example`.

    `asked`: so unsure that the assistant would have asked back.
    """

    meant: str
    taken: str
    asked: bool
    count: int
    example: str


def measure(children: Children, progress: Progress) -> None:
    """Fill results/nlu. Raises OpsError with what Rasa said when it could not."""
    shutil.rmtree(str(RESULTS), ignore_errors=True)
    command = [str(RASA.folder / "bin" / "rasa"), "test", "nlu", "--cross-validation"]
    command += ["--folds", str(FOLDS), "--nlu", "data", "--out", str(RESULTS)]
    env = {name: value for name, value in os.environ.items() if not name.startswith("COUNTERSIGN_")}
    env.update(RASA_TELEMETRY_ENABLED="false", LOG_LEVEL="WARNING")
    with progress.step(f"cross-validation in {FOLDS} rounds"):
        children.run(
            command, env=env, cwd=ROOT, log=RESULTS / "cross_validation.log", what="cross-validation"
        )


def confusions(errors: List[Dict[str, Any]], threshold: float) -> List[Confusion]:
    """The most frequent first. Rasa leaves the fallback out of its reports, so the threshold tells."""
    found: Dict[Any, List[Any]] = {}
    for one in errors:
        taken, sure = one["intent_prediction"]["name"], one["intent_prediction"]["confidence"]
        found.setdefault((one["intent"], taken, sure < threshold), []).append((sure, one["text"]))
    told = [Confusion(*key, len(texts), max(texts)[1]) for key, texts in found.items()]
    return sorted(told, key=lambda one: (-one.count, one))


def threshold_of(config: str) -> float:
    """Below which confidence the assistant asks back. Raises OpsError for a config that never does."""
    found = re.search(r"(?m)^\s+threshold:\s*([\d.]+)\s*$", config)
    if found is None:
        raise OpsError("config.yml: FallbackClassifier has no threshold")
    return float(found.group(1))


def summary(report: Dict[str, Any], confused: List[Confusion]) -> List[str]:
    """What a person reads first: the whole, the weakest intents, the likeliest confusions."""
    macro = report["macro avg"]
    lines = [
        "Cross-validated: macro F1 {:.3f}, precision {:.3f}, recall {:.3f}".format(
            macro["f1-score"], macro["precision"], macro["recall"]
        ),
        "",
        "Weakest intents (F1; of how many examples):",
    ]
    for name, row in ranked(report)[:_SHOWN]:
        lines.append("  {:.2f}  {} ({:.0f})".format(row["f1-score"], name, row["support"]))
    asked = [one for one in confused if one.asked]
    wrong = [one for one in confused if not one.asked]
    lines += ["", "Wrong and not asked back (add examples that tell the two apart):"]
    lines += [f"  {one.count} x {one.meant} taken for {one.taken}: «{one.example}»" for one in wrong[:_SHOWN]]
    lines += ["", "Asked back (add examples with these words):"]
    lines += [f"  {one.count} x {one.meant}, nearest {one.taken}: «{one.example}»" for one in asked[:_SHOWN]]
    return lines


def ranked(report: Dict[str, Any]) -> List[Any]:
    """(intent, its row), the weakest first."""
    rows = [(name, row) for name, row in report.items() if isinstance(row, dict) and "confused_with" in row]
    return sorted(rows, key=lambda item: (item[1]["f1-score"], item[0]))


def page(report: Dict[str, Any], confused: List[Confusion]) -> str:
    """All of it, as Markdown."""
    lines = ["# How well the examples would be understood if they were new", ""]
    lines += ["| intent | examples | precision | recall | F1 |", "|---|---|---|---|---|"]
    for name, row in ranked(report):
        lines.append(
            "| {} | {:.0f} | {:.2f} | {:.2f} | {:.2f} |".format(
                name, row["support"], row["precision"], row["recall"], row["f1-score"]
            )
        )
    lines += ["", "«Asked back»: too unsure to act, which is no wrong answer.", ""]
    lines += ["| meant | nearest | | times | for example |", "|---|---|---|---|---|"]
    for one in confused:
        text, asked = one.example.replace("|", "\\|"), "asked back" if one.asked else "wrong"
        lines.append(f"| {one.meant} | {one.taken} | {asked} | {one.count} | {text} |")
    return "\n".join([*lines, "", "Pictures: intent_confusion_matrix.png, intent_histogram.png", ""])


def main() -> int:
    children, progress = Children(), Progress()
    try:
        measure(children, progress)
        report = _read(RESULTS / "intent_report.json", {})
        threshold = threshold_of((ROOT / "config.yml").read_text(encoding="utf-8"))
        confused = confusions(_read(RESULTS / "intent_errors.json", []), threshold)
    except (OpsError, KeyboardInterrupt) as error:
        children.stop()
        progress.line(str(error) or "stopped")
        return 1
    (RESULTS / "report.md").write_text(page(report, confused), encoding="utf-8")
    progress.line("\n".join(["", *summary(report, confused), "", "All of it: results/nlu/report.md"]))
    return 0


def _read(path: Path, without: Any) -> Any:
    """Rasa writes no file of errors when there are none."""
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else without


if __name__ == "__main__":
    sys.exit(main())
