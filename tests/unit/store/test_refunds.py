from typing import Any

import pytest

from countersign.checkpoints.errors import GrantMismatchedError
from countersign.checkpoints.table import Deed
from countersign.kit.money import Money
from countersign.store.models import PaymentMethod
from countersign.store.policy import Policy, load_policy
from countersign.store.refunds import Refund, Refunds, State
from countersign.store.shopfile.document import StoreFile
from tests.fakes.store import small_shop
from tests.unit.store.conftest import Counter

FIRST, SECOND = "#W1000001", "#W1000002"


@pytest.fixture(scope="module")
def policy() -> Policy:
    return load_policy()


@pytest.fixture
def refunds(counter: Counter, policy: Policy) -> Refunds:
    return Refunds(counter.store, policy)


def changed(counter: Counter, number: str, **fields: Any) -> None:
    shop = small_shop()
    next(order for order in shop["orders"] if order["id"] == number).update(fields)
    counter.store.replace_shop(StoreFile.of(shop), lambda done, total: None)


def told(refunds: Refunds, counter: Counter, words: str = "") -> list[Refund]:
    return list(refunds.told(counter.grant(Deed.REFUND_READ), words).refunds)


def test_a_difference_is_owed_once_the_exchange_is_done(refunds: Refunds, counter: Counter) -> None:
    assert told(refunds, counter) == [Refund(FIRST, Money(600, "EUR"), "card_1", State.AFTER_EXCHANGE)]


def test_what_is_paid_for_an_exchange_is_no_refund(refunds: Refunds, counter: Counter) -> None:
    exchange = {"items": ["v1"], "new_items": ["v2"], "method_id": "card_1", "price_difference": 600}
    changed(counter, FIRST, exchange=exchange)
    assert told(refunds, counter) == []


def test_a_return_is_worth_what_was_paid_for_its_items(refunds: Refunds, counter: Counter) -> None:
    changed(
        counter,
        SECOND,
        status="return requested",
        **{"return": {"items": ["v3", "v3"], "method_id": "gift_1"}},
    )
    assert told(refunds, counter, "the refund for the lamps") == [
        Refund(SECOND, Money(9800, "EUR"), "gift_1", State.AFTER_RETURN)
    ]


def test_a_return_that_was_paid_back_waits_no_more(refunds: Refunds, counter: Counter) -> None:
    paid = {"kind": "payment", "amount": 9800, "method_id": "gift_1"}
    back = {"kind": "refund", "amount": 4900, "method_id": "gift_1"}
    changed(counter, SECOND, payments=[paid, back], **{"return": {"items": ["v3"], "method_id": "gift_1"}})
    assert told(refunds, counter, SECOND) == [Refund(SECOND, Money(4900, "EUR"), "gift_1", State.SENT)]


@pytest.mark.parametrize(
    ("words", "numbers"),
    [
        ("where is my refund", [FIRST, SECOND]),
        ("my refund for the keyboard", [FIRST]),
        ("refund of w1000002", [SECOND]),
        ("refund of #W1000003", []),
        ("when do you pay me back for the flurb", [FIRST, SECOND]),
    ],
)
def test_words_choose_the_orders(refunds: Refunds, counter: Counter, words: str, numbers: list[str]) -> None:
    found = refunds.told(counter.grant(Deed.REFUND_READ), words)
    assert [order.number for order in found.orders] == numbers


def test_no_more_than_the_deed_allows_is_read(refunds: Refunds, counter: Counter) -> None:
    found = refunds.told(counter.grant(Deed.REFUND_READ), "")
    assert all(order.address is None and order.tracking == () for order in found.orders)


def test_a_grant_for_another_deed_is_refused(refunds: Refunds, counter: Counter) -> None:
    with pytest.raises(GrantMismatchedError):
        refunds.told(counter.grant(Deed.ORDER_LIST), "")


def test_the_policy_says_how_long_money_takes(refunds: Refunds, policy: Policy) -> None:
    assert refunds.days_to(PaymentMethod("g", "gift_card")) is None
    assert refunds.days_to(PaymentMethod("p", "paypal")) == policy.money.business_days
    assert refunds.days_to(None) == policy.money.business_days
