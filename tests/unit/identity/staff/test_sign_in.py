"""Signing in: one answer to whatever is wrong, limits that lock nobody out, and the same work for all."""

from collections import Counter

import pytest

from countersign.audit.repository import AuditRepository
from countersign.audit.tags import Tag
from countersign.identity.staff.errors import HashesBusyError, StaffSessionError
from countersign.identity.staff.models import Credentials, Refused, StaffOpened
from countersign.identity.staff.passwords import Cost
from countersign.identity.staff.table import Role
from countersign.kit.hidden import Personal, Secret
from countersign.risk.models import Wait
from countersign.risk.table import RATES, Bucket
from tests.fakes.identity import statements
from tests.fakes.staff import (
    CHEAP,
    DORA,
    ELSEWHERE,
    HOME,
    NOBODY,
    PASSWORD,
    WRONG,
    CountingPasswords,
    StaffHouse,
    build_staff_house,
)

EMIL = Personal("emil@shop.example")
PER_ACCOUNT = RATES[Bucket.STAFF_TRIES_PER_ACCOUNT][0].amount
PER_ADDRESS = RATES[Bucket.STAFF_TRIES_PER_ADDRESS][0].amount


class TestRefused:
    def test_a_wrong_password(self, staff: StaffHouse) -> None:
        staff.hire()
        assert staff.sign_in.sign_in(DORA, Credentials(WRONG, staff.code())) == Refused()

    @pytest.mark.parametrize("steps", [-2, 2])
    def test_a_code_of_another_time(self, staff: StaffHouse, steps: int) -> None:
        staff.hire()
        staff.clock.advance(minutes=5)
        assert staff.sign_in.sign_in(DORA, Credentials(PASSWORD, staff.code(steps=steps))) == Refused()

    @pytest.mark.parametrize("answer", ["", "000", "abcdef", "१२३४५६", "\ud800"])
    def test_what_is_no_code(self, staff: StaffHouse, answer: str) -> None:
        staff.hire()
        assert staff.sign_in.sign_in(DORA, Credentials(PASSWORD, Secret(answer))) == Refused()

    def test_another_persons_code(self, staff: StaffHouse) -> None:
        staff.hire()
        staff.hire(EMIL)
        assert staff.sign_in.sign_in(DORA, Credentials(PASSWORD, staff.code(EMIL))) == Refused()

    def test_a_code_for_the_second_time(self, staff: StaffHouse) -> None:
        staff.hire()
        given = staff.right()
        assert isinstance(staff.sign_in.sign_in(DORA, given), StaffOpened)
        assert staff.sign_in.sign_in(DORA, given) == Refused()

    def test_a_code_of_a_step_before_the_one_that_was_used(self, staff: StaffHouse) -> None:
        staff.hire()
        staff.clock.advance(minutes=5)
        before = staff.code(steps=-1)
        staff.signed_in()
        staff.clock.advance(seconds=-30)
        assert staff.sign_in.sign_in(DORA, Credentials(PASSWORD, before)) == Refused()

    def test_an_unknown_second_factor(self, staff: StaffHouse) -> None:
        staff.hire()
        given = Credentials(PASSWORD, staff.code(), factor="telepathy")
        assert staff.sign_in.sign_in(DORA, given) == Refused()

    def test_an_account_that_is_not_set_up(self, staff: StaffHouse) -> None:
        staff.invite()
        assert staff.sign_in.sign_in(DORA, Credentials(PASSWORD, Secret("000000"))) == Refused()

    def test_nobody(self, staff: StaffHouse) -> None:
        assert staff.sign_in.sign_in(NOBODY, Credentials(PASSWORD, Secret("000000"))) == Refused()
        assert staff.sign_in.sign_in(Personal(""), Credentials(Secret(""), Secret(""))) == Refused()


def test_a_wrong_password_leaves_the_code_good(staff: StaffHouse) -> None:
    staff.hire()
    code = staff.code()
    staff.sign_in.sign_in(DORA, Credentials(WRONG, code))
    assert isinstance(staff.sign_in.sign_in(DORA, Credentials(PASSWORD, code)), StaffOpened)


def test_a_clock_that_drifts_a_step_is_forgiven(staff: StaffHouse) -> None:
    staff.hire()
    staff.clock.advance(minutes=5)
    for steps in (-1, 0, 1):
        given = Credentials(PASSWORD, staff.code(steps=steps))
        assert isinstance(staff.sign_in.sign_in(DORA, given, address=HOME), StaffOpened), steps


def test_every_sign_in_and_refusal_is_audited_without_what_was_typed(staff: StaffHouse) -> None:
    member = staff.hire()
    staff.signed_in()
    staff.sign_in.sign_in(DORA, Credentials(WRONG, staff.code()))
    staff.sign_in.sign_in(NOBODY, Credentials(WRONG, staff.code()))
    events = [link.event for link in AuditRepository(staff.database).links()][-3:]
    assert [event.tag for event in events] == [
        Tag.STAFF_SIGNIN_DONE,
        Tag.STAFF_SIGNIN_REFUSED,
        Tag.STAFF_SIGNIN_REFUSED,
    ]
    assert [event.subject for event in events[:2]] == [member.id] * 2
    assert (events[2].subject or "").startswith("mailbox:")
    written = str(events)
    assert not any(
        one in written for one in (DORA.reveal(), NOBODY.reveal(), WRONG.reveal(), PASSWORD.reveal())
    )


class TestTheSameWork:
    """Statements, hashes and vault calls are equal whatever is wrong."""

    def work(
        self, staff: StaffHouse, email: Personal, password: Secret, answer: Secret
    ) -> tuple[list[str], int, int, Counter[tuple[str, str]]]:
        staff.vault.uses.clear()
        before = staff.hashes.verified, staff.hashes.hashed
        with statements() as seen:
            assert staff.sign_in.sign_in(email, Credentials(password, answer)) == Refused()
        after = staff.hashes.verified, staff.hashes.hashed
        return seen, after[0] - before[0], after[1] - before[1], Counter(staff.vault.uses)

    def test_for_an_account_and_for_none(self, staff: StaffHouse) -> None:
        staff.hire()
        staff.invite(EMIL)
        none = self.work(staff, NOBODY, WRONG, Secret("000000"))
        cases = {
            "wrong password": self.work(staff, DORA, WRONG, Secret("000000")),
            "wrong password, right code": self.work(staff, DORA, WRONG, staff.code()),
            "right password, wrong code": self.work(staff, DORA, PASSWORD, Secret("000000")),
            "not set up": self.work(staff, EMIL, WRONG, Secret("000000")),
        }
        staff.accounts.disable(DORA)
        cases["disabled, all right"] = self.work(staff, DORA, PASSWORD, staff.code())
        assert none[1:3] == (1, 0) and len(none[0]) > 5
        assert {name: case for name, case in cases.items() if case != none} == {}

    def test_is_noticed_when_it_differs(self, staff: StaffHouse) -> None:
        staff.hire()
        none = self.work(staff, NOBODY, WRONG, Secret("000000"))
        staff.vault.uses.clear()
        with statements() as seen:
            staff.sign_in.sign_in(DORA, staff.right())
        assert (seen, Counter(staff.vault.uses)) != (none[0], none[3])


class TestLimits:
    def flood(self, staff: StaffHouse, times: int, address: str = "", email: Personal = DORA) -> list[object]:
        wrong = Credentials(WRONG, Secret("000000"))
        return [staff.sign_in.sign_in(email, wrong, address=address) for _ in range(times)]

    @pytest.mark.parametrize("email", [DORA, NOBODY], ids=["known", "unknown"])
    def test_per_account_are_the_same_for_one_that_is_not_there(
        self, staff: StaffHouse, email: Personal
    ) -> None:
        staff.hire()
        answers = self.flood(staff, PER_ACCOUNT + 1, email=email)
        assert answers[:-1] == [Refused()] * PER_ACCOUNT
        assert isinstance(answers[-1], Wait)

    def test_lock_no_one_out_of_a_browser_where_they_have_been(self, staff: StaffHouse) -> None:
        staff.hire()
        device = staff.signed_in().device
        for number in range(8):
            self.flood(staff, 20, address=f"a{number}")
        assert isinstance(staff.sign_in.sign_in(DORA, staff.right(), address=ELSEWHERE), Wait)
        opened = staff.sign_in.sign_in(DORA, staff.right(), address=ELSEWHERE, device=device)
        assert isinstance(opened, StaffOpened) and opened.device is None

    def test_count_such_a_browser_by_itself(self, staff: StaffHouse) -> None:
        staff.hire()
        device = staff.signed_in().device
        most = RATES[Bucket.STAFF_TRIES_PER_DEVICE][0].amount
        wrong = Credentials(WRONG, Secret("000000"))
        answers = [staff.sign_in.sign_in(DORA, wrong, device=device) for _ in range(most + 1)]
        assert answers[:-1] == [Refused()] * most and isinstance(answers[-1], Wait)
        # The key alone is no pass, and another account's is worth nothing.
        assert self.flood(staff, 1) == [Refused()]

    def test_another_accounts_browser_counts_as_unknown(self, staff: StaffHouse) -> None:
        staff.hire()
        staff.hire(EMIL)
        device = staff.signed_in(EMIL).device
        staff.clock.advance(hours=2)
        wrong = Credentials(WRONG, Secret("000000"))
        answers = [staff.sign_in.sign_in(DORA, wrong, device=device) for _ in range(PER_ACCOUNT + 1)]
        assert isinstance(answers[-1], Wait)

    def test_per_address_count_over_all_accounts(self, staff: StaffHouse) -> None:
        answers = [
            self.flood(staff, 1, address=HOME, email=Personal(f"p{n}@shop.example"))[0]
            for n in range(PER_ADDRESS + 1)
        ]
        assert answers[:-1] == [Refused()] * PER_ADDRESS and isinstance(answers[-1], Wait)
        assert self.flood(staff, 1, address=ELSEWHERE) == [Refused()]

    def test_overall_count_over_all_addresses(self, staff: StaffHouse) -> None:
        most = RATES[Bucket.STAFF_TRIES_OVERALL][0].amount
        answers = [
            self.flood(staff, 1, address=f"{n:x}", email=Personal(f"p{n}@shop.example"))[0]
            for n in range(most + 1)
        ]
        assert isinstance(answers[-1], Wait) and answers.count(Refused()) == most

    def test_are_audited_and_cost_no_hash(self, staff: StaffHouse) -> None:
        self.flood(staff, PER_ACCOUNT)
        before = staff.hashes.verified
        self.flood(staff, 1)
        assert staff.hashes.verified == before
        assert staff.events()[-1] == (Tag.STAFF_LIMITED, "refused")

    def test_make_guessing_a_code_hopeless(self) -> None:
        """Who has the password guesses codes, three of a million being good at a time, for a month."""
        a_day = min(rate.amount * 86_400 / rate.seconds for rate in RATES[Bucket.STAFF_TRIES_PER_ACCOUNT])
        assert a_day <= 50
        assert 1 - (1 - 3e-6) ** (a_day * 30) < 0.005


def test_a_busy_moment_is_told_and_signs_nobody_in(staff: StaffHouse) -> None:
    staff.hire()
    staff.hashes._wait_s = 0.01
    for _ in range(CHEAP.at_once):
        staff.hashes._turns.acquire()
    with pytest.raises(HashesBusyError):
        staff.sign_in.sign_in(DORA, staff.right())
    assert staff.events()[-1] == (Tag.STAFF_SIGNIN_BUSY, "refused")
    staff.hashes._turns.release()
    assert isinstance(staff.sign_in.sign_in(DORA, staff.right()), StaffOpened)


def test_a_hash_of_old_costs_is_made_anew_at_the_next_sign_in(staff: StaffHouse) -> None:
    member = staff.hire()
    dearer = Cost(memory_kib=128, rounds=1, lanes=1)
    staff.sign_in._hashes = CountingPasswords(dearer)
    staff.signed_in()
    row = staff.sign_in._rows.by_id(member.id)
    assert row is not None
    assert "$m=128," in staff.accounts.open_hash(member.id, row.password).reveal()
    staff.signed_in()


class TestReauthentication:
    def test_gives_a_new_token_and_the_old_one_is_dead(self, staff: StaffHouse) -> None:
        staff.hire()
        first = staff.signed_in()
        staff.clock.advance(minutes=10)
        again = staff.sign_in.reauthenticate(first.session, staff.right())
        assert isinstance(again, StaffOpened)
        assert again.session.id != first.session.id
        assert again.session.authenticated_at == staff.clock.now()
        assert again.session.expires_at == first.session.expires_at
        with pytest.raises(StaffSessionError):
            staff.sessions.resolve(first.token.reveal())
        assert staff.events()[-1] == (Tag.STAFF_REAUTHENTICATED, "done")

    def test_takes_password_and_code(self, staff: StaffHouse) -> None:
        staff.hire()
        opened = staff.signed_in()
        for given in (Credentials(WRONG, staff.code()), Credentials(PASSWORD, Secret("000000"))):
            assert staff.sign_in.reauthenticate(opened.session, given) == Refused()
        assert staff.sessions.resolve(opened.token.reveal()).id == opened.session.id

    def test_is_limited(self, staff: StaffHouse) -> None:
        staff.hire()
        opened = staff.signed_in()
        wrong = Credentials(WRONG, Secret("000000"))
        most = RATES[Bucket.STAFF_TRIES_PER_DEVICE][0].amount
        answers = [staff.sign_in.reauthenticate(opened.session, wrong) for _ in range(most + 1)]
        assert isinstance(answers[-1], Wait)

    def test_revives_no_session_that_is_over(self, staff: StaffHouse) -> None:
        staff.hire()
        opened = staff.signed_in()
        staff.sessions.end(opened.session)
        assert staff.sign_in.reauthenticate(opened.session, staff.right()) == Refused()
        assert staff.sessions.of(opened.session.staff) == []


def test_browsers_are_forgotten_after_ninety_days(staff: StaffHouse) -> None:
    staff.hire(DORA, Role.AGENT)
    staff.signed_in()
    staff.clock.advance(days=89)
    assert staff.sign_in.purge() == 0
    staff.clock.advance(days=2)
    assert staff.sign_in.purge() == 1


def test_at_full_cost_it_works_too(staff: StaffHouse) -> None:
    full = build_staff_house(staff.database, staff.clock, Cost())
    full.hire(EMIL)
    assert isinstance(full.sign_in.sign_in(EMIL, full.right(EMIL)), StaffOpened)
