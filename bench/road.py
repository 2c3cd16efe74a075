"""The main job on real input: shoppers ask where their order is, pass the checkpoint, hear it.

    bench/road.py --store FILE [--shoppers 50] [--seed 1] [--planted] [--leaks] [--sealing off] [--json]

Each shopper opens a session, asks in one of ten ways, signs in with the code from the demo outbox and must
hear the status and the tracking numbers that the file gives. Then they ask for somebody else's order and for
one that does not exist, and must learn nothing from either. `--leaks` records what Rasa hears, says and
writes and searches it for every customer's personal values; `--planted` runs on a copy of the shop whose
values are like no other text. Starts an instance of its own unless --url and --home name a running one.
"""

import argparse
import json
import random
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT)]

from bench import leaks, shop_file  # noqa: E402
from bench.chat import Chat, button_of, checkpoint_of, words_of  # noqa: E402
from bench.road_instance import RoadInstance  # noqa: E402

# {number} {bare} {product} {first} {last} {postcode} {line1} {city}; the last three need no number.
ASKS = (
    "Where is my order {number}?",
    "Hi, I'm {first} {last} from {postcode}. Can you track {bare} for me?",
    "{lower} status pls",
    "my name is {first} {last}, I live at {line1}, {city} {postcode}. any news on order no. {bare}?",
    "has {bare} been shipped yet",
    "This is {first} {last}, my email is {email} - where's {number}??",
    "tracking number for order {number} please",
    "where's my order? I mean the one with the {product}",
    "hello, {first} {last} here, postcode {postcode}. where is my last order",
    "when will my package arrive",
)
NOT_THERE = "#W0000001"


@dataclass
class Outcome:
    """One shopper's road: what went wrong, if anything."""

    customer: str
    ask: str
    faults: list[str] = field(default_factory=list)
    seconds: float = 0.0
    turns: int = 0


class Shopper:
    def __init__(
        self, url: str, customer: dict[str, Any], order: dict[str, Any], ask: str, product: str
    ) -> None:
        self._chat = Chat(url)
        self._customer = customer
        self._order = order
        self._ask = ask
        self._product = product
        self.outcome = Outcome(customer["id"], ask)

    def walk(self, foreign: dict[str, Any]) -> Outcome:
        started = time.monotonic()
        try:
            self._hear_own()
            self._learn_nothing(foreign)
        except Exception as error:  # noqa: BLE001 - one shopper's bad luck is a fault, not the end
            self._fault(f"{type(error).__name__}: {error}"[:300])
        finally:
            self.outcome.seconds = time.monotonic() - started
            self.outcome.turns = sum(1 for message in self._chat.heard if message)
            self._chat.close()
        return self.outcome

    def _hear_own(self) -> None:
        first = self._chat.say(self._words())
        self._expect_nothing_told(first)
        if checkpoint_of(first) is None:
            self._fault("no checkpoint")
            return
        asked = self._chat.say(self._customer["email"])
        self._expect_nothing_told(asked)
        code = self._chat.code_for(self._customer["email"])
        if code is None:
            self._fault("no code in the outbox")
            return
        passed = self._chat.say(code)
        heard = words_of(passed)
        if not self._complete(heard):
            number = self._order["id"]
            button = button_of(passed, number)
            heard = words_of(self._chat.press(button) if button else self._chat.say(f"the order {number}"))
        if not self._complete(heard):
            self._fault(f"did not hear status {self._order['status']!r} and tracking: {heard[:200]!r}")

    def _learn_nothing(self, foreign: dict[str, Any]) -> None:
        other = words_of(self._chat.say(f"where is order {foreign['id']}"))
        nothing = words_of(self._chat.say(f"where is order {NOT_THERE}"))
        if other.replace(foreign["id"], "X") != nothing.replace(NOT_THERE, "X"):
            self._fault("somebody else's order and no order read differently")
        for value in [*shop_file.tracking_of(foreign), *(item["name"] for item in foreign["items"])]:
            if value in other:
                self._fault("learnt something of somebody else's order")

    def _words(self) -> str:
        number = self._order["id"]
        name, address = self._customer["name"], self._customer["address"]
        return self._ask.format(
            number=number,
            bare=number.lstrip("#"),
            lower=number.lower(),
            product=self._product,
            email=self._customer["email"],
            **name,
            **{key: address[key] for key in ("postcode", "line1", "city")},
        )

    def _complete(self, heard: str) -> bool:
        return self._order["status"] in heard and all(t in heard for t in shop_file.tracking_of(self._order))

    def _expect_nothing_told(self, messages: list[dict[str, Any]]) -> None:
        heard = words_of(messages)
        told = [t for t in shop_file.tracking_of(self._order) if t in heard]
        if told or f" {self._order['status']}" in heard:
            self._fault("told before the checkpoint")

    def _fault(self, what: str) -> None:
        self.outcome.faults.append(what)


def cast(
    shop: shop_file.Shop, url: str, count: int, rng: random.Random
) -> list[tuple[Shopper, dict[str, Any]]]:
    """`count` shoppers with orders, each with a way to ask and somebody else's order to try."""
    owned = shop_file.orders_by_customer(shop)
    buyers = [customer for customer in shop["customers"] if owned[customer["id"]]]
    chosen = rng.sample(buyers, min(count, len(buyers)))
    others = [order for order in shop["orders"] if shop_file.tracking_of(order)]
    pairs = []
    for index, customer in enumerate(chosen):
        order = rng.choice(owned[customer["id"]])
        foreign = rng.choice([other for other in others if other["customer_id"] != customer["id"]])
        product = rng.choice(order["items"])["name"].lower()
        pairs.append((Shopper(url, customer, order, ASKS[index % len(ASKS)], product), foreign))
    return pairs


def run(options: argparse.Namespace) -> dict[str, Any]:
    rng = random.Random(options.seed)
    shop = shop_file.load(options.store)
    if options.planted:
        shop = shop_file.planted(shop, options.seed)
    with tempfile.TemporaryDirectory() as work:
        store = Path(work) / "store.json"
        store.write_text(json.dumps(shop), encoding="utf-8")
        with RoadInstance(Path(work), store, options) as instance:
            pairs = cast(shop, instance.url, options.shoppers, rng)
            outcomes = []
            with ThreadPoolExecutor(options.at_once) as pool:
                for done in pool.map(lambda pair: pair[0].walk(pair[1]), pairs):
                    outcomes.append(done)
                    progress(len(outcomes), len(pairs))
            report = summary(outcomes)
            if options.leaks:
                places = instance.stopped_places()
                values = leaks.personal_values(shop["customers"], every_byte=options.planted)
                found = list(leaks.search(places, values, every_byte=options.planted))
                report |= {
                    "searched_places": len(places),
                    "searched_bytes": sum(len(content) for _, content in places),
                    "searched_values": len(values),
                    "tracker_events_opened": instance.opened_events,
                    "leaks": [f"{leak.kind} in {leak.where}" for leak in found],
                }
    return report


def summary(outcomes: list[Outcome]) -> dict[str, Any]:
    seconds = sorted(outcome.seconds for outcome in outcomes)
    return {
        "shoppers": len(outcomes),
        "passed": sum(not outcome.faults for outcome in outcomes),
        "seconds_median": round(seconds[len(seconds) // 2], 2),
        "faults": [f"{o.customer} «{o.ask}»: {fault}" for o in outcomes for fault in o.faults],
    }


def progress(done: int, total: int) -> None:
    if sys.stderr.isatty():
        sys.stderr.write(f"\r{done} of {total} shoppers" + ("\n" if done == total else ""))


def show(report: dict[str, Any]) -> None:
    for fault in report["faults"]:
        sys.stdout.write(f"  {fault}\n")
    sys.stdout.write(f"{report['passed']} of {report['shoppers']} shoppers")
    sys.stdout.write(f" (median {report['seconds_median']} s each)\n")
    if "leaks" in report:
        kinds = sorted(set(report["leaks"]))
        sys.stdout.write(
            f"{len(report['leaks'])} leaks in {report['searched_bytes']:,} bytes"
            f" of {report['searched_places']} places, {report['searched_values']:,} values,"
            f" {report['tracker_events_opened']:,} events opened\n"
        )
        sys.stdout.writelines(f"  {kind}\n" for kind in kinds[:20])


def parser() -> argparse.ArgumentParser:
    made = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    made.add_argument("--store", type=Path, required=True, metavar="FILE")
    made.add_argument("--shoppers", type=int, default=50, metavar="N")
    made.add_argument("--seed", type=int, default=1)
    made.add_argument("--at-once", type=int, default=4, metavar="N")
    made.add_argument("--planted", action="store_true", help="unmistakable values in a copy of the shop")
    made.add_argument("--leaks", action="store_true", help="search all that Rasa heard, said and wrote")
    made.add_argument("--sealing", choices=("on", "off"), default="on", help="off: the proof's counter-proof")
    made.add_argument("--url", help="a running instance (with --home); without --leaks")
    made.add_argument("--home", type=Path, metavar="DIR")
    made.add_argument("--json", action="store_true")
    return made


def main() -> int:
    options = parser().parse_args()
    report = run(options)
    if options.json:
        sys.stdout.write(json.dumps(report) + "\n")
    else:
        show(report)
    return 0


if __name__ == "__main__":
    sys.exit(main())
