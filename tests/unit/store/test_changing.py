"""At the counter: nothing without the right grant, nothing of somebody else's, everything once and noted."""

import json

import pytest

from countersign.audit.tags import Tag
from countersign.checkpoints.errors import GrantMismatchedError
from countersign.checkpoints.interfaces import Agreed
from countersign.checkpoints.table import CHECKPOINTS, Deed
from countersign.kit.hidden import Personal
from countersign.store.changes import (
    CancelOrder,
    ChangeDefaultAddress,
    OpenReturn,
    text_of,
)
from countersign.store.changing import ChangeDesk
from countersign.store.errors import CustomerUnknownError, StoreUnavailableError
from countersign.store.models import ORDER_FIELDS
from countersign.store.outcomes import Broken, Outcome, Rule
from countersign.store.policy import load_policy
from countersign.vault.service import Vault
from tests.fakes.audit import FakeAudit
from tests.fakes.clock import FakeClock
from tests.fakes.shop_to_change import (
    BY_CARD,
    JOERGS,
    NEW_HOME,
    PENDING,
    shop_to_change,
)
from tests.fakes.store import BrokenStore, small_store
from tests.unit.store.conftest import Counter

CANCEL = CancelOrder(BY_CARD, "no longer needed")


@pytest.fixture
def shop(counter: Counter) -> Counter:
    counter.store.replace_shop(shop_to_change(), lambda done, total: None)
    return counter


def _status(shop: Counter, number: str) -> str | None:
    order = shop.store.order(number, ORDER_FIELDS)
    return order and order.status


# Before


def test_all_that_changes_start_from(shop: Counter) -> None:
    prepared = shop.desk.prepare(shop.grant(Deed.ERRAND_PREPARE))
    assert [method.id for method in prepared.methods] == ["card_1", "gift_1", "gift_2", "gift_3", "paypal_2"]
    assert prepared.address.postcode == Personal("CB7 4DL")
    assert len(prepared.orders) == 6
    hidden = ORDER_FIELDS - CHECKPOINTS[Deed.ERRAND_PREPARE].fields
    assert all(order == order.only(ORDER_FIELDS - hidden) for order in prepared.orders)


def test_a_preview_changes_nothing(shop: Counter) -> None:
    before = shop.store.whole_shop()
    outcome = shop.desk.preview(shop.grant(Deed.ERRAND_PREPARE), CANCEL)
    assert isinstance(outcome, Outcome)
    assert outcome.status == "cancelled"
    assert shop.store.whole_shop() == before
    assert shop.audit.recorded == []


@pytest.mark.parametrize("number", [JOERGS, "#W9999999"])
def test_no_preview_of_somebody_elses_order(shop: Counter, number: str) -> None:
    answer = shop.desk.preview(shop.grant(Deed.ERRAND_PREPARE), CancelOrder(number, "no longer needed"))
    assert answer == Broken(Rule.ORDER_UNKNOWN)


# Doing it


def test_what_was_agreed_to_is_done_once_and_noted(shop: Counter) -> None:
    grant = shop.agreed(CANCEL)
    first, second = shop.desk.apply(grant), shop.desk.apply(grant)
    assert isinstance(first, Outcome)
    assert first == second
    assert _status(shop, BY_CARD) == "cancelled"
    order = shop.store.order(BY_CARD, ORDER_FIELDS)
    assert order is not None
    assert [payment.kind for payment in order.payments] == ["payment", "refund"]
    event = shop.audit.recorded[0]
    assert (event.tag, event.actor, event.outcome) == (Tag.STORE_CHANGE, grant.session, "done")
    assert event.detail == {"deed": "order:cancel", "kind": "CancelOrder", "proposal": "pro_1"}
    assert event.subject is not None
    assert event.subject.startswith("order:")


def test_the_log_holds_nothing_personal(shop: Counter) -> None:
    assert isinstance(shop.desk.apply(shop.agreed(ChangeDefaultAddress(NEW_HOME))), Outcome)
    assert isinstance(shop.desk.apply(shop.agreed(CANCEL, "pro_2")), Outcome)
    assert [event.subject is None for event in shop.audit.recorded] == [True, False]
    written = json.dumps([[event.subject, dict(event.detail)] for event in shop.audit.recorded])
    assert all(word not in written for word in ("Mill", "Leeds", "LS1", "W1000006", "una", "card_1"))


def test_what_changed_since_the_read_back_is_judged_anew(shop: Counter) -> None:
    first, second = shop.agreed(CANCEL, "pro_1"), shop.agreed(CANCEL, "pro_2")
    shop.desk.apply(first)
    assert shop.desk.apply(second) == Broken(Rule.ALREADY_CANCELLED)
    event = shop.audit.recorded[-1]
    assert (event.outcome, event.detail["reason"]) == ("refused", "already_cancelled")


def test_what_was_told_is_done_or_nothing(shop: Counter) -> None:
    una, read_back = shop.una(), shop.desk.preview(shop.grant(Deed.ERRAND_PREPARE), CANCEL)
    assert isinstance(read_back, Outcome)
    for told, right in (("something else", False), (read_back.told(), True)):
        yes = Agreed(f"pro_{right}", text_of(CANCEL, told))
        shop.agreements.agree(una.conversation, Deed.ORDER_CANCEL, BY_CARD, yes)
        answer = shop.desk.apply(shop.grant(Deed.ORDER_CANCEL, BY_CARD, una))
        assert answer == (read_back if right else Broken(Rule.OTHERWISE_NOW))


def test_a_grant_serves_its_own_deed_only(shop: Counter) -> None:
    prepare, cancel = shop.grant(Deed.ERRAND_PREPARE), shop.agreed(CANCEL)
    for attempt in (
        lambda: shop.desk.prepare(cancel),
        lambda: shop.desk.preview(cancel, CANCEL),
        lambda: shop.desk.apply(prepare),
        lambda: shop.desk.apply(shop.grant(Deed.ORDER_LIST)),
    ):
        with pytest.raises(GrantMismatchedError):
            attempt()
    assert _status(shop, BY_CARD) == "pending"


@pytest.mark.parametrize(
    "details",
    [
        text_of(CancelOrder(PENDING, "no longer needed")),  # another order than the grant's
        text_of(OpenReturn(BY_CARD, ("v3",), "card_1")),  # another deed
        text_of(ChangeDefaultAddress(NEW_HOME)),
        Personal("cancel it"),
    ],
)
def test_details_of_something_else_are_not_done(shop: Counter, details: Personal) -> None:
    una = shop.una()
    before = shop.store.whole_shop()
    shop.agreements.agree(una.conversation, Deed.ORDER_CANCEL, BY_CARD, Agreed("pro_1", details))
    grant = shop.grant(Deed.ORDER_CANCEL, BY_CARD, una)
    with pytest.raises(GrantMismatchedError):
        shop.desk.apply(grant)
    assert shop.store.whole_shop() == before


def test_nobody_changes_what_went_to_somebody_else_meanwhile(shop: Counter) -> None:
    """The guard saw Una's order; when it is done, the shop says that it is Jörg's."""
    grant = shop.agreed(CANCEL)
    given_away = shop.store.whole_shop().as_json()
    given_away["customers"][0]["orders"].remove(BY_CARD)
    given_away["customers"][1]["orders"].append(BY_CARD)
    order = next(order for order in given_away["orders"] if order["id"] == BY_CARD)
    order["customer_id"], order["payments"] = "c2", []
    shop.store.replace_shop(type(shop.store.whole_shop()).of(given_away), lambda done, total: None)
    assert shop.desk.apply(grant) == Broken(Rule.ORDER_UNKNOWN)
    assert _status(shop, BY_CARD) == "pending"


def test_a_person_who_is_gone(shop: Counter) -> None:
    prepare, grant = shop.grant(Deed.ERRAND_PREPARE), shop.agreed(ChangeDefaultAddress(NEW_HOME))
    gone = small_store().model_copy(update={"orders": [], "customers": []})
    shop.store.replace_shop(gone, lambda done, total: None)
    with pytest.raises(CustomerUnknownError):
        shop.desk.prepare(prepare)
    with pytest.raises(CustomerUnknownError):
        shop.desk.apply(grant)


def test_a_store_that_is_down_says_so(shop: Counter, vault: Vault, clock: FakeClock) -> None:
    down = ChangeDesk(BrokenStore(vault), load_policy(), FakeAudit(), vault, clock)
    with pytest.raises(StoreUnavailableError):
        down.prepare(shop.grant(Deed.ERRAND_PREPARE))
    with pytest.raises(StoreUnavailableError):
        down.apply(shop.agreed(CANCEL))
