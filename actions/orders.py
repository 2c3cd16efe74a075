"""Orders: track one, list mine, what is in it."""

import json
from collections.abc import Sequence

from rasa_sdk.events import SlotSet

from actions.base import Events, GuardedAction
from actions.scene import Scene
from countersign.checkpoints.grants import Grant
from countersign.checkpoints.guard import Reason, Refusal
from countersign.checkpoints.table import Deed
from countersign.errands.telling import money
from countersign.identity.models import Level
from countersign.kit.hidden import Personal
from countersign.kit.money import Money
from countersign.store.models import Item, Order
from countersign.store.order_words import names_nothing, things_of

_ANSWERS = frozenset({"give_postcode", "EXTERNAL_resume", "affirm"})
"""Turns that answer or go on: the order named before is still meant."""
_SHOWN = 10


class TrackOrder(GuardedAction):
    NAME = "action_track_order"

    def perform(self, scene: Scene) -> Events:
        number = number_of(scene) or choose(scene, self.NAME)
        if not isinstance(number, str):
            return number
        postcode = _answered_postcode(scene)
        if postcode is not None and scene.session.level < Level.SIGNED_IN:
            scene.services.guard.prove_order(scene.session, number, postcode, scene.origin)
        grant = scene.require(Deed.ORDER_TRACK, number)
        if isinstance(grant, Refusal):
            wrong = postcode is not None and grant.reason is Reason.PROVE_ORDER
            return refused(scene, grant, Deed.ORDER_TRACK, self.NAME, number, wrong=wrong)
        order = scene.services.orders.track(grant)
        scene.say("utter_orders_status", number=order.number, status=order.status)
        if order.tracking:
            scene.say("utter_orders_tracking", tracking=", ".join(order.tracking))
        else:
            scene.say("utter_orders_no_tracking")
        return named(order.number)


class ListOrders(GuardedAction):
    NAME = "action_list_orders"

    def perform(self, scene: Scene) -> Events:
        words = asked(scene)
        grant = scene.require(Deed.ORDER_LIST)
        if isinstance(grant, Refusal):
            return refused(scene, grant, Deed.ORDER_LIST, self.NAME, None, question=words)
        found = scene.services.orders.narrow(grant, words)
        orders = found.orders if found.orders or not found.asked else scene.services.orders.list(grant)
        if not orders:
            scene.say("utter_orders_list_empty")
            return []
        if found.undated:
            scene.say("utter_orders_no_dates")
        if not found.orders:
            scene.say("utter_orders_list_none")
        elif found.asked:
            scene.say("utter_orders_list_fitting", count=len(orders))
        else:
            scene.say("utter_orders_list", count=len(orders))
        show_orders(scene, orders)
        return [SlotSet("orders_question", None)]


class ShowOrderItems(GuardedAction):
    NAME = "action_show_order_items"

    def perform(self, scene: Scene) -> Events:
        number = number_of(scene, keep=True) or choose(scene, self.NAME, "show_order_items")
        if not isinstance(number, str):
            return number
        grant = scene.require(Deed.ORDER_READ_ITEMS, number)
        if isinstance(grant, Refusal):
            return refused(scene, grant, Deed.ORDER_READ_ITEMS, self.NAME, number)
        order = scene.services.orders.items(grant)
        scene.say("utter_orders_items", number=order.number)
        for item in order.items:
            show_item(scene, item)
        if order.total is not None:
            scene.say("utter_orders_items_total", amount=scene.amount(order.total))
        return named(order.number)


def number_of(scene: Scene, *, keep: bool = False) -> str | None:
    """The order that this turn is about, in the shop's own shape."""
    said = scene.said("order_number")
    same = keep or scene.intent in _ANSWERS or scene.said("order_same") or scene.said("postcode")
    if said is None and same and not _hint(scene):
        said = scene.slot("orders_number")
    return scene.services.orders.normalise_number(said) if said else None


def _answered_postcode(scene: Scene) -> Personal | None:
    """The postcode that this message gives for the order.

    One that stands in an introduction («I'm NAME from POSTCODE») says who somebody claims to be and
    answers nothing: then the checkpoint asks.
    """
    introduces = any(scene.said(kind) for kind in ("name", "address", "email", "phone"))
    return None if introduces else scene.opened(scene.said("postcode"))


def _hint(scene: Scene) -> str | None:
    """What this message, or the errand that goes on, says of the order instead of a number."""
    return scene.slot("orders_hint") if scene.intent == "EXTERNAL_resume" else scene.said("order_hint")


def asked(scene: Scene) -> str:
    """The words of the wish: this message's, or those kept while something else had to be answered."""
    answers = scene.intent in _ANSWERS or scene.intent == "give_order_reference" or not scene.words
    return (scene.slot("orders_question") or "") if answers else scene.words


def order_asked(scene: Scene, deed: Deed, action: str, intent: str) -> Grant | Events:
    """A grant for the order that this turn is about, or the end of the turn: a question or a checkpoint."""
    number = number_of(scene) or choose(scene, action, intent)
    if not isinstance(number, str):
        return number
    grant = scene.require(deed, number)
    if isinstance(grant, Refusal):
        return refused(scene, grant, deed, action, number, question=asked(scene))
    return grant


def choose(scene: Scene, action: str, intent: str = "track_order") -> str | Events:
    """No number was given: find the order among the shopper's own, which needs to know whose.

    The number of the one that is meant, or the end of this turn: a question or a checkpoint. `intent` is
    the wish that goes on once an offered order is picked.
    """
    hint, words = _hint(scene), _hint(scene) or scene.words
    before = scene.slot("orders_number") if intent != "track_order" and not hint else None
    if before is not None and names_nothing(words):
        return before
    grant = scene.require(Deed.ORDER_LIST)
    if isinstance(grant, Refusal):
        scene.say("utter_orders_ask_number")
        return refused(scene, grant, Deed.ORDER_LIST, action, None, words=words, question=asked(scene))
    found = scene.services.orders.find(grant, words if intent == "track_order" else things_of(words))
    if not found and hint is None and intent != "track_order":
        found = scene.services.orders.list(grant)  # the words are the question's own
    if before in {order.number for order in found} and before is not None:
        return before
    if len(found) == 1:
        return found[0].number
    offered = found or scene.services.orders.list(grant)
    if found:
        scene.say("utter_orders_which")
    else:
        scene.say("utter_orders_no_match" if offered else "utter_orders_list_empty")
    show_orders(scene, offered, intent)
    return [SlotSet("orders_hint", None), SlotSet("orders_question", asked(scene) or None)]


def refused(
    scene: Scene,
    refusal: Refusal,
    deed: Deed,
    action: str,
    number: str | None,
    *,
    words: str = "",
    question: str = "",
    wrong: bool = False,
) -> Events:
    if refusal.reason is Reason.TOO_MANY:
        scene.say("utter_orders_too_many")
    elif number is not None and (refusal.reason is Reason.NOT_YOURS or wrong):
        known = scene.session.level >= Level.SIGNED_IN
        scene.say("utter_orders_not_in_account" if known else "utter_orders_not_found", number=number)
    else:
        # Both, also when empty: what was said of another order before must not lead this errand.
        slots = {"orders_number": number or "", "orders_hint": words, "orders_question": question}
        scene.stop_at(refusal, deed, action, slots)
        if refusal.reason is Reason.PROVE_ORDER and number is not None:
            scene.say("utter_orders_ask_postcode", number=number)
    return []


def show_orders(scene: Scene, orders: Sequence[Order], intent: str = "track_order") -> None:
    """One card an order; its button goes on with the wish."""
    label = "track" if intent == "track_order" else "this"
    for order in orders[:_SHOWN]:
        items = ", ".join(item.name for item in order.items)
        choices = [(label, f"/{intent}" + json.dumps({"order_number": order.number}))]
        scene.card(
            "order",
            order.number,
            [
                ("status", order.status),
                ("placed", day(order)),
                ("items", items),
                ("total", amount(order.total)),
            ],
            choices,
        )


def show_item(scene: Scene, item: Item, number: str | None = None) -> None:
    scene.card(
        "item",
        item.name,
        [("order", number), ("options", options(item)), ("price", amount(item.price))],
    )


def options(item: Item) -> str:
    return ", ".join(f"{name}: {value}" for name, value in item.options.items())


def amount(sum_: Money | None) -> dict[str, object] | None:
    """As a card wants it."""
    return None if sum_ is None else money(sum_)


def day(order: Order) -> dict[str, str] | None:
    return None if order.placed_at is None else {"day": order.placed_at.isoformat()}


def named(number: str) -> Events:
    """The order that was told of is the one that is meant from now on."""
    return [SlotSet("orders_number", number), SlotSet("orders_hint", None)]


def answered(number: str) -> Events:
    return [*named(number), SlotSet("orders_question", None)]
