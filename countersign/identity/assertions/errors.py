"""CountersignError
└── UnavailableError
    └── KeysUnavailableError          the shop's file of public keys cannot be read, or holds none
"""

from countersign.kit.errors import UnavailableError


class KeysUnavailableError(UnavailableError):
    code = "keys-unavailable"
