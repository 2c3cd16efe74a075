"""The way in for machines: a bearer token, and the permission that a route needs."""

from collections.abc import Callable

from fastapi import HTTPException, Request

from countersign.identity.machines.errors import MachineError
from countersign.identity.machines.tokens import MachineTokens
from countersign.identity.staff.grants import StaffGrant
from countersign.identity.staff.guard import StaffGuard
from countersign.identity.staff.table import Permission
from countersign.kit.hidden import Secret


class Door:
    """Lets machines in by the permission that a route needs: `Depends(door.needs(Permission.…))`."""

    def __init__(self, tokens: MachineTokens, guard: StaffGuard) -> None:
        self._tokens = tokens
        self._guard = guard

    def needs(self, permission: Permission) -> Callable[[Request], StaffGrant]:
        def enter(request: Request) -> StaffGrant:
            """Raises HTTPException: 401 for any token but a good one, 403 when it holds too little."""
            scheme, _, token = request.headers.get("authorization", "").partition(" ")
            if scheme.lower() != "bearer":
                raise HTTPException(401, "a bearer token is needed")
            try:
                machine = self._tokens.verify(Secret(token.strip()))
            except MachineError:
                raise HTTPException(401, "not a token that is good now") from None
            answer = self._guard.require_machine(permission, machine)
            if not isinstance(answer, StaffGrant):
                raise HTTPException(403, "not in the scope of this token")
            return answer

        return enter
