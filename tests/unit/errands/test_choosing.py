"""Each button fills in one thing; one that means nothing here changes nothing."""

import copy

import pytest

from countersign.errands.choosing import choose
from countersign.errands.models import Draft, Kind, Pick
from countersign.errands.world import plain
from tests.fakes.small_world import BOOTS, GEAR, HOUSTON, SHIRTS, world


def swap(*picks: Pick, picked: bool = True) -> Draft:
    return Draft(Kind.SWAP, order=GEAR, picks=list(picks), picked=picked)


def test_an_order_and_nothing_of_another_one_stays() -> None:
    draft = Draft(
        Kind.RETURN, order=GEAR, picks=[Pick(0)], picked=True, method="card_1", unfit=[0], unclear=[1]
    )
    assert choose(draft, f"order:{GEAR}", world())
    assert draft.picks == [Pick(0)]
    assert choose(draft, f"order:{SHIRTS}", world())
    assert draft == Draft(Kind.RETURN, order=SHIRTS)


def test_items_one_by_one_until_it_is_all() -> None:
    draft = Draft(Kind.RETURN, order=SHIRTS)
    assert choose(draft, "item:2", world())
    assert (draft.picks, draft.picked) == ([Pick(2)], False)
    assert choose(draft, "item:0", world())
    assert choose(draft, "item:done", world())
    assert (draft.picks, draft.picked) == ([Pick(2), Pick(0)], True)


def test_the_last_item_and_all_of_them_end_the_choice() -> None:
    one_by_one, at_once = Draft(Kind.RETURN, order=GEAR), Draft(Kind.RETURN, order=GEAR)
    assert choose(one_by_one, "item:0", world()) and choose(one_by_one, "item:1", world())
    assert choose(at_once, "item:all", world())
    assert one_by_one == at_once
    assert at_once.picked


def test_one_of_the_unclear_ones_gets_what_was_said_of_it() -> None:
    draft = Draft(Kind.SWAP, order=SHIRTS, picks=[Pick(2)], unclear=[0, 1], unclear_said="to xl")
    assert choose(draft, "item:1", world())
    assert (draft.picks, draft.picked, draft.unclear) == ([Pick(2), Pick(1, said="to xl")], True, [])


def test_a_variant_is_that_of_the_item_that_has_it() -> None:
    draft = swap(Pick(0), Pick(1, said="blue"))
    draft.unfit = [1]
    assert choose(draft, "variant:l4", world())
    assert (draft.picks, draft.unfit) == ([Pick(0), Pick(1, "l4", "blue")], [])
    assert choose(draft, "variant:k3", world())
    assert choose(draft, "variant:k4", world())  # a button of before, pressed after all
    assert [pick.new for pick in draft.picks] == ["k4", "l4"]


def test_two_alike_get_theirs_in_turn() -> None:
    draft = Draft(Kind.SWAP, order="#W2000007", picks=[Pick(0), Pick(1)], picked=True)
    assert choose(draft, "variant:l3", world()) and choose(draft, "variant:l4", world())
    assert [pick.new for pick in draft.picks] == ["l3", "l4"]


@pytest.mark.parametrize(
    ("choice", "field", "value"),
    [
        ("method:paypal_1", "method", "paypal_1"),
        ("reason:ordered by mistake", "reason", "ordered by mistake"),
        ("address:1", "address", plain(HOUSTON)),
    ],
)
def test_the_others_fill_in_what_they_name(choice: str, field: str, value: object) -> None:
    draft = Draft(Kind.CANCEL, order=BOOTS)
    assert choose(draft, choice, world())
    assert getattr(draft, field) == value


@pytest.mark.parametrize(
    "choice",
    [
        "",
        "order",
        "order:#W9999999",
        "item:2",
        "item:-1",
        "item:first",
        "item:²",
        "item:0",
        "variant:zzz",
        "variant:",
        "method:card_9",
        "method:",
        "reason:because",
        "address:9",
        "address:-1",
        "address:x",
        "teapot:1",
        "__class__:1",
    ],
)
def test_one_that_means_nothing_changes_nothing(choice: str) -> None:
    draft = swap(Pick(0, "k2"))
    draft.method, draft.reason, draft.address = "card_1", "no longer needed", plain(HOUSTON)
    before = copy.deepcopy(draft)
    assert not choose(draft, choice, world())
    assert draft == before


@pytest.mark.parametrize("choice", ["item:0", "item:all", "item:done", "variant:k2"])
def test_without_an_order_there_are_no_items(choice: str) -> None:
    draft = Draft(Kind.SWAP)
    assert not choose(draft, choice, world())
    assert draft == Draft(Kind.SWAP)
