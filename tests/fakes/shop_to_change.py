"""The small shop, with orders in every state and money in every purse, for whoever wants to change something.

Una's orders: 2 pending, by gift card; 4 delivered; 5 processed; 6 pending, by card; 7 changed before.
"""

from typing import Any

from countersign.kit.hidden import Personal
from countersign.store.models import Address
from countersign.store.shopfile.document import StoreFile
from tests.fakes.store import Document, item, small_shop

PENDING, DELIVERED, PROCESSED, BY_CARD, CHANGED = (f"#W100000{last}" for last in (2, 4, 5, 6, 7))
JOERGS, JOERGS_LAMP = "#W1000003", "#W1000008"
NEW_HOME = Address(
    line1=Personal("4 Mill Lane"),
    line2=Personal(""),
    city=Personal("Leeds"),
    postcode=Personal("LS1 4AB"),
    country=Personal("United Kingdom"),
)


def _order(number: str, status: str, *items: Document, **more: Any) -> Document:
    home = small_shop()["customers"][0]["address"]
    total = sum(one["price"] for one in items)
    paid = [{"kind": "payment", "amount": total, "method_id": "card_1"}]
    order = {"id": number, "customer_id": "una_lark_7", "status": status, "address": home}
    return {**order, "items": list(items), "payments": paid, **more}


def shop_to_change() -> StoreFile:
    shop = small_shop()
    una, lamps = shop["customers"][0], shop["products"][1]["variants"]
    lamp, rest = item("v3", "p2", "Desk Lamp", 4900), item("v4", "p3", "Wrist Rest", 1900, color="grün")
    una["payment_methods"][1]["balance"] = 1500
    una["payment_methods"] += [
        {"id": "gift_2", "kind": "gift_card", "balance": 20000},
        {"id": "gift_3", "kind": "gift_card"},
        {"id": "paypal_2", "kind": "paypal"},
    ]
    lamps += [
        {"id": "v6", "options": {"color": "red"}, "price": 5900, "available": True, "stock": 1},
        {"id": "v7", "options": {"color": "blue"}, "price": 3900, "available": True},
        {"id": "v8", "options": {"color": "gold"}, "price": 9900, "available": False},
    ]
    shop["orders"] += [
        _order(
            DELIVERED,
            "delivered",
            item("v1", "p1", "Mechanical Keyboard", 9500, switch="linear", color="black"),
            lamp,
            placed_at="2026-10-01T08:00:00Z",
        ),
        _order(PROCESSED, "processed", lamp),
        _order(BY_CARD, "pending", lamp, rest, placed_at="2026-10-20T08:00:00Z"),
        _order(CHANGED, "pending (item modified)", lamp),
    ]
    lamp_of_joerg = _order(JOERGS_LAMP, "pending", lamp)
    paid = [{**lamp_of_joerg["payments"][0], "method_id": "paypal_1"}]
    shop["orders"].append({**lamp_of_joerg, "customer_id": "c2", "payments": paid})
    shop["customers"][1]["orders"].append(JOERGS_LAMP)
    una["orders"] += [DELIVERED, PROCESSED, BY_CARD, CHANGED]
    return StoreFile.of(shop)
