import pytest
from sqlalchemy import select

from countersign.audit.tags import Tag
from countersign.db.engine import Database
from countersign.feedback.models import Rating
from countersign.feedback.repository import FeedbackRepository, feedback
from countersign.feedback.service import KEPT, Feedbacks, answer_of, declines, rating_of
from countersign.kit.hidden import Personal
from countersign.vault.service import Vault
from tests.fakes.audit import FakeAudit
from tests.fakes.clock import FakeClock

MINE, OTHER = "cnv_mine", "cnv_other"
COMMENT = Personal("Ask for Jörg next time.")


@pytest.fixture
def audit() -> FakeAudit:
    return FakeAudit()


@pytest.fixture
def feedbacks(database: Database, vault: Vault, audit: FakeAudit, clock: FakeClock) -> Feedbacks:
    return Feedbacks(FeedbackRepository(database), vault, audit, clock)  # type: ignore[arg-type]


def test_a_comment_belongs_to_what_was_said_just_before(feedbacks: Feedbacks) -> None:
    feedbacks.rate(MINE, Rating.BAD)
    feedbacks.comment(MINE, COMMENT)
    (kept,) = feedbacks.of_conversation(MINE)
    assert (kept.rating, kept.comment) == (Rating.BAD, COMMENT)


def test_a_comment_stands_alone_when_nothing_was_said_or_long_ago(
    feedbacks: Feedbacks, clock: FakeClock
) -> None:
    feedbacks.rate(OTHER, Rating.GOOD)
    feedbacks.rate(MINE, Rating.GOOD)
    clock.advance(hours=2)
    feedbacks.comment(MINE, COMMENT)
    feedbacks.comment(MINE, COMMENT)
    assert [(one.rating, one.comment) for one in feedbacks.of_conversation(MINE)] == [
        (Rating.GOOD, None),
        (Rating.UNSAID, COMMENT),
        (Rating.UNSAID, COMMENT),
    ]


def test_a_comment_is_sealed_at_rest(feedbacks: Feedbacks, database: Database) -> None:
    feedbacks.comment(MINE, COMMENT)
    with database.read() as connection:
        (row,) = connection.execute(select(feedback)).all()
    assert COMMENT.reveal().encode() not in row.comment.raw
    assert "Jörg" not in repr(row)


def test_it_is_kept_for_a_year(feedbacks: Feedbacks, clock: FakeClock) -> None:
    feedbacks.rate(MINE, Rating.GOOD)
    clock.advance(seconds=KEPT.total_seconds())
    assert feedbacks.purge() == 0
    clock.advance(seconds=1)
    assert feedbacks.purge() == 1
    assert feedbacks.of_conversation(MINE) == []


def test_it_is_noted_without_what_was_said(feedbacks: Feedbacks, audit: FakeAudit) -> None:
    feedbacks.rate(MINE, Rating.BAD)
    feedbacks.comment(MINE, COMMENT)
    assert [event.tag for event in audit.recorded] == [Tag.FEEDBACK_GIVEN] * 2
    assert "Jörg" not in repr(audit.recorded)


@pytest.mark.parametrize(
    ("words", "rating"),
    [
        ("that was helpful", Rating.GOOD),
        ("great service 👍", Rating.GOOD),
        ("you did not help", Rating.BAD),
        ("That didn’t help", Rating.BAD),
        ("this was unhelpful", Rating.BAD),
        ("no use at all", Rating.BAD),
        ("good", Rating.GOOD),
        ("bad", Rating.BAD),
        ("I want to give feedback", Rating.UNSAID),
        ("", Rating.UNSAID),
    ],
)
def test_words_praise_or_blame(words: str, rating: Rating) -> None:
    assert rating_of(words) is rating


@pytest.mark.parametrize(
    ("words", "rating"),
    [
        ("yes", Rating.GOOD),
        ("Yes, very much, thank you!", Rating.UNSAID),
        ("yes, thanks", Rating.GOOD),
        ("it was", Rating.GOOD),
        ("not at all", Rating.BAD),
        ("👎", Rating.BAD),
        ("so so", Rating.UNSAID),
        ("no thanks", Rating.UNSAID),
        ("yes I have another question", Rating.UNSAID),
        ("yesterday", Rating.UNSAID),
        ("where is it", Rating.UNSAID),
        ("", Rating.UNSAID),
    ],
)
def test_to_the_question_a_yes_or_no_is_enough(words: str, rating: Rating) -> None:
    assert answer_of(words) is rating


@pytest.mark.parametrize(
    ("words", "declined"),
    [
        ("no, that’s all", True),
        ("Nope, nothing else", True),
        ("no thanks", True),
        ("no, something else", True),
        ("I'd rather not", True),
        ("no", False),
        ("no, it was not", False),
        ("thanks", False),
        ("not really", False),
    ],
)
def test_a_no_may_be_meant_for_the_question_itself(words: str, declined: bool) -> None:
    assert declines(words) is declined
