"""Times as people name them: «in May», «last week», «since 2025», as a span between two moments."""

import calendar
import re
from datetime import UTC, datetime, timedelta

Span = tuple[datetime, datetime]
"""From the first moment to the one after the last."""

_START, _END = datetime(1970, 1, 1, tzinfo=UTC), datetime(9999, 1, 1, tzinfo=UTC)
_MONTHS = {
    **{name.lower(): at for at, name in enumerate(calendar.month_name) if name},
    **{name.lower(): at for at, name in enumerate(calendar.month_abbr) if name and name != "May"},
    "sept": 9,
}
_SEASONS = {"spring": 3, "summer": 6, "autumn": 9, "fall": 9, "winter": 12}
_UNITS = {"day": 1, "week": 7, "month": 30, "year": 365}
_COUNTS = {"a": 1, "one": 1, "couple of": 2, "two": 2, "few": 3, "three": 3, "four": 4, "six": 6}
_MONTH = re.compile(
    rf"\b(?P<lead>in|of|from|since|during|before|after|until|last|this|for)? ?(?:early |late |mid )?"
    rf"(?P<month>{'|'.join(sorted(_MONTHS, key=len, reverse=True))})\b,? ?(?:of )?(?P<year>20\d\d)?"
)
_YEAR = re.compile(r"\b(?P<lead>in|from|since|during|before|after|until|of|for) (?P<year>20\d\d)\b")
_SEASON = re.compile(
    r"\b(?P<lead>in|of|from|since|during|before|after|last|this)(?: the)? (?P<season>spring|summer|autumn"
    r"|fall|winter)\b(?: of)? ?(?P<year>20\d\d)?"
)
_NAMED = re.compile(r"\b(?P<which>this|last|past|previous) (?P<unit>week|month|year)\b")
_RECENT = re.compile(
    rf"\b(?:last|past|within|in the last|in the past) (?P<count>\d{{1,3}}|{'|'.join(_COUNTS)}) "
    r"(?P<unit>day|week|month|year)s?\b"
)


def span_named(text: str, now: datetime) -> Span | None:
    """The time that `text` (folded) names; None when it names none.

    A month, season or day without a year is the latest one that has begun.
    """
    for day, back in (("today", 0), ("yesterday", 1)):
        if re.search(rf"\b{day}\b", text):
            start = _midnight(now) - timedelta(days=back)
            return start, start + timedelta(days=1)
    if found := _RECENT.search(text):
        count = _COUNTS.get(found["count"]) or int(found["count"])
        return now - timedelta(days=count * _UNITS[found["unit"]]), _END
    if found := _NAMED.search(text):
        return _calendar(found["unit"], now, back=found["which"] != "this")
    return _months(text, now)


def _months(text: str, now: datetime) -> Span | None:
    if found := _SEASON.search(text):
        return _led(found["lead"], _of_months(_SEASONS[found["season"]], 3, found["year"], now))
    for found in _MONTH.finditer(text):
        # «may» is a month only where something says so.
        if found["month"] != "may" or found["lead"] or found["year"]:
            return _led(found["lead"], _of_months(_MONTHS[found["month"]], 1, found["year"], now))
    if found := _YEAR.search(text):
        return _led(found["lead"], _of_months(1, 12, found["year"], now))
    return None


def _led(lead: str | None, span: Span) -> Span:
    if lead == "since":
        return span[0], _END
    if lead == "after":
        return span[1], _END
    return (_START, span[0]) if lead in ("before", "until") else span


def _of_months(first: int, count: int, year: str | None, now: datetime) -> Span:
    start = datetime(int(year) if year else now.year, first, 1, tzinfo=UTC)
    if year is None and start > now:
        start = start.replace(year=start.year - 1)
    return start, _later(start, count)


def _calendar(unit: str, now: datetime, *, back: bool) -> Span:
    today = _midnight(now)
    if unit == "week":
        start = today - timedelta(days=today.weekday() + 7 * back)
        return start, start + timedelta(days=7)
    if unit == "month":
        start = _later(today.replace(day=1), -1 * back)
        return start, _later(start, 1)
    start = today.replace(year=today.year - back, month=1, day=1)
    return start, _later(start, 12)


def _later(month: datetime, count: int) -> datetime:
    years, months = divmod(month.month - 1 + count, 12)
    return month.replace(year=month.year + years, month=months + 1)


def _midnight(moment: datetime) -> datetime:
    return moment.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
