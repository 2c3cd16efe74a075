"""`python3 -m ops.conversations`: validates, plays the conversation tests, counts what they reach."""

import json
import os
import re
import sys
from pathlib import Path
from typing import List

from ops.children import Children
from ops.environments import CORE, RASA, ROOT
from ops.progress import OpsError, Progress
from ops.training import Model
from ops.words import UNSAID_INTENT

RESULTS = ROOT / "results"
# Responses that actions or the core say are in no story; ops/words/faults.py checks what uses them.
_EXPECTED = re.compile(
    r"The utterance '\w+' is not used in any story or rule"
    rf"|The intent '(?:{UNSAID_INTENT})' is listed"
    r"|DeprecationWarning|MovedIn20Warning"
)
_WARNING = re.compile(r"(?:User|Future|Runtime)Warning: (?!pkg_resources)(.*)")


def validate(children: Children, progress: Progress) -> List[str]:
    """What `rasa data validate` warns of beyond what is expected. Raises OpsError when it finds a fault."""
    log = RESULTS / "validate.log"
    with progress.step("rasa data validate"):
        _rasa(["data", "validate", "--fail-on-warnings"], log, "rasa data validate", children)
    lines = [line for line in log.read_text(encoding="utf-8").splitlines() if not _EXPECTED.search(line)]
    return [found.group(1) for line in lines for found in [_WARNING.search(line)] if found]


def play(model: Path, children: Children, progress: Progress) -> str:
    """`36 of 36`. Raises OpsError with the stories that went another way."""
    command = [
        "test",
        "core",
        "--model",
        str(model),
        "--stories",
        "tests/conversations",
        "--out",
        str(RESULTS),
    ]
    failed = RESULTS / "failed_test_stories.yml"
    try:
        with progress.step("rasa test core"):
            _rasa([*command, "--fail-on-prediction-errors"], RESULTS / "test.log", "rasa test core", children)
    except OpsError as error:
        told = failed.read_text(encoding="utf-8") if failed.exists() else ""
        raise OpsError(told if "action:" in told else str(error)) from error
    counted = json.loads((RESULTS / "story_report.json").read_text(encoding="utf-8"))["conversation_accuracy"]
    if not counted["total"]:
        raise OpsError("tests/conversations holds no story")
    return "{correct} of {total}".format(**counted)


def cover(children: Children, progress: Progress) -> None:
    """Says how many intents and actions the tests reach. Raises OpsError when it is not all."""
    log = RESULTS / "coverage.txt"
    if log.exists():
        log.unlink()
    command = [str(CORE.interpreter), "-m", "ops.words.coverage"]
    try:
        children.run(command, env=dict(os.environ), cwd=ROOT, log=log, what="coverage")
    except OpsError as error:
        raise OpsError(log.read_text(encoding="utf-8") if log.exists() else str(error)) from error
    for line in log.read_text(encoding="utf-8").splitlines():
        progress.say(line)


def _rasa(arguments: List[str], log: Path, what: str, children: Children) -> None:
    if log.exists():
        log.unlink()
    env = {name: value for name, value in os.environ.items() if not name.startswith("COUNTERSIGN_")}
    env.update(RASA_TELEMETRY_ENABLED="false", LOG_LEVEL="WARNING")
    children.run([str(RASA.folder / "bin" / "rasa"), *arguments], env=env, cwd=ROOT, log=log, what=what)


def main() -> int:
    children, progress = Children(), Progress()
    try:
        model = Model().ensure(children, progress)
        for warning in validate(children, progress):
            progress.line("  warning: " + warning)
        progress.say("conversation tests: " + play(model, children, progress))
        cover(children, progress)
    except (OpsError, KeyboardInterrupt) as error:
        children.stop()
        progress.line(str(error) or "stopped")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
