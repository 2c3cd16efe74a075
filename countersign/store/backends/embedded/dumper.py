"""The whole shop as a store file again: what an import took in comes out the same."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import UTC
from typing import Any

from sqlalchemy import Connection, Row, Table, select

from countersign.db.engine import Database
from countersign.store.backends.embedded import sealing as purpose
from countersign.store.backends.embedded import tables
from countersign.store.backends.embedded.access import reading
from countersign.store.backends.embedded.sealing import Sealing
from countersign.store.errors import StoreUnavailableError
from countersign.store.shopfile.document import StoreFile

Document = dict[str, Any]


def whole_shop(database: Database, sealing: Sealing) -> StoreFile:
    """Raises StoreUnavailableError, also when no shop was imported yet."""
    with reading(database) as connection:
        currency = connection.scalar(select(tables.shop.c.currency))
        if currency is None:
            raise StoreUnavailableError("there is no shop yet: import one or make the demo shop")
        return StoreFile.of(_Dump(connection, sealing).document(currency))


class _Dump:
    def __init__(self, connection: Connection, sealing: Sealing) -> None:
        self._connection = connection
        self._sealing = sealing
        self._references = {
            row.id: sealing.open(row.reference, purpose.REFERENCE, row.id).reveal()
            for row in self._rows(tables.customers)
        }

    def document(self, currency: str) -> Document:
        variants = _grouped(self._rows(tables.variants), "product_id")
        methods = _grouped(self._rows(tables.payment_methods), "customer_id")
        items = _grouped(self._rows(tables.items), "order_number")
        payments = _grouped(self._rows(tables.payments), "order_number")
        orders = self._rows(tables.orders)
        listed = _grouped(sorted(orders, key=lambda row: row.rank), "customer_id")
        return {
            "currency": currency,
            "products": [
                _picked(row, "id name description category")
                | {"variants": [_picked(one, "id options price available stock") for one in variants[row.id]]}
                for row in self._rows(tables.products)
            ],
            "customers": [
                self._customer(row, methods[row.id], listed[row.id]) for row in self._rows(tables.customers)
            ],
            "orders": [self._order(row, items[row.number], payments[row.number]) for row in orders],
        }

    def _customer(self, row: Row[Any], methods: list[Row[Any]], orders: list[Row[Any]]) -> Document:
        opened, fields = self._sealing.open, self._sealing.open_fields
        return {
            "id": self._references[row.id],
            "name": fields(row.name, purpose.NAME, row.id),
            "email": opened(row.email, purpose.EMAIL, row.id).reveal(),
            "phone": None if row.phone is None else opened(row.phone, purpose.PHONE, row.id).reveal(),
            "address": fields(row.address, purpose.ADDRESS, row.id),
            "payment_methods": [_picked(method, "id kind brand last4 balance") for method in methods],
            "orders": [order.number for order in orders],
        }

    def _order(self, row: Row[Any], items: list[Row[Any]], payments: list[Row[Any]]) -> Document:
        placed = None if row.placed_at is None else f"{row.placed_at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
        return {
            "id": row.number,
            "customer_id": self._references[row.customer_id],
            "status": row.status,
            "placed_at": placed,
            "address": self._sealing.open_fields(row.address, purpose.ORDER_ADDRESS, row.number),
            "items": [_picked(item, "variant_id product_id name price options") for item in items],
            "payments": [_picked(payment, "kind amount method_id") for payment in payments],
            "shipments": row.shipments,
            "return": row.returned,
            "exchange": row.exchange,
            "cancel_reason": row.cancel_reason,
        }

    def _rows(self, table: Table) -> list[Row[Any]]:
        return list(self._connection.execute(select(table).order_by(table.c.position)))


def _grouped(rows: Iterable[Row[Any]], by: str) -> dict[str, list[Row[Any]]]:
    groups: dict[str, list[Row[Any]]] = defaultdict(list)
    for row in rows:
        groups[row._mapping[by]].append(row)
    return groups


def _picked(row: Row[Any], names: str) -> Document:
    there = row._mapping
    return {name: there[name] for name in names.split()}
