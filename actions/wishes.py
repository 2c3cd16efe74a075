"""Several wishes in one message."""

from actions.base import Events, GuardedAction
from actions.scene import Scene


class TakeWishes(GuardedAction):
    """Several wishes in one message: each has its turn, in the order they were said."""

    NAME = "action_take_wishes"

    def perform(self, scene: Scene) -> Events:
        scene.services.desk.queue(scene.conversation, [words for _, words in scene.wishes()])
        scene.say("utter_errands_several")
        return []
