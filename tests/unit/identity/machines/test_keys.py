"""API keys: shown once, hashed, scoped, expiring, revoked."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import text

from countersign.audit.tags import Tag
from countersign.identity.machines.errors import MachineKeyRefusedError, MachineScopeError
from countersign.identity.machines.models import LONGEST_LIFE, MachineKey
from countersign.identity.staff.table import Permission
from countersign.kit.hidden import Secret
from tests.fakes.identity import statements
from tests.fakes.staff import StaffHouse

HEAD = [Permission.AUDIT_READ_HEAD]
MONTH = timedelta(days=30)


def test_a_key_says_what_it_is_and_opens_what_it_may(staff: StaffHouse) -> None:
    made = staff.keys.add("ship the head", HEAD, MONTH)
    assert re.fullmatch(r"cs_[0-9a-f]{16}", made.key.id)
    assert re.fullmatch(rf"{made.key.id}_[\w-]{{43}}", made.secret.reveal())
    assert staff.keys.prove(made.key.id, made.secret) == made.key
    assert made.key.scope == set(HEAD)
    assert staff.keys.all() == [made.key]


def test_its_secret_is_not_kept_and_not_printed(staff: StaffHouse) -> None:
    made = staff.keys.add("ship the head", HEAD, MONTH)
    with staff.database.read() as tx:
        [row] = tx.execute(text("SELECT * FROM machine_keys"))
    secret = made.secret.reveal().removeprefix(made.key.id)
    assert secret not in str(tuple(row)) and secret not in repr(made)
    assert len(row.secret) == 32


@pytest.mark.parametrize(
    "scope",
    [[], [Permission.STAFF_ADD], [Permission.CUSTOMER_READ], [Permission.REPORT_READ, Permission.KEY_ADD]],
)
def test_what_no_machine_may_hold_is_refused(staff: StaffHouse, scope: list[Permission]) -> None:
    with pytest.raises(MachineScopeError):
        staff.keys.add("too much", scope, MONTH)
    assert staff.keys.all() == []


@pytest.mark.parametrize("life", [timedelta(0), -MONTH, LONGEST_LIFE + timedelta(seconds=1)])
def test_it_lives_for_a_year_at_most(staff: StaffHouse, life: timedelta) -> None:
    with pytest.raises(MachineScopeError):
        staff.keys.add("too long", HEAD, life)
    assert staff.keys.add("a year", HEAD, LONGEST_LIFE).key.expires_at == staff.clock.now() + LONGEST_LIFE


class TestRefused:
    def refused(self, staff: StaffHouse, client: str, secret: str) -> bool:
        try:
            staff.keys.prove(client, Secret(secret))
        except MachineKeyRefusedError:
            return staff.events()[-1] == (Tag.STAFF_TOKEN_REFUSED, "refused")
        return False

    def test_wrong_secrets(self, staff: StaffHouse) -> None:
        made = staff.keys.add("one", HEAD, MONTH)
        right, id_ = made.secret.reveal(), made.key.id
        flipped = right[:-1] + ("A" if right[-1] != "A" else "B")
        for secret in (
            "",
            id_,
            right[:-1],
            right + "x",
            flipped,
            right.upper(),
            right.removeprefix(id_ + "_"),
        ):
            assert self.refused(staff, id_, secret), secret

    def test_another_keys_secret(self, staff: StaffHouse) -> None:
        one, two = (staff.keys.add(name, HEAD, MONTH) for name in ("one", "two"))
        assert self.refused(staff, one.key.id, two.secret.reveal())
        tail = two.secret.reveal().removeprefix(two.key.id)
        assert self.refused(staff, one.key.id, one.key.id + tail)
        assert self.refused(staff, "cs_" + "0" * 16, one.secret.reveal())

    def test_an_expired_one(self, staff: StaffHouse) -> None:
        made = staff.keys.add("one", HEAD, MONTH)
        staff.clock.advance(days=30)
        assert self.refused(staff, made.key.id, made.secret.reveal())
        assert staff.keys.living(made.key.id) is None

    def test_a_revoked_one(self, staff: StaffHouse) -> None:
        made = staff.keys.add("one", HEAD, MONTH)
        staff.keys.revoke(made.key.id)
        assert self.refused(staff, made.key.id, made.secret.reveal())
        [key] = staff.keys.all()
        assert key.revoked_at == staff.clock.now()
        with pytest.raises(MachineKeyRefusedError):
            staff.keys.revoke(made.key.id)
        with pytest.raises(MachineKeyRefusedError):
            staff.keys.revoke("cs_none")

    def test_with_the_same_work_whether_there_is_such_a_key(self, staff: StaffHouse) -> None:
        made = staff.keys.add("one", HEAD, MONTH)
        work = []
        for secret in (made.key.id + "_" + "x" * 43, "cs_" + "0" * 16 + "_" + "x" * 43):
            staff.vault.uses.clear()
            with statements() as seen:
                assert self.refused(staff, made.key.id, secret)
            work.append((seen, dict(staff.vault.uses)))
        assert work[0] == work[1]


def test_a_permission_that_the_table_lost_gives_nothing(staff: StaffHouse) -> None:
    made = staff.keys.add("one", HEAD, MONTH)
    with staff.database.begin() as tx:
        tx.execute(text("UPDATE machine_keys SET scope = 'audit:read_head,moon:walk'"))
    key = staff.keys.living(made.key.id)
    assert isinstance(key, MachineKey) and key.scope == set(HEAD)
