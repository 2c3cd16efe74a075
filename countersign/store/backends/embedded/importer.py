"""Puts a checked store file in place of the shop: everything is sealed first, then one short transaction."""

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Table, delete, insert

from countersign.db.engine import Database
from countersign.kit.personal_forms import fold
from countersign.store.backends.embedded import sealing as purpose
from countersign.store.backends.embedded import tables
from countersign.store.backends.embedded.access import writing
from countersign.store.backends.embedded.sealing import Sealing, record_of
from countersign.store.interfaces import Progress
from countersign.store.numbers import shapes
from countersign.store.shopfile.document import CustomerRecord, OrderRecord, ProductRecord, StoreFile, instant

_TELL_EVERY = 50
Row = dict[str, Any]


def replace_shop(database: Database, sealing: Sealing, shop: StoreFile, progress: Progress) -> None:
    """Raises StoreUnavailableError; the old shop is then still there."""
    rows = _Rows(sealing, shop, progress).all()
    with writing(database) as connection:
        for table in reversed(tables.ALL):
            connection.execute(delete(table))
        for table in tables.ALL:
            if rows[table]:
                connection.execute(insert(table), rows[table])


class _Rows:
    """The rows of every table, built record by record."""

    def __init__(self, sealing: Sealing, shop: StoreFile, progress: Progress) -> None:
        self._sealing = sealing
        self._shop = shop
        self._progress = progress
        self._done = 0
        self._total = len(shop.products) + len(shop.customers) + len(shop.orders)
        self._rows: dict[Table, list[Row]] = defaultdict(list)
        self._known: set[tuple[str, bytes]] = set()
        self._pseudonyms: dict[str, str] = {}
        self._ranks: dict[str, int] = {}

    def all(self) -> Mapping[Table, list[Row]]:
        shop = self._shop
        number_shapes = list(shapes(order.id for order in shop.orders))
        self._rows[tables.shop] = [{"id": 1, "currency": shop.currency, "number_shapes": number_shapes}]
        for position, product in enumerate(shop.products):
            self._add_product(product, position)
            self._tell()
        for position, customer in enumerate(shop.customers):
            self._add_customer(customer, position)
            self._tell()
        for position, order in enumerate(shop.orders):
            self._add_order(order, position)
            self._tell()
        self._rows[tables.personal_index] = [{"kind": kind, "digest": it} for kind, it in sorted(self._known)]
        return self._rows

    def _tell(self) -> None:
        self._done += 1
        if self._done % _TELL_EVERY == 0 or self._done == self._total:
            self._progress(self._done, self._total)

    def _add_product(self, product: ProductRecord, position: int) -> None:
        own = product.model_dump(exclude={"variants"})
        optional = {"description": None, "category": None}
        words = fold(" ".join(_searchable(product)))
        self._rows[tables.products].append({**optional, **own, "position": position, "words": words})
        for place, variant in enumerate(product.variants):
            row = {"stock": None, **variant.model_dump(), "product_id": product.id, "position": place}
            self._rows[tables.variants].append(row)

    def _add_customer(self, customer: CustomerRecord, position: int) -> None:
        id_ = self._pseudonyms[customer.id] = self._sealing.pseudonym(customer.id)
        seal, fields = self._sealing.seal, self._sealing.seal_fields
        row = {
            "id": id_,
            "position": position,
            "reference": seal(customer.id, purpose.REFERENCE, id_),
            "name": fields(customer.name.model_dump(), purpose.NAME, id_),
            "email": seal(customer.email, purpose.EMAIL, id_),
            "email_index": self._sealing.email_index(customer.email),
            "phone": None if customer.phone is None else seal(customer.phone, purpose.PHONE, id_),
            "address": fields(record_of(customer.address), purpose.ADDRESS, id_),
        }
        self._rows[tables.customers].append(row)
        optional = {"brand": None, "last4": None, "balance": None}
        for place, method in enumerate(customer.payment_methods):
            own = {**optional, **method.model_dump(), "customer_id": id_, "position": place}
            self._rows[tables.payment_methods].append(own)
        self._ranks |= {number: rank for rank, number in enumerate(customer.orders)}
        self._known |= self._sealing.digests(customer)

    def _add_order(self, order: OrderRecord, position: int) -> None:
        document, id_ = order.model_dump(by_alias=True), self._pseudonyms[order.customer_id]
        row = {
            "number": order.id,
            "customer_id": id_,
            "position": position,
            "rank": self._ranks[order.id],
            "status": order.status,
            "placed_at": None if order.placed_at is None else instant(order.placed_at),
            "address": self._sealing.seal_fields(record_of(order.address), purpose.ORDER_ADDRESS, order.id),
            "key_mac": self._sealing.order_key(order.id, order.address.postcode),
            "shipments": document.get("shipments"),
            "returned": document.get("return"),
            "exchange": document.get("exchange"),
            "cancel_reason": order.cancel_reason,
        }
        self._rows[tables.orders].append(row)
        self._rows[tables.items] += _numbered(document["items"], order.id)
        paid = [{**payment, "customer_id": id_} for payment in document["payments"]]
        self._rows[tables.payments] += _numbered(paid, order.id)
        self._known |= self._sealing.address_digests(order.address)


def _numbered(parts: list[Row], order_number: str) -> list[Row]:
    return [{**part, "order_number": order_number, "position": place} for place, part in enumerate(parts)]


def _searchable(product: ProductRecord) -> list[str]:
    options = [word for variant in product.variants for pair in variant.options.items() for word in pair]
    return [product.name, product.category or "", product.description or "", *dict.fromkeys(options)]
