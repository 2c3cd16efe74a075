"""What a shop consists of, as every backend hands it out.

An `Order` shows only what was asked for: a field that was not asked for, or that the order does
not have, is None or an empty tuple.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import datetime
from typing import Any, Literal

from countersign.kit.hidden import Personal
from countersign.kit.money import Money


@dataclass(frozen=True)
class Variant:
    """What can be ordered: one choice of every option. `stock` is None when the shop does not count."""

    id: str
    options: Mapping[str, str]
    price: Money
    available: bool
    stock: int | None = None


@dataclass(frozen=True)
class Product:
    """`category` is the department's name; `variants` are in the shop's own order, at least one."""

    id: str
    name: str
    description: str | None
    category: str | None
    variants: tuple[Variant, ...]

    @property
    def available(self) -> bool:
        return any(variant.available for variant in self.variants)

    @property
    def price_range(self) -> tuple[Money, Money]:
        """Cheapest and dearest variant; equal when there is one price."""
        by_price = sorted((variant.price for variant in self.variants), key=lambda price: price.minor)
        return by_price[0], by_price[-1]


@dataclass(frozen=True)
class Department:
    name: str
    products: int


@dataclass(frozen=True)
class ProductPage:
    """`total` counts all products that match, on every page."""

    products: tuple[Product, ...]
    total: int
    offset: int
    limit: int


@dataclass(frozen=True)
class Address:
    """Where someone lives or wants a parcel. `country` is as the shop writes it, not a code."""

    line1: Personal
    city: Personal
    postcode: Personal
    country: Personal
    line2: Personal | None = None
    region: Personal | None = None
    name: Personal | None = None
    phone: Personal | None = None


@dataclass(frozen=True)
class PaymentMethod:
    """`last4` is all that the shop keeps of a card; `balance` is what is left on a gift card."""

    id: str
    kind: str
    brand: str | None = None
    last4: str | None = None
    balance: Money | None = None


@dataclass(frozen=True)
class Customer:
    """`id` is a pseudonym made by us; `reference` is the shop's own id, which may spell the name."""

    id: str
    reference: Personal
    first_name: Personal
    last_name: Personal
    email: Personal
    phone: Personal | None
    address: Address
    payment_methods: tuple[PaymentMethod, ...]


@dataclass(frozen=True)
class Item:
    """A line of an order, as it was sold: name, price and options do not follow the catalogue."""

    variant_id: str
    product_id: str
    name: str
    price: Money
    options: Mapping[str, str]


@dataclass(frozen=True)
class Payment:
    kind: Literal["payment", "refund"]
    amount: Money
    method_id: str


@dataclass(frozen=True)
class Shipment:
    """`items` are variant ids of the order; one parcel may carry several tracking numbers."""

    tracking: tuple[str, ...]
    items: tuple[str, ...]
    status: str | None = None


@dataclass(frozen=True)
class Return:
    items: tuple[str, ...]
    method_id: str


@dataclass(frozen=True)
class Exchange:
    """`new_items[i]` is wanted for `items[i]`; a negative difference is owed to the shopper."""

    items: tuple[str, ...]
    new_items: tuple[str, ...]
    method_id: str
    price_difference: Money


@dataclass(frozen=True)
class Order:
    """`customer` is the owner's pseudonym, `tracking` every number of all its shipments.

    The number is always there, the rest by request.
    """

    number: str
    customer: str | None = None
    status: str | None = None
    placed_at: datetime | None = None
    items: tuple[Item, ...] = ()
    total: Money | None = None
    tracking: tuple[str, ...] = ()
    shipments: tuple[Shipment, ...] = ()
    payments: tuple[Payment, ...] = ()
    address: Address | None = None
    returned: Return | None = None
    exchange: Exchange | None = None
    cancel_reason: str | None = None

    def only(self, wanted: frozenset[str]) -> "Order":
        """The same order without every field that `wanted` does not name."""
        hidden: dict[str, Any] = {
            field.name: field.default for field in fields(self) if field.name in ORDER_FIELDS - wanted
        }
        return replace(self, **hidden)


# What may be asked for; `number` is not among them, it is always there.
ORDER_FIELDS = frozenset(field.name for field in fields(Order)) - {"number"}
