"""Refunds: what was sent back, what will be, and by when."""

from collections.abc import Sequence

from actions.base import Events, GuardedAction
from actions.orders import amount, asked, refused
from actions.payments import in_words, methods_of
from actions.scene import Scene
from countersign.checkpoints.guard import Refusal
from countersign.checkpoints.table import Deed
from countersign.store.costs import added
from countersign.store.refunds import Refund, State, Told


class ShowRefunds(GuardedAction):
    NAME = "action_show_refunds"

    def perform(self, scene: Scene) -> Events:
        words = asked(scene) or scene.said("order_number") or ""
        grant = scene.require(Deed.REFUND_READ)
        if isinstance(grant, Refusal):
            return refused(scene, grant, Deed.REFUND_READ, self.NAME, None, question=words)
        told = scene.services.refunds.told(grant, words)
        if not told.refunds:
            _tell_none(scene, told)
            return []
        _tell_sums(scene, told.refunds)
        methods = methods_of(scene)
        for refund in told.refunds:
            method = methods.get(refund.method_id)
            scene.card(
                "refund",
                refund.number,
                [
                    ("amount", amount(refund.amount)),
                    ("method", in_words(method)),
                    ("when", _when(refund, scene.services.refunds.days_to(method))),
                ],
            )
        return []


def _tell_none(scene: Scene, told: Told) -> None:
    if len(told.orders) == 1:
        scene.say("utter_refunds_none_of_order", number=told.orders[0].number)
    else:
        scene.say("utter_refunds_none")


def _tell_sums(scene: Scene, refunds: Sequence[Refund]) -> None:
    sent = [refund.amount for refund in refunds if refund.state is State.SENT]
    waiting = [refund.amount for refund in refunds if refund.state is not State.SENT]
    if sent:
        scene.say("utter_refunds_sent", amount=scene.amount(added(sent)))
    if waiting:
        scene.say("utter_refunds_waiting", amount=scene.amount(added(waiting)))
    if sent and waiting:
        scene.say("utter_refunds_together", amount=scene.amount(added([*sent, *waiting])))


def _when(refund: Refund, days: tuple[int, int] | None) -> dict[str, object]:
    if days is None:
        return {"say": f"card_refund_{refund.state.value}_at_once"}
    return {"say": f"card_refund_{refund.state.value}_in_days", "with": {"first": days[0], "last": days[1]}}
