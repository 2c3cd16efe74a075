"""Scripted-shopper τ² (retail): shoppers with a written errand, over the chat API, each in a fresh shop.

    bench/tau2.py --store FILE --tasks FILE --level L0|L1|L2|all [--seed 1] [--trials K] [--only ID,ID]
                  [--red-team] [--url URL --home DIR] [--json] [-v]

L0 presses buttons wherever there are some; L1 says one plain sentence per wish; L2 opens with the errand's
own words, turned from «you» to «I». A shopper says yes only to a read-back that is exactly the wish. What
counts is the shop's whole state afterwards, that nothing was written without such a yes, and that nothing
was told before the checkpoint. With --red-team the shopper is signed in as somebody else: nothing may
change, nothing be told. Compare the figures with no published score: see the README beside the tasks.
"""

import argparse
import json
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator
from concurrent.futures import Future
from dataclasses import asdict
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT)]

from bench import tau2_goals, tau2_score  # noqa: E402
from bench.tau2_goals import Record, Shop, Task  # noqa: E402
from bench.tau2_instance import FreshShops, Running  # noqa: E402
from bench.tau2_red import RedShopper, red_task  # noqa: E402
from bench.tau2_score import Score, State, normalised  # noqa: E402
from bench.tau2_shopper import L0, L1, L2, Shopper  # noqa: E402
from bench.tau2_talk import Talk, Transcript, Visit  # noqa: E402
from ops.progress import OpsError  # noqa: E402

LEVELS = (L0, L1, L2)
Played = tuple[Task, Transcript, float, "Future[Record] | Record"]


class Bench:
    def __init__(self, options: argparse.Namespace) -> None:
        self._options = options
        self._shop = Shop(json.loads(options.store.read_text(encoding="utf-8")))
        self._before = normalised(self._shop.store)
        self._records = tau2_goals.load(options.tasks)
        self._wanted = self._chosen()
        self._done = 0
        self._total = 0

    def run(self) -> dict[str, Any]:
        levels = LEVELS if self._options.level == "all" else (self._options.level,)
        seeds = range(self._options.seed, self._options.seed + self._options.trials)
        self._total = len(levels) * len(seeds) * len(self._wanted)
        scores: dict[str, list[list[Score]]] = {}
        with tempfile.TemporaryDirectory() as work:
            if self._options.url:
                running = Running(self._options.url, self._options.home)
                for level in levels:
                    scores[level] = [list(self._in_running(running, level, seed)) for seed in seeds]
            else:
                with FreshShops(Path(work), self._options.store) as shops:
                    for level in levels:
                        scores[level] = [list(self._in_fresh(shops, level, seed)) for seed in seeds]
        return self._report(scores)

    def _chosen(self) -> list[Record]:
        only = set(self._options.only.split(",")) if self._options.only else None
        unknown = (only or set()) - {record["id"] for record in self._records}
        if unknown:
            raise SystemExit(f"no such task: {', '.join(sorted(unknown))}")
        return [record for record in self._records if only is None or record["id"] in only]

    def _in_fresh(self, shops: FreshShops, level: str, seed: int) -> Iterator[Score]:
        """One conversation after the other; the dump of each is read while the next is held."""
        waiting: tuple[Task, Transcript, float, Future[Record]] | None = None
        for record in self._wanted:
            core = shops.next()
            task, talk, seconds = self._hold(record, core.url, level, seed)
            played = (task, talk, seconds, shops.state(core))
            if waiting is not None:
                yield self._scored(*waiting[:3], self._before, normalised(waiting[3].result()))
            waiting = played
        if waiting is not None:
            yield self._scored(*waiting[:3], self._before, normalised(waiting[3].result()))

    def _in_running(self, running: Running, level: str, seed: int) -> Iterator[Score]:
        for record in self._wanted:
            before = normalised(running.state())
            task, talk, seconds = self._hold(record, running.url, level, seed)
            yield self._scored(task, talk, seconds, before, normalised(running.state()))

    def _hold(self, record: Record, url: str, level: str, seed: int) -> tuple[Task, Transcript, float]:
        task = tau2_goals.task_of(record, self._shop)
        shopper = Shopper(task, level, seed)
        if self._options.red_team:
            owner, task = task.customer, red_task(task, self._shop, seed)
            shopper = RedShopper(task, owner, level, seed)
        started = time.monotonic()
        visit = Visit(url)
        try:
            talk = Talk(visit, shopper).hold()
        finally:
            visit.close()
        return task, talk, time.monotonic() - started

    def _scored(self, task: Task, talk: Transcript, seconds: float, before: State, after: State) -> Score:
        if self._options.red_team:
            owner = tau2_goals.task_of(next(r for r in self._records if r["id"] == task.id), self._shop)
            result = tau2_score.red_score(owner, task, self._shop, before, after, talk, seconds)
        else:
            result = tau2_score.score(task, self._shop, before, after, talk, seconds)
        self._done += 1
        _progress(self._done, self._total)
        if self._options.verbose:
            _show_conversation(task, talk, result)
        return result

    def _report(self, scores: dict[str, list[list[Score]]]) -> dict[str, Any]:
        every = [score for trials in scores.values() for trial in trials for score in trial]
        return {
            "tasks": len(self._wanted),
            "trials": self._options.trials,
            "red_team": self._options.red_team,
            "fresh_shop_per_task": not self._options.url,
            "passed": sum(score.passed for score in every),
            "runs": len(every),
            "doing_nothing": tau2_score.nothing_done(self._before, self._wanted),
            "levels": {level: _figures(trials) for level, trials in scores.items()},
            "scores": {
                level: [[asdict(s) for s in trial] for trial in trials] for level, trials in scores.items()
            },
        }


def _figures(trials: list[list[Score]]) -> dict[str, Any]:
    """One level's: each share is of all runs."""
    runs = [score for trial in trials for score in trial]
    successes: dict[str, int] = defaultdict(int)
    by_kind: dict[str, list[bool]] = defaultdict(list)
    for run in runs:
        successes[run.task] += run.passed
        for kind in run.kinds:
            by_kind[kind].append(run.passed)
    checks = ("passed", "db_ok", "no_unconfirmed_write", "auth_before_data", "transfer_ok", "info_ok")
    return {
        "runs": len(runs),
        **{check: sum(getattr(run, check) for run in runs) for check in checks},
        **{
            f"pass^{k}": round(tau2_score.pass_hat(successes.values(), len(trials), k), 4)
            for k in range(1, len(trials) + 1)
        },
        "by_kind": {kind: f"{sum(found)}/{len(found)}" for kind, found in sorted(by_kind.items())},
        "mean_turns": round(sum(run.turns for run in runs) / max(len(runs), 1), 1),
        "seconds": round(sum(run.seconds for run in runs), 1),
        "failed": [f"{run.task}: {'; '.join(run.notes)[:300]}" for run in runs if not run.passed],
    }


def _progress(done: int, total: int) -> None:
    if sys.stderr.isatty():
        width = 30 * done // max(total, 1)
        sys.stderr.write(f"\r[{'#' * width}{'.' * (30 - width)}] {done} of {total} conversations")
        sys.stderr.write("\n" if done >= total else "")


def _show_conversation(task: Task, talk: Transcript, score: Score) -> None:
    sys.stderr.write(f"\n== {task.id}: {'passed' if score.passed else 'FAILED'}\n{talk}\n")
    sys.stderr.writelines(f"  goal {line}\n" for line in score.goals)
    sys.stderr.writelines(f"  -- {note}\n" for note in score.notes)


def _show(report: dict[str, Any]) -> None:
    what = "red team" if report["red_team"] else "scripted-shopper τ²"
    sys.stdout.write(f"{what}: {report['passed']} of {report['runs']} conversations passed\n")
    for level, figures in report["levels"].items():
        sys.stdout.write(f"\n{level}: {figures['passed']}/{figures['runs']}")
        sys.stdout.writelines(f"  {k} {figures[k]:.1%}" for k in figures if k.startswith("pass^"))
        sys.stdout.write(f"  ({figures['mean_turns']} turns, {figures['seconds']} s)\n")
        for check in ("db_ok", "no_unconfirmed_write", "auth_before_data", "transfer_ok", "info_ok"):
            sys.stdout.write(f"  {check:<22}{figures[check]}/{figures['runs']}\n")
        sys.stdout.write("  " + "  ".join(f"{k} {v}" for k, v in figures["by_kind"].items()) + "\n")
        sys.stdout.writelines(f"  ! {line}\n" for line in figures["failed"])
    if not report["red_team"]:
        share = report["doing_nothing"] / max(report["tasks"], 1)
        sys.stdout.write(f"\ndoing nothing: {report['doing_nothing']} of {report['tasks']} ({share:.1%})\n")
    if not report["fresh_shop_per_task"]:
        sys.stdout.write("one running shop for all: a task finds what the ones before left\n")


def parser() -> argparse.ArgumentParser:
    made = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    made.add_argument("--store", type=Path, required=True, metavar="FILE")
    made.add_argument("--tasks", type=Path, required=True, metavar="FILE")
    made.add_argument("--level", choices=(*LEVELS, "all"), default=L2)
    made.add_argument("--seed", type=int, default=1)
    made.add_argument(
        "--trials", type=int, default=1, metavar="K", help="seeds N to N+K-1; gives pass^1 to pass^K"
    )
    made.add_argument("--only", metavar="ID,ID", help="these tasks alone")
    made.add_argument("--red-team", action="store_true", help="every task with another customer's session")
    made.add_argument("--url", help="a running instance (with --home); then there is no fresh shop per task")
    made.add_argument("--home", type=Path, metavar="DIR")
    made.add_argument("--json", action="store_true")
    made.add_argument(
        "-v", "--verbose", action="store_true", help="print each conversation to standard error"
    )
    return made


def main() -> int:
    options = parser().parse_args()
    if bool(options.url) != bool(options.home):
        parser().error("--url and --home go together")
    try:
        report = Bench(options).run()
    except (OpsError, OSError, LookupError, ValueError) as error:
        sys.stderr.write(f"could not run: {error}\n")
        return 1
    if options.json:
        sys.stdout.write(json.dumps(report, ensure_ascii=False) + "\n")
    else:
        _show(report)
    return 0


if __name__ == "__main__":
    sys.exit(main())
