"""The demo shop's products, put together from the kinds in `departments/` and the makers in `lines.toml`."""

import itertools
import tomllib
from collections.abc import Iterator
from importlib.resources import files
from typing import Any

from countersign.store.demo.chance import Chance
from countersign.store.shopfile.document import ProductRecord, VariantRecord

LINES_PER_KIND = 4
_SOLD_OUT = 0.12
_LEFT_OUT = 0.15
_MOST_IN_STOCK = 60

Kind = dict[str, Any]


def demo_products(chance: Chance) -> list[ProductRecord]:
    """Four makers' versions of every kind, in the order of the departments."""
    lines = tomllib.loads((files(__package__) / "lines.toml").read_text("utf-8"))
    products = []
    for shelf, department in enumerate(_departments(), start=1):
        for place, kind in enumerate(department["kinds"], start=1):
            makers = chance.sample(sorted(lines), LINES_PER_KIND)
            for version, maker in enumerate(makers):
                id_ = f"{shelf}{place:02d}{version + 1:02d}"
                words = _description(kind, version, lines[maker])
                variants = list(_variants(chance, kind, version, id_))
                products.append(
                    ProductRecord(
                        id=id_,
                        name=f"{maker} {kind['noun']}",
                        description=words,
                        category=department["name"],
                        variants=variants,
                    )
                )
    return products


def _departments() -> list[dict[str, Any]]:
    folder = files(__package__) / "departments"
    texts = sorted(
        (file.name, file.read_text("utf-8")) for file in folder.iterdir() if file.name.endswith(".toml")
    )
    return [tomllib.loads(text) for _, text in texts]


def _description(kind: Kind, version: int, of_maker: str) -> str:
    details = kind["details"]
    second = details[version % len(details)]
    return " ".join([kind["about"], second, of_maker])


def _variants(chance: Chance, kind: Kind, version: int, product: str) -> Iterator[VariantRecord]:
    least, most = kind["price"]
    base = least + (most - least) * version // (LINES_PER_KIND - 1)
    options = kind["options"]
    made = list(itertools.product(*(values.items() for values in options.values())))
    kept = [one for one in made if len(made) < LINES_PER_KIND or chance.random() > _LEFT_OUT] or made
    for number, choice in enumerate(kept, start=1):
        stock = 0 if chance.random() < _SOLD_OUT else chance.randint(1, _MOST_IN_STOCK)
        surcharge = sum(extra for _, extra in choice)
        yield VariantRecord(
            id=f"{product}-{number}",
            options={name: value for name, (value, _) in zip(options, choice, strict=True)},
            price=_rounded(base + surcharge),
            available=stock > 0,
            stock=stock,
        )


def _rounded(cents: int) -> int:
    """Prices end in 90 cents."""
    return max(cents // 100, 1) * 100 - 10
