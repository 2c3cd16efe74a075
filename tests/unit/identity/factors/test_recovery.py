from threading import Barrier, Thread

import pytest

from countersign.identity import codes
from countersign.identity.factors.models import RECOVERY_CODES, Refused, Target, WhyNot
from countersign.identity.models import Level, Session
from countersign.risk.table import RATES, Bucket
from tests.fakes.factors import CHANGE, PAY, Safe
from tests.fakes.house import BOB

WRONG = "0000-0000"


@pytest.fixture
def ada(safe: Safe) -> Session:
    return safe.signed_in()


@pytest.fixture
def made(safe: Safe, ada: Session) -> list[str]:
    return [code.reveal() for code in safe.recovery.make(ada, "cus_ada")]


def allowed(safe: Safe, session: Session, target: Target = CHANGE) -> bool:
    from datetime import timedelta

    return safe.step_ups.stepped(session, target.deed, target.subject, target.digest, timedelta(minutes=5))


def test_ten_that_differ_and_are_kept_as_hashes(safe: Safe, made: list[str]) -> None:
    assert len(set(made)) == RECOVERY_CODES == safe.recovery.left("cus_ada")
    with safe.house.database.read() as tx:
        rows = str(tx.exec_driver_sql("SELECT * FROM recovery_codes").all())
    assert not any(code in rows or code.replace("-", "") in rows for code in made)


def test_one_allows_a_change_of_factors_once_and_raises_nothing(
    safe: Safe, ada: Session, made: list[str]
) -> None:
    assert safe.recovery.allow(ada, CHANGE, f" {made[3].lower()} ") is None
    living = safe.house.sessions.current(ada.id)
    assert living is not None and living.level is Level.SIGNED_IN
    assert allowed(safe, ada)
    assert not allowed(safe, ada)
    assert safe.recovery.left("cus_ada") == 9
    assert safe.recovery.allow(ada, CHANGE, made[3]) == Refused(WhyNot.WRONG)


def test_none_ever_pays(safe: Safe, ada: Session, made: list[str]) -> None:
    assert safe.recovery.allow(ada, PAY, made[0]) == Refused(WhyNot.WRONG)
    assert not allowed(safe, ada, PAY)
    assert safe.recovery.left("cus_ada") == 10


def test_none_counts_without_a_sign_in_of_the_last_minutes(safe: Safe, ada: Session, made: list[str]) -> None:
    guest = safe.house.open().session
    assert safe.recovery.allow(guest, CHANGE, made[0]) == Refused(WhyNot.WRONG)
    safe.house.clock.advance(minutes=5, seconds=1)
    assert safe.recovery.allow(ada, CHANGE, made[0]) == Refused(WhyNot.SIGN_IN_AGAIN)
    assert safe.recovery.left("cus_ada") == 10
    assert safe.recovery.allow(safe.signed_in(), CHANGE, made[0]) is None


def test_another_persons_is_wrong(safe: Safe, made: list[str]) -> None:
    assert safe.recovery.allow(safe.signed_in(BOB), CHANGE, made[0]) == Refused(WhyNot.WRONG)
    assert safe.recovery.left("cus_ada") == 10


def test_a_new_set_replaces_the_old(safe: Safe, ada: Session, made: list[str]) -> None:
    new = safe.recovery.make(ada, "cus_ada")
    assert safe.recovery.allow(ada, CHANGE, made[0]) == Refused(WhyNot.WRONG)
    assert safe.recovery.allow(ada, CHANGE, new[0].reveal()) is None
    assert safe.recovery.left("cus_ada") == 9


def test_the_contacts_are_told_of_a_new_set(safe: Safe, made: list[str]) -> None:
    mail = safe.house.mails()[-1]
    assert mail.subject.startswith("mail_recovery_made_subject")
    assert not any(code in mail.text.reveal() for code in made)


@pytest.mark.parametrize("typed", ["", "\ud800", "x" * 10_000, "'; DROP TABLE recovery_codes; --"])
def test_nonsense_is_wrong(safe: Safe, ada: Session, made: list[str], typed: str) -> None:
    assert safe.recovery.allow(ada, CHANGE, typed) == Refused(WhyNot.WRONG)


def test_of_one_code_twice_at_once_one_is_spent(safe: Safe, made: list[str]) -> None:
    sessions, barrier, results = [safe.signed_in(), safe.signed_in()], Barrier(2), list[object]()

    def allow(session: Session) -> None:
        barrier.wait()
        results.append(safe.recovery.allow(session, CHANGE, made[0]))

    threads = [Thread(target=allow, args=[session]) for session in sessions]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(map(str, results)) == ["None", str(Refused(WhyNot.WRONG))]


def test_wrong_ones_are_limited_by_account(safe: Safe, made: list[str]) -> None:
    told = [safe.recovery.allow(safe.signed_in(), CHANGE, WRONG) for _ in range(6)]
    assert told == [Refused(WhyNot.WRONG)] * 5 + [Refused(WhyNot.TOO_MANY)]
    assert safe.recovery.allow(safe.signed_in(), CHANGE, made[0]) == Refused(WhyNot.TOO_MANY)


def test_a_million_guesses_find_one_less_than_once_in_ten_thousand() -> None:
    assert 1_000_000 * RECOVERY_CODES / codes.SPACE < 1 / 10_000
    assert RATES[Bucket.FACTOR_TRIES_PER_ACCOUNT][-1].amount <= 50
