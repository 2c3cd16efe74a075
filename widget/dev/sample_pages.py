"""Values for each of the portal's templates, as a route would pass them."""

from datetime import UTC, datetime, timedelta
from typing import Any

import segno

from countersign.identity.factors.models import Factor, Kind
from countersign.kit.hidden import Personal
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

ADDED = datetime(2026, 11, 2, 9, 30, tzinfo=UTC)
FACTORS = [
    Factor("fac_1", Kind.PASSKEY, Personal("My laptop"), ADDED, ADDED, ADDED),
    Factor("fac_2", Kind.TOTP, Personal("A phone with " + "a" * 46), ADDED, ADDED + timedelta(days=1), None),
]
READ_BACK = {
    "title": "Refund of $1,249.00",
    "rows": [
        {"label": "To", "value": "Mastercard ending in 4466, which is not the one that you paid with"},
        {"label": "Order", "value": "#W2000001"},
    ],
}
STEP_UP: dict[str, Any] = {
    "action": "/portal/security/confirm",
    "plan": {"what": "remove", "name": "My laptop"},
    "shown": None,
    "csrf": "abc",
    "own": True,
    "options": "{}",
    "app": True,
    "recovery": True,
}
QR = segno.make("otpauth://totp/Shop:una?secret=ABCD", error="m").svg_inline(scale=5, light="#fff")
CODES = [f"ABCD-234{digit}" for digit in range(10)]

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
    "security": ("security.html", {"factors": FACTORS, "codes": 9, "counting": True, "now": ADDED, "csrf": "abc"}),
    "security-empty": ("security.html", {"factors": [], "codes": 0, "counting": False, "now": ADDED, "csrf": "abc"}),
    "security-signin": (
        "security_signin.html",
        {"options": "{}", "waits": False, "csrf": "abc", "tries": 0},
    ),
    "security-signin-code": (
        "security_signin.html",
        {"options": "{}", "waits": True, "csrf": "abc", "tries": 4, "error": "utter_sign_in_wrong_code"},
    ),
    "security-passkey": ("security_passkey.html", {"options": "{}", "name": "My laptop", "csrf": "abc"}),
    "security-app": ("security_totp.html", {"picture": QR, "secret": "ABCD " * 8, "csrf": "abc"}),
    "security-codes": ("security_codes.html", {"codes": CODES}),
    "security-refused": ("security_refused.html", {"error": "utter_factors_late"}),
    "security-not-me": ("security_not_me.html", {}),
    "security-disowned": ("security_disowned.html", {}),
    "step-up": ("step_up.html", STEP_UP),
    "step-up-chat": ("step_up.html", STEP_UP | {"plan": None, "shown": READ_BACK, "own": False}),
    "step-up-error": ("step_up.html", STEP_UP | {"error": "utter_factors_wrong"}),
    "step-up-none": ("step_up.html", STEP_UP | {"plan": None, "options": "", "app": False}),
    "step-up-done": ("step_up_done.html", {}),
    "email-passkey": ("signin_email.html", {"page": "abc", "options": "{}", "csrf": "abc"}),
    "outbox-empty": ("outbox.html", {"messages": []}),
}
