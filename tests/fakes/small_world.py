"""Somebody's orders in a small shop, for hearing and asking about errands.

#W2000001 delivered: a keyboard and a black lamp, by Visa. 2 pending: a white lamp and a bottle, by PayPal.
3 pending: boots. 4 delivered: two T-shirts and a backpack, by gift card. 5 processed: a coffee maker.
6 cancelled: a laptop. 7 pending: two lamps of one kind.
"""

from collections.abc import Mapping

from countersign.errands.world import World
from countersign.kit.hidden import Personal
from countersign.kit.money import Money
from countersign.store.models import Address, Item, Order, Payment, PaymentMethod, Product, Variant
from countersign.store.outcomes import Prepared
from tests.fakes.terms import FakeTerms

GEAR, LAMP, BOOTS, SHIRTS, MAKER, LAPTOP, TWINS = (f"#W200000{last}" for last in range(1, 8))
VISA = PaymentMethod("card_1", "credit_card", "visa", "9212")
MASTER = PaymentMethod("card_2", "credit_card", "mastercard", "4466")
PAYPAL = PaymentMethod("paypal_1", "paypal")
GIFT = PaymentMethod("gift_1", "gift_card", balance=Money(1200, "USD"))
METHODS = (VISA, MASTER, PAYPAL, GIFT)


def variant(id_: str, price: int, available: bool = True, **options: str) -> Variant:
    return Variant(id_, options, Money(price, "USD"), available)


def _product(id_: str, name: str, *variants: Variant) -> Product:
    return Product(id_, name, None, None, variants)


PRODUCTS: Mapping[str, Product] = {
    product.id: product
    for product in (
        _product(
            "p1",
            "Mechanical Keyboard",
            variant("k1", 9900, switch="linear", backlight="RGB"),
            variant("k2", 10900, switch="clicky", backlight="RGB"),
            variant("k3", 8900, switch="clicky", backlight="none"),
            variant("k4", 9500, switch="tactile", backlight="white"),
        ),
        _product(
            "p2",
            "Desk Lamp",
            variant("l1", 4900, color="black", power="USB", brightness="low"),
            variant("l2", 5900, color="white", power="battery", brightness="high"),
            variant("l3", 5400, color="white", power="USB", brightness="low"),
            variant("l4", 6900, color="red", power="USB", brightness="medium"),
            variant("l5", 3900, available=False, color="blue", power="USB", brightness="low"),
            variant("l6", 5200, color="black", power="USB", brightness="high"),
        ),
        _product(
            "p3",
            "Water Bottle",
            variant("w1", 1900, capacity="500ml", color="red"),
            variant("w2", 2500, capacity="1000ml", color="red"),
            variant("w3", 2700, capacity="1000ml", color="blue"),
        ),
        _product(
            "p4",
            "Hiking Boots",
            variant("b1", 12900, size="9", waterproof="no"),
            variant("b2", 13900, size="9", waterproof="yes"),
            variant("b3", 12900, size="10", waterproof="no"),
        ),
        _product(
            "p5",
            "T-Shirt",
            variant("t1", 1500, color="blue", size="S"),
            variant("t2", 1800, color="red", size="M"),
            variant("t3", 1500, color="blue", size="XL"),
        ),
        _product("p6", "Backpack", variant("r1", 8900, color="black"), variant("r2", 8900, color="green")),
        _product("p7", "Coffee Maker", variant("c1", 7900, color="black")),
        _product("p8", "Laptop", variant("n1", 99900, storage="256GB SSD", ram="8GB")),
    )
}


def item(variant_id: str) -> Item:
    product = next(one for one in PRODUCTS.values() for two in one.variants if two.id == variant_id)
    sold = next(one for one in product.variants if one.id == variant_id)
    return Item(sold.id, product.id, product.name, sold.price, sold.options)


def home(line1: str, city: str, postcode: str) -> Address:
    parts = {"line1": line1, "line2": "", "city": city, "region": "TX", "postcode": postcode}
    return Address(**{name: Personal(value) for name, value in {**parts, "country": "USA"}.items()})


AUSTIN = home("1 Oak Street", "Austin", "78701")
HOUSTON = home("9 Bay Road", "Houston", "77001")
DALLAS = home("3 Elm Avenue", "Dallas", "75201")


def order(number: str, status: str, paid: PaymentMethod, address: Address, *items: str) -> Order:
    bought = tuple(item(one) for one in items)
    amount = Money(sum(one.price.minor for one in bought), "USD")
    payments = (Payment("payment", amount, paid.id),)
    return Order(number, status=status, items=bought, total=amount, payments=payments, address=address)


ORDERS = (
    order(TWINS, "pending", VISA, AUSTIN, "l2", "l2"),
    order(LAPTOP, "cancelled", VISA, AUSTIN, "n1"),
    order(MAKER, "processed", VISA, AUSTIN, "c1"),
    order(SHIRTS, "delivered", GIFT, HOUSTON, "t1", "t2", "r1"),
    order(BOOTS, "pending", VISA, DALLAS, "b1"),
    order(LAMP, "pending", PAYPAL, AUSTIN, "l2", "w2"),
    order(GEAR, "delivered", VISA, AUSTIN, "k1", "l1"),
)


def world(*numbers: str) -> World:
    """With these orders only, or with all."""
    orders = tuple(one for one in ORDERS if not numbers or one.number in numbers)
    return World(Prepared(METHODS, AUSTIN, orders), FakeTerms(PRODUCTS))
