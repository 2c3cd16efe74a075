import pytest

from countersign.checkpoints.errors import GrantMismatchedError
from countersign.checkpoints.table import Deed
from countersign.kit.hidden import Personal
from countersign.kit.money import Money
from countersign.store.errors import OrderUnknownError, StoreUnavailableError
from countersign.store.models import ORDER_FIELDS, Order
from countersign.store.service import Orders
from countersign.vault.service import Vault
from tests.fakes.store import BrokenStore, small_store
from tests.unit.store.conftest import Counter

FIRST, SECOND = "#W1000001", "#W1000002"


def _filled(order: Order) -> set[str]:
    empty = Order(order.number)
    return {field for field in ORDER_FIELDS if getattr(order, field) != getattr(empty, field)}


def test_tracking_tells_status_and_parcels_and_no_more(counter: Counter) -> None:
    order = counter.orders.track(counter.grant(Deed.ORDER_TRACK, FIRST))
    assert (order.number, order.status, order.tracking) == (
        FIRST,
        "exchange requested",
        ("111", "222", "333"),
    )
    assert _filled(order) <= {"placed_at", "status", "tracking"}


def test_who_only_knows_the_order_hears_even_less(counter: Counter) -> None:
    guest = counter.guest()
    assert counter.guard.prove_order(guest, FIRST, Personal("cb7 4dl"))
    order = counter.orders.track(counter.grant(Deed.ORDER_TRACK, FIRST, guest))
    assert _filled(order) == {"status", "tracking"}


def test_the_list_is_the_persons_own_newest_first(counter: Counter) -> None:
    orders = counter.orders.list(counter.grant(Deed.ORDER_LIST))
    assert [order.number for order in orders] == [FIRST, SECOND]
    assert all(_filled(order) <= {"items", "placed_at", "status", "total"} for order in orders)


def test_the_items_come_with_their_total(counter: Counter) -> None:
    order = counter.orders.items(counter.grant(Deed.ORDER_READ_ITEMS, FIRST))
    assert [item.name for item in order.items] == ["Mechanical Keyboard", "Mouse Pad"]
    assert order.total == Money(11000, "EUR")
    assert _filled(order) == {"items", "total"}


def test_the_address_is_told_alone(counter: Counter) -> None:
    order = counter.orders.address(counter.grant(Deed.ORDER_READ_ADDRESS, SECOND))
    assert order.address is not None
    assert order.address.line1 == Personal("7 Quay Road")
    assert _filled(order) == {"address"}


def test_the_details_are_what_an_invoice_says(counter: Counter) -> None:
    order = counter.orders.details(counter.grant(Deed.ORDER_READ_DETAILS, FIRST))
    assert [payment.amount for payment in order.payments] == [Money(11000, "EUR")]
    assert _filled(order) == {"address", "items", "payments", "placed_at", "status", "total"}


def test_a_list_may_be_narrowed(counter: Counter) -> None:
    narrowed = counter.orders.narrow(counter.grant(Deed.ORDER_LIST), "my pending orders")
    assert ([order.number for order in narrowed.orders], narrowed.asked) == ([SECOND], True)


def test_a_grant_serves_its_own_deed_only(counter: Counter) -> None:
    track, listing = counter.grant(Deed.ORDER_TRACK, FIRST), counter.grant(Deed.ORDER_LIST)
    for attempt in (
        lambda: counter.orders.items(track),
        lambda: counter.orders.list(track),
        lambda: counter.orders.find(track, "keyboard"),
        lambda: counter.orders.track(listing),
        lambda: counter.orders.items(listing),
        lambda: counter.orders.address(listing),
        lambda: counter.orders.details(track),
        lambda: counter.orders.narrow(track, "pending"),
    ):
        with pytest.raises(GrantMismatchedError):
            attempt()


def test_an_order_that_went_away_meanwhile_is_unknown(counter: Counter) -> None:
    grant = counter.grant(Deed.ORDER_TRACK, FIRST)
    counter.store.replace_shop(small_store().model_copy(update={"orders": []}), lambda done, total: None)
    with pytest.raises(OrderUnknownError):
        counter.orders.track(grant)


@pytest.mark.parametrize(
    ("words", "numbers"),
    [
        ("the one with the keyboard", [FIRST]),
        ("my last order", [FIRST]),
        ("desk lamps", [SECOND]),
        ("w 1000002", [SECOND]),
        ("the wrist rest", []),  # somebody else's
        ("#W1000003", []),
        ("which orders do I have", [FIRST, SECOND]),
    ],
)
def test_words_find_among_the_persons_own_orders(counter: Counter, words: str, numbers: list[str]) -> None:
    found = counter.orders.find(counter.grant(Deed.ORDER_LIST), words)
    assert [order.number for order in found] == numbers


def test_a_number_takes_the_shops_shape(counter: Counter) -> None:
    assert counter.orders.normalise_number("order w-1000001") == FIRST
    assert counter.orders.normalise_number("no idea") is None


def test_a_store_that_is_down_says_so(counter: Counter, vault: Vault) -> None:
    grant = counter.grant(Deed.ORDER_TRACK, FIRST)
    with pytest.raises(StoreUnavailableError):
        Orders(BrokenStore(vault)).track(grant)
