"""CountersignError
└── UnavailableError
    └── LimitsUnavailableError        the counters cannot be read: whoever asked must refuse
"""

from countersign.kit.errors import UnavailableError


class LimitsUnavailableError(UnavailableError):
    code = "limits-unavailable"
