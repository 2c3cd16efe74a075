"""CountersignError
└── GrantForgedError                  somebody but the guard tried to make a grant
"""

from countersign.kit.errors import CountersignError


class GrantForgedError(CountersignError):
    pass
