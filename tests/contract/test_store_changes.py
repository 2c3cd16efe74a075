"""What every backend that takes changes promises: the right ones, wholly, once, and one at a time."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from itertools import count
from threading import Barrier
from typing import Any

import pytest

from countersign.kit.hidden import Personal
from countersign.kit.personal_forms import INDEX_FORMS
from countersign.store.changes import (
    CancelOrder,
    Change,
    ChangeAddress,
    ChangeDefaultAddress,
    ChangeItems,
    ChangePayment,
    OpenExchange,
    OpenReturn,
)
from countersign.store.errors import CustomerUnknownError, DeedKeyReusedError
from countersign.store.models import ORDER_FIELDS
from countersign.store.outcomes import Broken, Done, Outcome, Rule
from countersign.store.policy import load_policy
from countersign.vault.service import Vault
from tests.contract.conftest import Store, silent
from tests.fakes.shop_to_change import (
    BY_CARD,
    DELIVERED,
    JOERGS_LAMP,
    NEW_HOME,
    PENDING,
    PROCESSED,
    shop_to_change,
)
from tests.fakes.store import Document, item

UNA, JOERG = Personal("una.lark@post.example"), Personal("joerg@post.example")
POLICY = load_policy()
NOW = datetime(2026, 11, 2, 9, tzinfo=UTC)
CANCEL = CancelOrder(BY_CARD, "no longer needed")
ADDRESS = {
    "line1": "4 Mill Lane",
    "line2": "",
    "city": "Leeds",
    "postcode": "LS1 4AB",
    "country": "United Kingdom",
}
RED, BLUE = {"color": "red"}, {"color": "blue"}
ROUNDS = 6
"""A race may be won without a fight; not so often in a row."""

# Keys outlive an import, so each test takes its own.
_keys = count(1)


def _key() -> str:
    return f"pro_{next(_keys)}"


def _do(store: Store, change: Change, key: str = "", email: Personal = UNA) -> Outcome | Broken:
    return store.carry_out(change, store.find(email) or "", key or _key(), POLICY, NOW)


def _done(store: Store, change: Change, key: str = "") -> Outcome:
    outcome = _do(store, change, key)
    assert isinstance(outcome, Outcome), outcome
    return outcome


def _order(shop: Document, number: str) -> Document:
    found: Document = next(order for order in shop["orders"] if order["id"] == number)
    return found


def _una(shop: Document) -> Document:
    found: Document = shop["customers"][0]
    return found


def _refund(order: Document, amount: int, method: str) -> None:
    order["payments"].append({"kind": "refund", "amount": amount, "method_id": method})


# What it becomes


def _cancelled(shop: Document) -> None:
    order = _order(shop, PENDING)
    order |= {"status": "cancelled", "cancel_reason": "ordered by mistake"}
    _refund(order, 9800, "gift_1")
    _una(shop)["payment_methods"][1]["balance"] = 11300
    shop["products"][1]["variants"][0]["stock"] = 9


def _items_changed(shop: Document) -> None:
    order = _order(shop, PENDING)
    order["status"] = "pending (item modified)"
    order["items"] = [item("v7", "p2", "Desk Lamp", 3900, **BLUE), item("v6", "p2", "Desk Lamp", 5900, **RED)]
    shop["products"][1]["variants"][0]["stock"] = 9
    shop["products"][1]["variants"][1]["stock"] = 0


def _one_item_changed(shop: Document) -> None:
    order = _order(shop, BY_CARD)
    order["status"] = "pending (item modified)"
    order["items"][0] = item("v6", "p2", "Desk Lamp", 5900, **RED)
    order["payments"].append({"kind": "payment", "amount": 1000, "method_id": "gift_1"})
    _una(shop)["payment_methods"][1]["balance"] = 500
    shop["products"][1]["variants"][0]["stock"] = 8
    shop["products"][1]["variants"][1]["stock"] = 0


def _one_item_cheaper(shop: Document) -> None:
    order = _order(shop, BY_CARD)
    order["status"] = "pending (item modified)"
    order["items"][0] = item("v7", "p2", "Desk Lamp", 3900, **BLUE)
    _refund(order, 1000, "gift_2")
    _una(shop)["payment_methods"][2]["balance"] = 21000
    shop["products"][1]["variants"][0]["stock"] = 8


def _readdressed(shop: Document) -> None:
    _order(shop, BY_CARD)["address"] = ADDRESS


def _paid_otherwise(shop: Document) -> None:
    order = _order(shop, BY_CARD)
    order["payments"].append({"kind": "payment", "amount": 6800, "method_id": "gift_2"})
    _refund(order, 6800, "card_1")
    _una(shop)["payment_methods"][2]["balance"] = 13200


def _returned(shop: Document) -> None:
    back = {"items": ["v3", "v1"], "method_id": "gift_2"}
    _order(shop, DELIVERED).update({"status": "return requested", "return": back})


def _exchanged(shop: Document) -> None:
    swap = {"items": ["v3"], "new_items": ["v7"], "method_id": "card_1", "price_difference": -1000}
    _order(shop, DELIVERED).update({"status": "exchange requested", "exchange": swap})


def _moved(shop: Document) -> None:
    _una(shop)["address"] = ADDRESS


@pytest.mark.parametrize(
    ("change", "becomes"),
    [
        (CancelOrder(PENDING, "ordered by mistake"), _cancelled),
        (ChangeItems(PENDING, ("v3", "v3"), ("v7", "v6"), "card_1"), _items_changed),
        (ChangeItems(BY_CARD, ("v3",), ("v6",), "gift_1"), _one_item_changed),
        (ChangeItems(BY_CARD, ("v3",), ("v7",), "gift_2"), _one_item_cheaper),
        (ChangeAddress(BY_CARD, NEW_HOME), _readdressed),
        (ChangePayment(BY_CARD, "gift_2"), _paid_otherwise),
        (OpenReturn(DELIVERED, ("v3", "v1"), "gift_2"), _returned),
        (OpenExchange(DELIVERED, ("v3",), ("v7",), "card_1"), _exchanged),
        (ChangeDefaultAddress(NEW_HOME), _moved),
    ],
    ids=lambda value: getattr(value, "__name__", type(value).__name__),
)
def test_a_change_is_written_and_nothing_else(
    to_change: Store, change: Change, becomes: Callable[[Document], None]
) -> None:
    expected = shop_to_change().as_json()
    becomes(expected)
    assert _done(to_change, change).change == change
    assert to_change.whole_shop().as_json() == expected


def test_the_postcode_that_proves_an_order_moves_with_it(to_change: Store) -> None:
    _done(to_change, ChangeAddress(BY_CARD, NEW_HOME))
    assert to_change.matches(BY_CARD, Personal("LS1 4AB"))
    assert not to_change.matches(BY_CARD, Personal("CB7 4DL"))
    order = to_change.order(BY_CARD, ORDER_FIELDS)
    assert order is not None
    assert order.address == NEW_HOME


@pytest.mark.parametrize("change", [ChangeAddress(BY_CARD, NEW_HOME), ChangeDefaultAddress(NEW_HOME)])
def test_a_new_address_is_known_for_somebodys(to_change: Store, vault: Vault, change: Change) -> None:
    digests = [
        vault.index(INDEX_FORMS[kind](text), kind=kind)
        for kind, text in (("street", "4 mill ln"), ("postcode", "ls14ab"))
    ]
    assert to_change.known_values(digests) == set()
    _done(to_change, change)
    _done(to_change, ChangeAddress(PENDING, NEW_HOME))  # what is known already is no trouble
    assert to_change.known_values(digests) == set(digests)


def test_one_change_after_another(to_change: Store) -> None:
    _done(to_change, ChangePayment(BY_CARD, "gift_2"))
    _done(to_change, ChangeAddress(BY_CARD, NEW_HOME))
    cancelled = _done(to_change, CANCEL)
    assert [(move.method.id, move.amount.minor) for move in cancelled.moves] == [("gift_2", -6800)]
    customer = to_change.customer(to_change.find(UNA) or "")
    assert customer is not None
    balances = [method.balance and method.balance.minor for method in customer.payment_methods]
    assert balances == [None, 1500, 20000, None, None]


# What it does not


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        (CancelOrder(PROCESSED, "no longer needed"), Rule.STATUS_CLOSED),
        (CancelOrder(JOERGS_LAMP, "no longer needed"), Rule.ORDER_UNKNOWN),
        (CancelOrder("#W9999999", "no longer needed"), Rule.ORDER_UNKNOWN),
        (ChangeItems(PENDING, ("v3", "v3"), ("v6", "v6"), "card_1"), Rule.VARIANT_UNAVAILABLE),
        (ChangePayment(BY_CARD, "paypal_1"), Rule.METHOD_UNKNOWN),
        (ChangePayment(BY_CARD, "gift_1"), Rule.GIFT_CARD_SHORT),
    ],
)
def test_a_broken_rule_changes_nothing(to_change: Store, change: Change, rule: Rule) -> None:
    answer = _do(to_change, change)
    assert isinstance(answer, Broken)
    assert answer.rule is rule
    assert to_change.whole_shop() == shop_to_change()


def test_a_key_whose_change_was_refused_is_as_good_as_before(to_change: Store) -> None:
    key = _key()
    assert isinstance(_do(to_change, CancelOrder(PROCESSED, "no longer needed"), key), Broken)
    assert isinstance(_do(to_change, CANCEL, key), Outcome)


def test_nobody_is_no_customer(to_change: Store) -> None:
    with pytest.raises(CustomerUnknownError):
        to_change.carry_out(CANCEL, "cus_nobody", _key(), POLICY, NOW)


def test_a_price_that_moved_since_it_was_told_stops_the_change(to_change: Store) -> None:
    change, person = ChangeItems(BY_CARD, ("v3",), ("v7",), "card_1"), to_change.find(UNA) or ""
    told = _done(to_change, change).told()
    dearer: Any = shop_to_change().as_json()
    dearer["products"][1]["variants"][2]["price"] = 4000
    shop = type(shop_to_change()).of(dearer)
    to_change.replace_shop(shop, silent)
    assert to_change.carry_out(change, person, _key(), POLICY, NOW, told) == Broken(Rule.OTHERWISE_NOW)
    assert to_change.whole_shop() == shop
    to_change.replace_shop(shop_to_change(), silent)
    assert isinstance(to_change.carry_out(change, person, _key(), POLICY, NOW, told), Outcome)


# Once


@pytest.mark.parametrize(
    "change",
    [
        CANCEL,
        ChangeItems(BY_CARD, ("v3",), ("v6",), "gift_1"),
        ChangeAddress(BY_CARD, NEW_HOME),
        ChangePayment(BY_CARD, "gift_2"),
        OpenReturn(DELIVERED, ("v3",), "gift_2"),
        OpenExchange(DELIVERED, ("v3",), ("v7",), "card_1"),
        ChangeDefaultAddress(NEW_HOME),
    ],
)
def test_the_same_key_again_gives_the_same_and_does_nothing(to_change: Store, change: Change) -> None:
    key = _key()
    first = _done(to_change, change, key)
    after = to_change.whole_shop()
    assert _done(to_change, change, key) == first
    assert to_change.whole_shop() == after


@pytest.mark.parametrize(
    "change",
    [CANCEL, ChangeItems(BY_CARD, ("v3",), ("v6",), "gift_1"), ChangeDefaultAddress(NEW_HOME)],
    ids=lambda change: type(change).__name__,
)
def test_what_a_key_has_done_can_be_asked_for_whom(to_change: Store, change: Change) -> None:
    key = _key()
    assert to_change.done(key) is None
    outcome = _done(to_change, change, key)
    assert to_change.done(key) == Done(to_change.find(UNA) or "", outcome)
    assert to_change.done(_key()) is None


def test_a_key_whose_change_was_refused_has_done_nothing(to_change: Store) -> None:
    key = _key()
    assert isinstance(_do(to_change, CancelOrder(PROCESSED, "no longer needed"), key), Broken)
    assert to_change.done(key) is None


def test_the_same_key_does_nothing_after_an_import_either(to_change: Store) -> None:
    key = _key()
    first = _done(to_change, CANCEL, key)
    to_change.replace_shop(shop_to_change(), silent)
    assert _done(to_change, CANCEL, key) == first
    assert to_change.whole_shop() == shop_to_change()


def test_a_key_is_for_one_change_of_one_person(to_change: Store) -> None:
    key = _key()
    _done(to_change, CANCEL, key)
    for change, email in ((CancelOrder(PENDING, "no longer needed"), UNA), (CANCEL, JOERG)):
        with pytest.raises(DeedKeyReusedError):
            _do(to_change, change, key, email)


# One at a time


def _race(store: Store, *runners: tuple[Change, str, Personal]) -> list[Outcome | Broken]:
    """Answers, in the order of the runners."""
    start = Barrier(len(runners))

    def run(runner: tuple[Change, str, Personal]) -> Outcome | Broken:
        change, key, email = runner
        person = store.find(email) or ""
        start.wait()
        return store.carry_out(change, person, key, POLICY, NOW)

    with ThreadPoolExecutor(len(runners)) as pool:
        return list(pool.map(run, runners))


def _won(answers: list[Outcome | Broken]) -> int:
    return sum(isinstance(answer, Outcome) for answer in answers)


def _lost_by(answers: list[Outcome | Broken]) -> set[Rule]:
    return {answer.rule for answer in answers if isinstance(answer, Broken)}


def test_of_two_changes_of_one_order_one_wins(to_change: Store) -> None:
    for _ in range(ROUNDS):
        to_change.replace_shop(shop_to_change(), silent)
        change = ChangeItems(BY_CARD, ("v3",), ("v7",), "card_1")
        answers = _race(to_change, (CANCEL, _key(), UNA), (change, _key(), UNA), (CANCEL, _key(), UNA))
        assert _won(answers) == 1
        assert _lost_by(answers) <= {Rule.ALREADY_CANCELLED, Rule.ALREADY_CHANGED}
        [order] = [order for order in to_change.whole_shop().orders if order.id == BY_CARD]
        assert [payment.kind for payment in order.payments] == ["payment", "refund"]


def test_a_key_that_races_itself_does_it_once(to_change: Store) -> None:
    for _ in range(ROUNDS):
        to_change.replace_shop(shop_to_change(), silent)
        key = _key()
        answers = _race(to_change, *[(CANCEL, key, UNA)] * 3)
        assert _won(answers) == 3
        assert answers[0] == answers[1] == answers[2]
        [order] = [order for order in to_change.whole_shop().orders if order.id == BY_CARD]
        assert len(order.payments) == 2


def test_a_gift_card_is_spent_once(to_change: Store) -> None:
    """1,500 are on it; each of two orders wants 1,000."""
    shop: Any = shop_to_change().as_json()
    shop["products"][1]["variants"][1]["stock"] = 9
    for _ in range(ROUNDS):
        to_change.replace_shop(type(shop_to_change()).of(shop), silent)
        runners = [
            (ChangeItems(number, ("v3",), ("v6",), "gift_1"), _key(), UNA) for number in (PENDING, BY_CARD)
        ]
        answers = _race(to_change, *runners)
        assert _won(answers) == 1
        assert _lost_by(answers) == {Rule.GIFT_CARD_SHORT}
        assert _una(to_change.whole_shop().as_json())["payment_methods"][1]["balance"] == 500


def test_the_last_lamp_goes_to_one(to_change: Store) -> None:
    for _ in range(ROUNDS):
        to_change.replace_shop(shop_to_change(), silent)
        mine = ChangeItems(BY_CARD, ("v3",), ("v6",), "card_1")
        his = ChangeItems(JOERGS_LAMP, ("v3",), ("v6",), "paypal_1")
        answers = _race(to_change, (mine, _key(), UNA), (his, _key(), JOERG))
        assert _won(answers) == 1
        assert _lost_by(answers) == {Rule.VARIANT_UNAVAILABLE}
        assert to_change.whole_shop().products[1].variants[1].stock == 0
