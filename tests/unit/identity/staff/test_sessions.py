"""Sessions of the staff: ids, time-outs, ends."""

import pytest

from countersign.identity.staff.errors import StaffSessionError
from countersign.identity.staff.models import MAX_SESSIONS, TOUCH_EVERY, StaffOpened
from countersign.identity.staff.repository import AccountRepository
from countersign.identity.staff.table import Role
from countersign.kit.hidden import Personal
from tests.fakes.staff import DORA, StaffHouse

EMIL = Personal("emil@shop.example")


@pytest.fixture
def opened(staff: StaffHouse) -> StaffOpened:
    staff.hire(DORA, Role.AGENT, Role.ANALYST)
    return staff.signed_in()


def test_a_token_finds_its_session_with_the_roles(staff: StaffHouse, opened: StaffOpened) -> None:
    found = staff.sessions.resolve(opened.token.reveal())
    assert found.id == opened.session.id
    assert found.roles == {Role.AGENT, Role.ANALYST}


def test_each_is_random(staff: StaffHouse, opened: StaffOpened) -> None:
    others = [staff.sessions.open(opened.session.staff) for _ in range(20)]
    values = [one.token.reveal() for one in others] + [one.session.id for one in others]
    assert len(set(values)) == 40
    assert all(len(one.token.reveal()) == 43 for one in others)


@pytest.mark.parametrize("token", ["", "x" * 43, "\ud800"])
def test_another_token_finds_none(staff: StaffHouse, opened: StaffOpened, token: str) -> None:
    with pytest.raises(StaffSessionError):
        staff.sessions.resolve(token)


def test_fifteen_idle_minutes_end_it(staff: StaffHouse, opened: StaffOpened) -> None:
    staff.clock.advance(minutes=14, seconds=29)  # half a minute passed at sign-in
    staff.sessions.resolve(opened.token.reveal())
    staff.clock.advance(minutes=14, seconds=59)
    staff.sessions.resolve(opened.token.reveal())
    staff.clock.advance(minutes=15)
    assert staff.sessions.current(opened.session.id) is None
    with pytest.raises(StaffSessionError):
        staff.sessions.resolve(opened.token.reveal())


def test_twelve_hours_end_it_however_busy(staff: StaffHouse, opened: StaffOpened) -> None:
    while staff.clock.now() < opened.session.expires_at:
        staff.sessions.resolve(opened.token.reveal())
        staff.clock.advance(minutes=10)
    with pytest.raises(StaffSessionError):
        staff.sessions.resolve(opened.token.reveal())
    hours = (opened.session.expires_at - opened.session.created_at).total_seconds() / 3600
    assert hours == 12


def test_its_use_is_written_now_and_then(staff: StaffHouse, opened: StaffOpened) -> None:
    staff.clock.advance(seconds=TOUCH_EVERY.total_seconds())
    staff.sessions.resolve(opened.token.reveal())
    [now] = staff.sessions.of(opened.session.staff)
    assert now.last_seen_at == staff.clock.now()


def test_rotation_kills_the_old_one_and_happens_once(staff: StaffHouse, opened: StaffOpened) -> None:
    again = staff.sessions.rotate(opened.session)
    with pytest.raises(StaffSessionError):
        staff.sessions.resolve(opened.token.reveal())
    with pytest.raises(StaffSessionError):
        staff.sessions.rotate(opened.session)
    assert staff.sessions.resolve(again.token.reveal()).id == again.session.id


def test_one_too_many_ends_the_one_unused_for_longest(staff: StaffHouse, opened: StaffOpened) -> None:
    others = []
    for _ in range(MAX_SESSIONS):
        staff.clock.advance(seconds=1)
        others.append(staff.sessions.open(opened.session.staff))
    living = {session.id for session in staff.sessions.of(opened.session.staff)}
    assert living == {one.session.id for one in others}


def test_signing_out_ends_this_one_only(staff: StaffHouse, opened: StaffOpened) -> None:
    other = staff.signed_in()
    staff.sessions.end(opened.session)
    staff.sessions.end(opened.session)
    assert [one.id for one in staff.sessions.of(opened.session.staff)] == [other.session.id]


def test_another_persons_session_cannot_be_ended(staff: StaffHouse, opened: StaffOpened) -> None:
    staff.hire(EMIL, Role.AGENT)
    theirs = staff.signed_in(EMIL)
    assert not staff.sessions.end_one(opened.session.staff, theirs.session.id)
    assert not staff.sessions.end_one(opened.session.staff, "sts_none")
    assert staff.sessions.resolve(theirs.token.reveal())
    assert staff.sessions.end_one(theirs.session.staff, theirs.session.id)


def test_all_others_end_at_once(staff: StaffHouse, opened: StaffOpened) -> None:
    for _ in range(2):
        staff.signed_in()
    assert staff.sessions.end_all(opened.session.staff, but=opened.session) == 2
    assert [one.id for one in staff.sessions.of(opened.session.staff)] == [opened.session.id]


def test_a_role_that_is_taken_away_is_gone_at_once(staff: StaffHouse, opened: StaffOpened) -> None:
    AccountRepository(staff.database).set_state(opened.session.staff, "active", roles="analyst,wizard")
    assert staff.sessions.resolve(opened.token.reveal()).roles == {Role.ANALYST}


def test_ended_ones_are_kept_for_a_day(staff: StaffHouse, opened: StaffOpened) -> None:
    staff.sessions.end(opened.session)
    staff.clock.advance(hours=23)
    assert staff.sessions.purge() == 0
    staff.clock.advance(hours=2)
    assert staff.sessions.purge() == 1
