"""What every store backend promises: the same tests for the one in memory, SQLite and PostgreSQL."""

import pytest

from countersign.kit.hidden import Personal
from countersign.kit.money import Money
from countersign.kit.personal_forms import INDEX_FORMS
from countersign.store.models import ORDER_FIELDS, Department, Exchange, Order, Return, Shipment
from countersign.store.shopfile.document import StoreFile
from countersign.vault.service import Vault
from tests.contract.conftest import Store, silent
from tests.fakes.store import small_shop, small_store

UNA, JOERG = "una.lark@post.example", "joerg@post.example"


def _person(store: Store, email: str = UNA) -> str:
    person = store.find(Personal(email))
    assert person is not None
    return person


# People


@pytest.mark.parametrize("email", [UNA, "Una.Lark@post.example", "  UNA.LARK@POST.EXAMPLE\n"])
def test_a_customer_is_found_by_email_in_any_case(store: Store, email: str) -> None:
    assert store.find(Personal(email)) == _person(store)


@pytest.mark.parametrize(
    "email", ["", "nobody@post.example", "una.lark+x@post.example", "%", "ＵNA.LARK@post.example"]
)
def test_another_email_finds_nobody(store: Store, email: str) -> None:
    assert store.find(Personal(email)) is None


def test_a_customer_is_found_by_the_shops_own_id_and_by_nothing_like_it(store: Store) -> None:
    assert store.of_reference(Personal("una_lark_7")) == _person(store)
    for reference in ("", "una_lark_8", "Una_Lark_7", " una_lark_7", "%", _person(store)):
        assert store.of_reference(Personal(reference)) is None


def test_who_is_a_customer_is_known_and_nobody_else(store: Store) -> None:
    assert store.knows(_person(store))
    assert not store.knows("cus_nobody") and not store.knows("una_lark_7")


def test_a_customer_is_whole(store: Store) -> None:
    customer = store.customer(_person(store))
    assert customer is not None
    assert customer.id == _person(store)
    assert customer.reference == Personal("una_lark_7")
    assert customer.first_name == Personal("Una M.")
    assert customer.last_name == Personal("Lark")
    assert customer.email == Personal("Una.Lark@post.example")
    assert customer.phone == Personal("+44 20 7946 0958")
    assert customer.address.postcode == Personal("CB7 4DL")
    assert customer.address.line2 is None
    card, gift = customer.payment_methods
    assert (card.kind, card.brand, card.last4, card.balance) == ("credit_card", "visa", "0042", None)
    assert gift.balance == Money(0, "EUR")


def test_a_pseudonym_does_not_spell_the_customers_own_id(store: Store) -> None:
    assert "una" not in _person(store)


def test_a_customer_prints_nothing_personal(store: Store) -> None:
    printed = repr(store.customer(_person(store))).casefold()
    assert "visa" in printed
    for value in ("una", "lark", "post.example", "7946", "birch", "cb7", "ely"):
        assert value not in printed


def test_an_unknown_customer_is_none(store: Store) -> None:
    assert store.customer("cus_nobody") is None
    assert store.orders_of("cus_nobody", ORDER_FIELDS) == []


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("name", "Una M. Lark"),
        ("name", "una lark"),
        ("name", "Lark, Una"),
        ("name", "Jorg Bohm"),
        ("name", "Imogen Lark"),
        ("email", "una.lark@post.example"),
        ("phone", "020 7946 0958"),
        ("phone", "+44 20 7946 0111"),
        ("postcode", "cb74dl"),
        ("postcode", "07743"),
        ("street", "12 birch st."),
        ("street", "Lange Str. 5"),
        ("street", "7 Quay Rd"),
    ],
)
def test_what_belongs_to_a_customer_is_known(store: Store, vault: Vault, kind: str, value: str) -> None:
    digest = vault.index(INDEX_FORMS[kind](value), kind=kind)
    assert store.known_values([digest, bytes(32)]) == {digest}


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("name", "Lark"),
        ("name", "Teller"),
        ("name", "Una Bohm"),
        ("street", "9"),
        ("postcode", ""),
        ("name", "07743"),
    ],
)
def test_other_words_are_not(store: Store, vault: Vault, kind: str, value: str) -> None:
    assert store.known_values([vault.index(INDEX_FORMS[kind](value), kind=kind)]) == set()


def test_nothing_asked_is_nothing_known(store: Store) -> None:
    assert store.known_values([]) == set()


def test_many_digests_at_once(store: Store, vault: Vault) -> None:
    known = vault.index("07743", kind="postcode")
    many = [index.to_bytes(32, "big") for index in range(40_000)]
    assert store.known_values([*many, known]) == {known}


# Orders


def test_an_order_is_whole_when_all_is_wanted(store: Store) -> None:
    order = store.order("#W1000001", ORDER_FIELDS)
    assert order is not None
    assert order.customer == _person(store)
    assert order.status == "exchange requested"
    assert order.placed_at is not None
    assert order.placed_at.isoformat() == "2026-09-01T10:30:00+00:00"
    assert [(item.name, item.price) for item in order.items] == [
        ("Mechanical Keyboard", Money(9500, "EUR")),
        ("Mouse Pad", Money(1500, "EUR")),
    ]
    assert list(order.items[0].options.items()) == [("switch", "linear"), ("color", "black")]
    assert order.total == Money(11000, "EUR")
    assert order.tracking == ("111", "222", "333")
    assert order.shipments == (Shipment(("111", "222"), ("v1",), "delivered"), Shipment(("333",), ("v9",)))
    assert [(paid.kind, paid.amount, paid.method_id) for paid in order.payments] == [
        ("payment", Money(11000, "EUR"), "card_1")
    ]
    assert order.address is not None
    assert order.address.line1 == Personal("12 Birch Street")
    assert order.exchange == Exchange(("v1",), ("v2",), "card_1", Money(-600, "EUR"))
    assert order.returned is None
    assert order.cancel_reason is None


def test_a_cancelled_and_returned_order(store: Store) -> None:
    order = store.order("#W1000003", ORDER_FIELDS)
    assert order is not None
    assert [paid.kind for paid in order.payments] == ["payment", "refund"]
    assert order.returned == Return(("v4",), "paypal_1")
    assert order.cancel_reason == "no longer needed"
    assert order.shipments == ()


@pytest.mark.parametrize("field", sorted(ORDER_FIELDS))
def test_only_the_wanted_field_is_filled(store: Store, field: str) -> None:
    for number in ("#W1000001", "#W1000002", "#W1000003"):
        whole, part = store.order(number, ORDER_FIELDS), store.order(number, frozenset({field}))
        assert whole is not None
        assert part == whole.only(frozenset({field}))


def test_nothing_wanted_gives_the_number(store: Store) -> None:
    assert store.order("#W1000001", frozenset()) == Order("#W1000001")


@pytest.mark.parametrize("number", ["#W9999999", "", "#w1000001", "#W100000_", "' OR 1=1 --"])
def test_no_such_order(store: Store, number: str) -> None:
    assert store.order(number, ORDER_FIELDS) is None
    assert store.owner_of_order(number) is None
    assert not store.matches(number, Personal("CB7 4DL"))


def test_orders_come_newest_first_by_the_shops_own_list(store: Store) -> None:
    orders = store.orders_of(_person(store), frozenset({"status", "items"}))
    assert [(order.number, order.status) for order in orders] == [
        ("#W1000001", "exchange requested"),
        ("#W1000002", "pending"),
    ]
    assert [len(order.items) for order in orders] == [2, 2]


def test_an_order_belongs_to_who_placed_it(store: Store) -> None:
    assert store.owner_of_order("#W1000001") == _person(store)
    assert store.owner_of_order("#W1000003") == _person(store, JOERG)


@pytest.mark.parametrize("postcode", ["CB7 4DL", "cb74dl", " cb7-4dl "])
def test_the_postcode_of_the_delivery_address_opens(store: Store, postcode: str) -> None:
    assert store.matches("#W1000001", Personal(postcode))


@pytest.mark.parametrize(
    ("number", "postcode"),
    [
        ("#W1000001", "YO21 1QL"),  # that of the same person's other order
        ("#W1000002", "CB7 4DL"),  # that of the customer, not of the parcel
        ("#W1000001", ""),
        ("#W1000003", ""),  # the address has none: nobody has the key
        ("#W1000003", "07743"),
    ],
)
def test_another_postcode_does_not(store: Store, number: str, postcode: str) -> None:
    assert not store.matches(number, Personal(postcode))


def test_the_shape_of_order_numbers_is_learnt_from_the_shop(store: Store) -> None:
    assert store.number_shapes() == ("#W9999999",)


# Shelves


def test_departments_come_in_the_catalogues_order(store: Store) -> None:
    assert store.departments() == [Department("Desk", 2), Department("Light", 1)]


def test_a_product_is_whole(store: Store) -> None:
    product = store.product("p1")
    assert product is not None
    assert (product.name, product.category) == ("Mechanical Keyboard", "Desk")
    assert product.description == "Keys you can feel. 100% aluminum."
    assert [variant.id for variant in product.variants] == ["v1", "v2"]
    assert product.price_range == (Money(8900, "EUR"), Money(9900, "EUR"))
    assert product.available
    assert [variant.stock for variant in product.variants] == [None, 0]
    assert dict(product.variants[1].options) == {"switch": "clicky", "color": "white"}


def test_a_product_without_an_available_variant_is_sold_out(store: Store) -> None:
    product = store.product("p3")
    assert product is not None
    assert not product.available


def test_no_such_product(store: Store) -> None:
    assert store.product("p9") is None


def test_products_come_in_pages(store: Store) -> None:
    pages = [store.products(None, (), offset, 3) for offset in (0, 3, 6)]
    assert [[product.id for product in page.products] for page in pages] == [["p1", "p2", "p3"], ["p4"], []]
    assert [page.total for page in pages] == [4, 4, 4]


@pytest.mark.parametrize(
    ("department", "words", "found"),
    [
        ("Desk", (), ["p1", "p3"]),
        ("Nowhere", (), []),
        (None, ("keyboard",), ["p1"]),
        (None, ("desk",), ["p1", "p2", "p3"]),
        ("Light", ("desk",), ["p2"]),
        (None, ("key", "clicky"), ["p1"]),
        (None, ("grun",), ["p3"]),
        (None, ("100%",), ["p1"]),
        (None, ("%",), ["p1"]),
        (None, ("_",), []),
        (None, ("keyboard", "lamp"), []),
    ],
)
def test_search(store: Store, department: str | None, words: tuple[str, ...], found: list[str]) -> None:
    assert [product.id for product in store.products(department, words, 0, 10).products] == found


def test_popular_is_what_stands_in_most_orders_and_can_be_had(store: Store) -> None:
    assert [product.id for product in store.popular(10)] == ["p1", "p2", "p4"]
    assert [product.id for product in store.popular(1)] == ["p1"]
    assert store.popular(1)[0].variants


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("price", 9901),
        ("available", False),
        ("stock", 3),
        ("options", {"switch": "linear", "color": "blacK"}),
    ],
)
def test_the_catalogue_has_another_mark_after_any_change(
    changeable: Store, field: str, value: object
) -> None:
    before = changeable.catalogue_mark()
    assert changeable.catalogue_mark() == before
    document = small_shop()
    document["products"][0]["variants"][0][field] = value
    changeable.replace_shop(StoreFile.of(document), lambda done, total: None)
    assert changeable.catalogue_mark() != before


def test_a_change_of_an_order_is_none_of_the_catalogue(changeable: Store) -> None:
    before = changeable.catalogue_mark()
    document = small_shop()
    document["orders"][0]["status"] = "lost"
    changeable.replace_shop(StoreFile.of(document), lambda done, total: None)
    assert changeable.catalogue_mark() == before


# The shop as a whole


def test_what_went_in_comes_out(store: Store) -> None:
    assert store.whole_shop().as_json() == small_shop()


def test_an_import_replaces_everything(changeable: Store) -> None:
    other = small_shop()
    other["customers"] = other["customers"][1:]
    other["orders"] = other["orders"][2:]
    other["products"] = other["products"][2:]
    other["orders"][0]["id"] = other["customers"][0]["orders"][0] = "AB-12"
    changeable.replace_shop(StoreFile.of(other), silent)
    assert changeable.find(Personal(UNA)) is None
    assert changeable.order("#W1000001", ORDER_FIELDS) is None
    assert changeable.number_shapes() == ("AB-99",)
    assert changeable.departments() == [Department("Desk", 1)]
    assert changeable.whole_shop().as_json() == other


def test_a_customer_keeps_the_pseudonym_across_imports(changeable: Store) -> None:
    before = _person(changeable)
    changed = small_shop()
    changed["customers"][0]["email"] = "una.lark@inbox.example"
    changeable.replace_shop(StoreFile.of(changed), silent)
    assert _person(changeable, "una.lark@inbox.example") == before


def test_an_import_tells_how_far_it_is(changeable: Store) -> None:
    told: list[tuple[int, int]] = []
    changeable.replace_shop(small_store(), lambda done, total: told.append((done, total)))
    assert told
    assert told[-1] == (10, 10)
    assert told == sorted(told)
