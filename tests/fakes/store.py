"""A small shop, and a store that keeps one in memory."""

import copy
from collections.abc import Iterator
from datetime import datetime
from threading import Lock
from typing import Any

from countersign.kit.hidden import Personal
from countersign.kit.money import Money
from countersign.kit.personal_forms import INDEX_FORMS, fold, normal_postcode
from countersign.store.changes import Change, subject_of
from countersign.store.errors import CustomerUnknownError, DeedKeyReusedError, StoreUnavailableError
from countersign.store.models import (
    ORDER_FIELDS,
    Address,
    Customer,
    Department,
    Exchange,
    Item,
    Order,
    Payment,
    PaymentMethod,
    Product,
    ProductPage,
    Return,
    Shipment,
    Variant,
)
from countersign.store.numbers import shapes
from countersign.store.outcomes import Broken, Done, Outcome
from countersign.store.policy import Policy
from countersign.store.rules import check
from countersign.store.shopfile.document import (
    AddressRecord,
    CustomerRecord,
    OrderRecord,
    PaymentMethodRecord,
    ProductRecord,
    StoreFile,
    instant,
)
from countersign.vault.service import Vault
from tests.fakes.store_changes import write
from tests.fakes.store_people import FakePeople, pseudonym

Document = dict[str, Any]

_ADDRESS = {"line1": "12 Birch Street", "city": "Ely", "postcode": "CB7 4DL", "country": "United Kingdom"}
_ELSEWHERE = {
    "name": "Imogen P. Lark",
    "line1": "7 Quay Road",
    "line2": "Flat 2",
    "city": "Whitby",
    "region": "",
    "postcode": "YO21 1QL",
    "country": "United Kingdom",
    "phone": "+44 20 7946 0111",
}


def item(variant: str, product: str, name: str, price: int, **options: str) -> Document:
    return {"variant_id": variant, "product_id": product, "name": name, "price": price, "options": options}


_SHOP: Document = {
    "currency": "EUR",
    "products": [
        {
            "id": "p1",
            "name": "Mechanical Keyboard",
            "description": "Keys you can feel. 100% aluminum.",
            "category": "Desk",
            "variants": [
                {
                    "id": "v1",
                    "options": {"switch": "linear", "color": "black"},
                    "price": 9900,
                    "available": True,
                },
                {
                    "id": "v2",
                    "options": {"switch": "clicky", "color": "white"},
                    "price": 8900,
                    "available": False,
                    "stock": 0,
                },
            ],
        },
        {
            "id": "p2",
            "name": "Desk Lamp",
            "category": "Light",
            "variants": [{"id": "v3", "options": {}, "price": 4900, "available": True, "stock": 7}],
        },
        {
            "id": "p3",
            "name": "Wrist Rest",
            "category": "Desk",
            "variants": [{"id": "v4", "options": {"color": "grün"}, "price": 1900, "available": False}],
        },
        {
            "id": "p4",
            "name": "Gift Wrap",
            "variants": [{"id": "v5", "options": {}, "price": 0, "available": True}],
        },
    ],
    "customers": [
        {
            "id": "una_lark_7",
            "name": {"first": "Una M.", "last": "Lark"},
            "email": "Una.Lark@post.example",
            "phone": "+44 20 7946 0958",
            "address": _ADDRESS,
            "payment_methods": [
                {"id": "card_1", "kind": "credit_card", "brand": "visa", "last4": "0042"},
                {"id": "gift_1", "kind": "gift_card", "balance": 0},
            ],
            "orders": ["#W1000002", "#W1000001"],
        },
        {
            "id": "c2",
            "name": {"first": "Jörg", "last": "Böhm"},
            "email": "joerg@post.example",
            "address": {"line1": "Lange Straße 5", "city": "Jena", "postcode": "07743", "country": "Germany"},
            "payment_methods": [{"id": "paypal_1", "kind": "paypal"}],
            "orders": ["#W1000003"],
        },
        {
            "id": "c3",
            "name": {"first": "", "last": "Teller"},
            "email": "teller@post.example",
            "address": {"line1": "9", "city": "Bath", "postcode": "", "country": "United Kingdom"},
            "payment_methods": [],
            "orders": [],
        },
    ],
    "orders": [
        {
            "id": "#W1000001",
            "customer_id": "una_lark_7",
            "status": "exchange requested",
            "placed_at": "2026-09-01T10:30:00Z",
            "address": _ADDRESS,
            "items": [
                item("v1", "p1", "Mechanical Keyboard", 9500, switch="linear", color="black"),
                item("v9", "p9", "Mouse Pad", 1500),
            ],
            "payments": [{"kind": "payment", "amount": 11000, "method_id": "card_1"}],
            "shipments": [
                {"tracking": ["111", "222"], "items": ["v1"], "status": "delivered"},
                {"tracking": ["333"], "items": ["v9"]},
            ],
            "exchange": {
                "items": ["v1"],
                "new_items": ["v2"],
                "method_id": "card_1",
                "price_difference": -600,
            },
        },
        {
            "id": "#W1000002",
            "customer_id": "una_lark_7",
            "status": "pending",
            "address": _ELSEWHERE,
            "items": [item("v3", "p2", "Desk Lamp", 4900), item("v3", "p2", "Desk Lamp", 4900)],
            "payments": [{"kind": "payment", "amount": 9800, "method_id": "gift_1"}],
            "shipments": [],
        },
        {
            "id": "#W1000003",
            "customer_id": "c2",
            "status": "cancelled",
            "address": {"line1": "Lange Straße 5", "city": "Jena", "postcode": "", "country": "Germany"},
            "items": [item("v4", "p3", "Wrist Rest", 1900, color="grün")],
            "payments": [
                {"kind": "payment", "amount": 1900, "method_id": "paypal_1"},
                {"kind": "refund", "amount": 1900, "method_id": "paypal_1"},
            ],
            "return": {"items": ["v4"], "method_id": "paypal_1"},
            "cancel_reason": "no longer needed",
        },
    ],
}


def small_shop() -> Document:
    """A sound store file with every field of the format in it, fresh at each call."""
    return copy.deepcopy(_SHOP)


def small_store() -> StoreFile:
    return StoreFile.of(small_shop())


class FakeStore(FakePeople):
    """A `Shop` over one `StoreFile`; the vault only says what a digest is."""

    def __init__(self, vault: Vault, shop: StoreFile | None = None) -> None:
        self._vault = vault
        self._shop = shop or StoreFile(currency="EUR", products=[], customers=[], orders=[])
        self._done: dict[str, Done] = {}
        self._alone = Lock()

    def replace_shop(self, shop: StoreFile, progress: Any) -> None:
        self._shop = shop
        total = len(shop.products) + len(shop.customers) + len(shop.orders)
        progress(total, total)

    def whole_shop(self) -> StoreFile:
        return self._shop

    def carry_out(
        self, change: Change, customer: str, key: str, policy: Policy, now: datetime, told: str = ""
    ) -> Outcome | Broken:
        with self._alone:
            return self._carried_out(change, customer, key, policy, now, told)

    def _carried_out(
        self, change: Change, customer: str, key: str, policy: Policy, now: datetime, told: str
    ) -> Outcome | Broken:
        if key in self._done:
            done = self._done[key]
            if (done.outcome.change, done.customer) != (change, customer):
                raise DeedKeyReusedError("the key did something else")
            return done.outcome
        person, number = self.customer(customer), subject_of(change)
        if person is None:
            raise CustomerUnknownError("nobody")
        order = None if number is None else self.order(number, ORDER_FIELDS)
        shelf = {product.id: self._product(product) for product in self._shop.products}
        answer = check(policy, change, order, person, shelf, now, told)
        if isinstance(answer, Outcome):
            document = self._shop.as_json()
            own = next(c for c in document["customers"] if c["id"] == person.reference.reveal())
            write(document, own, answer)
            self._shop = StoreFile.of(document)
            self._done[key] = Done(customer, answer)
        return answer

    def done(self, key: str) -> Done | None:
        return self._done.get(key)

    # People

    def customer(self, customer: str) -> Customer | None:
        found = next((c for c in self._shop.customers if pseudonym(c.id) == customer), None)
        return None if found is None else self._customer(found)

    def known_values(self, digests: list[bytes]) -> set[bytes]:
        forms = ((kind, INDEX_FORMS[kind](value)) for kind, value in self._values())
        return {self._vault.index(form, kind=kind) for kind, form in forms if form}.intersection(digests)

    # Orders

    def order(self, number: str, wanted: frozenset[str]) -> Order | None:
        return next((self._order(o).only(wanted) for o in self._shop.orders if o.id == number), None)

    def orders_of(self, customer: str, wanted: frozenset[str]) -> list[Order]:
        numbers = [n for c in self._shop.customers if pseudonym(c.id) == customer for n in c.orders]
        by_number = {order.id: order for order in self._shop.orders}
        return [self._order(by_number[number]).only(wanted) for number in reversed(numbers)]

    def owner_of_order(self, number: str) -> str | None:
        return next((pseudonym(o.customer_id) for o in self._shop.orders if o.id == number), None)

    def matches(self, number: str, postcode: Personal) -> bool:
        given = normal_postcode(postcode.reveal())
        kept = [normal_postcode(o.address.postcode) for o in self._shop.orders if o.id == number]
        return bool(given) and kept == [given]

    def number_shapes(self) -> tuple[str, ...]:
        return shapes(order.id for order in self._shop.orders)

    # Shelves

    def departments(self) -> list[Department]:
        names = [product.category for product in self._shop.products if product.category is not None]
        return [Department(name, names.count(name)) for name in dict.fromkeys(names)]

    def products(
        self, department: str | None, words: tuple[str, ...], offset: int, limit: int
    ) -> ProductPage:
        found = [
            self._product(product)
            for product in self._shop.products
            if department in (None, product.category) and all(word in _text(product) for word in words)
        ]
        return ProductPage(tuple(found[offset : offset + limit]), len(found), offset, limit)

    def product(self, product: str) -> Product | None:
        return next((self._product(p) for p in self._shop.products if p.id == product), None)

    def popular(self, limit: int) -> tuple[Product, ...]:
        sold = [one for order in self._shop.orders for one in {item.product_id for item in order.items}]
        found = [product for record in self._shop.products if (product := self._product(record)).available]
        return tuple(sorted(found, key=lambda product: -sold.count(product.id))[:limit])

    def catalogue_mark(self) -> str:
        return repr((self._shop.currency, self._shop.products))

    def _money(self, minor: int) -> Money:
        return Money(minor, self._shop.currency)

    def _product(self, record: ProductRecord) -> Product:
        variants = tuple(
            Variant(v.id, v.options, self._money(v.price), v.available, v.stock) for v in record.variants
        )
        return Product(record.id, record.name, record.description, record.category, variants)

    def _customer(self, record: CustomerRecord) -> Customer:
        return Customer(
            id=pseudonym(record.id),
            reference=Personal(record.id),
            first_name=Personal(record.name.first),
            last_name=Personal(record.name.last),
            email=Personal(record.email),
            phone=None if record.phone is None else Personal(record.phone),
            address=_address(record.address),
            payment_methods=tuple(self._method(method) for method in record.payment_methods),
        )

    def _method(self, record: PaymentMethodRecord) -> PaymentMethod:
        balance = None if record.balance is None else self._money(record.balance)
        return PaymentMethod(record.id, record.kind, record.brand, record.last4, balance)

    def _order(self, record: OrderRecord) -> Order:
        items = tuple(
            Item(i.variant_id, i.product_id, i.name, self._money(i.price), i.options) for i in record.items
        )
        back, swap = record.return_, record.exchange
        return Order(
            number=record.id,
            customer=pseudonym(record.customer_id),
            status=record.status,
            placed_at=None if record.placed_at is None else instant(record.placed_at),
            items=items,
            total=self._money(sum(item.price for item in record.items)),
            tracking=tuple(number for s in record.shipments or [] for number in s.tracking),
            shipments=tuple(
                Shipment(tuple(s.tracking), tuple(s.items), s.status) for s in record.shipments or []
            ),
            payments=tuple(Payment(p.kind, self._money(p.amount), p.method_id) for p in record.payments),
            address=_address(record.address),
            returned=None if back is None else Return(tuple(back.items), back.method_id),
            exchange=None
            if swap is None
            else Exchange(
                tuple(swap.items), tuple(swap.new_items), swap.method_id, self._money(swap.price_difference)
            ),
            cancel_reason=record.cancel_reason,
        )

    def _values(self) -> Iterator[tuple[str, str]]:
        for customer in self._shop.customers:
            yield "email", customer.email
            yield "phone", customer.phone or ""
            yield from _names(customer.name.first, customer.name.last)
        records: list[CustomerRecord | OrderRecord] = [*self._shop.customers, *self._shop.orders]
        for record in records:
            yield "postcode", record.address.postcode
            yield "phone", record.address.phone or ""
            yield from _names(*(record.address.name or " ").rsplit(" ", 1))
            if len(record.address.line1) > 4:
                yield "street", record.address.line1


class BrokenStore(FakeStore):
    """Its data cannot be read."""

    def __getattribute__(self, name: str) -> Any:
        if name.startswith("_"):
            return object.__getattribute__(self, name)
        raise StoreUnavailableError("down")


def _address(record: AddressRecord) -> Address:
    return Address(**{name: Personal(value) for name, value in record.model_dump().items()})


def _text(product: ProductRecord) -> str:
    options = [word for variant in product.variants for pair in variant.options.items() for word in pair]
    return fold(" ".join([product.name, product.category or "", product.description or "", *options]))


def _names(first: str, last: str) -> Iterator[tuple[str, str]]:
    if first and last:
        long = [word for word in first.split() if len(word.strip(".")) > 1]
        yield from (("name", f"{given} {last}") for given in (first, " ".join(long), *long[:1]))
