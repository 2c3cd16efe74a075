"""CountersignError
└── UnavailableError
    └── ProviderUnavailableError      the provider did not answer, or not as the standard says
"""

from countersign.kit.errors import UnavailableError


class ProviderUnavailableError(UnavailableError):
    code = "provider-unavailable"
