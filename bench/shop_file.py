"""A store file as a bench sees it, and a copy of it with values that nobody can mistake."""

import copy
import json
import random
from pathlib import Path
from typing import Any

Shop = dict[str, Any]
_LETTERS = "bcdfghjklmnpqrstvwxz"


def load(path: Path) -> Shop:
    shop: Shop = json.loads(path.read_text(encoding="utf-8"))
    return shop


def planted(shop: Shop, seed: int) -> Shop:
    """A copy in which names, e-mails, postcodes, streets, cities and phones are like no other text."""
    rng = random.Random(seed)
    copied: Shop = copy.deepcopy(shop)
    for number, customer in enumerate(copied["customers"]):
        first, last = _word(rng, 7).capitalize(), _word(rng, 9).capitalize()
        customer["name"] = {"first": first, "last": last}
        customer["email"] = f"{_word(rng, 8)}.{_word(rng, 6)}@{_word(rng, 7)}.example"
        customer["phone"] = f"+1 212 {rng.randrange(200, 999)} {rng.randrange(10_000):04d}"
        _plant_address(customer["address"], rng, number)
    by_customer = {customer["id"]: customer for customer in copied["customers"]}
    for order in copied["orders"]:
        order["address"] = copy.deepcopy(by_customer[order["customer_id"]]["address"])
    return copied


def _plant_address(address: dict[str, str], rng: random.Random, number: int) -> None:
    address["line1"] = f"{rng.randrange(10, 999)} {_word(rng, 8).capitalize()} {rng.choice(_STREETS)}"
    if address.get("line2"):
        address["line2"] = f"Suite {_word(rng, 5).upper()}"
    address["city"] = _word(rng, 8).capitalize()
    address["postcode"] = _postcode(rng, number)


def _postcode(rng: random.Random, number: int) -> str:
    """American or Canadian. Five digits alone would also stand in moments, lengths and ids."""
    if number % 2:
        return f"{rng.randrange(10_000, 100_000)}-{rng.randrange(1000, 10_000)}"
    letters, digits = rng.choices("ABCEGHJKLMNPRSTVXY", k=3), rng.choices("0123456789", k=3)
    return f"{letters[0]}{digits[0]}{letters[1]} {digits[1]}{letters[2]}{digits[2]}"


_STREETS = ("Street", "Avenue", "Road", "Lane", "Drive")


def _word(rng: random.Random, length: int) -> str:
    return "".join(rng.choice(_LETTERS) for _ in range(length))


def orders_by_customer(shop: Shop) -> dict[str, list[dict[str, Any]]]:
    """Orders of each customer, in the customer's own order."""
    by_id = {order["id"]: order for order in shop["orders"]}
    return {
        customer["id"]: [by_id[number] for number in customer["orders"] if number in by_id]
        for customer in shop["customers"]
    }


def tracking_of(order: dict[str, Any]) -> list[str]:
    return [number for shipment in order.get("shipments") or () for number in shipment["tracking"]]
