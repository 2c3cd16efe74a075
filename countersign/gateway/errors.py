"""CountersignError
├── UnavailableError
│   └── RasaUnavailableError          Rasa did not answer, or not as agreed
└── RefusedError
    ├── MessageError                  the message cannot be taken as it is
    │   ├── EmptyError                nothing was said
    │   ├── TooLongError              more than the cap of characters
    │   └── NotTextError              not human text
    ├── SessionRequiredError          no living session came with the request
    ├── OriginRefusedError            a page of another site used the cookie
    └── SlowDownError                 over a limit: wait
"""

from countersign.kit.errors import RefusedError, UnavailableError


class RasaUnavailableError(UnavailableError):
    """Rasa did not answer, or not as agreed."""

    code = "assistant-unavailable"


class MessageError(RefusedError):
    """The message cannot be taken as it is."""

    code = "bad-message"


class EmptyError(MessageError):
    """Nothing was said."""

    code = "empty-message"
    say = "utter_shared_empty"


class TooLongError(MessageError):
    """More than `limit` characters."""

    code = "message-too-long"
    say = "utter_shared_too_long"

    def __init__(self, limit: int) -> None:
        super().__init__(f"more than {limit} characters")
        self.limit = limit


class NotTextError(MessageError):
    """Not human text."""

    code = "not-text"
    say = "utter_shared_not_text"


class SessionRequiredError(RefusedError):
    """No living session came with the request."""

    code = "session-required"


class OriginRefusedError(RefusedError):
    """A page of another site used the cookie."""

    code = "origin-refused"


class SlowDownError(RefusedError):
    """Over a limit: wait `seconds`."""

    code = "slow-down"
    say = "utter_shared_slow_down"

    def __init__(self, seconds: int) -> None:
        super().__init__(f"wait {seconds} s")
        self.seconds = seconds
