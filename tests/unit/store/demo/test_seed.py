"""The demo shop: large enough, sound, the same everywhere, and Alex is in it."""

from collections import Counter

import pytest

from countersign.kit.personal_forms import normal_name
from countersign.store.archive import as_text
from countersign.store.demo.seed import demo_shop
from countersign.store.shopfile.document import StoreFile
from countersign.store.shopfile.reader import parse_store_file


@pytest.fixture(scope="module")
def shop() -> StoreFile:
    return demo_shop()


def test_it_is_a_sound_store_file(shop: StoreFile) -> None:
    assert parse_store_file(as_text(shop).encode(), name="demo").as_json() == shop.as_json()


def test_it_is_the_same_bytes_each_time(shop: StoreFile) -> None:
    assert as_text(demo_shop()) == as_text(shop)


def test_it_is_large_enough(shop: StoreFile) -> None:
    assert len(shop.products) >= 300
    assert len({product.category for product in shop.products}) >= 8
    assert len(shop.customers) >= 200
    assert len(shop.orders) >= 500


def test_its_products_are_told_apart_and_described(shop: StoreFile) -> None:
    assert len({product.name for product in shop.products}) == len(shop.products)
    assert len({product.description for product in shop.products}) == len(shop.products)
    assert all(len(product.description or "") > 60 for product in shop.products)
    assert all(variant.price % 100 == 90 for product in shop.products for variant in product.variants)


def test_every_product_has_variants_that_differ(shop: StoreFile) -> None:
    for product in shop.products:
        options = [tuple(variant.options.items()) for variant in product.variants]
        assert len(set(options)) == len(options)
        assert all(variant.available == bool(variant.stock) for variant in product.variants)


def test_customers_are_of_several_countries_and_no_two_have_one_name(shop: StoreFile) -> None:
    countries = Counter(customer.address.country for customer in shop.customers)
    assert len(countries) == 3
    names = {normal_name(f"{customer.name.first} {customer.name.last}") for customer in shop.customers}
    assert len(names) == len(shop.customers)
    assert all(customer.email.endswith(".example") for customer in shop.customers)


def test_orders_are_in_every_state_and_what_was_sent_can_be_tracked(shop: StoreFile) -> None:
    states = Counter(order.status for order in shop.orders)
    sent = {"processed", "delivered", "return requested", "exchange requested"}
    assert set(states) == sent | {"pending", "cancelled"}
    for order in shop.orders:
        assert bool(order.shipments) == (order.status in sent)
        assert sum(item.price for item in order.items) == order.payments[0].amount


def test_alex_is_as_documented(shop: StoreFile) -> None:
    alex = next(customer for customer in shop.customers if customer.email == "alex@demo.example")
    assert (alex.name.first, alex.name.last, alex.address.postcode) == ("Alex", "Rivers", "97205")
    orders = {order.id: order for order in shop.orders}
    assert [(number, orders[number].status) for number in alex.orders] == [
        ("#W1000001", "delivered"),
        ("#W1000002", "cancelled"),
        ("#W1000003", "processed"),
        ("#W1000004", "pending"),
    ]
    assert [item.name.split(" ", 1)[1] for item in orders["#W1000001"].items] == [
        "Mechanical Keyboard",
        "Wireless Mouse",
    ]
