"""CountersignError
├── StaffGrantForgedError             somebody but the guard tried to make a staff grant
├── StaffGrantMismatchedError         a staff grant for one permission was used for another
├── UnavailableError
│   └── HashesBusyError               too many passwords at once: try again in a moment
└── RefusedError
    ├── StaffAccountError
    │   ├── StaffKnownError           the address has an account already
    │   └── StaffUnknownError         no account with that address
    └── StaffSessionError             no living session
"""

from countersign.kit.errors import CountersignError, RefusedError, UnavailableError


class StaffGrantForgedError(CountersignError):
    pass


class StaffGrantMismatchedError(CountersignError):
    pass


class HashesBusyError(UnavailableError):
    code = "busy"


class StaffAccountError(RefusedError):
    pass


class StaffKnownError(StaffAccountError):
    pass


class StaffUnknownError(StaffAccountError):
    pass


class StaffSessionError(RefusedError):
    code = "session-required"
