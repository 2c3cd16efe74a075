"""The system's clock, and the fake that replaces it in tests."""

from datetime import UTC, datetime, timedelta

from countersign.kit.clock import SystemClock
from tests.fakes.clock import FakeClock


def test_the_system_clock_is_aware_and_does_not_go_back() -> None:
    first, second = SystemClock().now(), SystemClock().now()
    assert first.tzinfo is UTC
    assert datetime(2026, 1, 1, tzinfo=UTC) < first <= second


def test_the_fake_stands_until_it_is_moved() -> None:
    clock = FakeClock()
    before = clock.now()
    assert clock.now() == before
    clock.advance(minutes=10, seconds=1)
    assert clock.now() - before == timedelta(seconds=601)
