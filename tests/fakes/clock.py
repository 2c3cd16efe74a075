"""A clock that stands until it is moved."""

from datetime import UTC, datetime, timedelta


class FakeClock:
    def __init__(self, start: datetime = datetime(2026, 11, 2, 9, 30, tzinfo=UTC)) -> None:
        self._now = start

    def now(self) -> datetime:
        return self._now

    def advance(self, **how_long: float) -> None:
        """`clock.advance(minutes=10)`: takes what timedelta takes."""
        self._now += timedelta(**how_long)
