"""CountersignError
└── DraftUnreadableError              kept by a version whose drafts had other fields
"""

from countersign.kit.errors import CountersignError


class DraftUnreadableError(CountersignError):
    pass
