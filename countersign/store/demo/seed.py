"""The shop that `make run` starts with: made by rule from a fixed seed, the same bytes on every machine.

Alex Rivers (alex@demo.example, postcode 97205) is the customer to try it with; see docs/store.md.
"""

from countersign.store.demo.catalogue import demo_products
from countersign.store.demo.chance import source
from countersign.store.demo.orders import Ledger
from countersign.store.demo.people import Person, demo_people
from countersign.store.shopfile.document import CustomerRecord, OrderRecord, StoreFile

CURRENCY = "USD"


def demo_shop() -> StoreFile:
    """≥ 300 products in 10 departments, 241 customers, 620 orders, in US dollars."""
    chance = source("en_US", 0).chance
    products, people = demo_products(chance), demo_people()
    orders = Ledger(chance, products).all(people)
    customers = [_customer(person, orders) for person in people]
    return StoreFile(currency=CURRENCY, products=products, customers=customers, orders=orders)


def _customer(person: Person, orders: list[OrderRecord]) -> CustomerRecord:
    return CustomerRecord(
        id=person.id,
        name=person.name,
        email=person.email,
        phone=person.phone,
        address=person.address,
        payment_methods=person.payment_methods,
        orders=[order.id for order in orders if order.customer_id == person.id],
    )
