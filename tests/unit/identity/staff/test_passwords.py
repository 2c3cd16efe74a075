"""Which passwords are taken, and that few are hashed at once."""

import threading

import pytest

from countersign.identity.staff.errors import HashesBusyError
from countersign.identity.staff.models import WhyNot
from countersign.identity.staff.password_rules import LONGEST, SHORTEST, _common, fault
from countersign.identity.staff.passwords import Cost, Passwords
from countersign.kit.hidden import Personal, Secret
from tests.fakes.staff import CHEAP, PASSWORD, WRONG

DORA = (Personal("dora.fuchs@shop.example"), Personal("Dora Fuchs-Weber"))


@pytest.mark.parametrize(
    ("password", "why"),
    [
        ("kettle hill", WhyNot.TOO_SHORT),
        ("k" * 5 + "ö" * 5, WhyNot.TOO_SHORT),
        ("x kettle on the hill " * 7, WhyNot.TOO_LONG),
        ("Password1234", WhyNot.COMMON),
        ("P@ssw0rd2026!", WhyNot.COMMON),
        ("passwordpassword", WhyNot.COMMON),
        ("IloveYouForever", WhyNot.COMMON),
        ("!!welcome-2026!!", WhyNot.COMMON),
        ("summer2026summer", WhyNot.COMMON),
        ("countersign-admin1", WhyNot.COMMON),
        ("correcthorsebatterystaple", WhyNot.COMMON),
        ("qwertyuiop123456", WhyNot.COMMON),
        ("qwertyuiopas", WhyNot.COMMON),
        ("my-password-9281", WhyNot.COMMON),
        ("aaaaaaaaaaaa", WhyNot.PATTERN),
        ("ababababababab", WhyNot.PATTERN),
        ("x7!qx7!qx7!q", WhyNot.PATTERN),
        ("123456789012", WhyNot.PATTERN),
        ("zyxwvutsrqponm", WhyNot.PATTERN),
        ("1qaz2wsx3edc", WhyNot.COMMON),
        ("edc4rfv5tgb6y", WhyNot.PATTERN),
        ("kettle of fuchs 9", WhyNot.OWN_DATA),
        ("the DORA kettle 9", WhyNot.OWN_DATA),
        ("\ud800 kettle on a hill", WhyNot.UNREADABLE),
    ],
)
def test_what_is_easily_guessed_is_refused(password: str, why: WhyNot) -> None:
    assert fault(Secret(password), *DORA) == why


@pytest.mark.parametrize(
    "password",
    [
        PASSWORD.reveal(),
        "k" * (SHORTEST - 6) + "ettles",
        "kettle on a " * 10 + "hill9999",
        "горы и чайник",
        "山の上の青いやかんが鳴る",
        "        a  b  c  d",
    ],
)
def test_length_is_all_that_is_asked_for(password: str) -> None:
    assert SHORTEST <= len(password) <= LONGEST
    assert fault(Secret(password), *DORA) is None


def test_the_list_is_long_enough_to_matter_and_clean() -> None:
    assert len(_common()) > 400
    assert all(word == word.casefold() and word.isascii() for word in _common())


def test_the_same_letters_from_another_keyboard_are_the_same_password() -> None:
    hashes = Passwords(CHEAP)
    known = hashes.hash(Secret("ﬁne café on the hill"))
    assert hashes.verify(known, Secret("fine cafe\u0301 on the hill"))


def test_it_is_argon2id_with_the_costs_that_were_set() -> None:
    known = Passwords(CHEAP).hash(PASSWORD).reveal()
    assert known.startswith("$argon2id$v=19$m=64,t=1,p=1$")
    assert Cost() == Cost(memory_kib=65_536, rounds=3, lanes=4)


def test_right_wrong_and_none() -> None:
    hashes = Passwords(CHEAP)
    known = hashes.hash(PASSWORD)
    assert hashes.verify(known, PASSWORD)
    assert not hashes.verify(known, WRONG)
    assert not hashes.verify(None, PASSWORD)
    assert not hashes.verify(Secret("no hash"), PASSWORD)


def test_other_costs_are_noticed() -> None:
    known = Passwords(CHEAP).hash(PASSWORD)
    assert not Passwords(CHEAP).is_outdated(known)
    assert Passwords(Cost(memory_kib=128, rounds=1, lanes=1)).is_outdated(known)


def test_one_too_many_at_once_is_refused_after_a_short_wait() -> None:
    hashes = Passwords(Cost(memory_kib=64, rounds=1, lanes=1, at_once=2, wait_s=0.05))
    inside, leave = threading.Barrier(3), threading.Event()

    def hold() -> None:
        with hashes._turn():
            inside.wait(10)
            leave.wait(10)

    threads = [threading.Thread(target=hold) for _ in range(2)]
    for thread in threads:
        thread.start()
    inside.wait(10)
    try:
        with pytest.raises(HashesBusyError):
            hashes.hash(PASSWORD)
        with pytest.raises(HashesBusyError):
            hashes.verify(None, PASSWORD)
    finally:
        leave.set()
        for thread in threads:
            thread.join()
    assert hashes.verify(hashes.hash(PASSWORD), PASSWORD)
