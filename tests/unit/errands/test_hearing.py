"""What words fill in: orders, ways to pay, reasons, addresses. Items stand in test_hearing_items.py."""

from dataclasses import replace

import pytest

from countersign.errands.models import Asked, Draft, Kind
from countersign.errands.telling import whole
from countersign.errands.world import World
from countersign.kit.hidden import Personal
from countersign.store.changes import (
    CancelOrder,
    ChangeAddress,
    ChangeDefaultAddress,
    ChangePayment,
    OpenReturn,
)
from countersign.store.outcomes import Prepared, Rule
from tests.fakes.small_world import (
    AUSTIN,
    BOOTS,
    DALLAS,
    GEAR,
    GIFT,
    HOUSTON,
    LAMP,
    LAPTOP,
    MAKER,
    MASTER,
    METHODS,
    ORDERS,
    PAYPAL,
    SHIRTS,
    TWINS,
    VISA,
    world,
)
from tests.unit.errands.talk import Talk, said

WACO = "4 Long Lane, Waco, TX 76701"


class TestOrder:
    @pytest.mark.parametrize(
        ("kind", "text", "number"),
        [
            (Kind.CANCEL, "cancel order #W2000003", BOOTS),
            (Kind.CANCEL, "cancel w 2000003 please", BOOTS),
            (Kind.CANCEL, "cancel 2000003", BOOTS),
            (Kind.CANCEL, "cancel the hikng boots", BOOTS),
            (Kind.CANCEL, "cancel my last order", TWINS),
            (Kind.CANCEL, "cancel the order to Dallas", BOOTS),
            (Kind.RETURN, "return the backpack", SHIRTS),
            (Kind.RETURN, "return the keyboard and the lamp", GEAR),
            (Kind.RETURN, "return the black lamp", GEAR),
            (Kind.SWAP, "exchange the t-shirt", SHIRTS),
            (Kind.PAYMENT, "pay the bottle with my visa", LAMP),
            (Kind.ADDRESS, "send the boots somewhere else", BOOTS),
        ],
    )
    def test_is_known_by_its_number_its_things_or_its_place(self, kind: Kind, text: str, number: str) -> None:
        talk = said(kind, text)
        assert (talk.draft.order, talk.heard.some) == (number, True)

    def test_is_the_only_one_that_is_open(self) -> None:
        talk = Talk(Kind.RETURN, world(GEAR, BOOTS, MAKER)).say("I want to send something back")
        assert talk.draft.order == GEAR

    @pytest.mark.parametrize("text", ["cancel an order", "cancel order", "hello"])
    def test_is_not_guessed(self, text: str) -> None:
        talk = said(Kind.CANCEL, text)
        assert (talk.draft.order, talk.heard.some) == (None, False)

    def test_that_fits_as_well_as_others_is_asked_for_among_those(self) -> None:
        talk = said(Kind.CANCEL, "cancel the lamp")
        assert (talk.draft.order, talk.draft.orders) == (None, [TWINS, LAMP])
        assert talk.say("the second one").draft.order == BOOTS or talk.draft.order == LAMP

    @pytest.mark.parametrize(
        ("answer", "number"), [("the first", TWINS), ("2", BOOTS), ("the last one", LAMP), ("boots", BOOTS)]
    )
    def test_is_one_of_those_that_were_shown(self, answer: str, number: str) -> None:
        assert said(Kind.CANCEL, "cancel an order", answer).draft.order == number

    @pytest.mark.parametrize(
        ("text", "number", "rule"),
        [
            ("cancel the laptop", LAPTOP, Rule.ALREADY_CANCELLED),
            ("cancel the coffee maker", MAKER, Rule.STATUS_CLOSED),
            ("cancel #W2000005", MAKER, Rule.STATUS_CLOSED),
        ],
    )
    def test_that_is_closed_says_why(self, text: str, number: str, rule: Rule) -> None:
        talk = said(Kind.CANCEL, text)
        assert (talk.stuck.broken.rule, talk.stuck.order and talk.stuck.order.number) == (rule, number)

    def test_that_is_closed_is_not_taken_for_the_only_open_one(self) -> None:
        talk = Talk(Kind.CANCEL, world(BOOTS, MAKER))
        talk.draft.asked = Asked.ORDER
        assert talk.say("the coffee maker").draft.order == MAKER

    def test_of_a_stranger_is_no_order_and_is_told(self) -> None:
        talk = said(Kind.CANCEL, "cancel #W9999999")
        assert (talk.heard.some, talk.heard.stranger, talk.draft.order) == (False, "#W9999999", None)

    def test_another_number_replaces_it_with_all_that_was_said_of_its_items(self) -> None:
        talk = said(Kind.RETURN, "return the backpack", "no, order #W2000001")
        assert (talk.draft.order, talk.draft.picks, talk.draft.method) == (GEAR, [], None)

    def test_the_other_one_is_meant_by_a_correction(self) -> None:
        talk = Talk(Kind.CANCEL, world(BOOTS, TWINS)).say("cancel #W2000003, I don't need it")
        assert talk.say("no, the other order").change == CancelOrder(TWINS, "no longer needed")

    def test_the_other_one_of_several_is_asked_for(self) -> None:
        talk = said(Kind.CANCEL, "cancel #W2000003, I don't need it", "no, the other order")
        assert [order.number for order in talk.question.orders] == [TWINS, LAMP]

    def test_the_other_one_is_heard_of_the_same_things(self) -> None:
        talk = Talk(Kind.SWAP, world(TWINS, GEAR)).say("change #W2000007: the lamp to red, paypal")
        assert talk.draft.picks[0].new == "l4"
        talk.say("no, the other order")
        assert (talk.draft.order, [(one.place, one.new) for one in talk.draft.picks]) == (GEAR, [(1, "l4")])


class TestAllOrders:
    @pytest.mark.parametrize(
        "texts",
        [("cancel all my orders",), ("cancel both orders",), ("cancel my orders", "all of them")],
    )
    def test_the_first_is_taken_and_the_others_wait(self, texts: tuple[str, ...]) -> None:
        talk = said(Kind.CANCEL, *texts)
        assert talk.draft.order == TWINS
        assert [(one.kind, one.order) for one in talk.heard.others] == [
            (Kind.CANCEL, BOOTS),
            (Kind.CANCEL, LAMP),
        ]
        assert all(one.words == talk.draft.words for one in talk.heard.others)

    def test_each_keeps_what_was_said_of_all(self) -> None:
        talk = said(Kind.ADDRESS, f"send all my orders to {WACO}")
        later = Talk(Kind.ADDRESS)
        later.draft = talk.heard.others[0]
        later.say(later.draft.words)
        assert (later.draft.order, later.draft.address) == (BOOTS, talk.draft.address)

    def test_of_none_there_is_nothing_to_take(self) -> None:
        talk = Talk(Kind.CANCEL, world(MAKER)).say("cancel all my orders")
        assert (talk.draft.order, talk.heard.some, talk.heard.others) == (None, False, [])


class TestCancelling:
    def test_order_and_reason_may_be_said_at_once(self) -> None:
        talk = said(Kind.CANCEL, "cancel #W2000003, I ordered it by mistake")
        assert talk.change == CancelOrder(BOOTS, "ordered by mistake")

    def test_a_reason_may_be_corrected(self) -> None:
        talk = said(Kind.CANCEL, "cancel #W2000003, I ordered it by mistake", "no, I don't need it any more")
        assert talk.change == CancelOrder(BOOTS, "no longer needed")

    def test_the_wrong_order_is_no_reason_once_it_is_read_back(self) -> None:
        talk = said(Kind.CANCEL, "cancel #W2000003, not needed any more", "no, that order was the wrong one")
        assert (talk.heard.some, talk.draft.reason) == (False, "no longer needed")


class TestWayToPay:
    @pytest.mark.parametrize(
        ("answer", "method"),
        [("mastercard", MASTER), ("the second", PAYPAL), ("gift card", GIFT), ("card", MASTER)],
    )
    def test_is_one_of_those_that_are_open(self, answer: str, method: object) -> None:
        talk = said(Kind.PAYMENT, "change how I pay for the boots", answer)
        assert talk.change == ChangePayment(BOOTS, getattr(method, "id", ""))

    def test_that_is_the_only_open_one_needs_no_question(self) -> None:
        assert said(Kind.RETURN, "return the backpack").change == OpenReturn(SHIRTS, ("r1",), GIFT.id)

    @pytest.mark.parametrize("answer", ["cash", "visa or mastercard please", "no idea"])
    def test_is_not_guessed(self, answer: str) -> None:
        talk = said(Kind.SWAP, "exchange the keyboard for a tactile one", answer)
        assert (talk.question.asked, talk.draft.method) == (Asked.METHOD, None)

    def test_may_be_corrected(self) -> None:
        talk = said(Kind.PAYMENT, "pay the boots with paypal", "no, not paypal, my mastercard")
        assert talk.change == ChangePayment(BOOTS, MASTER.id)

    def test_is_not_heard_where_nothing_is_paid(self) -> None:
        assert said(Kind.CANCEL, "cancel #W2000003, put it on my gift card").draft.method is None


class TestAddress:
    def test_may_be_typed_at_once(self) -> None:
        change = said(Kind.ADDRESS, f"send order #W2000003 to {WACO}").change
        assert isinstance(change, ChangeAddress)
        assert (change.number, change.address.city.reveal()) == (BOOTS, "Waco")
        assert change.address.country.reveal() == "USA"  # the shopper's own, where none is said

    @pytest.mark.parametrize(
        ("text", "address"),
        [
            ("send the boots to Houston", HOUSTON),
            ("send the boots to my default address", AUSTIN),
            ("send #W2000003 where #W2000004 goes", HOUSTON),
        ],
    )
    def test_may_be_one_that_the_shop_knows(self, text: str, address: object) -> None:
        assert said(Kind.ADDRESS, text).change == ChangeAddress(BOOTS, address)  # type: ignore[arg-type]

    @pytest.mark.parametrize(
        ("answer", "address"),
        [("Houston", HOUSTON), ("the second one", HOUSTON), ("the first", AUSTIN), ("#W2000004", HOUSTON)],
    )
    def test_may_be_an_answer(self, answer: str, address: object) -> None:
        talk = said(Kind.ADDRESS, "change the address of #W2000003", answer)
        assert talk.change == ChangeAddress(BOOTS, address)  # type: ignore[arg-type]

    @pytest.mark.parametrize("answer", ["12 Long Lane", "Waco", "somewhere else", "76701"])
    def test_must_be_whole(self, answer: str) -> None:
        talk = said(Kind.ADDRESS, "change the address of #W2000003", answer)
        assert (talk.question.asked, talk.heard.some) == (Asked.ADDRESS, False)

    def test_may_be_corrected(self) -> None:
        change = said(Kind.ADDRESS, "send the boots to Houston", f"no, to {WACO}").change
        assert isinstance(change, ChangeAddress)
        assert change.address.line1.reveal() == "4 Long Lane"

    def test_that_is_typed_keeps_who_gets_the_parcel(self) -> None:
        gift = replace(DALLAS, name=Personal("Kim Roe"), phone=Personal("555 0199"))
        orders = tuple(replace(one, address=gift) if one.number == BOOTS else one for one in ORDERS)
        talk = Talk(Kind.ADDRESS, World(Prepared(METHODS, AUSTIN, orders), world().terms))
        change = talk.say(f"send order #W2000003 to {WACO}").change
        assert isinstance(change, ChangeAddress)
        assert whole(change.address) == f"Kim Roe, {WACO.replace('TX 76701', 'TX, 76701')}, USA, 555 0199"

    def test_of_the_shopper_is_about_no_order(self) -> None:
        talk = said(Kind.DEFAULT_ADDRESS, "I moved to the one in Dallas")
        assert talk.change == ChangeDefaultAddress(DALLAS)
        assert talk.draft.order is None

    def test_that_it_is_already_is_none_of_the_known(self) -> None:
        assert said(Kind.DEFAULT_ADDRESS, "change my address to Austin").question.asked is Asked.ADDRESS


class TestWorld:
    def test_knows_each_address_once_the_shoppers_own_first(self) -> None:
        assert world().addresses() == [AUSTIN, HOUSTON, DALLAS]

    @pytest.mark.parametrize(
        ("kind", "numbers"),
        [
            (Kind.CANCEL, [TWINS, BOOTS, LAMP]),
            (Kind.RETURN, [SHIRTS, GEAR]),
            (Kind.SWAP, [TWINS, SHIRTS, BOOTS, LAMP, GEAR]),
            (Kind.DEFAULT_ADDRESS, []),
        ],
    )
    def test_knows_which_orders_are_open(self, kind: Kind, numbers: list[str]) -> None:
        assert [order.number for order in world().open_orders(kind)] == numbers

    def test_has_no_way_to_pay_for_what_is_closed(self) -> None:
        mine: World = world()
        order = mine.order(MAKER)
        assert order is not None
        assert mine.methods(Kind.RETURN, order) == ()
        assert VISA in mine.methods(Kind.SWAP, next(o for o in mine.prepared.orders if o.number == BOOTS))


def test_a_draft_is_kept_as_text_with_all_that_is_in_it() -> None:
    draft = said(Kind.SWAP, "exchange the keyboard and the lamp", "clicky").draft
    draft.address, draft.held, draft.misses, draft.stranger = {"city": "Jena"}, True, 2, "#W9999999"
    assert Draft.of(draft.text()) == draft
    assert draft.asked is Asked.VARIANT
