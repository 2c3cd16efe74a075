"""CountersignError
├── GrantForgedError                  somebody but the guard tried to make a grant
└── GrantMismatchedError              a grant for one deed or subject was used for another
"""

from countersign.kit.errors import CountersignError


class GrantForgedError(CountersignError):
    pass


class GrantMismatchedError(CountersignError):
    pass
