"""The demo shop's orders: some six hundred, in every state that an order can be in."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from countersign.store.demo.chance import Chance
from countersign.store.demo.people import ALEX, Person
from countersign.store.shopfile.document import (
    ExchangeRecord,
    ItemRecord,
    OrderRecord,
    PaymentRecord,
    ProductRecord,
    ReturnRecord,
    ShipmentRecord,
    VariantRecord,
)

ORDERS = 620
_FIRST_DAY = datetime(2026, 1, 5, 8, tzinfo=UTC)
_LAST_DAYS = 40
_DAYS = 300
_SPLIT = 0.1
_ELSEWHERE = 0.08
_CANCEL_REASONS = ("no longer needed", "ordered by mistake")
_LONG_AGO = {"delivered": 78, "cancelled": 12, "return requested": 6, "exchange requested": 4}
_LATELY = {"pending": 40, "processed": 25, "delivered": 25, "cancelled": 10}


class Ledger:
    """Makes orders one after the other; the numbers never repeat."""

    def __init__(self, chance: Chance, products: Sequence[ProductRecord]) -> None:
        self._chance = chance
        self._products = products
        self._used: set[str] = set()

    def all(self, people: Sequence[Person]) -> list[OrderRecord]:
        """Oldest first."""
        orders = [self._order(self._chance.choice(people[1:]), people) for _ in range(ORDERS - 4)]
        return sorted([*orders, *self._of_alex()], key=lambda order: order.placed_at or "")

    def _of_alex(self) -> list[OrderRecord]:
        def one(last: int, placed: str, status: str, *nouns: str) -> OrderRecord:
            bought = [next(p for p in self._products if p.name.endswith(noun)) for noun in nouns]
            return self._made(ALEX, ALEX, f"#W100000{last}", placed, status, bought)

        return [
            one(1, "2026-08-14T16:20:00Z", "delivered", "Mechanical Keyboard", "Wireless Mouse"),
            one(2, "2026-09-30T09:05:00Z", "cancelled", "Floor Lamp"),
            one(3, "2026-11-06T19:41:00Z", "processed", "Hiking Backpack", "Insulated Bottle", "Wool Socks"),
            one(4, "2026-11-12T07:58:00Z", "pending", "Pour-Over Kettle", "Stoneware Mug"),
        ]

    def _order(self, person: Person, people: Sequence[Person]) -> OrderRecord:
        chance = self._chance
        day = chance.randint(0, _DAYS)
        placed = _FIRST_DAY + timedelta(days=day, seconds=chance.randint(0, 14 * 3600))
        weights = _LATELY if day > _DAYS - _LAST_DAYS else _LONG_AGO
        status = chance.choices(list(weights), list(weights.values()), k=1)[0]
        bought = chance.sample(self._products, chance.choices((1, 2, 3, 4, 5), (30, 30, 20, 12, 8), k=1)[0])
        goes_to = chance.choice(people[1:]) if chance.random() < _ELSEWHERE else person
        return self._made(person, goes_to, self._number(), f"{placed:%Y-%m-%dT%H:%M:%SZ}", status, bought)

    def _number(self) -> str:
        # 1 is Alex's.
        number = f"#W{self._chance.randint(2_000_000, 9_999_999)}"
        while number in self._used:
            number = f"#W{self._chance.randint(2_000_000, 9_999_999)}"
        self._used.add(number)
        return number

    def _made(
        self,
        person: Person,
        to: Person,
        number: str,
        placed: str,
        status: str,
        bought: Sequence[ProductRecord],
    ) -> OrderRecord:
        items = [_item(product, self._chance.choice(product.variants)) for product in bought]
        method = self._chance.choice(person.payment_methods).id
        total = sum(item.price for item in items)
        payments = [PaymentRecord(kind="payment", amount=total, method_id=method)]
        if status == "cancelled":
            payments.append(PaymentRecord(kind="refund", amount=total, method_id=method))
        name = None if to is person else f"{to.name.first} {to.name.last}"
        return OrderRecord(
            id=number,
            customer_id=person.id,
            status=status,
            placed_at=placed,
            address=to.address.model_copy(update={"name": name}),
            items=items,
            payments=payments,
            shipments=[] if status in ("pending", "cancelled") else self._shipments(items, status),
            **self._afterwards(status, items, method),
        )

    def _shipments(self, items: Sequence[ItemRecord], status: str) -> list[ShipmentRecord]:
        ids = [item.variant_id for item in items]
        cut = len(ids) // 2 if self._chance.random() < _SPLIT else 0
        word = "in transit" if status == "processed" else "delivered"
        return [
            ShipmentRecord(tracking=[f"{self._chance.randint(10**11, 10**12 - 1)}"], items=part, status=word)
            for part in (ids[:cut], ids[cut:])
            if part
        ]

    def _afterwards(self, status: str, items: Sequence[ItemRecord], method: str) -> dict[str, Any]:
        first = items[0]
        if status == "cancelled":
            return {"cancel_reason": self._chance.choice(_CANCEL_REASONS)}
        if status == "return requested":
            return {"return": ReturnRecord(items=[first.variant_id], method_id=method)}
        if status == "exchange requested":
            product = next(p for p in self._products if p.id == first.product_id)
            wanted = self._chance.choice(product.variants)
            return {
                "exchange": ExchangeRecord(
                    items=[first.variant_id],
                    new_items=[wanted.id],
                    method_id=method,
                    price_difference=wanted.price - first.price,
                )
            }
        return {}


def _item(product: ProductRecord, variant: VariantRecord) -> ItemRecord:
    return ItemRecord(
        variant_id=variant.id,
        product_id=product.id,
        name=product.name,
        price=variant.price,
        options=variant.options,
    )
