"""What all errands share: going on, hearing answers, asking, and doing."""

from abc import ABC
from collections.abc import Mapping
from typing import ClassVar

from rasa_sdk.events import SlotSet

from actions.base import Events, GuardedAction
from actions.questions import say_broken, say_step, say_stuck
from actions.scene import Scene
from actions.wishes import take_later
from countersign.checkpoints.grants import Grant
from countersign.checkpoints.guard import Reason, Refusal
from countersign.checkpoints.table import Deed
from countersign.errands.models import Draft, Kind, Proposed
from countersign.errands.service import Utterance, Verdict
from countersign.errands.steps import Step, Stuck
from countersign.kit.money import Money
from countersign.store.changes import (
    DEEDS,
    CancelOrder,
    Change,
    ChangeAddress,
    ChangeDefaultAddress,
    ChangeItems,
    ChangePayment,
    OpenExchange,
    OpenReturn,
    subject_of,
)
from countersign.store.outcomes import Broken, Outcome

KINDS = {
    "cancel_order": Kind.CANCEL,
    "change_default_address": Kind.DEFAULT_ADDRESS,
    "change_order_address": Kind.ADDRESS,
    "change_order_items": Kind.SWAP,
    "change_order_payment": Kind.PAYMENT,
    "exchange_items": Kind.SWAP,
    "return_items": Kind.RETURN,
}
"""The wishes that are errands, by intent."""
ANSWERS = frozenset(
    (
        "affirm",
        "answer_errand",
        "deny",
        "give_order_reference",
        "give_postcode",
        "inform",
        "nlu_fallback",
        "out_of_scope",
        "stop",
    )
)
"""Intents whose words are meant for the question just asked; all others have an answer of their own."""
FINISH = "action_finish_errand"
GO_ON = "action_go_on_errand"
PASSABLE = (Reason.SIGN_IN, Reason.STALE, Reason.STEP_UP)


class StartErrand(GuardedAction, ABC):
    """Takes up an errand of its KIND, for who may prepare one."""

    KIND: ClassVar[Kind]

    def perform(self, scene: Scene) -> Events:
        words = scene.meant or scene.slot("errand_words") or ""
        grant = prepared(scene, self.NAME, words)
        if grant is None:
            return [SlotSet("errand_open", False)]
        step = scene.services.desk.begin(scene.conversation, grant, self.KIND, scene.opened_text(words))
        # Only for the way over a checkpoint: another errand's words are its own.
        return [SlotSet("errand_words", None), *opened(scene, step)]


class GoOnErrand(GuardedAction):
    """The errand in hand goes on after a checkpoint, or the next that waits is taken up."""

    NAME = "action_go_on_errand"

    def perform(self, scene: Scene) -> Events:
        grant = prepared(scene, self.NAME, "")
        step = scene.services.desk.go_on(scene.conversation, grant) if grant else None
        if grant and step is None and scene.services.desk.lost(scene.conversation):
            scene.say("utter_errands_dropped")
            scene.services.desk.finish(scene.conversation)
        return opened(scene, step) if step else [SlotSet("errand_open", False)]


class HearErrand(GuardedAction):
    """Rasa asks it what a message fills in; no event means: not mine."""

    NAME = "validate_errand_form"

    def perform(self, scene: Scene) -> Events:
        if scene.intent in ("", "EXTERNAL_resume"):
            return []
        if scene.opens_form:
            # Rasa asks when it opens the form too: the errand was begun with these very words.
            return [SlotSet("errand_turn", scene.turn)]
        grant = scene.require(Deed.ERRAND_PREPARE)
        if isinstance(grant, Refusal):
            # The question is asked again, and there the checkpoint stands.
            return [SlotSet("errand_turn", scene.turn)]
        verdict = scene.services.desk.listen(scene.conversation, grant, heard(scene))
        if verdict is Verdict.NOT_MINE:
            return []
        if verdict is Verdict.ANSWERED:
            return [SlotSet("errand_turn", scene.turn)]
        return [SlotSet("errand_done", verdict.value)]


class AskErrand(GuardedAction):
    NAME = "action_ask_errand_done"

    def perform(self, scene: Scene) -> Events:
        grant = prepared(scene, GO_ON, "")
        step = scene.services.desk.go_on(scene.conversation, grant) if grant else None
        draft = scene.services.desk.draft(scene.conversation)
        if step is None or draft is None:
            return []
        if isinstance(step, Proposed):
            deed = DEEDS[type(step.change)]
            refusal = scene.services.guard.may_propose(
                deed, scene.session, subject_of(step.change), scene.origin
            )
            if refusal is not None:
                stopped(scene, refusal, deed, GO_ON)
                return []
        say_step(scene, draft, step)
        return []


class FinishErrand(GuardedAction):
    """Does what was agreed to, or says why not; then whatever waits has its turn."""

    NAME = "action_finish_errand"

    def perform(self, scene: Scene) -> Events:
        verdict, draft = scene.slot("errand_done"), scene.services.desk.draft(scene.conversation)
        closed = [SlotSet("errand_done", None), SlotSet("errand_open", False)]
        done: bool | None = False
        if draft is not None and verdict == Verdict.AGREED.value:
            done = settled(scene, draft.kind)
        elif draft is not None and verdict == Verdict.STUCK.value:
            grant = prepared(scene, GO_ON, "")
            step = scene.services.desk.go_on(scene.conversation, grant) if grant else None
            if isinstance(step, Stuck):
                say_stuck(scene, draft, step)
        else:
            _say_left(scene, draft)
        if done is None:
            return [*closed, *asks_helpful(scene, False)]
        scene.services.desk.finish(scene.conversation)
        last = not scene.services.desk.waits(scene.conversation)
        if last and done:
            _say_together(scene)
        asking = asks_helpful(scene, done and last)
        if last and ASK_HELPFUL not in asking:
            scene.say("utter_errands_anything_else")
        return [*closed, *asking]


def settled(scene: Scene, kind: Kind) -> bool | None:
    """Whether it was done; None when it waits at a checkpoint, to be read back or done behind it."""
    proposed = scene.services.desk.agreed(scene.conversation)
    grant = scene.require(*proposed) if proposed else None
    if proposed and isinstance(grant, Refusal) and grant.reason in PASSABLE:
        if grant.reason is Reason.STEP_UP:
            # What was agreed to waits with it, and is done once a factor was shown for exactly that.
            stopped(scene, grant, proposed[0], FINISH, {"errand_done": Verdict.AGREED.value})
        else:
            stopped(scene, grant, proposed[0], GO_ON)
        return None
    outcome = scene.services.desk.apply(scene.conversation, grant) if isinstance(grant, Grant) else None
    if isinstance(outcome, Broken):
        say_broken(scene, kind, outcome)
    else:
        scene.say(DONE[type(outcome.change)] if outcome else "utter_errands_not_agreed")
    return isinstance(outcome, Outcome)


ASK_HELPFUL = SlotSet("feedback_ask", "now")


def asks_helpful(scene: Scene, due: bool) -> Events:
    """What makes a rule ask «was this helpful?» after this turn if it is `due`, once in a conversation."""
    before = scene.slot("feedback_ask")
    if before is None:
        return [ASK_HELPFUL] if due else []
    return [SlotSet("feedback_ask", "over")] if before == "now" else []


def _say_left(scene: Scene, draft: Draft | None) -> None:
    # With nothing in hand nobody knows here whether something was done before.
    left = draft is not None or scene.services.desk.lost(scene.conversation)
    scene.say("utter_errands_dropped" if left else "utter_errands_over")


def _say_together(scene: Scene) -> None:
    """What several errands of one conversation came to; of a single one it was read back."""
    net = scene.services.desk.together(scene.conversation)
    if net is not None and net.minor:
        amount = scene.amount(Money(abs(net.minor), net.currency))
        if net.minor < 0:
            scene.say("utter_errands_together_back", amount=amount)
        else:
            scene.say("utter_errands_together_pay", amount=amount)


DONE: Mapping[type[Change], str] = {
    CancelOrder: "utter_cancel_done",
    ChangeAddress: "utter_change_done_address",
    ChangeDefaultAddress: "utter_change_done_default_address",
    ChangeItems: "utter_exchanges_done_items",
    ChangePayment: "utter_change_done_payment",
    OpenExchange: "utter_exchanges_done",
    OpenReturn: "utter_returns_done",
}


def prepared(scene: Scene, action: str, words: str) -> Grant | None:
    """The grant to prepare an errand; without one the checkpoint is said and `action` waits behind it."""
    grant = scene.require(Deed.ERRAND_PREPARE)
    if isinstance(grant, Grant):
        return grant
    stopped(scene, grant, Deed.ERRAND_PREPARE, action, {"errand_words": words})
    return None


def stopped(
    scene: Scene, refusal: Refusal, deed: Deed, action: str, slots: Mapping[str, str] | None = None
) -> None:
    """Says why it does not go on; `action` does so behind a checkpoint that can be passed."""
    if refusal.reason in PASSABLE:
        scene.stop_at(refusal, deed, action, slots or {})
    else:
        scene.say("utter_errands_not_offered")


def opened(scene: Scene, step: Step) -> Events:
    if isinstance(step, Stuck):
        draft = scene.services.desk.draft(scene.conversation)
        if draft is not None:
            say_stuck(scene, draft, step)
        scene.services.desk.finish(scene.conversation)
    return [SlotSet("errand_open", not isinstance(step, Stuck)), SlotSet("errand_done", None)]


def heard(scene: Scene) -> Utterance:
    """The message as an errand hears it. Of several wishes the first is heard now, the others wait."""
    wishes = scene.wishes()
    intent, words = wishes[0] if wishes else (scene.intent, scene.words)
    if wishes and intent in KINDS:
        take_later(scene, [later for _, later in wishes[1:]])
    return Utterance(
        words=scene.opened_text(words),
        sealed=words,
        choice=scene.said("choice"),
        kind=KINDS.get(intent),
        asks=intent not in ANSWERS and intent not in KINDS,
        denies=intent == "deny",
        stops=intent == "stop",
    )
