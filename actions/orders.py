"""Orders: track one, list mine, what is in it."""

import json
from collections.abc import Sequence

from rasa_sdk.events import SlotSet

from actions.base import Events, GuardedAction
from actions.scene import Scene
from countersign.checkpoints.guard import Reason, Refusal
from countersign.checkpoints.table import Deed
from countersign.identity.models import Level
from countersign.kit.hidden import Personal
from countersign.store.models import Order

_ANSWERS = frozenset({"give_postcode", "EXTERNAL_resume", "affirm"})
"""Turns that answer or go on: the order named before is still meant."""
_SHOWN = 10


class TrackOrder(GuardedAction):
    NAME = "action_track_order"

    def perform(self, scene: Scene) -> Events:
        number = _number(scene) or _choose(scene, self.NAME)
        if not isinstance(number, str):
            return number
        postcode = _answered_postcode(scene)
        if postcode is not None and scene.session.level < Level.SIGNED_IN:
            scene.services.guard.prove_order(scene.session, number, postcode, scene.origin)
        grant = scene.require(Deed.ORDER_TRACK, number)
        if isinstance(grant, Refusal):
            wrong = postcode is not None and grant.reason is Reason.PROVE_ORDER
            return _refused(scene, grant, Deed.ORDER_TRACK, self.NAME, number, wrong=wrong)
        order = scene.services.orders.track(grant)
        scene.say("utter_orders_status", number=order.number, status=order.status)
        if order.tracking:
            scene.say("utter_orders_tracking", tracking=", ".join(order.tracking))
        else:
            scene.say("utter_orders_no_tracking")
        return _named(order.number)


class ListOrders(GuardedAction):
    NAME = "action_list_orders"

    def perform(self, scene: Scene) -> Events:
        grant = scene.require(Deed.ORDER_LIST)
        if isinstance(grant, Refusal):
            return _refused(scene, grant, Deed.ORDER_LIST, self.NAME, None)
        orders = scene.services.orders.list(grant)
        if not orders:
            scene.say("utter_orders_list_empty")
            return []
        scene.say("utter_orders_list", count=len(orders))
        _show(scene, orders)
        return []


class ShowOrderItems(GuardedAction):
    NAME = "action_show_order_items"

    def perform(self, scene: Scene) -> Events:
        number = _number(scene, keep=True) or _choose(scene, self.NAME)
        if not isinstance(number, str):
            return number
        grant = scene.require(Deed.ORDER_READ_ITEMS, number)
        if isinstance(grant, Refusal):
            return _refused(scene, grant, Deed.ORDER_READ_ITEMS, self.NAME, number)
        order = scene.services.orders.items(grant)
        scene.say("utter_orders_items", number=order.number)
        for item in order.items:
            options = ", ".join(f"{name}: {value}" for name, value in item.options.items())
            price = {"minor": item.price.minor, "currency": item.price.currency}
            scene.card("item", item.name, [("options", options), ("price", price)])
        return _named(order.number)


def _number(scene: Scene, *, keep: bool = False) -> str | None:
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


def _choose(scene: Scene, action: str) -> str | Events:
    """No number was given: find the order among the shopper's own, which needs to know whose.

    The number of the one that is meant, or the end of this turn: a question or a checkpoint.
    """
    words = _hint(scene) or scene.words
    grant = scene.require(Deed.ORDER_LIST)
    if isinstance(grant, Refusal):
        scene.say("utter_orders_ask_number")
        return _refused(scene, grant, Deed.ORDER_LIST, action, None, words=words)
    found = scene.services.orders.find(grant, words)
    if len(found) == 1:
        return found[0].number
    offered = found or scene.services.orders.list(grant)
    if found:
        scene.say("utter_orders_which")
    else:
        scene.say("utter_orders_no_match" if offered else "utter_orders_list_empty")
    _show(scene, offered)
    return [SlotSet("orders_hint", None)]


def _refused(
    scene: Scene,
    refusal: Refusal,
    deed: Deed,
    action: str,
    number: str | None,
    *,
    words: str = "",
    wrong: bool = False,
) -> Events:
    if refusal.reason is Reason.TOO_MANY:
        scene.say("utter_orders_too_many")
    elif number is not None and (refusal.reason is Reason.NOT_YOURS or wrong):
        known = scene.session.level >= Level.SIGNED_IN
        scene.say("utter_orders_not_in_account" if known else "utter_orders_not_found", number=number)
    else:
        # Both, also when empty: what was said of another order before must not lead this errand.
        scene.stop_at(refusal, deed, action, {"orders_number": number or "", "orders_hint": words})
        if refusal.reason is Reason.PROVE_ORDER and number is not None:
            scene.say("utter_orders_ask_postcode", number=number)
    return []


def _show(scene: Scene, orders: Sequence[Order]) -> None:
    for order in orders[:_SHOWN]:
        items = ", ".join(item.name for item in order.items)
        payload = "/track_order" + json.dumps({"order_number": order.number})
        scene.card("order", order.number, [("status", order.status), ("items", items)], [("track", payload)])


def _named(number: str) -> Events:
    return [SlotSet("orders_number", number), SlotSet("orders_hint", None)]
