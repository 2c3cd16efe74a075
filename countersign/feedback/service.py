"""Keeps what shoppers think of the help they got, sealed, for a year."""

import re
from datetime import timedelta

from countersign.audit.service import Audit
from countersign.audit.tags import Tag
from countersign.feedback.models import Feedback, Rating
from countersign.feedback.repository import FeedbackRepository
from countersign.kit.clock import Clock
from countersign.kit.hidden import Personal
from countersign.kit.ids import new_id
from countersign.kit.personal_forms import fold
from countersign.vault.models import Sealed
from countersign.vault.service import Vault

KEPT = timedelta(days=365)
"""Long enough to see a year's seasons, and no longer."""
_SAME = timedelta(hours=1)
_PURPOSE = "feedback.comment"
_BAD = re.compile(
    r"\b(?:not|no|never|nothing|without|un\w*helpful|useless|bad|badly|worse|worst|poor|terrible|awful|horrible"
    r"|waste|rubbish|disappoint\w*|unhappy|dissatisfied|annoying|slow|wrong|thumbs down)\b"
    r"|\b(?:are|ca|could|did|do|does|is|was|wo|would)n['’]?t\b|👎"
)
_GOOD = re.compile(
    r"\b(?:helpful|helped|helps|help|useful|good|great|excellent|perfect|brilliant|amazing|awesome|lovely|nice"
    r"|happy|satisfied|best|love|thumbs up|well|fast|quick|easy)\b|👍"
)

_YES = re.compile(
    r"(?:(?:yes|yep|yeah|yup|sure|very|much|it|was|did|is|does|definitely|absolutely|indeed|thanks|thank you)"
    r"[\s,.!]*)+"
)
_DECLINES = re.compile(
    r"(?:no|nope|nah)\b.*\b(?:thanks|thank you|i['’]?m (?:good|fine|all set)|that(?:['’]?s| is) (?:all|it)"
    r"|nothing else|something else|one more|another)\b"
    r"|(?:.*\b)?(?:not now|no need|rather not|no comment)\b"
)
_SHORT = 4
"""So few words answer a question that yes or no answers."""


class Feedbacks:
    def __init__(self, rows: FeedbackRepository, vault: Vault, audit: Audit, clock: Clock) -> None:
        self._rows = rows
        self._vault = vault
        self._audit = audit
        self._clock = clock

    def rate(self, conversation: str, rating: Rating) -> None:
        self._add(conversation, rating, None)

    def comment(self, conversation: str, comment: Personal) -> None:
        """Belongs to what was rated last in this conversation, within the hour and without a comment.

        Raises UnsealableError for text that UTF-8 cannot encode; nothing is kept then.
        """
        row = self._rows.uncommented(conversation, self._clock.now() - _SAME)
        if row is None:
            self._add(conversation, Rating.UNSAID, comment)
        else:
            self._rows.set_comment(row.id, self._sealed(comment, row.id))
            self._note(conversation, row.id, row.rating)

    def of_conversation(self, conversation: str) -> list[Feedback]:
        """Oldest first."""
        return [
            Feedback(
                row.at,
                Rating(row.rating),
                None
                if row.comment is None
                else self._vault.open(row.comment, purpose=_PURPOSE, subject=row.id),
            )
            for row in self._rows.of_conversation(conversation)
        ]

    def purge(self) -> int:
        """Deletes what is older than a year; how many."""
        return self._rows.remove_before(self._clock.now() - KEPT)

    def _add(self, conversation: str, rating: Rating, comment: Personal | None) -> None:
        name = new_id("fbk")
        sealed = None if comment is None else self._sealed(comment, name)
        self._rows.add(name, conversation, self._clock.now(), rating, sealed)
        self._note(conversation, name, rating)

    def _sealed(self, comment: Personal, name: str) -> Sealed:
        return self._vault.seal(comment, purpose=_PURPOSE, subject=name)

    def _note(self, conversation: str, name: str, rating: str) -> None:
        detail = {"kind": str(rating)}
        self._audit.record(
            Tag.FEEDBACK_GIVEN, actor=conversation, subject=name, outcome="done", detail=detail
        )


def rating_of(words: str) -> Rating:
    """Whether the words praise or blame. A «not» makes blame of praise."""
    text = fold(words)
    if _BAD.search(text):
        return Rating.BAD
    return Rating.GOOD if _GOOD.search(text) else Rating.UNSAID


def answer_of(words: str) -> Rating:
    """What words say that answer «was this helpful?»: a yes or no is enough there."""
    text = fold(words).strip()
    if len(text.split()) > _SHORT or declines(words):
        return Rating.UNSAID
    return Rating.GOOD if _YES.fullmatch(text) else rating_of(words)


def declines(words: str) -> bool:
    """Whether a no to «was this helpful?» is none to the help: «no, thanks», «no, something else»."""
    return _DECLINES.match(fold(words).strip()) is not None
