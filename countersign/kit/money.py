"""Amounts of money: an integer of minor units and an ISO 4217 currency."""

from dataclasses import dataclass


@dataclass(frozen=True, order=False)
class Money:
    """`minor` counts the currency's smallest unit (cents for USD); it may be negative."""

    minor: int
    currency: str

    def __add__(self, other: "Money") -> "Money":
        if other.currency != self.currency:
            raise ValueError(f"cannot add {other.currency} to {self.currency}")
        return Money(self.minor + other.minor, self.currency)
