"""Feedback: was this helpful, and a comment for whoever wants to leave one."""

from actions.base import Events, GuardedAction
from actions.scene import Scene
from countersign.feedback.models import Rating
from countersign.feedback.service import rating_of


class AskFeedback(GuardedAction):
    NAME = "action_ask_feedback"

    def perform(self, scene: Scene) -> Events:
        rating = rating_of(scene.said("feedback_rating") or scene.words)
        if rating is not Rating.UNSAID:
            scene.services.feedbacks.rate(scene.conversation, rating)
        scene.say("utter_feedback_sorry" if rating is Rating.BAD else "utter_feedback_thanks")
        scene.say("utter_feedback_ask_comment")
        return []


class KeepFeedback(GuardedAction):
    NAME = "action_keep_feedback"

    def perform(self, scene: Scene) -> Events:
        # What was asked for comes sealed as one whole; anything else was not meant as the comment.
        sealed = scene.words.strip()
        comment = scene.opened(sealed) if sealed.startswith("⟦comment:") else None
        if comment is None:
            scene.say("utter_fallback_did_you_mean")
            return []
        scene.services.feedbacks.comment(scene.conversation, comment)
        scene.say("utter_feedback_kept")
        return []
