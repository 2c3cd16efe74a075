"""The store file: one JSON document that holds a whole shop.

Amounts are integers of the currency's minor unit. A field that is not listed here is refused: a
typing error would otherwise lose data silently. An optional field may be left out or null; null
counts as left out. The meaning of each field stands in docs/store.md.
"""

from datetime import datetime
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, field_validator, model_serializer

# Postgres cannot store NUL, and no name, street or option needs a control character.
_PLAIN = r"^[^\x00-\x1f\x7f-\x9f]*$"
_TEXT = r"^[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]*$"
_ID = r"^[^\s\x00-\x1f\x7f-\x9f](?:[^\x00-\x1f\x7f-\x9f]*[^\s\x00-\x1f\x7f-\x9f])?$"
_EMAIL = r"^[^@\s\x00-\x1f\x7f-\x9f]+@[^@\s\x00-\x1f\x7f-\x9f]+\.[^@\s.\x00-\x1f\x7f-\x9f]+$"
_LAST4 = r"^[0-9]{4}$"
_INSTANT = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z$"
_CURRENCY = r"^[A-Z]{3}$"
_MOST = 10**12

# What each form asks for, in words.
FORMS = {
    _PLAIN: "must not hold control characters",
    _TEXT: "must not hold control characters",
    _ID: "must neither be empty nor begin or end with a space, nor hold control characters",
    _EMAIL: "is not an e-mail address",
    _LAST4: "must be four digits",
    _INSTANT: "must be a time in UTC such as 2026-05-01T09:30:00Z",
    _CURRENCY: "must be three capital letters of ISO 4217",
}

Id = Annotated[str, StringConstraints(pattern=_ID, max_length=100)]
Label = Annotated[str, StringConstraints(pattern=_PLAIN, min_length=1, max_length=300)]
Line = Annotated[str, StringConstraints(pattern=_PLAIN, max_length=300)]
Text = Annotated[str, StringConstraints(pattern=_TEXT, max_length=10_000)]
Status = Annotated[str, StringConstraints(pattern=_ID, max_length=64)]
Amount = Annotated[int, Field(ge=0, le=_MOST)]
Difference = Annotated[int, Field(ge=-_MOST, le=_MOST)]
Email = Annotated[str, StringConstraints(pattern=_EMAIL, max_length=254)]
Last4 = Annotated[str, StringConstraints(pattern=_LAST4)]
Instant = Annotated[str, StringConstraints(pattern=_INSTANT)]
Options = dict[Label, Line]


def instant(text: str) -> datetime:
    """An `Instant` as an aware datetime. Raises ValueError for a day that is not on the calendar."""
    return datetime.fromisoformat(text)


class Record(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid", frozen=True, hide_input_in_errors=True)

    @model_serializer(mode="wrap")
    def _without_absent(self, inner: Any) -> dict[str, Any]:
        return {key: value for key, value in inner(self).items() if value is not None}


class VariantRecord(Record):
    id: Id
    options: Options
    price: Amount
    available: bool
    stock: Annotated[int, Field(ge=0, le=_MOST)] | None = None


class ProductRecord(Record):
    id: Id
    name: Label
    description: Text | None = None
    category: Label | None = None
    variants: Annotated[list[VariantRecord], Field(min_length=1)]


class NameRecord(Record):
    first: Line
    last: Line


class AddressRecord(Record):
    name: Label | None = None
    line1: Label
    line2: Line | None = None
    city: Label
    region: Line | None = None
    postcode: Line
    country: Label
    phone: Label | None = None


class PaymentMethodRecord(Record):
    id: Id
    kind: Label
    brand: Label | None = None
    last4: Last4 | None = None
    balance: Amount | None = None


class CustomerRecord(Record):
    id: Id
    name: NameRecord
    email: Email
    phone: Label | None = None
    address: AddressRecord
    payment_methods: list[PaymentMethodRecord]
    orders: list[Id]


class ItemRecord(Record):
    variant_id: Id
    product_id: Id
    name: Label
    price: Amount
    options: Options


class PaymentRecord(Record):
    kind: Literal["payment", "refund"]
    amount: Amount
    method_id: Id


class ShipmentRecord(Record):
    tracking: list[Label]
    items: list[Id]
    status: Label | None = None


class ReturnRecord(Record):
    items: Annotated[list[Id], Field(min_length=1)]
    method_id: Id


class ExchangeRecord(Record):
    items: Annotated[list[Id], Field(min_length=1)]
    new_items: Annotated[list[Id], Field(min_length=1)]
    method_id: Id
    price_difference: Difference


class OrderRecord(Record):
    id: Id
    customer_id: Id
    status: Status
    placed_at: Instant | None = None
    address: AddressRecord
    items: Annotated[list[ItemRecord], Field(min_length=1)]
    payments: list[PaymentRecord]
    shipments: list[ShipmentRecord] | None = None
    return_: Annotated[ReturnRecord | None, Field(alias="return")] = None
    exchange: ExchangeRecord | None = None
    cancel_reason: Label | None = None

    @field_validator("placed_at")
    @classmethod
    def _on_the_calendar(cls, value: str | None) -> str | None:
        if value is not None:
            instant(value)
        return value


class StoreFile(Record):
    currency: Annotated[str, StringConstraints(pattern=_CURRENCY)]
    products: list[ProductRecord]
    customers: list[CustomerRecord]
    orders: list[OrderRecord]

    def as_json(self) -> dict[str, Any]:
        """The document, without fields that are absent."""
        return self.model_dump(by_alias=True)

    @classmethod
    def of(cls, document: object) -> Self:
        """Raises pydantic.ValidationError. Checks each field for itself, not what refers to what."""
        return cls.model_validate(document)
