"""CountersignError
├── DeliveryError                     raised by senders, caught by Notify
│   ├── DeliveryDeferredError         not now: the server is down, busy or misconfigured; try again
│   └── DeliveryRefusedError          never: the server answered this message with a 5xx
├── SmtpUrlError                      the SMTP URL cannot be used, or would send in the clear
└── RefusedError
    ├── AddressRefusedError           not one plain e-mail address
    └── SubjectRefusedError           a line break or control character in the subject
"""

from countersign.kit.errors import CountersignError, RefusedError


class DeliveryError(CountersignError):
    """`reason` is a short word or an SMTP code, fit for a log: never the server's text."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class DeliveryDeferredError(DeliveryError):
    pass


class DeliveryRefusedError(DeliveryError):
    pass


class SmtpUrlError(CountersignError):
    pass


class AddressRefusedError(RefusedError):
    code = "address-refused"


class SubjectRefusedError(RefusedError):
    code = "subject-refused"
