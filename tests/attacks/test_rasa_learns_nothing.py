"""What Rasa hears, says and writes while shoppers pass the road: no personal value in any byte of it.

Proven three times on a shop that nobody here made: on a copy with values that no other text contains, on the
same copy with sealing switched off (the search must find them then), and on the shop as it is.
"""

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from bench import road

STORE = Path(__file__).parents[3] / "shared" / "tau2-retail" / "store.json"
SHOPPERS = 10
RUNS = {
    "planted": ("--planted",),
    "planted, sealing off": ("--planted", "--sealing", "off"),
    "as it is": (),
}
# Of what the ten ways to ask give away about whoever asks.
TOLD = {"e-mail", "name", "postcode", "street"}
Report = dict[str, Any]

pytestmark = pytest.mark.skipif(not STORE.is_file(), reason="the tau2 shop is not beside this repository")


@pytest.fixture(scope="module")
def runs() -> Iterator[dict[str, Future[Report]]]:
    """All three at once: most of a run is waiting for Rasa to start."""
    with ThreadPoolExecutor(len(RUNS)) as pool:
        yield {
            name: pool.submit(
                road.run,
                road.parser().parse_args(
                    ["--store", str(STORE), "--shoppers", str(SHOPPERS), "--leaks", *options]
                ),
            )
            for name, options in RUNS.items()
        }


@pytest.fixture(params=RUNS)
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def report(runs: dict[str, Future[Report]], name: str) -> Report:
    return runs[name].result()


def test_every_shopper_hears_of_their_own_order_and_of_no_other(report: Report) -> None:
    assert report["faults"] == []
    assert (report["passed"], report["shoppers"]) == (SHOPPERS, SHOPPERS)


def test_everything_that_rasa_heard_said_and_wrote_was_searched(report: Report) -> None:
    assert report["searched_bytes"] > 500_000
    assert report["searched_values"] > 1_500
    # At least what was said and answered: four turns of a shopper.
    assert report["tracker_events_opened"] > SHOPPERS * 4 * 2


def test_rasa_learns_nothing_unless_sealing_is_off(report: Report, name: str) -> None:
    places = {place for _, _, place in (leak.partition(" in ") for leak in report["leaks"])}
    kinds = {kind for kind, _, _ in (leak.partition(" in ") for leak in report["leaks"])}
    if name == "planted, sealing off":
        assert kinds >= TOLD
        assert places >= {"traffic/to_rasa", "traffic/to_core", "traffic/events.log", "tracker, opened"}
    else:
        assert report["leaks"] == []


def test_the_tracker_on_disk_is_unreadable_even_then(runs: dict[str, Future[Report]]) -> None:
    leaks = runs["planted, sealing off"].result()["leaks"]
    assert leaks
    assert not [leak for leak in leaks if "tracker.db" in leak]
