"""CountersignError
├── KeyUnfitError                     what should be a set of public keys is none
├── PersonDiffersError                a conversation belongs to one person; another signs in elsewhere
└── RefusedError
    ├── SignInRefusedError            another way in led nowhere; where it failed only the log says
    ├── TokenRefusedError             a signed token is not sound: the message names the claim or part
    │   └── UnknownKeyError           … it names a key that is not in the set
    └── IdentityError                 outside all of these read alike: 401, «start again»
        ├── SessionExpiredError       idle or absolute time-out
        ├── SessionRenewRefusedError  no right to a fresh token: late, spent, or another device
        └── SessionUnknownError       never was, signed out, or replaced when its level rose
"""

from countersign.kit.errors import CountersignError, RefusedError


class KeyUnfitError(CountersignError):
    code = "key-unfit"


class PersonDiffersError(CountersignError):
    code = "person-differs"


class SignInRefusedError(RefusedError):
    code = "sign-in-refused"


class TokenRefusedError(RefusedError):
    code = "identity-refused"
    say = "utter_sign_in_identity_refused"


class UnknownKeyError(TokenRefusedError):
    pass


class IdentityError(RefusedError):
    code = "session-unknown"


class SessionExpiredError(IdentityError):
    pass


class SessionRenewRefusedError(IdentityError):
    pass


class SessionUnknownError(IdentityError):
    pass
