"""What refers to what in a store file: each broken reference, each id given twice."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

from babel.numbers import list_currencies

from countersign.store.errors import Problem
from countersign.store.shopfile.document import (
    CustomerRecord,
    ExchangeRecord,
    OrderRecord,
    ProductRecord,
    ReturnRecord,
)
from countersign.vault.blind_index import canonical


@dataclass(frozen=True)
class Partial:
    """The sound records of a file by their index; `doubtful` are the ids of the others, so that one
    fault is not told again at every reference to it. `whole` is False when a whole list is missing."""

    products: dict[int, ProductRecord]
    customers: dict[int, CustomerRecord]
    orders: dict[int, OrderRecord]
    doubtful: dict[str, set[str]]
    currency: object
    whole: bool

    @cached_property
    def product_of_variant(self) -> dict[str, str]:
        return {variant.id: product.id for product in self.products.values() for variant in product.variants}

    @cached_property
    def customer(self) -> dict[str, CustomerRecord]:
        return {customer.id: customer for customer in self.customers.values()}

    @cached_property
    def order(self) -> dict[str, OrderRecord]:
        return {order.id: order for order in self.orders.values()}


def cross_check(file: Partial) -> list[Problem]:
    problems = [*_currency(file), *_twice(file)]
    if file.whole:
        for index, customer in file.customers.items():
            problems += _orders_of(file, customer, f"customers[{index}]")
        for index, order in file.orders.items():
            problems += _order(file, order, f"orders[{index}]")
    return problems


def _currency(file: Partial) -> Iterator[Problem]:
    code = file.currency
    if isinstance(code, str) and len(code) == 3 and code.isupper() and code not in list_currencies():
        yield Problem("currency", "is no currency of ISO 4217")


def _twice(file: Partial) -> Iterator[Problem]:
    yield from _repeated((f"products[{i}].id", product.id) for i, product in file.products.items())
    yield from _repeated(
        (f"products[{i}].variants[{j}].id", variant.id)
        for i, product in file.products.items()
        for j, variant in enumerate(product.variants)
    )
    yield from _repeated((f"customers[{i}].id", customer.id) for i, customer in file.customers.items())
    yield from _repeated(
        (f"customers[{i}].email", canonical("email", customer.email))
        for i, customer in file.customers.items()
    )
    yield from _repeated((f"orders[{i}].id", order.id) for i, order in file.orders.items())
    for i, customer in file.customers.items():
        paths = (f"customers[{i}].payment_methods[{j}].id" for j in range(len(customer.payment_methods)))
        yield from _repeated(zip(paths, (method.id for method in customer.payment_methods), strict=True))


def _repeated(named: Iterable[tuple[str, str]]) -> Iterator[Problem]:
    first: dict[str, str] = {}
    for path, value in named:
        if value in first:
            yield Problem(path, f"is the same as {first[value]}")
        first.setdefault(value, path)


def _orders_of(file: Partial, customer: CustomerRecord, path: str) -> Iterator[Problem]:
    yield from _repeated((f"{path}.orders[{i}]", number) for i, number in enumerate(customer.orders))
    for i, number in enumerate(customer.orders):
        order = file.order.get(number)
        if order is None and number not in file.doubtful["orders"]:
            yield Problem(f"{path}.orders[{i}]", "there is no such order")
        elif order is not None and order.customer_id != customer.id:
            yield Problem(f"{path}.orders[{i}]", "that order names another customer")


def _order(file: Partial, order: OrderRecord, path: str) -> Iterator[Problem]:
    customer = file.customer.get(order.customer_id)
    if customer is not None:
        if order.id not in customer.orders:
            yield Problem(f"{path}.customer_id", "that customer's orders do not list this order")
        yield from _methods(order, {method.id for method in customer.payment_methods}, path)
    elif order.customer_id not in file.doubtful["customers"]:
        yield Problem(f"{path}.customer_id", "there is no such customer")
    for i, item in enumerate(order.items):
        # A variant that the catalogue no longer has is fine: it was sold before.
        if file.product_of_variant.get(item.variant_id, item.product_id) != item.product_id:
            yield Problem(f"{path}.items[{i}].product_id", "the variant belongs to another product")
    yield from _parts(order, path)
    yield from _new_items(file, order, path)


def _methods(order: OrderRecord, known: set[str], path: str) -> Iterator[Problem]:
    used = [
        (f"{path}.payments[{i}].method_id", payment.method_id) for i, payment in enumerate(order.payments)
    ]
    used += [(f"{path}.{name}.method_id", part.method_id) for name, part in _afterwards(order)]
    for where, method in used:
        if method not in known:
            yield Problem(where, "the customer has no such payment method")


def _parts(order: OrderRecord, path: str) -> Iterator[Problem]:
    bought = Counter(item.variant_id for item in order.items)
    lists = [(f"shipments[{i}]", shipment.items) for i, shipment in enumerate(order.shipments or [])]
    lists += [(name, part.items) for name, part in _afterwards(order)]
    for name, items in lists:
        if Counter(items) - bought:
            yield Problem(f"{path}.{name}.items", "holds what the order does not")


def _new_items(file: Partial, order: OrderRecord, path: str) -> Iterator[Problem]:
    if order.exchange is None:
        return
    if len(order.exchange.new_items) != len(order.exchange.items):
        yield Problem(f"{path}.exchange.new_items", "must be as many as the items")
    if file.doubtful["products"]:
        return
    for i, variant in enumerate(order.exchange.new_items):
        if variant not in file.product_of_variant:
            yield Problem(f"{path}.exchange.new_items[{i}]", "there is no such variant")


def _afterwards(order: OrderRecord) -> Iterator[tuple[str, ReturnRecord | ExchangeRecord]]:
    if order.return_ is not None:
        yield "return", order.return_
    if order.exchange is not None:
        yield "exchange", order.exchange
