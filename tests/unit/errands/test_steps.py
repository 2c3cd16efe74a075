"""What is asked next, and what helps against a rule that an answer broke."""

from dataclasses import replace

import pytest

from countersign.errands.models import Asked, Draft, Kind, Pick, Proposed, Question
from countersign.errands.steps import Stuck, mended, next_step
from countersign.errands.world import World, plain
from countersign.store.changes import (
    CancelOrder,
    ChangeAddress,
    ChangeDefaultAddress,
    ChangeItems,
    ChangePayment,
    OpenExchange,
    OpenReturn,
)
from countersign.store.outcomes import Broken, Rule
from tests.fakes.small_world import (
    BOOTS,
    DALLAS,
    GEAR,
    LAMP,
    LAPTOP,
    MAKER,
    MASTER,
    PAYPAL,
    SHIRTS,
    TWINS,
    item,
    world,
)

REASON = "no longer needed"
HOME = plain(DALLAS)


def ask(draft: Draft, mine: World | None = None) -> Question:
    step = next_step(draft, mine or world())
    assert isinstance(step, Question), step
    return step


@pytest.mark.parametrize(
    ("draft", "asked"),
    [
        (Draft(Kind.CANCEL), Asked.ORDER),
        (Draft(Kind.CANCEL, order=BOOTS), Asked.REASON),
        (Draft(Kind.RETURN), Asked.ORDER),
        (Draft(Kind.RETURN, order=GEAR), Asked.ITEMS),
        (Draft(Kind.RETURN, order=GEAR, picks=[Pick(0)]), Asked.ITEMS),
        (Draft(Kind.RETURN, order=GEAR, picks=[], picked=True), Asked.ITEMS),
        (Draft(Kind.RETURN, order=GEAR, picks=[Pick(0)], picked=True), Asked.METHOD),
        (Draft(Kind.SWAP, order=GEAR), Asked.ITEMS),
        (Draft(Kind.SWAP, order=GEAR, picks=[Pick(0)], picked=True), Asked.VARIANT),
        (Draft(Kind.SWAP, order=GEAR, picks=[Pick(0, "k2"), Pick(1)], picked=True), Asked.VARIANT),
        (Draft(Kind.SWAP, order=GEAR, picks=[Pick(0, "k2")], picked=True), Asked.METHOD),
        (Draft(Kind.PAYMENT), Asked.ORDER),
        (Draft(Kind.PAYMENT, order=BOOTS), Asked.METHOD),
        (Draft(Kind.ADDRESS), Asked.ORDER),
        (Draft(Kind.ADDRESS, order=BOOTS), Asked.ADDRESS),
        (Draft(Kind.DEFAULT_ADDRESS), Asked.ADDRESS),
        (Draft(Kind.CANCEL, order=BOOTS, asked=Asked.FIX, held=True), Asked.FIX),
        (Draft(Kind.PAYMENT, asked=Asked.STOP_OR_CANCEL, held=True), Asked.STOP_OR_CANCEL),
    ],
)
def test_each_question_has_its_turn(draft: Draft, asked: Asked) -> None:
    assert ask(draft).asked is asked


@pytest.mark.parametrize(
    ("draft", "change"),
    [
        (Draft(Kind.CANCEL, order=BOOTS, reason=REASON), CancelOrder(BOOTS, REASON)),
        (
            Draft(Kind.RETURN, order=GEAR, picks=[Pick(1), Pick(0)], picked=True, method="card_1"),
            OpenReturn(GEAR, ("l1", "k1"), "card_1"),
        ),
        (
            Draft(Kind.SWAP, order=GEAR, picks=[Pick(0, "k2")], picked=True, method="card_1"),
            OpenExchange(GEAR, ("k1",), ("k2",), "card_1"),
        ),
        (
            Draft(Kind.SWAP, order=TWINS, picks=[Pick(0, "l3"), Pick(1, "l4")], picked=True, method="card_1"),
            ChangeItems(TWINS, ("l2", "l2"), ("l3", "l4"), "card_1"),
        ),
        (Draft(Kind.PAYMENT, order=BOOTS, method="paypal_1"), ChangePayment(BOOTS, "paypal_1")),
        (Draft(Kind.ADDRESS, order=BOOTS, address=HOME), ChangeAddress(BOOTS, DALLAS)),
        (Draft(Kind.DEFAULT_ADDRESS, address=HOME), ChangeDefaultAddress(DALLAS)),
    ],
)
def test_all_of_it_comes_to_the_exact_change(draft: Draft, change: object) -> None:
    assert next_step(draft, world()) == Proposed(change)  # type: ignore[arg-type]


def test_an_order_is_asked_for_among_those_that_fit_or_that_are_open() -> None:
    assert [one.number for one in ask(Draft(Kind.CANCEL)).orders] == [TWINS, BOOTS, LAMP]
    assert [one.number for one in ask(Draft(Kind.CANCEL, orders=[LAMP, GEAR])).orders] == [LAMP]


def test_a_variant_is_asked_for_among_those_that_what_was_said_leaves() -> None:
    question = ask(Draft(Kind.SWAP, order=GEAR, picks=[Pick(0, "k2"), Pick(1, said="usb")], picked=True))
    assert (question.place, [one.id for one in question.variants]) == (1, ["l6", "l3", "l4"])
    assert not question.unfit


def test_that_nothing_fits_is_told_with_the_nearest() -> None:
    draft = Draft(Kind.SWAP, order=GEAR, picks=[Pick(1, said="blue")], picked=True, unfit=[1])
    assert ask(draft).unfit
    assert len(ask(draft).variants) == 4


def test_a_thing_with_no_other_variant_ends_it() -> None:
    order = replace(world().prepared.orders[2], status="delivered")  # the coffee maker
    mine = World(replace(world().prepared, orders=(order,)), world().terms)
    step = next_step(Draft(Kind.SWAP, order=MAKER, picks=[Pick(0)], picked=True), mine)
    assert step == Stuck(Broken(Rule.VARIANT_UNAVAILABLE, item("c1")), order)


def test_the_only_way_to_pay_is_taken_and_none_ends_it() -> None:
    draft = Draft(Kind.RETURN, order=SHIRTS, picks=[Pick(0)], picked=True)
    assert next_step(draft, world()) == Proposed(OpenReturn(SHIRTS, ("t1",), "gift_1"))
    poor = World(replace(world().prepared, methods=(MASTER, PAYPAL)), world().terms)
    step = next_step(replace(draft, method=None), poor)
    assert isinstance(step, Stuck)
    assert step.broken.rule is Rule.METHOD_NOT_ALLOWED


@pytest.mark.parametrize(
    ("kind", "number", "rule"),
    [
        (Kind.CANCEL, LAPTOP, Rule.ALREADY_CANCELLED),
        (Kind.CANCEL, GEAR, Rule.STATUS_CLOSED),
        (Kind.RETURN, BOOTS, Rule.STATUS_CLOSED),
        (Kind.SWAP, MAKER, Rule.STATUS_CLOSED),
        (Kind.SWAP, LAPTOP, Rule.ALREADY_CANCELLED),
    ],
)
def test_a_closed_order_ends_it_with_the_rule_that_tells_most(kind: Kind, number: str, rule: Rule) -> None:
    step = next_step(Draft(kind, order=number), world())
    assert isinstance(step, Stuck)
    assert (step.broken.rule, step.order and step.order.number) == (rule, number)


def test_with_no_open_order_there_is_nothing_to_ask() -> None:
    assert next_step(Draft(Kind.CANCEL), world(GEAR, MAKER)) == Stuck(Broken(Rule.STATUS_CLOSED))


class TestMended:
    @pytest.mark.parametrize("kind", [Kind.ADDRESS, Kind.DEFAULT_ADDRESS])
    def test_another_address_is_asked_for(self, kind: Kind) -> None:
        rule = Rule.ADDRESS_INCOMPLETE
        draft = Draft(kind, order=BOOTS if kind is Kind.ADDRESS else None, address=HOME)
        step = mended(draft, Broken(rule), world())
        assert isinstance(step, Question)
        assert (step.asked, step.broken, draft.address) == (Asked.ADDRESS, Broken(rule), None)

    @pytest.mark.parametrize(
        "rule", [Rule.GIFT_CARD_SHORT, Rule.METHOD_NOT_ALLOWED, Rule.METHOD_SAME, Rule.METHOD_UNKNOWN]
    )
    def test_another_way_to_pay_is_asked_for(self, rule: Rule) -> None:
        draft = Draft(Kind.PAYMENT, order=BOOTS, method="gift_1")
        step = mended(draft, Broken(rule), world())
        assert isinstance(step, Question)
        assert (step.asked, step.methods, draft.method) == (Asked.METHOD, [MASTER, PAYPAL], None)
        assert step.broken == Broken(rule)

    def test_without_another_way_to_pay_it_ends(self) -> None:
        draft = Draft(Kind.RETURN, order=SHIRTS, method="gift_1")
        assert isinstance(mended(draft, Broken(Rule.METHOD_UNKNOWN), world()), Stuck)

    @pytest.mark.parametrize(
        ("rule", "named"),
        [
            (Rule.VARIANT_SAME, "l1"),
            (Rule.OTHER_PRODUCT, "l1"),
            (Rule.VARIANT_UNAVAILABLE, "l5"),
        ],
    )
    def test_another_variant_is_asked_for_and_the_other_picks_stay(self, rule: Rule, named: str) -> None:
        picks = [Pick(0, "k2"), Pick(1, "l5", "blue")]
        draft = Draft(Kind.SWAP, order=GEAR, picks=picks, picked=True, method="card_1")
        step = mended(draft, Broken(rule, item(named)), world())
        assert isinstance(step, Question)
        assert (step.asked, step.place, step.broken) == (Asked.VARIANT, 1, Broken(rule, item(named)))
        assert picks == [Pick(0, "k2"), Pick(1)]

    @pytest.mark.parametrize(
        "rule",
        sorted(
            set(Rule)
            - {Rule.ADDRESS_INCOMPLETE, Rule.OTHER_PRODUCT, Rule.GIFT_CARD_SHORT}
            - {Rule.METHOD_NOT_ALLOWED, Rule.METHOD_SAME, Rule.METHOD_UNKNOWN}
            - {Rule.VARIANT_SAME, Rule.VARIANT_UNAVAILABLE}
        ),
    )
    def test_nothing_helps_against_any_other_rule(self, rule: Rule) -> None:
        step = mended(Draft(Kind.CANCEL, order=BOOTS, reason=REASON), Broken(rule), world())
        assert isinstance(step, Stuck)
        assert (step.broken.rule, step.order and step.order.number) == (rule, BOOTS)
