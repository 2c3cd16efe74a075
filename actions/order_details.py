"""Orders in detail: where one goes, what it cost and how it was paid, its invoice."""

from collections.abc import Iterator

from rasa_sdk.events import SlotSet

from actions.base import Events, GuardedAction
from actions.orders import (
    amount,
    answered,
    asked,
    day,
    number_of,
    order_asked,
    refused,
    show_item,
    show_orders,
)
from actions.payments import in_words, methods_of
from actions.scene import Scene
from countersign.checkpoints.grants import Grant
from countersign.checkpoints.guard import Refusal
from countersign.checkpoints.table import Deed
from countersign.errands.telling import described, in_one_line
from countersign.store.costs import (
    Ask,
    Cost,
    added,
    asks_of_orders,
    asks_together,
    bought_together,
    cost_of,
    counted,
    total_of,
)
from countersign.store.models import Address, Item, Order


class ShowOrderAddress(GuardedAction):
    NAME = "action_show_order_address"

    def perform(self, scene: Scene) -> Events:
        grant = order_asked(scene, Deed.ORDER_READ_ADDRESS, self.NAME, "show_order_address")
        if not isinstance(grant, Grant):
            return grant
        order = scene.services.orders.address(grant)
        if order.address is not None:
            address = scene.sealed(_with_name(order.address))
            scene.say("utter_orders_address", number=order.number, address=address)
        return answered(order.number)


class ShowOrderCost(GuardedAction):
    NAME = "action_show_order_cost"

    def perform(self, scene: Scene) -> Events:
        if number_of(scene) is None and _of_several(asked(scene)):
            grant = scene.require(Deed.ORDER_LIST)
            if isinstance(grant, Refusal):
                return refused(scene, grant, Deed.ORDER_LIST, self.NAME, None, question=asked(scene))
            if _tell_several(scene, grant):
                return [SlotSet("orders_question", None)]
        one = order_asked(scene, Deed.ORDER_READ_DETAILS, self.NAME, "show_order_cost")
        if not isinstance(one, Grant):
            return one
        order = scene.services.orders.details(one)
        _tell_cost(scene, order, cost_of(order, asked(scene)))
        rows = [("total", amount(order.total)), *_payments(scene, order)]
        scene.card("cost", order.number, rows)
        return answered(order.number)


class ShowInvoice(GuardedAction):
    NAME = "action_show_invoice"

    def perform(self, scene: Scene) -> Events:
        grant = order_asked(scene, Deed.ORDER_READ_DETAILS, self.NAME, "show_invoice")
        if not isinstance(grant, Grant):
            return grant
        order = scene.services.orders.details(grant)
        scene.say("utter_orders_invoice", number=order.number)
        fields = [
            ("placed", day(order)),
            ("status", order.status),
            *(("line", _line(item)) for item in order.items),
            ("total", amount(order.total)),
            *_payments(scene, order),
            ("address", _with_name(order.address) if order.address else None),
        ]
        scene.card("invoice", order.number, fields)
        return answered(order.number)


def _of_several(words: str) -> bool:
    """Whether the words could ask about more than one order; which they do, only the orders can tell."""
    return asks_of_orders(words) or asks_together(words)


def _tell_several(scene: Scene, grant: Grant) -> bool:
    """What things of one kind, or several orders, came to together; False when neither was asked."""
    words = asked(scene)
    orders = scene.services.orders.list(grant)
    if lines := bought_together(orders, words):
        whole = added([item.price for _, item in lines])
        scene.say("utter_orders_cost_together", count=len(lines), amount=scene.amount(whole))
        for order, item in lines:
            show_item(scene, item, order.number)
        return True
    fitting = counted(scene.services.orders.narrow(grant, words).orders)
    total = total_of(fitting)
    if total is None or not asks_of_orders(words):
        return False
    scene.say("utter_orders_cost_orders", count=len(fitting), amount=scene.amount(total))
    show_orders(scene, fitting)
    return True


def _tell_cost(scene: Scene, order: Order, cost: Cost) -> None:
    names = scene.sealed(", ".join(item.name for item in cost.items))
    sum_ = scene.amount(cost.amount)
    if cost.ask is Ask.DEAREST:
        scene.say("utter_orders_cost_dearest", number=order.number, names=names, amount=sum_)
    elif cost.ask is Ask.CHEAPEST:
        scene.say("utter_orders_cost_cheapest", number=order.number, names=names, amount=sum_)
    elif cost.ask is Ask.KEPT:
        scene.say("utter_orders_cost_kept", number=order.number, names=names, amount=sum_)
    elif cost.ask is Ask.ITEMS:
        scene.say("utter_orders_cost_items", number=order.number, names=names, amount=sum_)
    else:
        scene.say("utter_orders_cost", number=order.number, amount=sum_)


def _payments(scene: Scene, order: Order) -> Iterator[tuple[str, object]]:
    methods = methods_of(scene)
    for payment in order.payments:
        way = in_words(methods.get(payment.method_id))
        yield (
            ("paid" if payment.kind == "payment" else "refunded"),
            {"say": "card_payment", "with": {"amount": amount(payment.amount), "method": way}},
        )


def _line(item: Item) -> dict[str, object]:
    return {"say": "card_invoice_item", "with": {"item": described(item), "price": amount(item.price)}}


def _with_name(address: Address) -> str:
    name = f"{address.name.reveal()}, " if address.name else ""
    return name + in_one_line(address)
