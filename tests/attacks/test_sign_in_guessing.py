"""Guessing sign-in codes, shutting somebody out by it, and finding out who is a customer.

The chances are computed from the product's own figures, then the same figures are tried.
"""

from collections.abc import Iterator
from itertools import product
from pathlib import Path

import pytest

from countersign.db.engine import Database
from countersign.db.schema import metadata
from countersign.identity import codes
from countersign.identity.models import CODE_LIFE, CODE_TRIES, Dead, Redeemed, Started, WhyDead, Wrong
from countersign.kit.hidden import Personal
from countersign.risk.models import Rate
from countersign.risk.table import DAY, RATES, Bucket, one_machine
from tests.fakes.clock import FakeClock
from tests.fakes.house import ADA, NOBODY, House, build_house

ONE_IN_TEN_THOUSAND = 1 / 10_000
Table = dict[Bucket, tuple[Rate, ...]]


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    database = Database(f"sqlite:///{tmp_path / 'core.db'}")
    with database.begin() as connection:
        metadata.create_all(connection)
    yield build_house(database, FakeClock())
    database.dispose()


def most(rates: tuple[Rate, ...], seconds: int) -> int:
    """The most hits that moving windows let through in that time, however they are timed."""
    return min(rate.amount * -(-seconds // rate.seconds) for rate in rates)


def chance(guesses: int) -> float:
    """Of at least one hit: within one code the guesses differ, between codes they are independent."""
    all_codes, rest = divmod(guesses, CODE_TRIES)
    missed: float = (1 - CODE_TRIES / codes.SPACE) ** all_codes * (1 - rest / codes.SPACE)
    return 1 - missed


@pytest.mark.parametrize("table", [dict(RATES), one_machine()], ids=["production", "demo"])
def test_a_million_guesses_succeed_less_than_once_in_ten_thousand(table: Table) -> None:
    assert chance(1_000_000) < ONE_IN_TEN_THOUSAND
    a_day_on_one_account = most(table[Bucket.MAILS_PER_EMAIL], DAY) * CODE_TRIES
    assert chance(a_day_on_one_account) < ONE_IN_TEN_THOUSAND / 1000
    a_day_on_all_accounts = most(table[Bucket.MAILS_OVERALL], DAY) * CODE_TRIES
    assert chance(a_day_on_all_accounts) < ONE_IN_TEN_THOUSAND


def test_a_million_guesses_at_one_account_take_years() -> None:
    a_day = most(RATES[Bucket.MAILS_PER_EMAIL], DAY) * CODE_TRIES
    assert a_day == 200
    assert 1_000_000 / a_day / 365 > 10


def test_codes_are_as_hard_to_guess_as_computed() -> None:
    assert codes.SPACE == 2**40
    assert CODE_LIFE.total_seconds() <= 600
    letters = "".join(codes.new_code() for _ in range(8_000))
    each = [letters.count(letter) for letter in codes.ALPHABET]
    # Chi-square with 31 degrees of freedom: beyond 90 by chance once in ten million runs.
    assert sum((count - 2000) ** 2 / 2000 for count in each) < 90


def test_a_day_of_asking_in_someones_name_makes_forty_living_codes(house: House) -> None:
    for hour, number in product(range(24), range(14)):
        house.asked(ADA, f"198.51.{hour}.{number}")
        if number == 13:
            house.notify.deliver_pending()
            house.clock.advance(hours=1)
    assert len(house.mails()) == 40


def test_of_a_thousand_tries_in_one_session_twenty_five_are_compared(house: House) -> None:
    session = house.open().session
    house.vault.uses.clear()
    started = wrong = 0
    for attempt in range(1000):
        if not house.sign_in.pending(session):
            started += isinstance(house.sign_in.start(session, ADA), Started)
        answer = house.sign_in.redeem_code(session, f"{attempt:08d}")
        assert not isinstance(answer, Redeemed)
        wrong += isinstance(answer, Wrong)
    compared = house.vault.uses["mac", "sign_in.code"] - started
    assert (started, compared, wrong) == (5, 25, 20)
    assert house.sessions.of_person("cus_ada") == []


def test_of_three_hundred_tries_from_one_address_twenty_are_compared(house: House) -> None:
    compared = 0
    for attempt in range(60):
        session = house.asked(ADA, "")
        for number in range(5):
            answer = house.sign_in.redeem_code(session, f"{attempt:04d}{number:04d}", "203.0.113.5")
            assert not isinstance(answer, Redeemed)
            compared += isinstance(answer, Wrong) or answer == Dead(WhyDead.USED_UP)
        house.sessions.end(session)
    assert compared == 20


def test_guessing_does_not_shut_its_victim_out(house: House) -> None:
    for number in range(3):
        attacker = house.asked(ADA, f"198.51.100.{number}")
        for _ in range(6):
            house.sign_in.redeem_code(attacker, "0000-0000", f"198.51.100.{number}")
    victim = house.asked(ADA, "192.0.2.1")
    assert isinstance(house.sign_in.redeem_code(victim, house.code(), "192.0.2.1"), Redeemed)


def test_a_guesser_cannot_tell_who_is_a_customer(house: House) -> None:
    def everything_seen(email: Personal) -> list[object]:
        session = house.open().session
        seen: list[object] = []
        for _ in range(7):
            seen.append(house.sign_in.start(session, email, "203.0.113.9"))
            seen.append(house.sign_in.pending(session))
            seen += [house.sign_in.redeem_code(session, "0000-0000", "203.0.113.9") for _ in range(2)]
        house.clock.advance(minutes=5)
        return [answer if not isinstance(answer, Started) else "started" for answer in seen]

    assert everything_seen(ADA) == everything_seen(NOBODY)
