"""What every skill shares: going on after a checkpoint, and dropping what was begun."""

from rasa_sdk.events import FollowupAction, SlotSet

from actions.base import Events, GuardedAction
from actions.scene import Scene


class Resume(GuardedAction):
    """The interrupted errand goes on by itself; it asks its guard again like any other."""

    NAME = "action_resume"

    def perform(self, scene: Scene) -> Events:
        errand = scene.services.errands.take(scene.conversation)
        if errand is None and scene.services.desk.waits(scene.conversation):
            return [FollowupAction("action_go_on_errand")]
        if errand is None:
            scene.say("utter_sign_in_done")
            return []
        slots = [SlotSet(name, value) for name, value in errand.slots.items()]
        return [*slots, FollowupAction(errand.action)]


class Stop(GuardedAction):
    NAME = "action_stop"

    def perform(self, scene: Scene) -> Events:
        scene.services.errands.drop(scene.conversation)
        scene.services.desk.clear(scene.conversation)
        scene.services.conversations.expect_sign_in(scene.conversation, None)
        scene.say("utter_shared_stopped")
        return [SlotSet(name, None) for name in ("orders_number", "orders_hint")]
