"""CountersignError                    every error that the core raises on purpose
├── RefusedError                      an expected no: the shopper is told, nobody is paged
└── UnavailableError                  a part could not be reached: fail closed, ask to try later

Each subject draws its own tree on top of these in its `errors.py`.
"""


class CountersignError(Exception):
    """`code` is stable and safe to show (kebab-case); `say` names a response or is None.

    The message is for operators and never holds personal data.
    """

    code = "internal-error"
    say: str | None = None


class RefusedError(CountersignError):
    code = "refused"


class UnavailableError(CountersignError):
    code = "unavailable"
    say = "utter_shared_trouble"
