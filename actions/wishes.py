"""Several wishes in one message."""

from actions.base import Events, GuardedAction
from actions.scene import Scene


class TakeWishes(GuardedAction):
    """Several wishes in one message: each has its turn, in the order they were said."""

    NAME = "action_take_wishes"

    def perform(self, scene: Scene) -> Events:
        scene.say("utter_errands_several")
        take_later(scene, [words for _, words in scene.wishes()])
        return []


def take_later(scene: Scene, wishes: list[str]) -> None:
    """They wait for their turn; those that find no room are to be said again."""
    if scene.services.desk.queue(scene.conversation, wishes) < len(wishes):
        scene.say("utter_errands_too_many")
