import threading

import pytest
from limits.storage import Storage
from limits.storage.base import MovingWindowSupport

from countersign.risk.errors import LimitsUnavailableError
from countersign.risk.limits import Limits, network_of
from countersign.risk.memory import MemoryWindows
from countersign.risk.models import Rate, Wait
from countersign.risk.table import RATES, Bucket, by_address, one_machine
from tests.fakes.clock import FakeClock

BUCKET = Bucket.MESSAGES_PER_SESSION


def limits(clock: FakeClock, *rates: Rate) -> Limits:
    return Limits(clock, rates={BUCKET: rates})


def test_every_bucket_has_a_rate_and_the_vocabulary_is_sorted() -> None:
    assert set(RATES) == set(Bucket)
    assert all(RATES.values())
    assert [bucket.name for bucket in Bucket] == sorted(bucket.name for bucket in Bucket)
    assert list(RATES) == list(Bucket)


def test_a_window_moves_instead_of_starting_anew() -> None:
    clock = FakeClock()
    counted = limits(clock, Rate(2, 60))
    assert counted.hit(BUCKET, "s") is None
    clock.advance(seconds=50)
    assert counted.hit(BUCKET, "s") is None
    assert counted.hit(BUCKET, "s") == Wait(10)
    clock.advance(seconds=10)
    assert counted.hit(BUCKET, "s") is None
    assert counted.hit(BUCKET, "s") == Wait(50)


def test_keys_do_not_share() -> None:
    counted = limits(FakeClock(), Rate(1, 60))
    assert counted.hit(BUCKET, "a") is None
    assert counted.hit(BUCKET, "b") is None
    assert counted.hit(BUCKET, "a") == Wait(60)


def test_the_longest_wait_is_told_and_a_refusal_charges_no_window() -> None:
    clock = FakeClock()
    counted = limits(clock, Rate(1, 10), Rate(2, 100))
    assert counted.hit(BUCKET, "s") is None
    for _ in range(5):
        assert counted.hit(BUCKET, "s") == Wait(10)
    clock.advance(seconds=10)
    assert counted.hit(BUCKET, "s") is None
    assert counted.hit(BUCKET, "s") == Wait(90)


def test_peek_counts_nothing() -> None:
    counted = limits(FakeClock(), Rate(1, 60))
    assert [counted.peek(BUCKET, "s") for _ in range(3)] == [None] * 3
    assert counted.hit(BUCKET, "s") is None
    assert counted.peek(BUCKET, "s") == Wait(60)


def test_cost_is_counted_whole_or_not_at_all() -> None:
    counted = limits(FakeClock(), Rate(3, 60))
    assert counted.hit(BUCKET, "s", cost=2) is None
    assert counted.hit(BUCKET, "s", cost=2) is not None
    assert counted.hit(BUCKET, "s", cost=1) is None


def test_parallel_hits_are_never_more_than_allowed() -> None:
    counted = limits(FakeClock(), Rate(50, 60), Rate(40, 600))
    answers: list[Wait | None] = []

    def hammer() -> None:
        answers.extend(counted.hit(BUCKET, "s") for _ in range(50))

    threads = [threading.Thread(target=hammer) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(answers), answers.count(None)) == (200, 40)


def test_forgets_keys_whose_time_is_over() -> None:
    clock = FakeClock()
    storage = MemoryWindows(clock)
    counted = Limits(clock, rates={BUCKET: (Rate(1, 30),)}, storage=storage)
    for number in range(100):
        counted.hit(BUCKET, str(number))
    clock.advance(seconds=61)
    counted.hit(BUCKET, "fresh")
    assert storage.reset() == 1


class BrokenWindows(MemoryWindows):
    base_exceptions = OSError

    def __init__(self, clock: FakeClock) -> None:
        super().__init__(clock)
        self.wrap_exceptions = True

    def acquire_entry(self, key: str, limit: int, expiry: int, amount: int = 1) -> bool:
        raise OSError("the server went away")

    def get_moving_window(self, key: str, limit: int, expiry: int) -> tuple[float, int]:
        raise OSError("the server went away")


def test_unreadable_counters_are_an_error_never_a_pass() -> None:
    clock = FakeClock()
    counted = Limits(clock, storage=BrokenWindows(clock))
    with pytest.raises(LimitsUnavailableError, match="OSError"):
        counted.hit(BUCKET, "s")
    with pytest.raises(LimitsUnavailableError):
        counted.peek(BUCKET, "s")


def test_the_memory_storage_is_one_that_the_library_accepts() -> None:
    assert issubclass(MemoryWindows, Storage) and issubclass(MemoryWindows, MovingWindowSupport)


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::9%eth0", "2001:db8:1:2::/64"),
        ("a3f0c1", "a3f0c1"),
        ("", ""),
    ],
)
def test_network_of(address: str, network: str) -> None:
    assert network_of(address) == network


def test_one_household_cannot_walk_through_its_addresses() -> None:
    counted = Limits(FakeClock(), rates={Bucket.SESSIONS_PER_ADDRESS: (Rate(1, 60),)})
    assert counted.hit(Bucket.SESSIONS_PER_ADDRESS, "2001:db8::1") is None
    assert counted.hit(Bucket.SESSIONS_PER_ADDRESS, "2001:db8::2") == Wait(60)


def test_one_machine_widens_only_addresses_and_mailboxes() -> None:
    wide = one_machine(factor=10)
    assert wide[Bucket.SIGN_INS_PER_ADDRESS] == (Rate(100, 300), Rate(500, 3600))
    kept = [b for b in Bucket if not by_address(b) and b is not Bucket.MAILS_PER_EMAIL]
    assert kept
    assert all(wide[bucket] == RATES[bucket] for bucket in kept)


@pytest.mark.parametrize(("amount", "seconds"), [(0, 1), (1, 0), (-1, 5)])
def test_a_rate_allows_something(amount: int, seconds: int) -> None:
    with pytest.raises(ValueError, match="at least"):
        Rate(amount, seconds)
