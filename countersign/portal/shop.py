"""Products as the shop's pages show them: prices written out, options gathered from the variants."""

from dataclasses import dataclass
from typing import Any

from countersign.store.models import Product, Variant
from countersign.store.pictures import picture_of

LOCALE = "en_US"


@dataclass(frozen=True)
class ProductView:
    """`price_to` is None when every variant costs the same; `options` lists each option's values once."""

    id: str
    name: str
    category: str | None
    description: str | None
    available: bool
    price: str
    price_to: str | None
    options: dict[str, list[str]]
    variants: list[dict[str, Any]]
    picture: str


def view(product: Product) -> ProductView:
    cheapest, dearest = product.price_range
    options: dict[str, dict[str, None]] = {}
    for variant in product.variants:
        for name, value in variant.options.items():
            options.setdefault(name, {})[value] = None
    return ProductView(
        id=product.id,
        name=product.name,
        category=product.category,
        description=product.description,
        available=product.available,
        price=cheapest.shown(LOCALE),
        price_to=None if dearest == cheapest else dearest.shown(LOCALE),
        options={name: list(values) for name, values in options.items()},
        variants=[_variant(variant) for variant in product.variants],
        picture=picture_of(product.name, product.category),
    )


def _variant(variant: Variant) -> dict[str, Any]:
    return {
        "id": variant.id,
        "options": variant.options,
        "price": variant.price.shown(LOCALE),
        "available": variant.available,
    }
