"""Values for each of the portal's templates, as a route would pass them."""

from typing import Any

from countersign.store.pictures import picture_of

NAMES = (
    ("Sailcloth Backpack", "Bags & Travel", "$89.00", "$104.00"),
    ("Enamel Kettle", "Kitchen", "$42.50", None),
    ("Merino Fleece Jacket", "Clothing", "$119.00", "$129.00"),
    ("Field Headphones", "Electronics", "$149.90", None),
    ("Reading Lamp", "Home & Living", "$64.00", None),
    ("Trail Sneakers", "Shoes", "$98.00", "$108.00"),
    ("Potted Fig", "Garden", "$34.00", None),
    ("Weekend Tent", "Outdoor", "$210.00", None),
    ("Ruled Notebook", "Books & Stationery", "$12.00", "$18.00"),
    ("Oak Building Blocks", "Toys & Games", "$29.00", None),
    ("Steel Water Bottle", "Outdoor", "$24.00", None),
    ("Instant Camera", "Electronics", "$118.00", None),
)
OPTIONS = {"color": ["sand", "pine", "rust"], "size": ["S", "M", "L"]}
PRODUCTS = [
    {
        "id": f"P{number}",
        "name": name,
        "description": "Made to be used every day, and to be repaired when it has been.",
        "category": category,
        "picture": picture_of(name, category),
        "price": price,
        "price_to": price_to,
        "options": OPTIONS if number % 2 == 0 else {},
        "available": number != 6,
        "variants": [
            {
                "id": f"V{number}{size}",
                "options": {"color": "sand", "size": size},
                "price": price,
                "available": True,
            }
            for size in ("S", "M", "L")
        ],
    }
    for number, (name, category, price, price_to) in enumerate(NAMES)
]
DEPARTMENTS = [
    {"name": name, "products": 30 + len(name)}
    for name in dict.fromkeys(category for _, category, _, _ in NAMES)
]
PICTURES = {str(one["name"]): picture_of(str(one["name"])) for one in DEPARTMENTS}
LETTER = "Your code is ABCD-2345.\n\nIt is good for ten minutes. Not yours? Ignore this mail."
MAIL = {
    "at": "2026-11-23T19:05:00Z",
    "to": "james.li@example.com",
    "medium": "mail",
    "subject": "Your code for Tern & Tide",
    "text": LETTER,
    "code": "ABCD-2345",
    "link": "http://127.0.0.1:8000/portal/sign-in/abc",
}
NOTICE = {
    "version": "3f2a",
    "text": "You are talking to an automated assistant.\n\nIt keeps this chat for 30 days.",
    "purposes": [{"id": "service", "text": "Answering you.", "consent": False}],
}
LIST = {"departments": DEPARTMENTS, "products": PRODUCTS, "total": 324, "page": 2, "pages": 14}

Page = tuple[str, dict[str, Any]]
PAGES: dict[str, Page] = {
    "shop": (
        "shop.html",
        {"departments": DEPARTMENTS, "pictures": PICTURES, "products": PRODUCTS, "total": 324},
    ),
    "products": ("products.html", LIST | {"current": "Kitchen", "query": ""}),
    "nothing": ("products.html", LIST | {"products": [], "total": 0, "page": 1, "pages": 0, "query": "zzz"}),
    "product": ("product.html", {"departments": DEPARTMENTS, "product": PRODUCTS[0]}),
    "email": ("signin_email.html", {"page": "abc"}),
    "email-error": ("signin_email.html", {"page": "abc", "error": "utter_sign_in_ask_email"}),
    "email-shop": ("signin_email.html", {"page": "abc", "shop_account": True}),
    "code": ("signin_code.html", {"page": "abc", "shop_account": True}),
    "code-error": ("signin_code.html", {"page": "abc", "error": "utter_sign_in_wrong_code", "tries": 4}),
    "link": ("signin_link.html", {}),
    "elsewhere": ("signin_elsewhere.html", {"code": "ABCD-2345"}),
    "done": ("signin_done.html", {}),
    "message": ("message.html", {"message": "utter_sign_in_code_dead"}),
    "notice": ("notice.html", {"notice": NOTICE}),
    "outbox": ("outbox.html", {"messages": [MAIL, MAIL | {"code": None, "link": None}]}),
    "outbox-empty": ("outbox.html", {"messages": []}),
}
