"""Steps of one-time codes (RFC 6238, by pyotp): which one a code is of. Who uses it keeps the last used step,
since the library takes the same code as often as it is given (OWASP ASVS 6.5.1)."""

import hmac
from datetime import datetime

import pyotp

STEP_SECONDS = 30
AROUND = (-1, 0, 1)
"""How many steps a clock may be off."""


def step_of(secret: str, typed: str, now: datetime) -> int | None:
    """The step that this is the code of, now or a step away; None when it is of none."""
    app, at = pyotp.TOTP(secret, interval=STEP_SECONDS), int(now.timestamp()) // STEP_SECONDS
    code = typed.encode("utf-8", "surrogatepass")
    # All are compared, so that the time tells nothing.
    right = [at + by for by in AROUND if hmac.compare_digest(app.generate_otp(at + by).encode(), code)]
    return max(right, default=None)
