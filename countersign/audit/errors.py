"""CountersignError
├── DetailRefusedError                an actor, subject or detail that may not stand in the log
└── UnavailableError
    └── AuditBrokenError              the head of the chain is gone or forged: nothing is added to it
"""

from countersign.kit.errors import CountersignError, UnavailableError


class DetailRefusedError(CountersignError):
    """A fault of the calling code: the message names the field, never its value."""


class AuditBrokenError(UnavailableError):
    code = "audit-broken"
