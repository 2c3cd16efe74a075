"""Whether the time of an answer tells what exists: an account, an order.

    bench/oracle.py --store FILE [--rounds 60] [--seed 1] [--url URL --home DIR] [--json]

Each round asks once about what is there and once about what is not, in random order, each in a chat of its
own: a sign-in with a customer's e-mail address and with one of the same shape that nobody has; an order with
a wrong postcode, and an order that is not there. Printed is how likely the first takes longer than the
second (0.5: no difference) and the two-sided probability of a difference as large as seen if there is none
(Mann and Whitney, 1947, normal approximation with ties). `answers` counts different words: 1 tells nothing.
It exits with 0 whatever it finds.
"""

import argparse
import json
import math
import random
import re
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT)]

from bench.chat import Chat  # noqa: E402
from ops.instance import start  # noqa: E402
from ops.progress import OpsError  # noqa: E402

Ask = Callable[[random.Random, bool], tuple[list[str], str]]
"""What is said before, and what is timed; of something that is there, or is not."""


def main() -> int:
    options = parser().parse_args()
    try:
        result = measure(options)
    except (OpsError, OSError, ValueError) as error:
        sys.stderr.write(f"bench/oracle.py: {error}\n")
        return 2
    sys.stdout.write((json.dumps(result) if options.json else table(result)) + "\n")
    return 0


def parser() -> argparse.ArgumentParser:
    made = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    made.add_argument("--store", type=Path, required=True, metavar="FILE")
    made.add_argument("--rounds", type=int, default=60)
    made.add_argument("--seed", type=int, default=1)
    made.add_argument("--url", help="a running instance with this store (with --home)")
    made.add_argument("--home", type=Path, metavar="DIR")
    made.add_argument("--json", action="store_true")
    return made


def measure(options: argparse.Namespace) -> dict[str, Any]:
    asks = asks_of(json.loads(options.store.read_text(encoding="utf-8")))
    if options.url:
        return {name: compared(options, options.url, ask) for name, ask in asks.items()}
    with (
        tempfile.TemporaryDirectory() as work,
        start(Path(work) / "home", store=str(options.store)) as instance,
    ):
        return {name: compared(options, instance.url, ask) for name, ask in asks.items()}


def asks_of(store: dict[str, Any]) -> dict[str, Ask]:
    emails = [customer["email"] for customer in store["customers"]]
    orders = [order["id"] for order in store["orders"]]

    def sign_in(draw: random.Random, known: bool) -> tuple[list[str], str]:
        email = str(draw.choice(emails))
        return ["I want to sign in"], email if known else other(draw, email, emails)

    def order(draw: random.Random, known: bool) -> tuple[list[str], str]:
        number = str(draw.choice(orders))
        return ["where is my order"], (number if known else other(draw, number, orders)) + ", postcode 00000"

    return {"sign_in": sign_in, "order": order}


def other(draw: random.Random, name: str, names: Sequence[str]) -> str:
    """Of the same shape, and not there."""
    while True:
        made = "".join(str(draw.randrange(10)) if char.isdigit() else char for char in name)
        made = made if made != name else name.replace("@", f"{draw.randrange(10, 99)}@", 1)
        if made not in names:
            return made


def compared(options: argparse.Namespace, url: str, ask: Ask) -> dict[str, Any]:
    draw = random.Random(options.seed)
    seconds: dict[bool, list[float]] = {True: [], False: []}
    answers: dict[bool, set[str]] = {True: set(), False: set()}
    for _ in range(options.rounds):
        for known in draw.sample((True, False), 2):
            before, text = ask(draw, known)
            chat = Chat(url)
            for said in before:
                chat.say(said)
            started = time.perf_counter()
            messages = chat.say(text)
            seconds[known].append(time.perf_counter() - started)
            # Numbers that were asked about are repeated: of them the shape must be the same.
            answers[known].add(re.sub(r"\d", "9", " ".join(str(one.get("text")) for one in messages)))
            chat.close()
    longer, chance = rank_sum(seconds[True], seconds[False])
    return {
        "rounds": options.rounds,
        "there_ms": round(1000 * statistics.median(seconds[True]), 2),
        "not_there_ms": round(1000 * statistics.median(seconds[False]), 2),
        "there_takes_longer": round(longer, 3),
        "p": round(chance, 4),
        "answers": len(answers[True] | answers[False]),
    }


def rank_sum(ones: Sequence[float], others: Sequence[float]) -> tuple[float, float]:
    """How likely one of `ones` is greater than one of `others`, and the probability of that by chance."""
    together = sorted([*ones, *others])
    ranks = {value: together.index(value) + (together.count(value) + 1) / 2 for value in set(together)}
    first, second, all_ = len(ones), len(others), len(together)
    over = sum(ranks[value] for value in ones) - first * (first + 1) / 2
    ties = sum(count**3 - count for count in (together.count(value) for value in set(together)))
    spread = math.sqrt(first * second / 12 * ((all_ + 1) - ties / (all_ * (all_ - 1))))
    z = (over - first * second / 2) / spread if spread else 0.0
    return over / (first * second), math.erfc(abs(z) / math.sqrt(2))


def table(result: dict[str, Any]) -> str:
    lines = []
    for name, row in result.items():
        lines.append(f"{name}: " + "  ".join(f"{key} {value}" for key, value in row.items()))
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
