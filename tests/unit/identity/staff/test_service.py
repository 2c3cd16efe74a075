"""Accounts: the one-time link, set-up, reset, disabling, a new password."""

from datetime import timedelta

import pytest
from sqlalchemy import text

from countersign.audit.tags import Tag
from countersign.identity.staff.errors import (
    StaffGrantMismatchedError,
    StaffKnownError,
    StaffSessionError,
    StaffUnknownError,
)
from countersign.identity.staff.grants import StaffGrant
from countersign.identity.staff.models import Credentials, NotSet, Refused, StaffOpened, State, WhyNot
from countersign.identity.staff.table import Permission, Role
from countersign.kit.hidden import Personal, Secret
from tests.fakes.staff import DORA, NOBODY, PASSWORD, StaffHouse

NEW = Secret("nine slow herons at the weir")


def state(staff: StaffHouse) -> State:
    [member] = staff.accounts.all()
    return member.state


def test_a_new_account_is_set_up_by_its_link_and_only_once(staff: StaffHouse) -> None:
    token = staff.invite()
    assert state(staff) is State.INVITED
    staff.set_up(token)
    assert state(staff) is State.ACTIVE
    assert staff.accounts.invited(token) is None
    assert staff.accounts.set_up(token, NEW, staff.code()) == NotSet(WhyNot.LINK_DEAD)
    assert isinstance(staff.sign_in.sign_in(DORA, staff.right()), StaffOpened)


def test_who_it_is_can_be_read_and_is_sealed(staff: StaffHouse) -> None:
    staff.accounts.add(DORA, Personal("Dora Fuchs"), {Role.AGENT, Role.PRIVACY})
    [member] = staff.accounts.all()
    assert (member.email, member.name) == (DORA, Personal("Dora Fuchs"))
    assert member.roles == {Role.AGENT, Role.PRIVACY}
    staff.database.dispose()
    with staff.database.read() as tx:
        [row] = tx.execute(text("SELECT * FROM staff_accounts"))
    assert "dora" not in str(tuple(row)).lower() and "fuchs" not in str(tuple(row)).lower()


def test_nothing_that_opens_an_account_is_kept_readable(staff: StaffHouse) -> None:
    token = staff.invite()
    with staff.database.read() as tx:
        links = str(list(tx.execute(text("SELECT * FROM staff_links"))))
    staff.set_up(token)
    opened = staff.signed_in()
    key = staff.keys.add("ship the head", [Permission.AUDIT_READ_HEAD], timedelta(days=30))
    tables = ("accounts", "devices", "links", "sessions", "totp")
    with staff.database.read() as tx:
        kept = links + "".join(str(list(tx.execute(text(f"SELECT * FROM staff_{t}")))) for t in tables)  # noqa: S608
        kept += str(list(tx.execute(text("SELECT * FROM machine_keys"))))
    assert opened.device is not None
    secrets = (token, opened.token, opened.device, key.secret, Secret(staff.secrets[DORA.reveal()]))
    assert [secret for secret in secrets if secret.reveal() in kept] == []
    assert "argon2" not in kept


def test_one_address_has_one_account(staff: StaffHouse) -> None:
    staff.invite()
    with pytest.raises(StaffKnownError):
        staff.invite(Personal(" DORA@shop.example"))
    with pytest.raises(ValueError, match="role"):
        staff.accounts.add(NOBODY, Personal("Nix"), [])


def test_a_link_lives_for_a_day(staff: StaffHouse) -> None:
    token = staff.invite()
    staff.clock.advance(hours=23, minutes=59)
    assert staff.accounts.invited(token) is not None
    staff.clock.advance(minutes=1)
    assert staff.accounts.invited(token) is None
    assert staff.accounts.set_up(token, PASSWORD, Secret("000000")) == NotSet(WhyNot.LINK_DEAD)
    assert staff.accounts.purge() == 0
    staff.clock.advance(seconds=1)
    assert staff.accounts.purge() == 1


def test_another_link_opens_nothing(staff: StaffHouse) -> None:
    staff.invite()
    assert staff.accounts.invited(Secret("x" * 43)) is None
    assert (Tag.STAFF_LINK_DEAD, "refused") in staff.events()


@pytest.mark.parametrize(
    ("password", "why"), [("short", WhyNot.TOO_SHORT), ("fuchs on the hill", WhyNot.OWN_DATA)]
)
def test_a_password_that_is_refused_leaves_the_link_alive(
    staff: StaffHouse, password: str, why: WhyNot
) -> None:
    token = staff.invite()
    assert staff.accounts.set_up(token, Secret(password), Secret("000000")) == NotSet(why)
    staff.set_up(token)


def test_a_wrong_code_sets_nothing_up_and_leaves_the_link_alive(staff: StaffHouse) -> None:
    token = staff.invite()
    invited = staff.accounts.invited(token)
    assert invited is not None
    staff.secrets[DORA.reveal()] = invited.secret.reveal()
    for code in (staff.code(steps=-2), staff.code(steps=2), Secret(""), Secret("12345"), Secret("१२३४५६")):
        assert staff.accounts.set_up(token, PASSWORD, code) == NotSet(WhyNot.CODE_WRONG)
    assert state(staff) is State.INVITED
    staff.set_up(token)


def test_the_code_of_the_set_up_signs_nobody_in(staff: StaffHouse) -> None:
    token = staff.invite()
    staff.set_up(token)
    used = staff.code(steps=-1)
    assert staff.sign_in.sign_in(DORA, Credentials(PASSWORD, used)) == Refused()


class TestReset:
    def test_takes_everything_and_gives_a_new_link(self, staff: StaffHouse) -> None:
        staff.hire()
        opened = staff.signed_in()
        link = staff.accounts.reset(Personal("Dora@shop.example"))
        with pytest.raises(StaffSessionError):
            staff.sessions.resolve(opened.token.reveal())
        assert staff.sign_in.sign_in(DORA, staff.right(), device=opened.device) == Refused()
        old = staff.secrets[DORA.reveal()]
        staff.set_up(link.token)
        assert staff.secrets[DORA.reveal()] != old
        assert isinstance(staff.sign_in.sign_in(DORA, staff.right()), StaffOpened)

    def test_makes_an_older_link_useless(self, staff: StaffHouse) -> None:
        first = staff.invite()
        second = staff.accounts.reset(DORA).token
        assert staff.accounts.invited(first) is None
        staff.set_up(second)

    def test_of_nobody_is_told(self, staff: StaffHouse) -> None:
        with pytest.raises(StaffUnknownError):
            staff.accounts.reset(NOBODY)


class TestDisabling:
    def test_ends_sessions_and_sign_in(self, staff: StaffHouse) -> None:
        staff.hire()
        opened = staff.signed_in()
        staff.accounts.disable(DORA)
        with pytest.raises(StaffSessionError):
            staff.sessions.resolve(opened.token.reveal())
        assert staff.sessions.current(opened.session.id) is None
        assert staff.sign_in.sign_in(DORA, staff.right(), device=opened.device) == Refused()
        assert state(staff) is State.DISABLED

    def test_kills_the_link(self, staff: StaffHouse) -> None:
        token = staff.invite()
        staff.accounts.disable(DORA)
        assert staff.accounts.invited(token) is None
        assert staff.accounts.set_up(token, PASSWORD, Secret("000000")) == NotSet(WhyNot.LINK_DEAD)

    def test_is_undone_by_a_reset_only(self, staff: StaffHouse) -> None:
        staff.hire()
        staff.accounts.disable(DORA)
        staff.set_up(staff.accounts.reset(DORA).token)
        assert state(staff) is State.ACTIVE


class TestNewPassword:
    def grant(self, staff: StaffHouse, opened: StaffOpened) -> StaffGrant:
        grant = staff.guard.require(Permission.OWN_CHANGE_PASSWORD, opened.session)
        assert isinstance(grant, StaffGrant)
        return grant

    def test_replaces_the_old_one_and_ends_all_other_sessions(self, staff: StaffHouse) -> None:
        staff.hire()
        other, mine = staff.signed_in(), staff.signed_in()
        assert staff.accounts.change_password(self.grant(staff, mine), mine.session, NEW) is None
        with pytest.raises(StaffSessionError):
            staff.sessions.resolve(other.token.reveal())
        assert staff.sessions.resolve(mine.token.reveal()).id == mine.session.id
        assert staff.sign_in.sign_in(DORA, staff.right()) == Refused()
        right = Credentials(NEW, staff.code(steps=1))
        assert isinstance(staff.sign_in.sign_in(DORA, right), StaffOpened)

    def test_is_held_to_the_same_rules(self, staff: StaffHouse) -> None:
        staff.hire()
        mine = staff.signed_in()
        refused = staff.accounts.change_password(
            self.grant(staff, mine), mine.session, Secret("password1234")
        )
        assert refused == NotSet(WhyNot.COMMON)
        assert isinstance(staff.sign_in.sign_in(DORA, staff.right()), StaffOpened)

    def test_needs_a_grant_for_this_very_thing(self, staff: StaffHouse) -> None:
        staff.hire()
        mine, other = staff.signed_in(), staff.signed_in()
        wrong = staff.guard.require(Permission.OWN_READ, mine.session)
        assert isinstance(wrong, StaffGrant)
        with pytest.raises(StaffGrantMismatchedError):
            staff.accounts.change_password(wrong, mine.session, NEW)
        with pytest.raises(StaffGrantMismatchedError):
            staff.accounts.change_password(self.grant(staff, other), mine.session, NEW)


def test_every_change_of_an_account_is_audited(staff: StaffHouse) -> None:
    staff.hire()
    opened = staff.signed_in()
    staff.accounts.change_password(TestNewPassword().grant(staff, opened), opened.session, NEW)
    staff.accounts.reset(DORA)
    staff.accounts.disable(DORA)
    tags = [tag for tag, _ in staff.events()]
    for tag in (
        Tag.STAFF_ADDED,
        Tag.STAFF_SET_UP,
        Tag.STAFF_SIGNIN_DONE,
        Tag.STAFF_PASSWORD_CHANGED,
        Tag.STAFF_RESET,
        Tag.STAFF_DISABLED,
    ):
        assert tag in tags
    assert staff.audit.verify() == []
