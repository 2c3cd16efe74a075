from threading import Barrier, Thread

import pytest

from countersign.identity.factors.models import Kind, Refused, Risen, Target, WhyNot
from countersign.identity.models import Level, Session
from countersign.risk.errors import LimitsUnavailableError
from countersign.risk.table import RATES, Bucket
from tests.fakes.factors import PAY, App, Safe, build_safe, risen
from tests.fakes.house import ADA, BOB, House
from tests.fakes.risk import NullLimits


@pytest.fixture
def phone(safe: Safe) -> App:
    """Ada's, added stepped up."""
    return safe.app(safe.stepped_up())[1]


class TestEnrolment:
    def test_counts_once_an_app_has_shown_a_code(self, safe: Safe) -> None:
        session = safe.signed_in()
        told = safe.totp.enrol(session, "Phone", ADA)
        assert safe.factors.of("cus_ada") == []
        assert safe.totp.enrolling(session) == told
        app = App(safe, told.secret.reveal())
        assert safe.totp.confirm(session, app.wrong()) == Refused(WhyNot.WRONG)
        code = app.code()
        safe.totp.confirm(session, f" {code[:3]} {code[3:]} ")
        (kept,) = safe.factors.of("cus_ada")
        assert (kept.kind, kept.name.reveal()) == (Kind.TOTP, "Phone")
        assert safe.totp.enrolling(session) is None

    def test_the_address_says_whose_and_at_which_shop(self, safe: Safe) -> None:
        told = safe.totp.enrol(safe.signed_in(), "Phone", ADA)
        address = told.address.reveal()
        assert address.startswith("otpauth://totp/Shop:ada%40example.org?secret=")
        assert told.secret.reveal() in address
        assert told.secret.reveal() not in repr(told)
        assert len(told.secret.reveal()) == 32  # 160 bits, RFC 4226 4

    def test_takes_five_tries(self, safe: Safe) -> None:
        session = safe.signed_in()
        app = App(safe, safe.totp.enrol(session, "Phone", ADA).secret.reveal())
        for _ in range(5):
            assert safe.totp.confirm(session, app.wrong()) == Refused(WhyNot.WRONG)
        assert safe.totp.confirm(session, app.code()) == Refused(WhyNot.LATE)
        assert safe.totp.enrolling(session) is None

    def test_too_late_and_another_sessions(self, safe: Safe) -> None:
        session, other = safe.signed_in(), safe.signed_in(BOB)
        app = App(safe, safe.totp.enrol(session, "Phone", ADA).secret.reveal())
        assert safe.totp.confirm(other, app.code()) == Refused(WhyNot.LATE)
        safe.house.clock.advance(minutes=5)
        assert safe.totp.confirm(session, app.code()) == Refused(WhyNot.LATE)
        assert safe.factors.of("cus_ada") == safe.factors.of("cus_bob") == []

    def test_a_new_one_replaces_the_old(self, safe: Safe) -> None:
        session = safe.signed_in()
        old = App(safe, safe.totp.enrol(session, "Phone", ADA).secret.reveal())
        safe.totp.enrol(session, "Phone", ADA)
        assert safe.totp.confirm(session, old.code()) == Refused(WhyNot.WRONG)

    def test_its_code_is_used_up(self, safe: Safe) -> None:
        session = safe.stepped_up()
        app = App(safe, safe.totp.enrol(session, "Phone", ADA).secret.reveal())
        code = app.code()
        safe.totp.confirm(session, code)
        assert safe.totp.step_up(session, PAY, code) == Refused(WhyNot.WRONG)
        risen(safe.totp.step_up(session, PAY, app.code(1)))


class TestStepUp:
    def test_a_code_steps_up(self, safe: Safe, phone: App) -> None:
        signed_in = safe.signed_in()
        session = risen(safe.totp.step_up(signed_in, PAY, phone.code()))
        assert (session.level, session.person) == (Level.STEPPED_UP, "cus_ada")
        assert safe.house.sessions.current(signed_in.id) is None

    def test_each_step_passes_once(self, safe: Safe, phone: App) -> None:
        code = phone.code()
        session = risen(safe.totp.step_up(safe.signed_in(), PAY, code))
        assert safe.totp.step_up(session, PAY, code) == Refused(WhyNot.WRONG)
        assert safe.totp.step_up(safe.signed_in(), PAY, code) == Refused(WhyNot.WRONG)

    def test_no_step_before_the_last_used_one(self, safe: Safe, phone: App) -> None:
        later, now = phone.code(1), phone.code()
        risen(safe.totp.step_up(safe.signed_in(), PAY, later))
        assert safe.totp.step_up(safe.signed_in(), PAY, now) == Refused(WhyNot.WRONG)

    @pytest.mark.parametrize(("steps", "good"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
    def test_a_clock_may_be_one_step_off(self, safe: Safe, phone: App, steps: int, good: bool) -> None:
        result = safe.totp.step_up(safe.signed_in(), PAY, phone.code(steps))
        assert isinstance(result, Risen) is good

    def test_another_persons_code_is_none(self, safe: Safe, phone: App) -> None:
        assert safe.totp.step_up(safe.signed_in(BOB), PAY, phone.code()) == Refused(WhyNot.WRONG)

    def test_a_guest_steps_up_nothing(self, safe: Safe, phone: App) -> None:
        assert isinstance(safe.totp.step_up(safe.house.open().session, PAY, phone.code()), Refused)

    @pytest.mark.parametrize("typed", ["", "12345", "1234567", "١٢٣٤٥٦", "abcdef", "\ud800", "1" * 9999])
    def test_nonsense_is_wrong(self, safe: Safe, phone: App, typed: str) -> None:
        assert safe.totp.step_up(safe.signed_in(), PAY, typed) == Refused(WhyNot.WRONG)

    def test_an_app_that_was_added_by_mail_alone_waits(self, safe: Safe) -> None:
        session = safe.signed_in()
        app = safe.app(session)[1]
        assert safe.totp.step_up(session, PAY, app.code()) == Refused(WhyNot.WAITING)
        safe.house.clock.advance(hours=24)
        risen(safe.totp.step_up(safe.signed_in(), PAY, app.code()))

    def test_of_two_apps_either(self, safe: Safe, phone: App) -> None:
        second = safe.app(safe.stepped_up(), "Tablet")[1]
        for app in (second, phone):
            risen(safe.totp.step_up(safe.signed_in(), PAY, app.code()))

    def test_a_removed_app_is_refused(self, safe: Safe, phone: App) -> None:
        session = safe.signed_in()
        safe.factors.remove(session, safe.factors.of("cus_ada")[0].id)
        assert safe.totp.step_up(session, PAY, phone.code()) == Refused(WhyNot.WRONG)

    def test_of_the_same_code_twice_at_once_one_passes(self, safe: Safe, phone: App) -> None:
        sessions, code = [safe.signed_in(), safe.signed_in()], phone.code()
        barrier, results = Barrier(2), list[object]()

        def step_up(session: Session) -> None:
            barrier.wait()
            results.append(safe.totp.step_up(session, PAY, code))

        threads = [Thread(target=step_up, args=[session]) for session in sessions]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(type(one).__name__ for one in results) == ["Refused", "Risen"]


class TestLimits:
    def guess(self, safe: Safe, app: App, session: Session, address: str = "") -> WhyNot:
        result = safe.totp.step_up(session, PAY, app.wrong(), address)
        assert isinstance(result, Refused)
        return result.why

    def test_five_wrong_ones_on_strange_devices(self, safe: Safe, phone: App) -> None:
        strangers = [safe.signed_in() for _ in range(6)]
        told = [self.guess(safe, phone, session) for session in strangers]
        assert told == [WhyNot.WRONG] * 5 + [WhyNot.TOO_MANY]
        assert safe.totp.step_up(strangers[0], PAY, phone.code()) == Refused(WhyNot.TOO_MANY)

    def test_do_not_lock_the_shopper_out_of_a_device_of_theirs(self, safe: Safe, phone: App) -> None:
        mine = safe.house.open().device_key
        assert mine is not None
        risen(safe.totp.step_up(safe.signed_in(device_key=mine.reveal()), PAY, phone.code()))
        safe.house.clock.advance(seconds=60)
        for _ in range(6):
            self.guess(safe, phone, safe.signed_in())
        risen(safe.totp.step_up(safe.signed_in(device_key=mine.reveal()), PAY, phone.code()))

    def test_which_has_a_limit_of_its_own(self, safe: Safe, phone: App) -> None:
        mine = safe.house.open().device_key
        assert mine is not None
        risen(safe.totp.step_up(safe.signed_in(device_key=mine.reveal()), PAY, phone.code()))
        sessions = [safe.signed_in(device_key=mine.reveal()) for _ in range(2)]
        told = [self.guess(safe, phone, sessions[number % 2]) for number in range(6)]
        assert told == [WhyNot.WRONG] * 5 + [WhyNot.TOO_MANY]

    def test_another_persons_tries_are_theirs(self, safe: Safe, phone: App) -> None:
        for _ in range(6):
            self.guess(safe, phone, safe.signed_in(BOB))
        risen(safe.totp.step_up(safe.signed_in(), PAY, phone.code()))

    def test_ten_wrong_ones_from_an_address(self, safe: Safe, phone: App) -> None:
        for email in (ADA, BOB):
            for _ in range(5):
                self.guess(safe, phone, safe.signed_in(email), "192.0.2.1")
        safe.app(safe.stepped_up(BOB), "Phone")
        safe.house.clock.advance(minutes=3)
        assert self.guess(safe, phone, safe.signed_in(), "192.0.2.1") is WhyNot.TOO_MANY

    def test_right_ones_are_not_counted(self, safe: Safe, phone: App) -> None:
        session = safe.signed_in()
        for _ in range(30):
            session = risen(safe.totp.step_up(session, PAY, phone.code(), "192.0.2.1"))
            safe.house.clock.advance(seconds=30)

    def test_closed_when_they_cannot_be_counted(self, house: House) -> None:
        safe = build_safe(house)
        app = safe.app(safe.stepped_up())[1]
        closed = build_safe(house, limits=NullLimits())
        session = safe.signed_in()
        with pytest.raises(LimitsUnavailableError):
            closed.totp.step_up(session, PAY, app.code())
        living = house.sessions.current(session.id)
        assert living is not None and living.level is Level.SIGNED_IN

    def test_parallel_tries_are_never_more_than_allowed(self, safe: Safe, phone: App) -> None:
        session, barrier, results = safe.signed_in(), Barrier(8), list[WhyNot]()

        def guess() -> None:
            barrier.wait()
            results.append(self.guess(safe, phone, session))

        threads = [Thread(target=guess) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(results) == [WhyNot.TOO_MANY] * 3 + [WhyNot.WRONG] * 5

    def test_a_day_of_guessing_finds_a_code_once_in_five_thousand(self) -> None:
        """Three codes of a million are good at a time; whoever is in the mailbox has 50 tries a day."""
        a_day = RATES[Bucket.FACTOR_TRIES_PER_ACCOUNT][-1]
        assert (a_day.amount, a_day.seconds) == (50, 86_400)
        assert a_day.amount * 3 / 10**6 < 1 / 5000


def test_a_target_names_what_it_is_for() -> None:
    assert Target("payment:saved", "W1", b"a") != Target("payment:saved", "W1", b"b")
