"""Customers, read."""

from typing import Any

from sqlalchemy import Row, select

from countersign.db.engine import Database
from countersign.kit.hidden import Personal
from countersign.kit.money import Money
from countersign.store.backends.embedded import sealing as purpose
from countersign.store.backends.embedded.access import reading
from countersign.store.backends.embedded.sealing import Sealing
from countersign.store.backends.embedded.shelves import CURRENCY
from countersign.store.backends.embedded.tables import customers, payment_methods, personal_index
from countersign.store.models import Customer, PaymentMethod

# SQLite takes 32,766 bound values a statement; a message never has so many, a test might.
_AT_ONCE = 10_000


class EmbeddedPeople:
    def __init__(self, database: Database, sealing: Sealing) -> None:
        self._database = database
        self._sealing = sealing

    def find(self, email: Personal) -> str | None:
        index = self._sealing.email_index(email.reveal())
        with reading(self._database) as connection:
            return connection.scalar(select(customers.c.id).where(customers.c.email_index == index))

    def of_reference(self, reference: Personal) -> str | None:
        person = self._sealing.pseudonym(reference.reveal())
        return person if self.knows(person) else None

    def knows(self, person: str) -> bool:
        with reading(self._database) as connection:
            return connection.scalar(select(customers.c.id).where(customers.c.id == person)) is not None

    def customer(self, customer: str) -> Customer | None:
        methods = (
            select(payment_methods, CURRENCY)
            .where(payment_methods.c.customer_id == customer)
            .order_by(payment_methods.c.position)
        )
        with reading(self._database) as connection:
            row = connection.execute(select(customers).where(customers.c.id == customer)).one_or_none()
            if row is None:
                return None
            opened = self._sealing.open
            name = self._sealing.open_fields(row.name, purpose.NAME, row.id)
            return Customer(
                id=row.id,
                reference=opened(row.reference, purpose.REFERENCE, row.id),
                first_name=Personal(name["first"]),
                last_name=Personal(name["last"]),
                email=opened(row.email, purpose.EMAIL, row.id),
                phone=None if row.phone is None else opened(row.phone, purpose.PHONE, row.id),
                address=self._sealing.open_address(row.address, purpose.ADDRESS, row.id),
                payment_methods=tuple(_method(found) for found in connection.execute(methods)),
            )

    def known_values(self, digests: list[bytes]) -> set[bytes]:
        known: set[bytes] = set()
        with reading(self._database) as connection:
            for start in range(0, len(digests), _AT_ONCE):
                some = personal_index.c.digest.in_(digests[start : start + _AT_ONCE])
                known.update(connection.scalars(select(personal_index.c.digest).where(some)))
        return known


def _method(row: Row[Any]) -> PaymentMethod:
    balance = None if row.balance is None else Money(row.balance, row.currency)
    return PaymentMethod(row.id, row.kind, row.brand, row.last4, balance)
