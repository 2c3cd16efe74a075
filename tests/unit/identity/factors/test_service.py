from datetime import timedelta
from urllib.parse import urlsplit

import pytest

from countersign.identity.factors.models import CHALLENGE_LIFE
from countersign.identity.models import Session
from countersign.kit.hidden import Personal
from countersign.store.errors import StoreUnavailableError
from tests.fakes.authenticator import Authenticator
from tests.fakes.factors import CHANGE, PAY, Safe, person_of
from tests.fakes.house import ADA, BOB

OLD = Personal("ada.old@example.org")


def not_me(safe: Safe) -> str:
    """What stands behind the # of the newest mail's link."""
    link = safe.house.mails()[-1].link
    assert link is not None
    return urlsplit(link.reveal()).fragment


class TestAdding:
    def test_tells_every_known_contact_with_a_way_to_undo_it(self, safe: Safe) -> None:
        safe.contacts.more = (OLD,)
        safe.passkey(safe.signed_in(), name="click https://evil.example")
        told = safe.house.mails()[-2:]
        assert {mail.to for mail in told} == {ADA, OLD}
        for mail in told:
            assert mail.subject.startswith("mail_factor_added_subject")
            assert mail.link is not None and mail.link.reveal().startswith("https://shop.example/not-me#")
            assert mail.link.reveal() in mail.text.reveal()
            assert "evil.example" not in mail.text.reveal()

    def test_that_nobody_could_be_told_of_is_none(self, safe: Safe) -> None:
        session = safe.signed_in()
        options = safe.passkeys.register_options(session, "cus_ada", "Laptop", ADA)
        answer = Authenticator().create(options)
        safe.contacts.down = True
        with pytest.raises(StoreUnavailableError):
            safe.passkeys.register(session, "cus_ada", answer)
        assert safe.factors.of("cus_ada") == []

    def test_by_mail_alone_counts_after_a_day(self, safe: Safe) -> None:
        factor = safe.passkey(safe.signed_in())
        assert factor.counts_from - factor.added_at == timedelta(hours=24)
        assert safe.factors.counting("cus_ada") == []
        safe.house.clock.advance(hours=23, minutes=59)
        assert safe.factors.counting("cus_ada") == []
        safe.house.clock.advance(minutes=1)
        assert [one.id for one in safe.factors.counting("cus_ada")] == [factor.id]

    def test_stepped_up_counts_at_once(self, safe: Safe) -> None:
        factor = safe.passkey(safe.stepped_up())
        assert [one.id for one in safe.factors.counting("cus_ada")] == [factor.id]


class TestRemoving:
    def test_ones_own_is_gone_and_told_of(self, safe: Safe) -> None:
        session = safe.stepped_up()
        factor = safe.passkey(session)
        assert safe.factors.remove(session, factor.id)
        assert safe.factors.of("cus_ada") == []
        assert safe.house.mails()[-1].subject.startswith("mail_factor_removed_subject")
        assert not safe.factors.remove(session, factor.id)

    def test_another_persons_stays(self, safe: Safe) -> None:
        factor, bob = safe.passkey(safe.signed_in()), safe.signed_in(BOB)
        assert not safe.factors.remove(bob, factor.id)
        assert [one.id for one in safe.factors.of("cus_ada")] == [factor.id]

    def test_the_last_takes_the_recovery_codes_along(self, safe: Safe) -> None:
        session = safe.stepped_up()
        first, second = safe.passkey(session), safe.passkey(session)
        safe.recovery.make(session, "cus_ada")
        safe.factors.remove(session, first.id)
        assert safe.recovery.left("cus_ada") == 10
        safe.factors.remove(session, second.id)
        assert safe.recovery.left("cus_ada") == 0


class TestNotMe:
    def test_removes_the_factor_and_signs_everybody_out(self, safe: Safe) -> None:
        intruder = safe.signed_in()
        safe.passkey(intruder)
        token = not_me(safe)
        assert safe.factors.not_me(token)
        assert safe.factors.of("cus_ada") == []
        assert safe.house.sessions.current(intruder.id) is None
        assert safe.house.mails()[-1].subject.startswith("mail_factor_removed_subject")

    def test_works_once_for_seven_days(self, safe: Safe) -> None:
        safe.passkey(safe.signed_in())
        first = not_me(safe)
        assert safe.factors.not_me(first) and not safe.factors.not_me(first)
        safe.passkey(safe.signed_in())
        second = not_me(safe)
        safe.house.clock.advance(days=7)
        assert not safe.factors.not_me(second)
        assert len(safe.factors.of("cus_ada")) == 1

    @pytest.mark.parametrize("token", ["", "x" * 43, "\ud800"])
    def test_a_link_that_was_never_sent_removes_nothing(self, safe: Safe, token: str) -> None:
        safe.passkey(safe.signed_in())
        assert not safe.factors.not_me(token)
        assert len(safe.factors.of("cus_ada")) == 1

    def test_only_that_factor_and_only_that_person(self, safe: Safe) -> None:
        bob, ada = safe.signed_in(BOB), safe.stepped_up()
        safe.passkey(bob)
        kept = safe.passkey(ada)
        safe.passkey(ada)
        assert safe.factors.not_me(not_me(safe))
        assert [one.id for one in safe.factors.of("cus_ada")] == [kept.id]
        assert len(safe.factors.of("cus_bob")) == 1
        assert safe.house.sessions.current(bob.id) is not None


class TestStepUps:
    def stepped(self, safe: Safe, session: Session, **other: object) -> bool:
        asked = {**vars(PAY), **other}
        return safe.step_ups.stepped(session, within=timedelta(minutes=5), **asked)  # type: ignore[arg-type]

    def rise(self, safe: Safe) -> Session:
        session = safe.signed_in()
        device = Authenticator()
        safe.passkey(safe.stepped_up(), device)
        options = safe.passkeys.step_up_options(session, person_of(session), PAY)
        result = safe.passkeys.step_up(session, PAY, device.get(options))
        return result.opened.session  # type: ignore[union-attr]

    def test_passes_once_for_exactly_its_target(self, safe: Safe) -> None:
        session = self.rise(safe)
        assert not self.stepped(safe, session, deed="payment:page")
        assert not self.stepped(safe, session, subject="W2")
        assert not self.stepped(safe, session, subject=None)
        assert not self.stepped(safe, session, digest=b"\x03" * 32)
        assert self.stepped(safe, session)
        assert not self.stepped(safe, session)

    def test_passes_in_its_own_session_only(self, safe: Safe) -> None:
        session = self.rise(safe)
        assert not self.stepped(safe, safe.stepped_up())
        again = safe.house.sessions.rise(session, "cus_ada", session.level).session
        assert not self.stepped(safe, again)

    def test_is_fresh_for_five_minutes(self, safe: Safe) -> None:
        session = self.rise(safe)
        safe.house.clock.advance(minutes=5)
        assert safe.step_ups.purge() == 0
        safe.house.clock.advance(seconds=1)
        assert not self.stepped(safe, session)
        assert safe.step_ups.purge() == 1

    def test_never_longer_than_that_whatever_is_asked(self, safe: Safe) -> None:
        session = self.rise(safe)
        safe.house.clock.advance(minutes=5, seconds=1)
        day = timedelta(days=1)
        assert not safe.step_ups.stepped(session, PAY.deed, PAY.subject, PAY.digest, day)

    def test_may_be_asked_to_be_younger(self, safe: Safe) -> None:
        session = self.rise(safe)
        safe.house.clock.advance(seconds=61)
        minute = timedelta(minutes=1)
        assert not safe.step_ups.stepped(session, PAY.deed, PAY.subject, PAY.digest, minute)

    def test_the_row_tells_nothing(self, safe: Safe) -> None:
        self.rise(safe)
        with safe.house.database.read() as tx:
            rows = str(tx.exec_driver_sql("SELECT * FROM step_ups").all())
        assert "payment" not in rows and "W1" not in rows


def test_a_step_up_for_a_change_of_factors_is_none_for_money(safe: Safe) -> None:
    assert safe.step_ups.bound(CHANGE) != safe.step_ups.bound(PAY)
    assert timedelta(minutes=5) == CHALLENGE_LIFE
