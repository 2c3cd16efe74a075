"""What can go wrong in here: two kinds."""

from rasa.shared.exceptions import RasaException


class RefusedError(RasaException):
    """Something is not as it must be; the message says what, and never quotes a shopper."""


class TurnStoppedError(BaseException):
    """The turn cannot go on; its cause is chained.

    Not an Exception: Rasa's FailSafeTrackerStore catches each of those, forgets the conversation and goes on
    with an empty tracker in plain memory.
    """
