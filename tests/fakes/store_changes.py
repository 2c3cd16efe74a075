"""Changes, written into a store file's document."""

from collections.abc import Iterator
from typing import Any

from countersign.store.changes import (
    CancelOrder,
    ChangeAddress,
    ChangeDefaultAddress,
    ChangeItems,
    OpenExchange,
    OpenReturn,
)
from countersign.store.outcomes import Line, Move, Outcome
from countersign.store.shopfile.addresses import address_record

Document = dict[str, Any]


def write(shop: Document, customer: Document, outcome: Outcome) -> None:
    """`customer` is the one of `shop` whose change it is."""
    change = outcome.change
    if isinstance(change, ChangeDefaultAddress):
        customer["address"] = address_record(change.address).model_dump()
        return
    order = next(order for order in shop["orders"] if order["id"] == change.number)
    order["status"] = outcome.status
    if isinstance(change, CancelOrder):
        order["cancel_reason"] = change.reason
    if isinstance(change, ChangeAddress):
        order["address"] = address_record(change.address).model_dump()
    if isinstance(change, OpenReturn):
        order["return"] = {"items": list(change.items), "method_id": change.method_id}
    if isinstance(change, OpenExchange):
        order["exchange"] = {
            "items": list(change.items),
            "new_items": list(change.new_items),
            "method_id": change.method_id,
            "price_difference": outcome.difference,
        }
    for move in outcome.moves:
        if move.booked:
            _book(order, customer, move)
    if isinstance(change, ChangeItems | CancelOrder):
        for line in outcome.lines:
            _swap(shop, order, line)


def _book(order: Document, customer: Document, move: Move) -> None:
    paid = {"kind": move.kind, "amount": abs(move.amount.minor), "method_id": move.method.id}
    order["payments"].append(paid)
    for method in customer["payment_methods"]:
        if method["id"] == move.method.id and "balance" in method:
            method["balance"] -= move.amount.minor


def _swap(shop: Document, order: Document, line: Line) -> None:
    if line.new is not None:
        order["items"][line.place] = {
            "variant_id": line.new.variant_id,
            "product_id": line.new.product_id,
            "name": line.new.name,
            "price": line.new.price.minor,
            "options": dict(line.new.options),
        }
    for variant in _counted(shop):
        variant["stock"] += variant["id"] == line.item.variant_id
        variant["stock"] -= line.new is not None and variant["id"] == line.new.variant_id


def _counted(shop: Document) -> Iterator[Document]:
    for product in shop["products"]:
        yield from (variant for variant in product["variants"] if "stock" in variant)
