"""Changes, written: one transaction that locks, reads anew, judges by the rules, writes and notes the key."""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from countersign.db.engine import Database
from countersign.store.backends.embedded import tables
from countersign.store.backends.embedded.access import reading, writing
from countersign.store.backends.embedded.deeds import Deeds
from countersign.store.backends.embedded.orders import EmbeddedOrderBook
from countersign.store.backends.embedded.people import EmbeddedPeople
from countersign.store.backends.embedded.sealing import ADDRESS, ORDER_ADDRESS, Sealing, record_of
from countersign.store.backends.embedded.shelves import EmbeddedShelves
from countersign.store.changes import (
    CancelOrder,
    Change,
    ChangeAddress,
    ChangeDefaultAddress,
    ChangeItems,
    ChangePayment,
    OpenExchange,
    OpenReturn,
    subject_of,
)
from countersign.store.errors import CustomerUnknownError
from countersign.store.models import ORDER_FIELDS, Address, Product
from countersign.store.outcomes import Broken, Done, Move, Outcome
from countersign.store.policy import Policy
from countersign.store.rules import check
from countersign.store.shopfile.addresses import address_record
from countersign.store.shopfile.document import AddressRecord


class EmbeddedChanges:
    def __init__(self, database: Database, sealing: Sealing) -> None:
        self._database = database
        self._sealing = sealing

    def carry_out(
        self, change: Change, customer: str, key: str, policy: Policy, now: datetime, told: str = ""
    ) -> Outcome | Broken:
        with writing(self._database) as connection:
            _lock(connection, subject_of(change), customer)
            deeds = Deeds(connection, self._sealing)
            # Only behind the locks: who waited for the same key finds it here.
            done = deeds.of_change(key, change, customer)
            if done is not None:
                return done
            outcome = self._judged(connection, change, customer, policy, now, told)
            if isinstance(outcome, Outcome):
                _Writing(connection, self._sealing, customer).write(outcome)
                deeds.note(key, customer, outcome, now)
            return outcome

    def done(self, key: str) -> Done | None:
        with reading(self._database) as connection:
            return Deeds(connection, self._sealing).of(key)

    def _judged(
        self, connection: Connection, change: Change, customer: str, policy: Policy, now: datetime, told: str
    ) -> Outcome | Broken:
        number = subject_of(change)
        person = EmbeddedPeople(self._database, self._sealing).customer(customer)
        if person is None:
            raise CustomerUnknownError("the person of the change is no customer any more")
        book = EmbeddedOrderBook(self._database, self._sealing)
        order = None if number is None else book.order(number, ORDER_FIELDS)
        named = change.items if isinstance(change, ChangeItems | OpenExchange) else ()
        bought = order.items if order else ()
        wanted = {item.product_id for item in bought if item.variant_id in named}
        return check(policy, change, order, person, self._shelf(connection, wanted), now, told)

    def _shelf(self, connection: Connection, wanted: Iterable[str]) -> dict[str, Product]:
        """Those products, with their stock locked."""
        ids, own = sorted(wanted), tables.variants.c
        locked = select(own.id).where(own.product_id.in_(ids)).order_by(own.id)
        connection.execute(locked.with_for_update()).all()
        shelves = EmbeddedShelves(self._database)
        return {product.id: product for id_ in ids if (product := shelves.product(id_)) is not None}


def _lock(connection: Connection, number: str | None, customer: str) -> None:
    """The order, then its customer, whose gift cards are thereby locked too: always in this order."""
    if number is not None:
        order = select(tables.orders.c.number).where(tables.orders.c.number == number)
        connection.execute(order.with_for_update()).all()
    person = select(tables.customers.c.id).where(tables.customers.c.id == customer)
    connection.execute(person.with_for_update()).all()


class _Writing:
    """Puts an outcome into the tables. It asks nothing: the rules have."""

    def __init__(self, connection: Connection, sealing: Sealing, customer: str) -> None:
        self._connection = connection
        self._sealing = sealing
        self._customer = customer

    def write(self, outcome: Outcome) -> None:
        change = outcome.change
        if isinstance(change, ChangeDefaultAddress):
            self._move_home(change.address)
            return
        columns = {"status": outcome.status, **self._columns(change, outcome)}
        this = tables.orders.c.number == change.number
        self._connection.execute(update(tables.orders).where(this).values(columns))
        self._book(change.number, [move for move in outcome.moves if move.booked])
        if isinstance(change, ChangeItems):
            self._swap(change.number, outcome)
        if isinstance(change, ChangeItems | CancelOrder):
            self._restock(outcome)

    def _columns(
        self,
        change: CancelOrder | ChangeItems | ChangeAddress | ChangePayment | OpenReturn | OpenExchange,
        outcome: Outcome,
    ) -> dict[str, Any]:
        match change:
            case CancelOrder():
                return {"cancel_reason": change.reason}
            case ChangeAddress():
                record = self._indexed(change.address)
                return {
                    "address": self._sealing.seal_fields(record_of(record), ORDER_ADDRESS, change.number),
                    "key_mac": self._sealing.order_key(change.number, record.postcode),
                }
            case OpenReturn():
                return {"returned": {"items": list(change.items), "method_id": change.method_id}}
            case OpenExchange():
                swap = {"items": list(change.items), "new_items": list(change.new_items)}
                settled = {"method_id": change.method_id, "price_difference": outcome.difference}
                return {"exchange": {**swap, **settled}}
            case ChangeItems() | ChangePayment():
                return {}

    def _move_home(self, address: Address) -> None:
        sealed = self._sealing.seal_fields(record_of(self._indexed(address)), ADDRESS, self._customer)
        this = tables.customers.c.id == self._customer
        self._connection.execute(update(tables.customers).where(this).values(address=sealed))

    def _indexed(self, address: Address) -> AddressRecord:
        """What stood in the index before stays: it names no one, and others may live there."""
        record = address_record(address)
        shapes = self._connection.scalar(select(tables.shop.c.number_shapes)) or ()
        digests = sorted(self._sealing.typed_address_digests(record, shapes))
        if digests:
            new: sqlite.Insert | postgresql.Insert = (
                sqlite.insert(tables.personal_index)
                if self._connection.dialect.name == "sqlite"
                else postgresql.insert(tables.personal_index)
            )
            rows = [{"kind": kind, "digest": digest} for kind, digest in digests]
            self._connection.execute(new.on_conflict_do_nothing(), rows)
        return record

    def _book(self, number: str, moves: list[Move]) -> None:
        own = tables.payments.c
        last = self._connection.scalar(select(func.max(own.position)).where(own.order_number == number))
        for position, move in enumerate(moves, start=0 if last is None else last + 1):
            row = {
                "order_number": number,
                "position": position,
                "customer_id": self._customer,
                "method_id": move.method.id,
                "kind": move.kind,
                "amount": abs(move.amount.minor),
            }
            self._connection.execute(insert(tables.payments).values(row))
            method = tables.payment_methods.c
            this = (method.customer_id == self._customer) & (method.id == move.method.id)
            # Null, where the method has no balance, stays null.
            spent = update(tables.payment_methods).where(this)
            self._connection.execute(spent.values(balance=method.balance - move.amount.minor))

    def _swap(self, number: str, outcome: Outcome) -> None:
        for line in outcome.lines:
            if line.new is None:
                continue
            this = (tables.items.c.order_number == number) & (tables.items.c.position == line.place)
            new = {
                "variant_id": line.new.variant_id,
                "name": line.new.name,
                "price": line.new.price.minor,
                "options": dict(line.new.options),
            }
            self._connection.execute(update(tables.items).where(this).values(new))

    def _restock(self, outcome: Outcome) -> None:
        """What goes back on the shelf, less what is taken from it, where the shop counts."""
        back = Counter(line.item.variant_id for line in outcome.lines)
        back.subtract(line.new.variant_id for line in outcome.lines if line.new)
        own = tables.variants.c
        for variant, count in sorted(back.items()):
            stocked = update(tables.variants).where(own.id == variant)
            self._connection.execute(stocked.values(stock=own.stock + count))
