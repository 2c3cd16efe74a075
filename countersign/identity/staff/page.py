"""The staff's table as a page that an auditor reads: docs/security/staff.md."""

from collections.abc import Mapping

from countersign.identity.machines.models import LONGEST_LIFE, SIGNING_KEY_LIFE, TOKEN_LIFE
from countersign.identity.machines.tokens import ALGORITHM
from countersign.identity.staff.guard import StaffReason
from countersign.identity.staff.models import ABSOLUTE, IDLE, LINK_LIFE, MAX_SESSIONS
from countersign.identity.staff.password_rules import LONGEST, SHORTEST
from countersign.identity.staff.passwords import Cost
from countersign.identity.staff.table import FRESH, PERMISSIONS, Line, Permission, Role
from countersign.kit.pages import joined, span
from countersign.kit.pages import table as table_of
from countersign.risk.table import RATES

_TOP = """# Staff and machines

Rendered from the code by `countersign.identity.staff.page.render`; a test keeps it current. Do not edit.

A permission that is not in this table is nobody's. «Asks again»: only within {fresh} of a sign-in or
re-authentication with password and second factor. «Machines»: an API key may hold it; what asks again
never, since a machine cannot be asked. Pages for most of these come with the console; the table is
what they will be held to. The command line is not: whoever may run `countersign staff` on the machine
owns it.
"""
_SIGN_IN = """
Signing in asks for address, password and second factor together and answers with one yes or no. An
account, none, one that is disabled, a wrong password and a wrong code run the same statements and one
hash (a test counts both). Passwords have {shortest} to {longest} characters and no composition rules; the
commonest ones, rows of keys, repeated pieces and the owner's own name or address are refused. They are
kept as argon2id (m = {memory} MiB, t = {rounds}, p = {lanes}; at most {at_once} at once, the next
waits {wait:g} s and is then told «busy»), sealed by the vault, and hashed anew when the costs change.
Each step of a one-time code works once.

A session ends after {idle} without use, after {absolute} in any case, and with its account; at most
{most} of one person live at once. Its token changes at sign-in and re-authentication. A one-time link
lives for {link}, works once, and is kept as a keyed hash, like every token here.
"""
_LIMITS = """
Every try counts. A browser on which the account has signed in before is counted by itself only, so
guesses from elsewhere shut nobody out of it. What remains: while an account is being flooded, its
owner cannot sign in from a browser that is new to it.
"""
_MACHINES = """
A key lives for {longest} at most, is shown once and kept as a keyed hash; it begins with `cs_` and the
id by which it is found. `POST /oauth/token` (RFC 6749, client credentials) gives a token of {token} for
it: a JWT by RFC 9068, {algorithm} and nothing else, with issuer, audience, scope and jti. Signing keys are
sealed in the database under their kid and change every {signing}. With each call the key itself is looked
at, so revoking it kills its tokens at once.
"""


def render(table: Mapping[Permission, Line] = PERMISSIONS) -> str:
    """The whole page, Markdown."""
    cost = Cost()
    buckets = [bucket for bucket in sorted(RATES) if bucket.startswith("staff_")]
    return "\n".join(
        [
            _TOP.format(fresh=span(FRESH)),
            table_of(
                ("permission", *Role, "asks again", "machines"),
                (_line(permission, line) for permission, line in sorted(table.items())),
            ),
            "\n## Reasons of a refusal\n",
            "\n".join(f"- `{reason}`" for reason in StaffReason),
            "\n## Signing in",
            _SIGN_IN.format(
                shortest=SHORTEST,
                longest=LONGEST,
                memory=cost.memory_kib // 1024,
                rounds=cost.rounds,
                lanes=cost.lanes,
                at_once=cost.at_once,
                wait=cost.wait_s,
                idle=span(IDLE),
                absolute=span(ABSOLUTE),
                most=MAX_SESSIONS,
                link=span(LINK_LIFE),
            ),
            "## Limits\n",
            table_of(
                ("counted", "at most"),
                ((f"`{bucket}`", joined(RATES[bucket])) for bucket in buckets),
            ),
            _LIMITS,
            "## Machines",
            _MACHINES.format(
                longest=span(LONGEST_LIFE),
                token=span(TOKEN_LIFE),
                algorithm=ALGORITHM,
                signing=span(SIGNING_KEY_LIFE),
            ),
        ]
    )


def _line(permission: Permission, line: Line) -> tuple[str, ...]:
    roles = ("✓" if role in line.roles else "–" for role in Role)
    return f"`{permission}`", *roles, "✓" if line.dangerous else "–", "✓" if line.machines else "–"
