"""Every permission, every role, fresh, stale and none: what the table promises is what the guard does."""

import ast
import copy
import pickle
import sys
from datetime import timedelta
from itertools import product
from pathlib import Path
from types import MappingProxyType

import pytest

from countersign.audit.tags import Tag
from countersign.identity.machines.models import VerifiedMachine
from countersign.identity.staff.errors import StaffGrantForgedError, StaffGrantMismatchedError
from countersign.identity.staff.grants import StaffGrant
from countersign.identity.staff.guard import StaffGuard, StaffReason, StaffRefusal
from countersign.identity.staff.table import PERMISSIONS, Permission, Role
from tests.fakes.audit import FakeAudit
from tests.fakes.clock import FakeClock
from tests.fakes.staff import FakeSession

PASS, NO, AGAIN, SIGN_IN = "pass", "not_for_you", "reauthenticate", "sign_in"

# Written by hand, not from the table: what each role may do, and what is dangerous.
MAY = {
    Role.ADMIN: "key:add key:list key:revoke report:read staff:add staff:change_roles staff:disable"
    " staff:list staff:reset",
    Role.AGENT: "conversation:read conversation:take_over customer:read customer:reveal decision:read"
    " refund:approve session:end",
    Role.ANALYST: "model:read report:read words:read",
    Role.DESIGNER: "model:activate model:read report:read words:change words:read",
    Role.PRIVACY: "audit:read conversation:read customer:erase customer:export customer:read customer:reveal",
    Role.SECURITY: "audit:read audit:read_head decision:overrule decision:read key:list key:revoke"
    " session:end staff:disable staff:list",
}
OWN = "own:change_password own:end_sessions own:read"
DANGEROUS = (
    "customer:erase customer:export customer:reveal decision:overrule key:add model:activate"
    " own:change_password refund:approve staff:add staff:change_roles staff:reset"
)
FOR_MACHINES = "audit:read_head model:read report:read words:read"
HOW = ("fresh", "stale", "none")
CELLS = [
    (
        permission,
        role,
        how,
        SIGN_IN
        if how == "none"
        else NO
        if permission not in f"{MAY[role]} {OWN}".split()
        else AGAIN
        if how == "stale" and permission in DANGEROUS.split()
        else PASS,
    )
    for permission, role, how in product(Permission, Role, HOW)
]


class Post:
    """A guard over sessions that are played."""

    def __init__(self) -> None:
        self.clock = FakeClock()
        self.sessions, self.audit = FakeSession(), FakeAudit()
        self.guard = StaffGuard(self.sessions, self.audit, self.clock)  # type: ignore[arg-type]


@pytest.fixture
def post() -> Post:
    return Post()


def answer_of(given: StaffGrant | StaffRefusal) -> str:
    return PASS if isinstance(given, StaffGrant) else given.reason


@pytest.mark.parametrize(
    ("permission", "role", "how", "promised"), CELLS, ids=["-".join(map(str, cell)) for cell in CELLS]
)
def test_cell(post: Post, permission: Permission, role: Role, how: str, promised: str) -> None:
    ago = timedelta(minutes=5, seconds=1) if how == "stale" else timedelta(minutes=5)
    session = post.sessions.add(post.clock, {role}, ago)
    if how == "none":
        post.sessions.living.clear()
    given = post.guard.require(permission, session)
    assert answer_of(given) == promised
    [event] = post.audit.recorded
    passed = promised == PASS
    assert event.tag == (Tag.STAFF_GRANT_PASSED if passed else Tag.STAFF_GRANT_REFUSED)
    assert (event.actor, event.subject, event.detail["permission"]) == (session.id, session.staff, permission)
    if isinstance(given, StaffGrant):
        assert (given.permission, given.holder, given.staff) == (permission, session.id, session.staff)


def test_the_matrix_is_whole_and_its_size_is_told() -> None:
    assert len(CELLS) == len(Permission) * len(Role) * len(HOW) == 28 * 6 * 3
    assert {f"{p}" for line in (*MAY.values(), OWN) for p in line.split()} == set(Permission)
    counted = {answer: sum(cell[3] == answer for cell in CELLS) for answer in (PASS, NO, AGAIN, SIGN_IN)}
    sys.stderr.write(f"\nstaff authorisation matrix: {len(CELLS)} cells, {counted}\n")


@pytest.mark.parametrize("permission", list(Permission))
def test_machines_may_do_what_the_table_says_and_no_more(post: Post, permission: Permission) -> None:
    everything = VerifiedMachine("cs_1", frozenset(Permission))
    promised = PASS if permission in FOR_MACHINES.split() else NO
    assert answer_of(post.guard.require_machine(permission, everything)) == promised
    nothing = VerifiedMachine("cs_1", frozenset(Permission) - {permission})
    assert answer_of(post.guard.require_machine(permission, nothing)) == NO
    assert post.audit.recorded[-1].actor == "cs_1"


def test_of_two_roles_either_is_enough(post: Post) -> None:
    session = post.sessions.add(post.clock, {Role.ANALYST, Role.ADMIN})
    assert answer_of(post.guard.require(Permission.STAFF_LIST, session)) == PASS
    assert answer_of(post.guard.require(Permission.CUSTOMER_READ, session)) == NO


def test_roles_and_times_are_read_anew(post: Post) -> None:
    session = post.sessions.add(post.clock, set(Role))
    post.sessions.living.clear()
    post.sessions.add(post.clock, {Role.ANALYST}, timedelta(hours=1))
    assert answer_of(post.guard.require(Permission.STAFF_ADD, session)) == NO
    assert answer_of(post.guard.require(Permission.OWN_CHANGE_PASSWORD, session)) == AGAIN


def test_without_a_role_nothing_is_allowed(post: Post) -> None:
    session = post.sessions.add(post.clock, set())
    assert {answer_of(post.guard.require(one, session)) for one in Permission} == {NO}
    assert post.guard.may(session) == []


def test_silence_means_no() -> None:
    post = Post()
    guard = StaffGuard(post.sessions, post.audit, post.clock, MappingProxyType({}))  # type: ignore[arg-type]
    session = post.sessions.add(post.clock, set(Role))
    assert answer_of(guard.require(Permission.OWN_READ, session)) == StaffReason.UNLISTED
    machine = VerifiedMachine("cs_1", frozenset(Permission))
    assert answer_of(guard.require_machine(Permission.MODEL_READ, machine)) == StaffReason.UNLISTED


def test_what_is_shown_is_what_the_roles_allow(post: Post) -> None:
    for role in Role:
        shown = post.guard.may(post.sessions.add(post.clock, {role}))
        assert shown == sorted(f"{MAY[role]} {OWN}".split())


class TestGrant:
    def grant(self, post: Post) -> StaffGrant:
        given = post.guard.require(Permission.OWN_READ, post.sessions.add(post.clock, {Role.AGENT}))
        assert isinstance(given, StaffGrant)
        return given

    def test_cannot_be_made_elsewhere(self, post: Post) -> None:
        with pytest.raises(StaffGrantForgedError):
            StaffGrant(Permission.STAFF_ADD, "sts_1", "stf_1", post.clock.now(), object())
        with pytest.raises(StaffGrantForgedError):
            StaffGrant(Permission.STAFF_ADD, "sts_1", "stf_1", post.clock.now())

    def test_covers_its_permission_and_holder_only(self, post: Post) -> None:
        grant = self.grant(post)
        grant.demand(Permission.OWN_READ)
        grant.demand(Permission.OWN_READ, grant.holder)
        with pytest.raises(StaffGrantMismatchedError):
            grant.demand(Permission.STAFF_ADD)
        with pytest.raises(StaffGrantMismatchedError):
            grant.demand(Permission.OWN_READ, "sts_other")

    @pytest.mark.parametrize("copier", [copy.copy, copy.deepcopy, pickle.dumps])
    def test_cannot_be_kept(self, post: Post, copier: "type") -> None:
        with pytest.raises(TypeError):
            copier(self.grant(post))

    def test_its_mint_is_the_guards_alone(self) -> None:
        root = Path(__file__).parents[4]
        users = {
            path.relative_to(root).as_posix()
            for folder in ("countersign", "actions")
            for path in (root / folder).rglob("*.py")
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
            if isinstance(node, ast.ImportFrom)
            and node.module == "countersign.identity.staff.grants"
            and any(alias.name == "_STAFF_MINT" for alias in node.names)
        }
        assert users == {"countersign/identity/staff/guard.py"}


class TestTable:
    def test_is_whole_and_sorted(self) -> None:
        assert list(PERMISSIONS) == list(Permission)
        assert [one.value for one in Permission] == sorted(one.value for one in Permission)
        assert [one.value for one in Role] == sorted(one.value for one in Role)
        assert all(one.name == one.value.replace(":", "_").upper() for one in Permission)

    def test_says_who_for_every_permission(self) -> None:
        assert all(line.roles for line in PERMISSIONS.values())
        assert {one for one, line in PERMISSIONS.items() if line.dangerous} == set(DANGEROUS.split())

    def test_lets_no_machine_do_what_is_dangerous(self) -> None:
        assert not any(line.machines and line.dangerous for line in PERMISSIONS.values())

    def test_keeps_accounts_and_shoppers_data_in_different_hands(self) -> None:
        accounts = {
            role for one, line in PERMISSIONS.items() if one.startswith("staff:") for role in line.roles
        }
        shoppers = {
            role
            for one, line in PERMISSIONS.items()
            if one.startswith(("customer:", "conversation:"))
            for role in line.roles
        }
        assert accounts & shoppers == set()

    def test_cannot_be_changed_at_run_time(self) -> None:
        with pytest.raises(TypeError):
            PERMISSIONS[Permission.STAFF_ADD] = PERMISSIONS[Permission.OWN_READ]  # type: ignore[index]
        with pytest.raises(AttributeError):
            PERMISSIONS[Permission.STAFF_ADD].dangerous = False  # type: ignore[misc]
