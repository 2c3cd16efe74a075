"""What can go wrong in here. A RasaException ends a command with its message and no traceback."""

from rasa.shared.exceptions import RasaException


class TurnStoppedError(BaseException):
    """The turn cannot go on; its cause is chained.

    Not an Exception: Rasa's FailSafeTrackerStore catches each of those, forgets the conversation and goes on
    with an empty tracker in plain memory.
    """


class BadBodyError(RasaException):
    """A request's body is not what the channel takes. Never quotes it."""


class KeyRefusedError(RasaException):
    """The core lent no key."""


class NameDeclaredTwiceError(RasaException):
    """Two files declare the same name."""


class TamperedError(RasaException):
    """A stored conversation is not as it was written."""


class UnfitConfigError(RasaException):
    """Started in a way that would not be safe."""
