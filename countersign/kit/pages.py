"""Parts of the pages that are rendered from code: Markdown tables, and spans of time in words."""

from collections.abc import Iterable
from datetime import timedelta


def table(head: tuple[str, ...], lines: Iterable[tuple[str, ...]]) -> str:
    rows = [head, tuple("---" for _ in head), *lines]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def joined(values: Iterable[object]) -> str:
    return ", ".join(map(str, values))


def span(time: timedelta) -> str:
    """In the largest unit that leaves no rest: `30 min`, `7 d`."""
    seconds = int(time.total_seconds())
    for size, name in ((86400, "d"), (3600, "h"), (60, "min")):
        if seconds % size == 0 and seconds >= size:
            return f"{seconds // size} {name}"
    return f"{seconds} s"
