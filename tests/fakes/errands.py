"""A shop with one customer for the tests of the scripted shopper, and its written errands."""

import copy
from typing import Any

CUSTOMER: dict[str, Any] = {
    "id": "ann_lee_1",
    "name": {"first": "Ann", "last": "Lee"},
    "email": "ann.lee@example.com",
    "address": {
        "line1": "1 Oak Street",
        "city": "Austin",
        "region": "TX",
        "postcode": "78701",
        "country": "USA",
    },
    "payment_methods": [
        {"id": "paypal_1", "kind": "paypal"},
        {"id": "card_1", "kind": "credit_card", "brand": "visa", "last4": "9212"},
        {"id": "gift_1", "kind": "gift_card", "balance": 1200},
    ],
    "orders": ["#W1000001", "#W1000002"],
}
LAMPS = {
    "old": {"color": "black", "brightness": "low", "power source": "USB"},
    "new": {"color": "white", "brightness": "low", "power source": "battery"},
}
STORE: dict[str, Any] = {
    "currency": "USD",
    "products": [
        {
            "id": "lamp",
            "name": "Desk Lamp",
            "variants": [
                {"id": f"lamp_{age}", "options": options, "price": 13000, "available": True}
                for age, options in LAMPS.items()
            ],
        }
    ],
    "customers": [
        CUSTOMER,
        {**copy.deepcopy(CUSTOMER), "id": "bob_ray_2", "email": "bob@example.com", "orders": ["#W2000002"]},
    ],
    "orders": [
        {
            "id": number,
            "customer_id": owner,
            "status": status,
            "address": CUSTOMER["address"],
            "items": [
                {
                    "variant_id": "lamp_old",
                    "product_id": "lamp",
                    "name": "Desk Lamp",
                    "price": 13000,
                    "options": LAMPS["old"],
                },
                {
                    "variant_id": "mug_1",
                    "product_id": "mug",
                    "name": "Mug",
                    "price": 1000,
                    "options": {"material": "glass"},
                },
            ],
            "payments": [{"kind": "payment", "amount": 14000, "method_id": "paypal_1"}],
            "shipments": [{"tracking": ["123456789012"], "items": ["lamp_old", "mug_1"]}],
        }
        for number, owner, status in (
            ("#W1000001", "ann_lee_1", "delivered"),
            ("#W1000002", "ann_lee_1", "pending"),
            ("#W2000002", "bob_ray_2", "delivered"),
        )
    ],
}


def errand(*actions: tuple[str, dict[str, Any]], **fields: Any) -> dict[str, Any]:
    """A record as the tasks' file has it."""
    return {
        "id": "1",
        "reason_for_call": "You want to exchange your Desk Lamp for a white one on batteries.",
        "known": "You are Ann Lee in zip code 78701.",
        "unknown": None,
        "style": ".",
        "actions": [{"name": name, "arguments": arguments} for name, arguments in actions],
        "must_say": [],
        "final": {"orders": [], "customers": []},
        **fields,
    }


EXCHANGE = (
    "exchange_delivered_order_items",
    {
        "order_id": "#W1000001",
        "item_ids": ["lamp_old"],
        "new_item_ids": ["lamp_new"],
        "payment_method_id": "card_1",
    },
)
CANCEL = ("cancel_pending_order", {"order_id": "#W1000002", "reason": "no longer needed"})
