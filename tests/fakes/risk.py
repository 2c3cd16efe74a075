"""Limits that do as they are told."""

from countersign.risk.errors import LimitsUnavailableError
from countersign.risk.models import Wait
from countersign.risk.table import Bucket


class FakeLimits:
    """Lets everything through but the buckets in `full`, and remembers what was counted."""

    def __init__(self, *full: Bucket) -> None:
        self.full = set(full)
        self.hits: list[tuple[Bucket, str]] = []

    def hit(self, bucket: Bucket, key: str, cost: int = 1) -> Wait | None:
        if bucket in self.full:
            return Wait(60)
        self.hits += [(bucket, key)] * cost
        return None

    def peek(self, bucket: Bucket, key: str) -> Wait | None:
        return Wait(60) if bucket in self.full else None

    def counted(self, bucket: Bucket) -> int:
        return sum(hit is bucket for hit, _ in self.hits)


class NullLimits:
    """Its counters cannot be read."""

    def hit(self, bucket: Bucket, key: str, cost: int = 1) -> Wait | None:
        raise LimitsUnavailableError("down")

    def peek(self, bucket: Bucket, key: str) -> Wait | None:
        raise LimitsUnavailableError("down")
