"""What a shopper says of the help they got."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from countersign.kit.hidden import Personal


class Rating(StrEnum):
    BAD = "bad"
    GOOD = "good"
    UNSAID = "unsaid"


@dataclass(frozen=True)
class Feedback:
    at: datetime
    rating: Rating
    comment: Personal | None
