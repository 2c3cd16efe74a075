"""CountersignError
└── RefusedError
    ├── TurnForgedError               no living turn has this ticket
    └── CheckpointGoneError           the checkpoint's page is too old, used up or never was
"""

from countersign.kit.errors import RefusedError


class TurnForgedError(RefusedError):
    """No living turn has this ticket."""

    code = "turn-forged"


class CheckpointGoneError(RefusedError):
    """The checkpoint's page is too old, used up or never was."""

    code = "checkpoint-gone"
