"""`countersign staff …`: accounts of the staff and API keys of machines, by whoever runs the machine."""

import argparse
import sys
from datetime import timedelta

from countersign.bootstrap import Core
from countersign.identity.staff.models import AccountLink
from countersign.identity.staff.table import PERMISSIONS, Permission, Role
from countersign.kit.hidden import Personal

_FOR_MACHINES = sorted(permission for permission, line in PERMISSIONS.items() if line.machines)
_LONGEST_DAYS = 365


def _add(core: Core, options: argparse.Namespace) -> int:
    email, name = Personal(options.email), Personal(options.name)
    return _tell_link(core, core.staff.accounts.add(email, name, {Role(role) for role in options.role}))


def _reset(core: Core, options: argparse.Namespace) -> int:
    return _tell_link(core, core.staff.accounts.reset(Personal(options.email)))


def _disable(core: Core, options: argparse.Namespace) -> int:
    core.staff.accounts.disable(Personal(options.email))
    sys.stdout.write("disabled; every session has ended\n")
    return 0


def _list(core: Core, options: argparse.Namespace) -> int:
    for member in core.staff.accounts.all():
        roles = ",".join(sorted(member.roles))
        sys.stdout.write(f"{member.email.reveal()}\t{member.name.reveal()}\t{roles}\t{member.state}\n")
    return 0


def _key_add(core: Core, options: argparse.Namespace) -> int:
    scope = {Permission(name) for name in options.permission}
    made = core.staff.keys.add(options.name, scope, timedelta(days=options.days))
    sys.stdout.write(
        f"client id: {made.key.id}\n"
        f"client secret, shown this once: {made.secret.reveal()}\n"
        f"good until {made.key.expires_at:%Y-%m-%d %H:%M} UTC\n"
    )
    return 0


def _key_list(core: Core, options: argparse.Namespace) -> int:
    for key in core.staff.keys.all():
        state = "revoked" if key.revoked_at else f"until {key.expires_at:%Y-%m-%d}"
        sys.stdout.write(f"{key.id}\t{key.name}\t{','.join(sorted(key.scope))}\t{state}\n")
    return 0


def _key_revoke(core: Core, options: argparse.Namespace) -> int:
    core.staff.keys.revoke(options.id)
    sys.stdout.write("revoked; its tokens are dead\n")
    return 0


def _tell_link(core: Core, link: AccountLink) -> int:
    sys.stdout.write(
        f"{core.staff.link(link.token).reveal()}\n"
        f"works once, until {link.expires_at:%Y-%m-%d %H:%M} UTC: hand it to the owner of the account\n"
    )
    return 0


def add_to(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Adds `staff` and what belongs to it."""
    staff = commands.add_parser("staff", help="accounts of the staff").add_subparsers(
        required=True, metavar="WHAT"
    )
    adding = staff.add_parser("add", help="make an account and print its one-time link")
    adding.add_argument("--email", required=True)
    adding.add_argument("--name", required=True)
    adding.add_argument("--role", required=True, action="append", choices=[role.value for role in Role])
    adding.set_defaults(run=_add)
    staff.add_parser("list", help="list accounts").set_defaults(run=_list)
    for name, run, what in (
        ("disable", _disable, "close an account and end its sessions"),
        ("reset", _reset, "take password and second factor, print a new one-time link"),
    ):
        parser = staff.add_parser(name, help=what)
        parser.add_argument("--email", required=True)
        parser.set_defaults(run=run)
    key = staff.add_parser("key", help="API keys").add_subparsers(required=True, metavar="WHAT")
    making = key.add_parser("add", help="make a key and print it, once")
    making.add_argument("--name", required=True)
    making.add_argument("--permission", required=True, action="append", choices=_FOR_MACHINES)
    making.add_argument("--days", type=int, default=90, choices=range(1, _LONGEST_DAYS + 1), metavar="DAYS")
    making.set_defaults(run=_key_add)
    key.add_parser("list", help="list keys").set_defaults(run=_key_list)
    revoking = key.add_parser("revoke", help="make a key useless at once")
    revoking.add_argument("id", metavar="CLIENT_ID")
    revoking.set_defaults(run=_key_revoke)
