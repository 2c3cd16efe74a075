"""The proof that a member of the staff, or a machine, may do something now."""

from dataclasses import InitVar, dataclass
from datetime import datetime
from typing import NoReturn

from countersign.identity.staff.errors import StaffGrantForgedError, StaffGrantMismatchedError
from countersign.identity.staff.table import Permission

# The guard's alone: a house test allows this name in guard.py and nowhere else.
_STAFF_MINT = object()


@dataclass(frozen=True)
class StaffGrant:
    """One permission, for one session or API key, at one moment. Only the guard can make it.

    `holder` is the session's or the key's id; `staff` is None for a machine. Use it in the request
    that it was asked for; it is not to be kept.
    """

    permission: Permission
    holder: str
    staff: str | None
    at: datetime
    mint: InitVar[object] = None

    def __post_init__(self, mint: object) -> None:
        if mint is not _STAFF_MINT:
            raise StaffGrantForgedError("only the guard makes grants")

    def demand(self, permission: Permission, holder: str | None = None) -> None:
        """Raises StaffGrantMismatchedError unless it is for that permission, and that holder if given."""
        if self.permission != permission or holder not in (None, self.holder):
            raise StaffGrantMismatchedError(f"a grant for {self.permission} does not cover {permission}")

    def __reduce__(self) -> NoReturn:
        raise TypeError("a StaffGrant cannot be copied or stored")
