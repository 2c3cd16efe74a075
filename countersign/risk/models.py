"""What limits are made of, and what they answer."""

from dataclasses import dataclass
from datetime import timedelta

from countersign.kit.pages import span


@dataclass(frozen=True, order=True)
class Rate:
    """At most `amount` hits in any `seconds` seconds (a moving window, not a calendar one)."""

    amount: int
    seconds: int

    def __post_init__(self) -> None:
        if self.amount < 1 or self.seconds < 1:
            raise ValueError("a rate needs at least one hit and one second")

    def __str__(self) -> str:
        return f"{self.amount} in {span(timedelta(seconds=self.seconds))}"


@dataclass(frozen=True)
class Wait:
    """Too many: the same is worth trying again after `seconds` (whole, at least 1)."""

    seconds: int
