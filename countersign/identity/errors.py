"""CountersignError
├── PersonDiffersError                a conversation belongs to one person; another signs in elsewhere
└── RefusedError
    └── IdentityError                 outside all of these read alike: 401, «start again»
        ├── SessionExpiredError       idle or absolute time-out
        ├── SessionRenewRefusedError  no right to a fresh token: late, spent, or another device
        └── SessionUnknownError       never was, signed out, or replaced when its level rose
"""

from countersign.kit.errors import CountersignError, RefusedError


class PersonDiffersError(CountersignError):
    code = "person-differs"


class IdentityError(RefusedError):
    code = "session-unknown"


class SessionExpiredError(IdentityError):
    pass


class SessionRenewRefusedError(IdentityError):
    pass


class SessionUnknownError(IdentityError):
    pass
