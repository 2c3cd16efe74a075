"""Amounts of money: an integer of minor units and an ISO 4217 currency."""

from dataclasses import dataclass
from decimal import Decimal

from babel.numbers import format_currency, get_currency_precision


@dataclass(frozen=True, order=False)
class Money:
    """`minor` counts the currency's smallest unit (cents for USD); it may be negative."""

    minor: int
    currency: str

    def __add__(self, other: "Money") -> "Money":
        if other.currency != self.currency:
            raise ValueError(f"cannot add {other.currency} to {self.currency}")
        return Money(self.minor + other.minor, self.currency)

    @property
    def major(self) -> Decimal:
        """In the unit that people name: 12.5 for 1250 cents."""
        return Decimal(self.minor).scaleb(-get_currency_precision(self.currency))

    def shown(self, locale: str) -> str:
        """As people of `locale` (`en_US`) write it, by Unicode CLDR: `$1,299.00`."""
        return format_currency(self.major, self.currency, locale=locale)
