"""Every rule, broken one by one; and what each change would do when it breaks none."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import NamedTuple

import pytest

from countersign.kit.hidden import Personal
from countersign.kit.money import Money
from countersign.store.changes import (
    CancelOrder,
    Change,
    ChangeAddress,
    ChangeDefaultAddress,
    ChangeItems,
    ChangePayment,
    OpenExchange,
    OpenReturn,
    subject_of,
)
from countersign.store.choices import methods_for, open_to, reasons
from countersign.store.models import ORDER_FIELDS, Address, Exchange, Order, Payment, Return
from countersign.store.outcomes import Broken, Outcome, Rule
from countersign.store.policy import Policy, load_policy
from countersign.store.rules import check
from countersign.vault.service import Vault
from tests.fakes.shop_to_change import (
    BY_CARD,
    CHANGED,
    DELIVERED,
    JOERGS,
    NEW_HOME,
    PENDING,
    PROCESSED,
    shop_to_change,
)
from tests.fakes.store import FakeStore

POLICY = load_policy()
NOW = datetime(2026, 11, 2, 9, tzinfo=UTC)
LATER, SOON = (5, 7), None
NO_LONGER = "no longer needed"
UNA = Personal("una.lark@post.example")
Judge = Callable[..., Outcome | Broken]


@pytest.fixture
def judge(vault: Vault) -> Judge:
    """What Una hears. `order` changes hers before."""
    store = FakeStore(vault, shop_to_change())
    person = store.find(UNA)
    assert person is not None
    customer = store.customer(person)
    assert customer is not None
    shelf = {product.id: product for product in store.products(None, (), 0, 10).products}

    def judged(change: Change, policy: Policy = POLICY, told: str = "", **fields: object) -> Outcome | Broken:
        number = subject_of(change)
        order = None if number is None else store.order(number, ORDER_FIELDS)
        if order is not None:
            order = replace(order, **fields)  # type: ignore[arg-type]
        return check(policy, change, order, customer, shelf, NOW, told)

    return judged


def without(section: str) -> Policy:
    return replace(POLICY, **{section: None})


def within(days: int, date_unknown: str = "allow") -> Policy:
    assert POLICY.cancel is not None
    cancel = replace(POLICY.cancel, within_days=days)
    return replace(POLICY, cancel=cancel, date_unknown=date_unknown)


def address(**parts: str) -> Address:
    return replace(NEW_HOME, **{name: Personal(text) for name, text in parts.items()})  # type: ignore[arg-type]


HOME = Address(Personal("12 Birch Street"), Personal("Ely"), Personal("CB7 4DL"), Personal("United Kingdom"))


class Case(NamedTuple):
    rule: Rule
    change: Change
    policy: Policy = POLICY
    fields: dict[str, object] = {}  # noqa: RUF012 - read only
    told: str = ""


CASES = [
    Case(Rule.ADDRESS_INCOMPLETE, ChangeAddress(PENDING, address(postcode=" "))),
    Case(Rule.ADDRESS_INCOMPLETE, ChangeAddress(PENDING, address(line1="4 Mill\x00Lane"))),
    Case(Rule.ADDRESS_INCOMPLETE, ChangeDefaultAddress(address(line1="x" * 301))),
    Case(Rule.ADDRESS_SAME, ChangeAddress(BY_CARD, HOME)),
    Case(Rule.ADDRESS_SAME, ChangeDefaultAddress(replace(HOME, line2=Personal("")))),
    Case(Rule.ALREADY_CANCELLED, CancelOrder(PENDING, NO_LONGER), fields={"status": "cancelled"}),
    Case(Rule.ALREADY_CANCELLED, OpenReturn(PENDING, ("v3",), "gift_1"), fields={"status": "cancelled"}),
    Case(Rule.ALREADY_CHANGED, CancelOrder(CHANGED, NO_LONGER)),
    Case(Rule.ALREADY_CHANGED, ChangeItems(CHANGED, ("v3",), ("v6",), "card_1")),
    Case(Rule.ALREADY_EXCHANGED, OpenExchange("#W1000001", ("v1",), ("v1",), "card_1")),
    Case(Rule.ALREADY_EXCHANGED, OpenReturn("#W1000001", ("v1",), "card_1")),
    Case(
        Rule.ALREADY_EXCHANGED,
        OpenExchange(DELIVERED, ("v3",), ("v6",), "card_1"),
        fields={"exchange": Exchange(("v1",), ("v1",), "card_1", Money(0, "EUR"))},
    ),
    Case(
        Rule.ALREADY_RETURNED,
        OpenReturn(DELIVERED, ("v3",), "card_1"),
        fields={"returned": Return(("v1",), "card_1")},
    ),
    Case(
        Rule.ALREADY_RETURNED,
        OpenExchange(DELIVERED, ("v3",), ("v6",), "card_1"),
        fields={"status": "return requested"},
    ),
    Case(Rule.DATE_UNKNOWN, CancelOrder(PENDING, NO_LONGER), within(13, "refuse")),
    Case(Rule.GIFT_CARD_SHORT, ChangeItems(BY_CARD, ("v3",), ("v6",), "gift_3")),
    Case(Rule.GIFT_CARD_SHORT, ChangePayment(BY_CARD, "gift_1")),
    Case(Rule.GIFT_CARD_SHORT, OpenExchange(DELIVERED, ("v3",), ("v6",), "gift_3")),
    Case(Rule.ITEM_NOT_IN_ORDER, ChangeItems(BY_CARD, ("v1",), ("v1",), "card_1")),
    Case(Rule.ITEM_NOT_IN_ORDER, OpenReturn(DELIVERED, ("v3", "v3"), "card_1")),
    Case(Rule.ITEMS_MISSING, ChangeItems(BY_CARD, ("v3",), ("v6", "v7"), "card_1")),
    Case(Rule.ITEMS_MISSING, OpenExchange(DELIVERED, (), (), "card_1")),
    Case(Rule.ITEMS_MISSING, OpenReturn(DELIVERED, (), "card_1")),
    Case(Rule.METHOD_NOT_ALLOWED, OpenReturn(DELIVERED, ("v3",), "paypal_2")),
    Case(Rule.METHOD_SAME, ChangePayment(BY_CARD, "card_1")),
    Case(Rule.METHOD_UNKNOWN, ChangePayment(BY_CARD, "paypal_1")),
    Case(Rule.METHOD_UNKNOWN, OpenReturn(DELIVERED, ("v3",), "")),
    Case(
        Rule.METHOD_UNKNOWN,
        CancelOrder(BY_CARD, NO_LONGER),
        fields={"payments": (Payment("payment", Money(6800, "EUR"), "gone"),)},
    ),
    Case(
        Rule.METHOD_UNKNOWN,
        ChangePayment(BY_CARD, "paypal_2"),
        fields={"payments": (Payment("payment", Money(6800, "EUR"), "gone"),)},
    ),
    Case(Rule.NOT_OFFERED, CancelOrder(PENDING, NO_LONGER), without("cancel")),
    Case(Rule.NOT_OFFERED, OpenReturn(DELIVERED, ("v3",), "card_1"), without("return_")),
    Case(Rule.NOT_OFFERED, ChangeDefaultAddress(NEW_HOME), without("default_address")),
    Case(Rule.NOTHING_PAID, ChangePayment(BY_CARD, "paypal_2"), fields={"payments": ()}),
    Case(Rule.ORDER_UNKNOWN, CancelOrder("#W9999999", NO_LONGER)),
    Case(Rule.ORDER_UNKNOWN, CancelOrder(JOERGS, NO_LONGER)),
    Case(Rule.ORDER_UNKNOWN, ChangeAddress(JOERGS, NEW_HOME)),
    Case(Rule.OTHER_PRODUCT, ChangeItems(BY_CARD, ("v3",), ("v1",), "card_1")),
    Case(Rule.OTHER_PRODUCT, OpenExchange(DELIVERED, ("v3",), ("gone",), "card_1")),
    Case(Rule.OTHERWISE_NOW, CancelOrder(PENDING, NO_LONGER), told="something else"),
    Case(Rule.REASON_UNLISTED, CancelOrder(PENDING, "too dear")),
    Case(Rule.STATUS_CLOSED, CancelOrder(PROCESSED, NO_LONGER)),
    Case(Rule.STATUS_CLOSED, ChangeItems(DELIVERED, ("v3",), ("v6",), "card_1")),
    Case(Rule.STATUS_CLOSED, ChangeAddress(PROCESSED, NEW_HOME)),
    Case(Rule.STATUS_CLOSED, ChangePayment(DELIVERED, "paypal_2")),
    Case(Rule.STATUS_CLOSED, OpenReturn(CHANGED, ("v3",), "card_1")),
    Case(Rule.STATUS_CLOSED, OpenExchange(PENDING, ("v3",), ("v6",), "card_1")),
    Case(Rule.TOO_LATE, CancelOrder(BY_CARD, NO_LONGER), within(13)),
    Case(Rule.VARIANT_SAME, ChangeItems(BY_CARD, ("v3",), ("v3",), "card_1")),
    Case(Rule.VARIANT_UNAVAILABLE, ChangeItems(BY_CARD, ("v3",), ("v8",), "card_1")),
    Case(Rule.VARIANT_UNAVAILABLE, ChangeItems(PENDING, ("v3", "v3"), ("v6", "v6"), "card_1")),
    Case(Rule.VARIANT_UNAVAILABLE, OpenExchange(DELIVERED, ("v1",), ("v2",), "card_1")),
]


@pytest.mark.parametrize("case", CASES, ids=[f"{case.rule} {type(case.change).__name__}" for case in CASES])
def test_a_change_that_breaks_a_rule(judge: Judge, case: Case) -> None:
    answer = judge(case.change, case.policy, case.told, **case.fields)
    assert isinstance(answer, Broken), answer
    assert answer.rule is case.rule


def test_every_rule_is_broken_above() -> None:
    assert {case.rule for case in CASES} == set(Rule)


def test_a_broken_rule_says_what_it_is_about(judge: Judge) -> None:
    short = judge(OpenExchange(DELIVERED, ("v3",), ("v6",), "gift_3"))
    assert short.amount == Money(1000, "EUR")
    gold = judge(ChangeItems(BY_CARD, ("v3",), ("v8",), "card_1"))
    assert (gold.item.name, dict(gold.item.options)) == ("Desk Lamp", {"color": "gold"})


def _moves(outcome: Outcome | Broken) -> list[tuple[str, str, int, tuple[int, int] | None, bool]]:
    assert isinstance(outcome, Outcome), outcome
    return [(m.kind, m.method.id, m.amount.minor, m.days, m.booked) for m in outcome.moves]


MOVES = [
    (CancelOrder(PENDING, NO_LONGER), "cancelled", [("refund", "gift_1", -9800, SOON, True)]),
    (CancelOrder(BY_CARD, "ordered by mistake"), "cancelled", [("refund", "card_1", -6800, LATER, True)]),
    (
        ChangeItems(BY_CARD, ("v3",), ("v6",), "gift_1"),
        "pending (item modified)",
        [("payment", "gift_1", 1000, SOON, True)],
    ),
    (
        ChangeItems(PENDING, ("v3", "v3"), ("v7", "v7"), "paypal_2"),
        "pending (item modified)",
        [("refund", "paypal_2", -2000, LATER, True)],
    ),
    (
        ChangeItems(PENDING, ("v3", "v3"), ("v7", "v6"), "gift_3"),
        "pending (item modified)",
        [],
    ),
    (ChangeAddress(CHANGED, NEW_HOME), "pending (item modified)", []),
    (
        ChangePayment(BY_CARD, "gift_2"),
        "pending",
        [("payment", "gift_2", 6800, SOON, True), ("refund", "card_1", -6800, LATER, True)],
    ),
    (
        ChangePayment(PENDING, "paypal_2"),
        "pending",
        [("payment", "paypal_2", 9800, SOON, True), ("refund", "gift_1", -9800, SOON, True)],
    ),
    (
        OpenReturn(DELIVERED, ("v3", "v1"), "card_1"),
        "return requested",
        [("refund", "card_1", -14400, LATER, False)],
    ),
    (
        OpenReturn(DELIVERED, ("v3",), "gift_3"),
        "return requested",
        [("refund", "gift_3", -4900, SOON, False)],
    ),
    (
        OpenExchange(DELIVERED, ("v3",), ("v7",), "card_1"),
        "exchange requested",
        [("refund", "card_1", -1000, LATER, False)],
    ),
    (
        OpenExchange(DELIVERED, ("v1", "v3"), ("v1", "v6"), "gift_1"),
        "exchange requested",
        [("payment", "gift_1", 1400, SOON, False)],
    ),
    (OpenExchange(DELIVERED, ("v3",), ("v3",), "gift_3"), "exchange requested", []),
    (ChangeDefaultAddress(NEW_HOME), None, []),
]


@pytest.mark.parametrize(("change", "status", "moves"), MOVES)
def test_what_a_change_would_do(judge: Judge, change: Change, status: str | None, moves: object) -> None:
    outcome = judge(change)
    assert _moves(outcome) == moves
    assert isinstance(outcome, Outcome)
    assert (outcome.change, outcome.status) == (change, status)


def test_the_order_is_shown_as_it_is_and_each_item_with_what_comes_instead(judge: Judge) -> None:
    outcome = judge(ChangeItems(PENDING, ("v3", "v3"), ("v7", "v6"), "card_1"))
    assert isinstance(outcome, Outcome)
    assert outcome.order is not None
    assert (outcome.order.status, outcome.order.total) == ("pending", Money(9800, "EUR"))
    assert outcome.order.address is None
    lines = [(line.place, line.item.price.minor, line.new and line.new.price.minor) for line in outcome.lines]
    assert lines == [(0, 4900, 3900), (1, 4900, 5900)]
    assert outcome.difference == 0


def _paid(*payments: tuple[str, int, str]) -> dict[str, object]:
    return {"payments": tuple(Payment(kind, Money(minor, "EUR"), by) for kind, minor, by in payments)}  # type: ignore[arg-type]


def test_what_was_refunded_before_is_not_refunded_again(judge: Judge) -> None:
    fields = _paid(("payment", 6800, "card_1"), ("payment", 500, "paypal_2"), ("refund", 800, "gift_1"))
    assert _moves(judge(CancelOrder(BY_CARD, NO_LONGER), **fields)) == [
        ("refund", "card_1", -6000, LATER, True),
        ("refund", "paypal_2", -500, LATER, True),
    ]


def test_one_of_two_methods_takes_over_the_rest(judge: Judge) -> None:
    fields = _paid(("payment", 5800, "card_1"), ("payment", 1000, "gift_1"))
    assert _moves(judge(ChangePayment(BY_CARD, "card_1"), **fields)) == [
        ("payment", "card_1", 1000, SOON, True),
        ("refund", "gift_1", -1000, SOON, True),
    ]


@pytest.mark.parametrize("policy", [within(14), within(0)])
def test_a_limit_of_days_lets_pass_what_has_no_date(judge: Judge, policy: Policy) -> None:
    assert isinstance(judge(CancelOrder(PENDING, NO_LONGER), policy), Outcome)


def test_a_limit_counts_from_the_day_of_the_order(judge: Judge) -> None:
    assert isinstance(judge(CancelOrder(BY_CARD, NO_LONGER), within(14)), Outcome)


@pytest.mark.parametrize(
    ("kind", "status", "rule"),
    [
        (CancelOrder, "pending", None),
        (CancelOrder, "processed", Rule.STATUS_CLOSED),
        (ChangeAddress, "pending (item modified)", None),
        (OpenReturn, "return requested", Rule.ALREADY_RETURNED),
        (OpenExchange, "delivered", None),
    ],
)
def test_whether_an_order_is_open_to_a_kind_of_change(
    kind: type[Change], status: str, rule: Rule | None
) -> None:
    assert open_to(POLICY, kind, Order("W1", status=status), NOW) == (rule and Broken(rule))


def test_no_order_is_no_order_and_the_own_address_needs_none() -> None:
    assert open_to(POLICY, CancelOrder, None, NOW) == Broken(Rule.ORDER_UNKNOWN)
    assert open_to(POLICY, ChangeDefaultAddress, None, NOW) is None


@pytest.mark.parametrize(
    ("kind", "number", "due", "methods"),
    [
        (CancelOrder, BY_CARD, None, []),
        (ChangeItems, BY_CARD, None, ["card_1", "gift_1", "gift_2", "gift_3", "paypal_2"]),
        (ChangeItems, BY_CARD, 1501, ["card_1", "gift_2", "paypal_2"]),
        (OpenExchange, DELIVERED, -1, ["card_1", "gift_1", "gift_2", "gift_3", "paypal_2"]),
        (OpenReturn, DELIVERED, None, ["card_1", "gift_1", "gift_2", "gift_3"]),
        (ChangePayment, BY_CARD, None, ["gift_2", "paypal_2"]),
        (ChangePayment, PENDING, None, ["card_1", "gift_2", "paypal_2"]),
    ],
)
def test_the_methods_that_may_be_named(
    vault: Vault, kind: type[Change], number: str, due: int | None, methods: list[str]
) -> None:
    store = FakeStore(vault, shop_to_change())
    order, customer = store.order(number, ORDER_FIELDS), store.customer(store.find(UNA) or "")
    assert order is not None
    assert customer is not None
    money = None if due is None else Money(due, "EUR")
    found = methods_for(POLICY, kind, order, customer.payment_methods, money)
    assert [method.id for method in found] == methods


def test_the_reasons_are_the_shops() -> None:
    assert reasons(POLICY) == (NO_LONGER, "ordered by mistake")
    assert reasons(without("cancel")) == ()


@pytest.mark.parametrize(
    ("change", "fields"),
    [
        (CancelOrder(BY_CARD, NO_LONGER), _paid(("payment", 6800, "paypal_2"))),
        (OpenReturn(DELIVERED, ("v3",), "card_1"), {"items": ()}),
    ],
)
def test_what_was_told_must_still_hold(judge: Judge, change: Change, fields: dict[str, object]) -> None:
    outcome = judge(change)
    assert isinstance(outcome, Outcome)
    assert judge(change, POLICY, outcome.told()) == outcome
    assert isinstance(judge(change, POLICY, outcome.told(), **fields), Broken)


@pytest.mark.parametrize("now", [{"name": "Tote"}, {"options": {"colour": "pink"}}])
def test_what_was_told_of_a_new_thing_must_still_hold(judge: Judge, now: dict[str, object]) -> None:
    outcome = judge(ChangeItems(BY_CARD, ("v3",), ("v6",), "card_1"))
    assert isinstance(outcome, Outcome)
    line = outcome.lines[0]
    assert line.new is not None
    renamed = replace(line.new, **now)  # type: ignore[arg-type]
    assert replace(outcome, lines=(replace(line, new=renamed),)).told() != outcome.told()


def test_what_is_told_differs_with_prices_and_methods(judge: Judge) -> None:
    changes = [
        CancelOrder(BY_CARD, NO_LONGER),
        CancelOrder(PENDING, NO_LONGER),
        ChangeItems(BY_CARD, ("v3",), ("v6",), "card_1"),
        ChangeItems(BY_CARD, ("v3",), ("v7",), "card_1"),
        ChangeItems(BY_CARD, ("v3",), ("v7",), "gift_1"),
    ]
    assert len({judge(change).told() for change in changes}) == len(changes)
