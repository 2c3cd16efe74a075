"""What the other subjects ask of risk."""

from typing import Protocol

from countersign.risk.models import Wait
from countersign.risk.table import Bucket


class Limiter(Protocol):
    def hit(self, bucket: Bucket, key: str, cost: int = 1) -> Wait | None:
        """Counts `cost` hits of `key`; None when they fit, else how long to wait, and nothing counted.

        Raises LimitsUnavailableError when the counters cannot be read: the caller then refuses.
        It does not promise to be shared between processes.
        """
        ...

    def peek(self, bucket: Bucket, key: str) -> Wait | None:
        """What `hit` would answer, counting nothing. Raises LimitsUnavailableError."""
        ...
