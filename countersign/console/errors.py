"""CountersignError
└── RefusedError
    ├── FormRefusedError              a form without its token, or from a page of another site
    └── PermissionRefusedError        the guard said no; carries its refusal
"""

from countersign.identity.staff.guard import StaffRefusal
from countersign.kit.errors import RefusedError


class FormRefusedError(RefusedError):
    code = "form-refused"


class PermissionRefusedError(RefusedError):
    code = "not-permitted"

    def __init__(self, refusal: StaffRefusal) -> None:
        super().__init__(f"{refusal.permission}: {refusal.reason}")
        self.refusal = refusal
