from threading import Barrier, Thread

import pytest

from countersign.identity import codes
from countersign.identity.errors import SessionUnknownError
from countersign.identity.models import (
    Dead,
    Level,
    Redeemed,
    Session,
    Started,
    WhyDead,
    Wrong,
)
from countersign.kit.hidden import Personal
from countersign.notify.errors import AddressRefusedError
from countersign.risk.errors import LimitsUnavailableError
from countersign.risk.models import Wait
from countersign.store.errors import StoreUnavailableError
from tests.fakes.house import ADA, BOB, NOBODY, House
from tests.fakes.identity import NullDirectory, statements
from tests.fakes.risk import NullLimits

WRONG = "0000-0000"


def redeemed(result: object) -> Redeemed:
    assert isinstance(result, Redeemed)
    return result


def flood(house: House) -> list[Session]:
    """A stranger with many addresses asks in Ada's name until no mail leaves any more."""
    return [house.asked(ADA, f"198.51.100.{number // 3}") for number in range(20)]


class TestCode:
    def test_signs_in_and_rotates_the_session(self, house: House) -> None:
        session = house.asked()
        assert house.sign_in.pending(session)
        done = redeemed(house.sign_in.redeem_code(session, house.code()))
        risen = house.sessions.resolve(done.opened.token.reveal())
        assert (risen.person, risen.level) == ("cus_ada", Level.SIGNED_IN)
        assert risen.conversation == session.conversation
        assert house.sessions.current(session.id) is None
        assert not house.sign_in.pending(session)

    def test_works_once(self, house: House) -> None:
        session = house.asked()
        code = house.code()
        done = redeemed(house.sign_in.redeem_code(session, code))
        assert house.sign_in.redeem_code(session, code) == Dead()
        assert house.sign_in.redeem_code(done.opened.session, code) == Dead()

    def test_lives_for_ten_minutes(self, house: House) -> None:
        session = house.asked()
        code = house.code()
        house.clock.advance(minutes=10)
        assert not house.sign_in.pending(session)
        assert house.sign_in.redeem_code(session, code) == Dead()

    def test_is_still_good_a_second_before_that(self, house: House) -> None:
        session = house.asked()
        code = house.code()
        house.clock.advance(minutes=9, seconds=59)
        redeemed(house.sign_in.redeem_code(session, code))

    def test_is_of_the_session_that_asked(self, house: House) -> None:
        asked = house.asked()
        code = house.code()
        other = house.asked(BOB)
        assert house.sign_in.redeem_code(other, code) == Wrong(4)
        assert house.sign_in.redeem_code(house.open().session, code) == Dead()
        redeemed(house.sign_in.redeem_code(asked, code))

    def test_takes_five_tries(self, house: House) -> None:
        session = house.asked()
        code = house.code()
        assert [house.sign_in.redeem_code(session, WRONG) for _ in range(6)] == [
            Wrong(4),
            Wrong(3),
            Wrong(2),
            Wrong(1),
            Dead(WhyDead.USED_UP),
            Dead(),
        ]
        assert house.sign_in.redeem_code(session, code) == Dead()
        assert not house.sign_in.pending(session)

    def test_the_fifth_try_may_be_the_right_one(self, house: House) -> None:
        session = house.asked()
        for _ in range(4):
            house.sign_in.redeem_code(session, WRONG)
        redeemed(house.sign_in.redeem_code(session, house.code()))

    def test_a_new_one_replaces_the_old(self, house: House) -> None:
        session = house.asked()
        old = house.code()
        house.sign_in.start(session, ADA)
        assert isinstance(house.sign_in.redeem_code(session, old), Wrong)
        redeemed(house.sign_in.redeem_code(session, house.code()))

    def test_typing_is_forgiven(self, house: House) -> None:
        session = house.asked()
        typed = house.code().lower().replace("-", " ").replace("0", "o").replace("1", "l")
        redeemed(house.sign_in.redeem_code(session, f" {typed} "))

    @pytest.mark.parametrize("typed", ["", "x" * 100_000, "\ud800", "'; DROP TABLE sessions;--"])
    def test_nonsense_is_wrong(self, house: House, typed: str) -> None:
        assert house.sign_in.redeem_code(house.asked(), typed) == Wrong(4)

    def test_an_unknown_address_never_signs_in(self, house: House) -> None:
        session = house.asked(NOBODY)
        assert house.sign_in.pending(session)
        assert house.mails()[-1].code is None
        assert house.sign_in.redeem_code(session, WRONG) == Wrong(4)

    def test_an_unknown_address_does_not_sign_in_even_with_the_right_code(
        self, house: House, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(codes, "new_code", lambda: "7K2P9QX4")
        assert house.sign_in.redeem_code(house.asked(NOBODY), "7K2P-9QX4") == Wrong(4)
        stillborn = flood(house)[-1]
        assert house.sign_in.redeem_code(stillborn, "7K2P-9QX4") == Wrong(4)
        redeemed(house.sign_in.redeem_code(house.asked(BOB), "7K2P-9QX4"))

    def test_a_session_that_ended_meanwhile_does_not_rise(self, house: House) -> None:
        session = house.asked()
        code = house.code()
        house.sessions.end(session)
        assert house.sign_in.redeem_code(session, code) == Dead()

    def test_another_persons_code_does_not_take_over_a_conversation(self, house: House) -> None:
        done = redeemed(house.sign_in.redeem_code(house.asked(), house.code()))
        session = done.opened.session
        house.sign_in.start(session, BOB)
        assert house.sign_in.redeem_code(session, house.code()) == Dead(WhyDead.OTHER_PERSON)
        assert house.sessions.resolve(done.opened.token.reveal()).person == "cus_ada"

    def test_signing_in_again_makes_a_stale_session_fresh(self, house: House) -> None:
        done = redeemed(house.sign_in.redeem_code(house.asked(), house.code()))
        house.clock.advance(minutes=29)
        session = house.sessions.resolve(done.opened.token.reveal())
        house.clock.advance(minutes=29)
        house.sign_in.start(session, ADA)
        again = redeemed(house.sign_in.redeem_code(session, house.code()))
        assert again.opened.session.authenticated_at == house.clock.now()


class TestRaces:
    def run(self, house: House, session: Session, *codes: str) -> list[object]:
        barrier = Barrier(len(codes))
        results: list[object] = []

        def redeem(code: str) -> None:
            barrier.wait()
            results.append(house.sign_in.redeem_code(session, code))

        threads = [Thread(target=redeem, args=[code]) for code in codes]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return results

    def test_of_two_right_codes_at_once_one_wins(self, house: House) -> None:
        session = house.asked()
        code = house.code()
        results = self.run(house, session, code, code)
        assert sorted(type(result).__name__ for result in results) == ["Dead", "Redeemed"]
        assert len(house.sessions.of_person("cus_ada")) == 1

    def test_five_tries_cannot_become_six(self, house: House) -> None:
        session = house.asked()
        results = self.run(house, session, *[WRONG] * 8)
        left = sorted(result.tries_left for result in results if isinstance(result, Wrong))
        assert left == [1, 2, 3, 4]
        assert sum(result == Dead(WhyDead.USED_UP) for result in results) == 1
        assert sum(result == Dead() for result in results) == 3


class TestNoOracle:
    def spent(self, house: House, email: Personal) -> tuple[object, list[str], dict[tuple[str, str], int]]:
        session = house.open().session
        house.vault.uses.clear()
        with statements() as seen:
            answer = house.sign_in.start(session, email, "192.0.2.9")
        uses = dict(house.vault.uses)
        with statements() as more:
            wrong = house.sign_in.redeem_code(session, WRONG, "192.0.2.9")
        return (answer, wrong), seen + more, uses

    def test_same_answer_statements_and_hashes_for_known_and_unknown(self, house: House) -> None:
        house.asked(Personal("warm-up@example.org"))
        known, unknown = self.spent(house, ADA), self.spent(house, NOBODY)
        assert known == unknown
        answer, seen, uses = known
        assert answer == (Started(house.clock.now().replace(minute=40)), Wrong(4))
        assert len(seen) > 10
        assert uses["mac", "sign_in.code"] == uses["mac", "sign_in.link"] == uses["seal", "outbox"] == 1

    def test_both_get_a_mail_and_only_one_holds_a_code(self, house: House) -> None:
        house.asked(ADA)
        house.asked(NOBODY)
        known, unknown = house.mails()
        assert (known.to, unknown.to) == (ADA, NOBODY)
        assert known.code is not None and known.link is not None
        assert (unknown.code, unknown.link) == (None, None)
        assert known.subject.startswith("mail_code_subject")
        assert unknown.subject.startswith("mail_no_account_subject")
        for part in (known.code.reveal(), known.link.reveal(), "minutes=10", "shop=Shop"):
            assert part in known.text.reveal()

    def test_the_log_reads_the_same(self, house: House) -> None:
        for email in (ADA, NOBODY):
            house.asked(email)
        with house.database.read() as tx:
            rows = tx.exec_driver_sql("SELECT tag, outcome, detail FROM audit_events ORDER BY seq").all()
        assert rows[:2] == rows[2:]
        assert [row.tag for row in rows[:2]] == ["session:open", "signin:code:sent"]


class TestLimits:
    def test_one_session_may_ask_five_times(self, house: House) -> None:
        session = house.open().session
        answers = [house.sign_in.start(session, NOBODY) for _ in range(6)]
        assert [type(answer) for answer in answers] == [Started] * 5 + [Wait]
        house.clock.advance(minutes=5)
        assert isinstance(house.sign_in.start(session, NOBODY), Started)

    def test_one_address_may_ask_ten_times(self, house: House) -> None:
        emails = [Personal(f"n{number}@example.org") for number in range(11)]
        answers = [house.sign_in.start(house.open().session, email, "192.0.2.1") for email in emails]
        assert [type(answer) for answer in answers] == [Started] * 10 + [Wait]
        assert isinstance(house.sign_in.start(house.open().session, ADA, "192.0.2.2"), Started)

    def test_beyond_twelve_mails_an_hour_only_the_mail_stays_away(self, house: House) -> None:
        session = flood(house)[-1]
        assert house.sign_in.pending(session)
        assert house.sign_in.redeem_code(session, WRONG) == Wrong(4)
        assert len(house.mails()) == 12

    def test_a_challenge_without_a_mail_is_stillborn(self, house: House) -> None:
        stillborn = flood(house)[-1]
        row = house.sign_in._challenges.living(stillborn.id, house.clock.now())
        assert row is not None
        assert house.sign_in._person(row) == ""

    def test_three_mails_an_hour_from_one_address(self, house: House) -> None:
        for _ in range(5):
            house.asked(ADA, "2001:db8::1")
        assert len(house.mails()) == 3
        house.asked(ADA, "2001:db8::2")
        assert len(house.mails()) == 3
        house.asked(ADA, "192.0.2.77")
        assert len(house.mails()) == 4

    def test_a_stranger_cannot_lock_a_shopper_out_of_a_device_they_use(self, house: House) -> None:
        first = house.open()
        house.sign_in.start(first.session, ADA)
        redeemed(house.sign_in.redeem_code(first.session, house.code()))
        flood(house)
        count = len(house.mails())
        assert first.device_key is not None
        again = house.open(first.device_key.reveal()).session
        house.sign_in.start(again, ADA, "192.0.2.1")
        assert len(house.mails()) == count + 1
        redeemed(house.sign_in.redeem_code(again, house.code()))

    def test_a_known_device_is_known_for_its_own_person_only(self, house: House) -> None:
        opened = house.open()
        house.sign_in.start(opened.session, BOB)
        redeemed(house.sign_in.redeem_code(opened.session, house.code()))
        flood(house)
        count = len(house.mails())
        assert opened.device_key is not None
        house.sign_in.start(house.open(opened.device_key.reveal()).session, ADA)
        assert len(house.mails()) == count

    def test_sign_out_everywhere_makes_devices_unknown(self, house: House) -> None:
        opened = house.open()
        house.sign_in.start(opened.session, ADA)
        redeemed(house.sign_in.redeem_code(opened.session, house.code()))
        house.sessions.end_all("cus_ada")
        flood(house)
        count = len(house.mails())
        assert opened.device_key is not None
        house.sign_in.start(house.open(opened.device_key.reveal()).session, ADA)
        assert len(house.mails()) == count

    def test_an_address_that_guesses_is_stopped_before_its_codes_are(self, house: House) -> None:
        for _ in range(4):
            session = house.asked(NOBODY)
            for _ in range(5):
                house.sign_in.redeem_code(session, WRONG, "203.0.113.5")
        session = house.asked(ADA, "203.0.113.5")
        code = house.code()
        assert house.sign_in.redeem_code(session, code, "203.0.113.5") == Dead(WhyDead.TOO_MANY)
        assert house.sign_in.pending(session)
        house.clock.advance(minutes=5)
        redeemed(house.sign_in.redeem_code(session, code, "203.0.113.5"))


class TestClosed:
    """When something cannot be asked, nobody signs in and nothing leaves."""

    def test_directory_down(self, house: House) -> None:
        house.sign_in._directory = NullDirectory()
        session = house.open().session
        with pytest.raises(StoreUnavailableError):
            house.sign_in.start(session, ADA)
        assert house.mails() == []
        assert not house.sign_in.pending(session)

    def test_limits_down(self, house: House) -> None:
        session = house.asked()
        code = house.code()
        house.sign_in._limits = NullLimits()
        with pytest.raises(LimitsUnavailableError):
            house.sign_in.start(session, ADA)
        with pytest.raises(LimitsUnavailableError):
            house.sign_in.redeem_code(session, code, "192.0.2.1")
        assert house.sessions.of_person("cus_ada") == []

    def test_a_try_that_could_not_be_counted_is_not_lost(self, house: House) -> None:
        session = house.asked()
        code = house.code()
        limits, house.sign_in._limits = house.sign_in._limits, NullLimits()
        for _ in range(6):
            with pytest.raises(LimitsUnavailableError):
                house.sign_in.redeem_code(session, WRONG, "192.0.2.1")
        house.sign_in._limits = limits
        redeemed(house.sign_in.redeem_code(session, code, "192.0.2.1"))

    @pytest.mark.parametrize("email", ["", "ada", "a@b\r\nBcc: x@y", "ada@example.org, eve@example.org"])
    def test_an_address_that_is_none_is_refused(self, house: House, email: str) -> None:
        session = house.open().session
        with pytest.raises(AddressRefusedError):
            house.sign_in.start(session, Personal(email))
        assert not house.sign_in.pending(session)

    def test_a_session_that_never_was_cannot_ask(self, house: House) -> None:
        session = house.open().session
        ghost = Session(**{**vars(session), "id": "ses_ghost"})
        with pytest.raises(SessionUnknownError):
            house.sign_in.start(ghost, ADA)

    def test_purge_spares_the_living(self, house: House) -> None:
        session = house.asked()
        assert house.sign_in.purge() == 0
        house.clock.advance(minutes=11)
        assert house.sign_in.purge() == 1
        assert not house.sign_in.pending(session)
