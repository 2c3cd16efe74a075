"""Catalogues to look for things in: our demo shop, and one that nobody here made, where it is at hand."""

import json
from functools import cache
from pathlib import Path

import pytest

from countersign.kit.money import Money
from countersign.store.demo.seed import demo_shop
from countersign.store.models import Product, Variant
from countersign.store.shopfile.document import ProductRecord, StoreFile

TAU2 = Path(__file__).parents[4] / "shared" / "tau2-retail" / "store.json"


def products(records: list[ProductRecord], currency: str) -> list[Product]:
    return [
        Product(
            record.id,
            record.name,
            record.description,
            record.category,
            tuple(
                Variant(one.id, one.options, Money(one.price, currency), one.available, one.stock)
                for one in record.variants
            ),
        )
        for record in records
    ]


@cache
def demo() -> list[Product]:
    shop = demo_shop()
    return products(shop.products, shop.currency)


@cache
def tau2() -> list[Product]:
    if not TAU2.exists():
        pytest.skip("the benchmark's shop is not beside this repository")
    content = json.loads(TAU2.read_text(encoding="utf-8"))
    shop = StoreFile.of({**content, "customers": [], "orders": []})
    return products(shop.products, shop.currency)


SHOPS = {"demo": demo, "tau2": tau2}
