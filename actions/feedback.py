"""Feedback: was this helpful, and a comment for whoever wants to leave one."""

from rasa_sdk.events import FollowupAction, SlotSet

from actions.base import Events, GuardedAction
from actions.scene import Scene
from countersign.feedback.models import Rating
from countersign.feedback.service import answer_of, declines, rating_of

YES_OR_NO = {"affirm": Rating.GOOD, "deny": Rating.BAD}
ASKED = "utter_feedback_ask_helpful"
"""Said by a rule when an errand is done; the action below hears the answer."""


class AskFeedback(GuardedAction):
    """Takes a rating: a button's, an answer to «was this helpful?», or what was said unasked."""

    NAME = "action_ask_feedback"

    def perform(self, scene: Scene) -> Events:
        if scene.intent != "give_feedback" and declines(scene.words):
            scene.say("utter_feedback_declined")
            return []
        rating = rated(scene)
        if rating is Rating.UNSAID and scene.intent == "nlu_fallback":
            return [FollowupAction("utter_fallback_did_you_mean")]
        if rating is not Rating.UNSAID:
            scene.services.feedbacks.rate(scene.conversation, rating)
        scene.say("utter_feedback_sorry" if rating is Rating.BAD else "utter_feedback_thanks")
        # Who only answers us may have the next wish ready: it must not be taken for the comment.
        in_passing = rating is Rating.GOOD and scene.before == ASKED
        scene.say("utter_feedback_offer_comment" if in_passing else "utter_feedback_ask_comment")
        return [SlotSet("feedback_ask", "over")]


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


def rated(scene: Scene) -> Rating:
    if scene.intent in YES_OR_NO:
        return YES_OR_NO[scene.intent]
    if scene.intent == "nlu_fallback":
        return answer_of(scene.words)
    return rating_of(scene.said("feedback_rating") or scene.words)
