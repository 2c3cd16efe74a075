"""How an errand's step is said: the question with its buttons, the read-back, or what stands against it."""

import json
from collections.abc import Mapping

from actions.scene import Scene
from countersign.checkpoints.grants import Grant
from countersign.checkpoints.table import Deed
from countersign.errands.models import Asked, Draft, Kind, Proposed, Question
from countersign.errands.steps import Step, Stuck
from countersign.errands.telling import CARDS, described, in_one_line, method, money, options, rows
from countersign.store.models import Address
from countersign.store.outcomes import Broken, Rule

_OFFERED = 12

ASKS: Mapping[tuple[Asked, Kind], str] = {
    (Asked.ADDRESS, Kind.ADDRESS): "utter_change_ask_address",
    (Asked.ADDRESS, Kind.DEFAULT_ADDRESS): "utter_change_ask_default_address",
    (Asked.ITEMS, Kind.RETURN): "utter_returns_ask_items",
    (Asked.ITEMS, Kind.SWAP): "utter_exchanges_ask_items",
    (Asked.METHOD, Kind.PAYMENT): "utter_change_ask_method",
    (Asked.METHOD, Kind.RETURN): "utter_returns_ask_method",
    (Asked.METHOD, Kind.SWAP): "utter_exchanges_ask_method",
    (Asked.ORDER, Kind.ADDRESS): "utter_change_ask_order",
    (Asked.ORDER, Kind.CANCEL): "utter_cancel_ask_order",
    (Asked.ORDER, Kind.PAYMENT): "utter_change_ask_order",
    (Asked.ORDER, Kind.RETURN): "utter_returns_ask_order",
    (Asked.ORDER, Kind.SWAP): "utter_exchanges_ask_order",
    (Asked.REASON, Kind.CANCEL): "utter_cancel_ask_reason",
}
"""What is asked by kind of errand; FOR_ALL has the questions that are the same for all."""
FOR_ALL: Mapping[Asked, str] = {
    Asked.FIX: "utter_errands_ask_fix",
    Asked.STOP_OR_CANCEL: "utter_errands_stop_or_cancel",
}
RULES: Mapping[Rule, str] = {
    Rule.ADDRESS_INCOMPLETE: "utter_errands_address_incomplete",
    Rule.ADDRESS_SAME: "utter_errands_address_same",
    Rule.ALREADY_CANCELLED: "utter_errands_already_cancelled",
    Rule.ALREADY_CHANGED: "utter_errands_already_changed",
    Rule.ALREADY_EXCHANGED: "utter_errands_already_exchanged",
    Rule.ALREADY_RETURNED: "utter_errands_already_returned",
    Rule.DATE_UNKNOWN: "utter_errands_too_late",
    Rule.GIFT_CARD_SHORT: "utter_errands_gift_card_short",
    Rule.METHOD_NOT_ALLOWED: "utter_errands_method_not_allowed",
    Rule.METHOD_SAME: "utter_errands_method_same",
    Rule.METHOD_UNKNOWN: "utter_errands_method_not_allowed",
    Rule.NOT_OFFERED: "utter_errands_not_offered",
    Rule.OTHERWISE_NOW: "utter_errands_otherwise_now",
    Rule.TOO_LATE: "utter_errands_too_late",
    Rule.VARIANT_SAME: "utter_errands_variant_same",
    Rule.VARIANT_UNAVAILABLE: "utter_errands_variant_unavailable",
}
CLOSED: Mapping[Kind, str] = {
    Kind.ADDRESS: "utter_change_closed",
    Kind.CANCEL: "utter_cancel_closed",
    Kind.PAYMENT: "utter_change_closed",
    Kind.RETURN: "utter_returns_closed",
    Kind.SWAP: "utter_exchanges_closed",
}
NOTHING: Mapping[Kind, str] = {
    Kind.ADDRESS: "utter_change_nothing",
    Kind.CANCEL: "utter_cancel_nothing",
    Kind.PAYMENT: "utter_change_nothing",
    Kind.RETURN: "utter_returns_nothing",
    Kind.SWAP: "utter_exchanges_nothing",
}


def ask(scene: Scene, draft: Draft, question: Question) -> None:
    """Says what is missing; after misses in a row with a way out."""
    if draft.stranger:
        scene.say("utter_orders_not_in_account", number=scene.sealed(draft.stranger))
    if question.broken:
        say_broken(scene, draft.kind, question.broken)
    elif question.unfit and not draft.misses:
        scene.say("utter_errands_variant_unavailable")
    if draft.misses:
        scene.say("utter_errands_missed" if draft.misses < 3 else "utter_errands_missed_often")
    if question.asked is Asked.VARIANT and question.order is not None:
        scene.say(
            "utter_exchanges_ask_variant", item=scene.sealed(described(question.order.items[question.place]))
        )
    else:
        scene.say(FOR_ALL.get(question.asked) or ASKS[question.asked, draft.kind])
    if question.asked is Asked.ORDER:
        for order in question.orders[:_OFFERED]:
            fields = [("status", order.status), ("items", ", ".join(item.name for item in order.items))]
            scene.card("order", order.number, fields, [("this", _choice(f"order:{order.number}"))])
    scene.choices(_buttons(scene, draft, question))


def _buttons(scene: Scene, draft: Draft, question: Question) -> list[tuple[object, str]]:
    offered: list[tuple[object, str]] = []
    if question.asked is Asked.ITEMS and question.order is not None:
        picked = {pick.place for pick in draft.picks}
        left = [at for at in draft.unclear or range(len(question.order.items)) if at not in picked]
        offered = [(described(question.order.items[place]), _choice(f"item:{place}")) for place in left]
        offered += [({"say": "choice_items_all"}, _choice("item:all"))] if len(left) > 1 else []
        offered += (
            [({"say": "choice_items_done"}, _choice("item:done"))] if picked and not draft.unclear else []
        )
    elif question.asked is Asked.VARIANT:
        offered = [
            (
                {
                    "say": "choice_variant",
                    "with": {"options": options(one.options), "price": money(one.price)},
                },
                _choice(f"variant:{one.id}"),
            )
            for one in question.variants[:_OFFERED]
        ]
    elif question.asked is Asked.METHOD:
        offered = [(method(one), _choice(f"method:{one.id}")) for one in question.methods]
    elif question.asked is Asked.REASON:
        offered = [(reason, _choice(f"reason:{reason}")) for reason in scene.services.counter.reasons()]
    elif question.asked is Asked.ADDRESS:
        known = _addresses(scene, draft)
        offered = [(in_one_line(one), _choice(f"address:{place}")) for place, one in known]
    elif question.asked is Asked.STOP_OR_CANCEL:
        offered = [
            ({"say": "choice_cancel_order"}, _choice("cancel")),
            ({"say": "choice_stop"}, _choice("stop")),
        ]
    if draft.misses >= 2 or question.asked is Asked.FIX or question.unfit:
        offered.append(({"say": "choice_stop"}, _choice("stop")))
    return offered


def _addresses(scene: Scene, draft: Draft) -> list[tuple[int, Address]]:
    grant = scene.require(Deed.ERRAND_PREPARE)
    return scene.services.desk.addresses(grant, draft) if isinstance(grant, Grant) else []


def read_back(scene: Scene, proposed: Proposed) -> None:
    """Exactly what would change, and what it costs; from now on a yes counts."""
    change, outcome = proposed.change, proposed.outcome
    if outcome is None:
        return
    name = scene.services.desk.propose(scene.conversation, proposed)
    scene.say("utter_errands_confirm")
    kind = CARDS[type(change).__name__]
    number = outcome.order.number if outcome.order else ""
    scene.read_back(kind, number, rows(outcome), name)
    yes = payload("affirm", proposal=name)
    scene.choices([({"say": "choice_yes"}, yes), ({"say": "choice_no"}, "/deny")])


def say_broken(scene: Scene, kind: Kind, broken: Broken, status: str | None = None) -> None:
    if broken.rule in RULES:
        scene.say(RULES[broken.rule])
    elif status is not None:
        scene.say("utter_errands_status", status=status)
        scene.say(CLOSED[kind])
    else:
        scene.say(NOTHING.get(kind, "utter_errands_not_offered"))


def say_stuck(scene: Scene, draft: Draft, stuck: Stuck) -> None:
    if draft.stranger:
        scene.say("utter_orders_not_in_account", number=scene.sealed(draft.stranger))
        return
    say_broken(scene, draft.kind, stuck.broken, stuck.order.status if stuck.order else None)


def say_step(scene: Scene, draft: Draft, step: Step) -> None:
    if isinstance(step, Question):
        ask(scene, draft, step)
        scene.services.desk.asked(scene.conversation, step.asked)
    elif isinstance(step, Proposed):
        read_back(scene, step)
        scene.services.desk.asked(scene.conversation, Asked.CONFIRM)
    else:
        say_stuck(scene, draft, step)


def _choice(value: str) -> str:
    return payload("answer_errand", choice=value)


def payload(intent: str, **entities: str) -> str:
    return f"/{intent}{json.dumps(entities)}"
