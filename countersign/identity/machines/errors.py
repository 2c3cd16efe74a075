"""CountersignError
└── RefusedError
    ├── MachineError                  outside all of these read alike: 401
    │   ├── MachineKeyRefusedError    no such key, wrong, expired or revoked
    │   └── MachineTokenRefusedError  not one of our tokens, or no longer good
    └── MachineScopeError             asks for more than a machine, or this key, may hold
"""

from countersign.kit.errors import RefusedError


class MachineError(RefusedError):
    code = "machine-refused"


class MachineKeyRefusedError(MachineError):
    pass


class MachineTokenRefusedError(MachineError):
    pass


class MachineScopeError(RefusedError):
    code = "scope-refused"
