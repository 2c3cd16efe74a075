"""CountersignError
├── TamperedError                     a sealed value does not open: altered, or moved to another place
│   ├── EnvelopeUnknownError          it is not an envelope, or of a version that we do not know
│   └── KeyUnknownError               it was sealed with a key that is not in the ring
├── TokensExhaustedError              no free token id was found in a conversation
├── UnsealableError                   the text cannot be encoded (a lone surrogate)
└── UnavailableError
    └── KeyRingError                  no start without a sound key ring
        ├── KeyCheckError             a key is not the one that was written under this name
        ├── KeyCurrentUnknownError    `current` names a key that is not there
        ├── KeyRingBrokenError        not JSON, or not of the expected shape
        ├── KeyRingExistsError        create() never overwrites keys
        ├── KeyRingExposedError       others than the owner can read or write the file
        ├── KeyRingMissingError       no such file
        └── KeyTruncatedError         a key of another length than 32 bytes
"""

from countersign.kit.errors import CountersignError, UnavailableError


class TamperedError(CountersignError):
    say = "utter_shared_trouble"


class EnvelopeUnknownError(TamperedError):
    pass


class KeyUnknownError(TamperedError):
    pass


class TokensExhaustedError(CountersignError):
    pass


class UnsealableError(CountersignError):
    pass


class KeyRingError(UnavailableError):
    code = "keys-unavailable"


class KeyCheckError(KeyRingError):
    pass


class KeyCurrentUnknownError(KeyRingError):
    pass


class KeyRingBrokenError(KeyRingError):
    pass


class KeyRingExistsError(KeyRingError):
    pass


class KeyRingExposedError(KeyRingError):
    pass


class KeyRingMissingError(KeyRingError):
    pass


class KeyTruncatedError(KeyRingError):
    pass
