"""CountersignError
├── DatabaseMisusedError              the program asked for what the database layer does not do
│   └── WriteInsideReadError          begin() inside a read(): the read's snapshot cannot become a write
└── UnavailableError
    └── DatabaseUnavailableError      locked for longer than the wait, down, or out of connections
"""

from countersign.kit.errors import CountersignError, UnavailableError


class DatabaseMisusedError(CountersignError):
    """A fault of the calling code, never of the shopper."""


class WriteInsideReadError(DatabaseMisusedError):
    """Open the write transaction first; a read() inside it joins it."""


class DatabaseUnavailableError(UnavailableError):
    code = "database-unavailable"
