"""Orders, read: each column only when its field is wanted."""

import hmac
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, Table, select

from countersign.db.engine import Database
from countersign.kit.hidden import Personal
from countersign.kit.money import Money
from countersign.kit.personal_forms import normal_postcode
from countersign.store.backends.embedded.access import reading
from countersign.store.backends.embedded.sealing import ORDER_ADDRESS, Sealing
from countersign.store.backends.embedded.shelves import CURRENCY
from countersign.store.backends.embedded.tables import items, orders, payments, shop
from countersign.store.models import Address, Exchange, Item, Order, Payment, Return, Shipment

# Compared with where there is no order: no HMAC gives it but by a chance of 2⁻²⁵⁶.
_NO_KEY = bytes(32)

_COLUMNS: Mapping[str, ColumnElement[Any]] = {
    "address": orders.c.address,
    "cancel_reason": orders.c.cancel_reason,
    "customer": orders.c.customer_id,
    "exchange": orders.c.exchange,
    "placed_at": orders.c.placed_at,
    "returned": orders.c.returned,
    "shipments": orders.c.shipments,
    "status": orders.c.status,
    "tracking": orders.c.shipments,
}


class EmbeddedOrderBook:
    def __init__(self, database: Database, sealing: Sealing) -> None:
        self._database = database
        self._sealing = sealing

    def order(self, number: str, wanted: frozenset[str]) -> Order | None:
        return next(iter(self._read(orders.c.number == number, wanted)), None)

    def orders_of(self, customer: str, wanted: frozenset[str]) -> list[Order]:
        return self._read(orders.c.customer_id == customer, wanted)

    def owner_of_order(self, number: str) -> str | None:
        with reading(self._database) as connection:
            return connection.scalar(select(orders.c.customer_id).where(orders.c.number == number))

    def matches(self, number: str, postcode: Personal) -> bool:
        given = self._sealing.order_key(number, postcode.reveal())
        with reading(self._database) as connection:
            kept = connection.scalar(select(orders.c.key_mac).where(orders.c.number == number))
        # An address without a postcode is no key: nobody may match it by giving none.
        return hmac.compare_digest(kept or _NO_KEY, given) & bool(normal_postcode(postcode.reveal()))

    def number_shapes(self) -> tuple[str, ...]:
        with reading(self._database) as connection:
            return tuple(connection.scalar(select(shop.c.number_shapes)) or ())

    def _read(self, which: ColumnElement[bool], wanted: frozenset[str]) -> list[Order]:
        columns = {orders.c.number, *(_COLUMNS[field] for field in wanted if field in _COLUMNS)}
        query: Select[Any] = select(*columns, CURRENCY).where(which).order_by(orders.c.rank.desc())
        with reading(self._database) as connection:
            rows = connection.execute(query).all()
            parts = _Parts(connection, which, wanted)
            return [self._order(row, parts, wanted) for row in rows]

    def _order(self, row: Row[Any], parts: "_Parts", wanted: frozenset[str]) -> Order:
        there = row._mapping
        shipments = tuple(_shipment(one) for one in there.get("shipments") or ())
        bought = tuple(parts.items[row.number])
        whole = Order(
            number=row.number,
            customer=there.get("customer_id"),
            status=there.get("status"),
            placed_at=there.get("placed_at"),
            items=bought,
            total=Money(sum(item.price.minor for item in bought), row.currency),
            tracking=tuple(number for shipment in shipments for number in shipment.tracking),
            shipments=shipments,
            payments=tuple(parts.payments[row.number]),
            address=self._address(row) if "address" in wanted else None,
            returned=_return(there.get("returned")),
            exchange=_exchange(there.get("exchange"), row.currency),
            cancel_reason=there.get("cancel_reason"),
        )
        return whole.only(wanted)

    def _address(self, row: Row[Any]) -> Address:
        return self._sealing.open_address(row.address, ORDER_ADDRESS, row.number)


class _Parts:
    """Items and payments of the orders in question, by order number."""

    def __init__(self, connection: Connection, which: ColumnElement[bool], wanted: frozenset[str]) -> None:
        self.items: dict[str, list[Item]] = defaultdict(list)
        self.payments: dict[str, list[Payment]] = defaultdict(list)
        if wanted & {"items", "total"}:
            self._add_items(connection.execute(_of_orders(items, which)))
        if "payments" in wanted:
            self._add_payments(connection.execute(_of_orders(payments, which)))

    def _add_items(self, rows: Iterable[Row[Any]]) -> None:
        for row in rows:
            price = Money(row.price, row.currency)
            item = Item(row.variant_id, row.product_id, row.name, price, row.options)
            self.items[row.order_number].append(item)

    def _add_payments(self, rows: Iterable[Row[Any]]) -> None:
        for row in rows:
            payment = Payment(row.kind, Money(row.amount, row.currency), row.method_id)
            self.payments[row.order_number].append(payment)


def _of_orders(table: Table, which: ColumnElement[bool]) -> Select[Any]:
    joined = table.join(orders, orders.c.number == table.c.order_number)
    return select(table, CURRENCY).select_from(joined).where(which).order_by(table.c.position)


def _shipment(stored: dict[str, Any]) -> Shipment:
    return Shipment(tuple(stored["tracking"]), tuple(stored["items"]), stored.get("status"))


def _return(stored: dict[str, Any] | None) -> Return | None:
    return None if stored is None else Return(tuple(stored["items"]), stored["method_id"])


def _exchange(stored: dict[str, Any] | None, currency: str) -> Exchange | None:
    if stored is None:
        return None
    difference = Money(stored["price_difference"], currency)
    return Exchange(tuple(stored["items"]), tuple(stored["new_items"]), stored["method_id"], difference)
