import pytest

from actions.feedback import AskFeedback, KeepFeedback
from countersign.feedback.models import Rating
from countersign.kit.hidden import Personal
from tests.unit.actions.conftest import Scenes


@pytest.mark.parametrize(
    ("words", "said", "ratings"),
    [
        ("that was helpful", "utter_feedback_thanks", [Rating.GOOD]),
        ("you did not help", "utter_feedback_sorry", [Rating.BAD]),
        ("I want to give feedback", "utter_feedback_thanks", []),
    ],
)
def test_what_is_said_is_kept_and_a_comment_asked_for(
    scenes: Scenes, words: str, said: str, ratings: list[Rating]
) -> None:
    guest = scenes.stage.guest()
    played = scenes.play(AskFeedback, guest, "give_feedback", words)
    assert played.said == [said, "utter_feedback_ask_comment"]
    kept = scenes.stage.feedbacks.of_conversation(guest.conversation)
    assert [(one.rating, one.comment) for one in kept] == [(rating, None) for rating in ratings]


def test_a_button_may_rate(scenes: Scenes) -> None:
    guest = scenes.stage.guest()
    scenes.play(AskFeedback, guest, "give_feedback", feedback_rating="bad")
    (kept,) = scenes.stage.feedbacks.of_conversation(guest.conversation)
    assert kept.rating is Rating.BAD


def test_a_comment_is_kept_with_what_was_said_before(scenes: Scenes) -> None:
    guest = scenes.stage.guest()
    scenes.play(AskFeedback, guest, "give_feedback", "that was helpful")
    token = scenes.stage.tokens.issue(guest.conversation, "comment", Personal("You found my parcel!"))
    played = scenes.play(KeepFeedback, guest, "nlu_fallback", token)
    assert played.said == ["utter_feedback_kept"]
    (kept,) = scenes.stage.feedbacks.of_conversation(guest.conversation)
    assert (kept.rating, kept.comment) == (Rating.GOOD, Personal("You found my parcel!"))


def test_what_was_not_sealed_as_the_comment_is_none(scenes: Scenes) -> None:
    guest, other = scenes.stage.guest(), scenes.stage.guest()
    token = scenes.stage.tokens.issue(guest.conversation, "comment", Personal("Una Lark"))
    foreign = scenes.stage.tokens.issue(other.conversation, "comment", Personal("Una Lark"))
    email = scenes.stage.tokens.issue(guest.conversation, "email", Personal("una@post.example"))
    for words in (f"is {token} there", f"{token} {token}", "blorp", foreign, email):
        played = scenes.play(KeepFeedback, guest, "nlu_fallback", words)
        assert played.said == ["utter_fallback_did_you_mean"]
    assert scenes.stage.feedbacks.of_conversation(guest.conversation) == []


@pytest.mark.parametrize(
    ("intent", "words", "rating"),
    [
        ("affirm", "yes", Rating.GOOD),
        ("deny", "no", Rating.BAD),
        ("deny", "not really", Rating.BAD),
        ("nlu_fallback", "good", Rating.GOOD),
        ("nlu_fallback", "bad", Rating.BAD),
        ("nlu_fallback", "yes, thanks", Rating.GOOD),
    ],
)
def test_a_typed_answer_to_the_question_is_a_rating(
    scenes: Scenes, intent: str, words: str, rating: Rating
) -> None:
    guest = scenes.stage.guest()
    played = scenes.play(AskFeedback, guest, intent, words, before="utter_feedback_ask_helpful")
    assert [one.rating for one in scenes.stage.feedbacks.of_conversation(guest.conversation)] == [rating]
    assert played.said[0] == ("utter_feedback_thanks" if rating is Rating.GOOD else "utter_feedback_sorry")
    assert played.slots == {"feedback_ask": "over"}


@pytest.mark.parametrize("words", ["no thanks", "No, thank you", "no I'm good", "no, that's all", "not now"])
@pytest.mark.parametrize("intent", ["deny", "nlu_fallback"])
def test_a_polite_no_to_the_question_is_no_blame(scenes: Scenes, intent: str, words: str) -> None:
    guest = scenes.stage.guest()
    played = scenes.play(AskFeedback, guest, intent, words, before="utter_feedback_ask_helpful")
    assert played.said == ["utter_feedback_declined"]
    assert scenes.stage.feedbacks.of_conversation(guest.conversation) == []


@pytest.mark.parametrize("words", ["blorp", "no the lamp is broken and nothing helps"])
def test_what_is_no_answer_to_the_question_is_asked_back(scenes: Scenes, words: str) -> None:
    guest = scenes.stage.guest()
    played = scenes.play(AskFeedback, guest, "nlu_fallback", words, before="utter_feedback_ask_helpful")
    assert (played.said, played.followup) == ([], "utter_fallback_did_you_mean")
    assert scenes.stage.feedbacks.of_conversation(guest.conversation) == []


@pytest.mark.parametrize(
    ("rating", "before", "comment"),
    [
        ("good", "utter_feedback_ask_helpful", "utter_feedback_offer_comment"),
        ("bad", "utter_feedback_ask_helpful", "utter_feedback_ask_comment"),
        ("good", "action_listen", "utter_feedback_ask_comment"),
    ],
)
def test_after_a_good_in_passing_the_next_message_is_no_comment(
    scenes: Scenes, rating: str, before: str, comment: str
) -> None:
    guest = scenes.stage.guest()
    played = scenes.play(AskFeedback, guest, "give_feedback", before=before, feedback_rating=rating)
    assert played.said[1] == comment
