"""What tests of errand actions share: Una's cancellation, read back and agreed to."""

import json

from actions.cancel import CancelOrder
from actions.errands import AskErrand, FinishErrand, HearErrand
from countersign.identity.models import Session
from countersign.store.models import ORDER_FIELDS
from tests.fakes.shop_to_change import BY_CARD
from tests.unit.actions.conftest import Played, Scenes

REASON = "no longer needed"
CANCELLING = f"cancel {BY_CARD}, I don't need it any more"
GIFTS_AND_CARD = "method:card_1 method:gift_1 method:gift_2 method:gift_3"
CLOSED = {"errand_open": False, "errand_done": None}


def read_back(shop: Scenes, una: Session, words: str = CANCELLING) -> tuple[Played, str]:
    """A cancellation that was read back; the name of its proposal."""
    shop.play(CancelOrder, una, "cancel_order", words)
    played = shop.play(AskErrand, una, "cancel_order", words)
    name = json.loads(played.buttons[0].removeprefix("/affirm"))["proposal"]
    shop.stage.proposals.drawn(una.conversation, name)
    shop.stage.proposals.seen(una.conversation)
    return played, name


def agree(shop: Scenes, una: Session, words: str = CANCELLING) -> None:
    _, name = read_back(shop, una, words)
    shop.stage.proposals.hear(una.conversation, name)
    assert shop.play(HearErrand, una, "affirm", "yes").slots == {"errand_done": "agreed"}


def finish(shop: Scenes, una: Session, verdict: str) -> Played:
    return shop.play(FinishErrand, una, "affirm", "yes", slots={"errand_done": verdict})


def status(shop: Scenes, number: str = BY_CARD) -> str | None:
    order = shop.stage.store.order(number, ORDER_FIELDS)
    return order and order.status
