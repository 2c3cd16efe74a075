from datetime import UTC, datetime

import pytest

from countersign.store.spans import span_named

NOW = datetime(2026, 11, 4, 15, 0, tzinfo=UTC)  # a Wednesday


def day(year: int, month: int, day: int) -> datetime:
    return datetime(year, month, day, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "first", "after"),
    [
        ("what did i order in may", day(2026, 5, 1), day(2026, 6, 1)),
        ("orders from december", day(2025, 12, 1), day(2026, 1, 1)),
        ("in early dec 2024", day(2024, 12, 1), day(2025, 1, 1)),
        ("last march", day(2026, 3, 1), day(2026, 4, 1)),
        ("in november", day(2026, 11, 1), day(2026, 12, 1)),
        ("may 2025", day(2025, 5, 1), day(2025, 6, 1)),
        ("in 2025", day(2025, 1, 1), day(2026, 1, 1)),
        ("did i order anything in spring", day(2026, 3, 1), day(2026, 6, 1)),
        ("last winter", day(2025, 12, 1), day(2026, 3, 1)),
        ("today", day(2026, 11, 4), day(2026, 11, 5)),
        ("what i ordered yesterday", day(2026, 11, 3), day(2026, 11, 4)),
        ("this week", day(2026, 11, 2), day(2026, 11, 9)),
        ("last week", day(2026, 10, 26), day(2026, 11, 2)),
        ("last month", day(2026, 10, 1), day(2026, 11, 1)),
        ("this year", day(2026, 1, 1), day(2027, 1, 1)),
        ("last year", day(2025, 1, 1), day(2026, 1, 1)),
        ("before june", day(1970, 1, 1), day(2026, 6, 1)),
    ],
)
def test_a_time_is_a_span(text: str, first: datetime, after: datetime) -> None:
    assert span_named(text, NOW) == (first, after)


@pytest.mark.parametrize(
    ("text", "inside", "outside"),
    [
        ("since march", NOW, day(2026, 2, 28)),
        ("after march", day(2026, 4, 1), day(2026, 3, 31)),
        ("since 2025", day(2025, 1, 1), day(2024, 12, 31)),
        ("in the last 30 days", day(2026, 10, 10), day(2026, 10, 1)),
        ("within two weeks", day(2026, 10, 25), day(2026, 10, 20)),
        ("the last three months", day(2026, 8, 20), day(2026, 8, 1)),
    ],
)
def test_a_time_that_is_open_at_one_end(text: str, inside: datetime, outside: datetime) -> None:
    span = span_named(text, NOW)
    assert span is not None
    assert span[0] <= inside < span[1]
    assert not span[0] <= outside < span[1]


@pytest.mark.parametrize("text", ["show my orders", "orders i may have", "my last order", "may i see them"])
def test_what_names_no_time(text: str) -> None:
    assert span_named(text, NOW) is None
