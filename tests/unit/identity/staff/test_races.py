"""Two at once: one link, one code, one session; one of them wins, on both kinds of database."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from countersign.db.engine import Database
from countersign.identity.staff.errors import StaffSessionError
from countersign.identity.staff.models import Credentials, Member, Refused, StaffOpened
from countersign.kit.hidden import Secret
from tests.fakes.clock import FakeClock
from tests.fakes.staff import DORA, PASSWORD, StaffHouse, build_staff_house

RUNNERS = 4


@pytest.fixture
def staff(any_database: Database, clock: FakeClock) -> StaffHouse:
    return build_staff_house(any_database, clock)


def at_once[T](work: Callable[[], T]) -> list[T]:
    barrier = Barrier(RUNNERS)

    def run(_: int) -> T:
        barrier.wait(10)
        return work()

    with ThreadPoolExecutor(RUNNERS) as pool:
        return list(pool.map(run, range(RUNNERS)))


def test_a_link_sets_one_account_up_once(staff: StaffHouse) -> None:
    token = staff.invite()
    invited = staff.accounts.invited(token)
    assert invited is not None
    staff.secrets[DORA.reveal()] = invited.secret.reveal()
    code = staff.code()
    answers = at_once(lambda: staff.accounts.set_up(token, PASSWORD, code))
    assert sum(isinstance(answer, Member) for answer in answers) == 1


def test_a_code_signs_in_once(staff: StaffHouse) -> None:
    staff.hire()
    given = staff.right()
    answers = at_once(lambda: staff.sign_in.sign_in(DORA, given))
    assert sum(isinstance(answer, StaffOpened) for answer in answers) == 1
    assert answers.count(Refused()) == RUNNERS - 1
    assert len(staff.sessions.of(staff.accounts.all()[0].id)) == 1


def test_a_session_is_reauthenticated_once(staff: StaffHouse) -> None:
    staff.hire()
    opened = staff.signed_in()
    given = staff.right()
    answers = at_once(lambda: staff.sign_in.reauthenticate(opened.session, given))
    assert sum(isinstance(answer, StaffOpened) for answer in answers) == 1


def test_a_session_rotates_once(staff: StaffHouse) -> None:
    staff.hire()
    opened = staff.signed_in()

    def rotate() -> bool:
        try:
            staff.sessions.rotate(opened.session)
        except StaffSessionError:
            return False
        return True

    assert sum(at_once(rotate)) == 1


def test_parallel_guesses_are_no_more_than_the_limit(staff: StaffHouse) -> None:
    staff.hire()
    wrong = Credentials(PASSWORD, Secret("000000"))
    answers = [answer for _ in range(3) for answer in at_once(lambda: staff.sign_in.sign_in(DORA, wrong))]
    assert answers.count(Refused()) == 5
