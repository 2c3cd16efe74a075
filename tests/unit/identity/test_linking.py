"""Whose account a messenger's chat belongs to: by a code in both directions, and by nothing else."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import pytest

from countersign.identity import codes
from countersign.identity.errors import SessionUnknownError
from countersign.identity.linking.models import MOST_LINKS, Chat, LinkCode, Linked, NotLinked
from countersign.identity.linking.repository import links
from countersign.identity.linking.service import Linking
from countersign.identity.models import Level, Session
from countersign.kit.hidden import Personal, Secret
from countersign.risk.limits import Limits
from countersign.risk.models import Wait
from countersign.risk.table import RATES, Bucket
from tests.fakes.house import House

MINE = Chat("telegram", Personal("4711"))
OTHER = Chat("telegram", Personal("4712"))


@dataclass
class Bench:
    house: House
    linking: Linking

    def signed_in(self, person: str = "cus_ada") -> Session:
        # Of ten sessions and one more, the oldest ends: let one be the oldest.
        self.house.clock.advance(milliseconds=1)
        return self.house.sessions.rise(self.house.open().session, person, Level.SIGNED_IN).session

    def code(self, person: str = "cus_ada") -> str:
        code = self.linking.start(self.signed_in(person))
        assert isinstance(code, LinkCode)
        return code.code.reveal()

    def link(self, chat: Chat = MINE, person: str = "cus_ada") -> Linked:
        linked = self.linking.redeem(chat, self.code(person))
        assert isinstance(linked, Linked)
        return linked

    def token(self, chat: Chat = MINE) -> str:
        token = self.linking.invite(chat)
        assert isinstance(token, Secret)
        return token.reveal()


@pytest.fixture
def bench(house: House) -> Bench:
    linking = Linking(
        house.database, house.sessions, Limits(house.clock), house.vault, house.audit, house.clock
    )
    return Bench(house, linking)


class TestFromTheWebChat:
    def test_the_code_typed_in_the_messenger_links_it(self, bench: Bench) -> None:
        assert bench.linking.person_of(MINE) is None
        linked = bench.link()
        assert linked.person == "cus_ada"
        assert bench.linking.person_of(MINE) == "cus_ada"
        assert bench.linking.person_of(OTHER) is None

    def test_however_it_is_typed(self, bench: Bench) -> None:
        typed = f" {bench.code().lower().replace('-', ' ')} "
        assert isinstance(bench.linking.redeem(MINE, typed), Linked)

    def test_the_same_id_in_another_channel_is_another_chat(self, bench: Bench) -> None:
        bench.link()
        assert bench.linking.person_of(Chat("whatsapp", MINE.id)) is None

    def test_it_works_once(self, bench: Bench) -> None:
        code = bench.code()
        bench.linking.redeem(MINE, code)
        assert bench.linking.redeem(OTHER, code) == NotLinked()
        assert bench.linking.person_of(OTHER) is None

    def test_for_ten_minutes(self, bench: Bench) -> None:
        code = bench.code()
        bench.house.clock.advance(minutes=10)
        assert bench.linking.redeem(MINE, code) == NotLinked()

    def test_a_newer_one_ends_it(self, bench: Bench) -> None:
        first = bench.code()
        second = bench.code()
        assert bench.linking.redeem(MINE, first) == NotLinked()
        assert isinstance(bench.linking.redeem(MINE, second), Linked)

    @pytest.mark.parametrize("typed", ["", "0000-0000", "hello", "⟦code⟧", "x" * 5000])
    def test_what_was_never_shown_links_nothing(self, bench: Bench, typed: str) -> None:
        bench.code()
        assert bench.linking.redeem(MINE, typed) == NotLinked()
        assert bench.linking.person_of(MINE) is None

    def test_of_two_chats_at_once_one_gets_it(self, bench: Bench) -> None:
        code = bench.code()
        chats = [Chat("telegram", Personal(str(number))) for number in range(4)]
        with ThreadPoolExecutor(4) as pool:
            came = list(pool.map(lambda chat: bench.linking.redeem(chat, code), chats))
        assert sum(isinstance(one, Linked) for one in came) == 1
        assert len(bench.linking.links_of("cus_ada")) == 1

    def test_only_who_is_signed_in_gets_one(self, bench: Bench) -> None:
        with pytest.raises(SessionUnknownError):
            bench.linking.start(bench.house.open().session)
        session = bench.signed_in()
        bench.house.sessions.end(session)
        with pytest.raises(SessionUnknownError):
            bench.linking.start(session)


class TestFromTheMessenger:
    def test_the_link_leads_to_a_code_for_that_chat(self, bench: Bench) -> None:
        code = bench.linking.follow(bench.token(), bench.signed_in())
        assert isinstance(code, LinkCode)
        assert bench.linking.person_of(MINE) is None, "the link alone links nothing"
        assert isinstance(bench.linking.redeem(MINE, code.code.reveal()), Linked)
        assert bench.linking.person_of(MINE) == "cus_ada"

    def test_and_for_no_other(self, bench: Bench) -> None:
        code = bench.linking.follow(bench.token(MINE), bench.signed_in())
        assert isinstance(code, LinkCode)
        assert bench.linking.redeem(OTHER, code.code.reveal()) == NotLinked()
        assert bench.linking.redeem(MINE, code.code.reveal()) == NotLinked(), "spent"
        assert bench.linking.person_of(OTHER) is None

    def test_it_works_once_and_for_ten_minutes(self, bench: Bench) -> None:
        token = bench.token()
        bench.linking.follow(token, bench.signed_in())
        assert bench.linking.follow(token, bench.signed_in()) == NotLinked()
        late = bench.token()
        bench.house.clock.advance(minutes=10)
        assert bench.linking.follow(late, bench.signed_in()) == NotLinked()

    @pytest.mark.parametrize("token", ["", "x" * 43, "\ud800"])
    def test_one_that_was_never_sent_leads_nowhere(self, bench: Bench, token: str) -> None:
        assert bench.linking.follow(token, bench.signed_in()) == NotLinked()

    def test_whoever_is_not_signed_in_does_not_use_it_up(self, bench: Bench) -> None:
        token = bench.token()
        with pytest.raises(SessionUnknownError):
            bench.linking.follow(token, bench.house.open().session)
        assert isinstance(bench.linking.follow(token, bench.signed_in()), LinkCode)


class TestWhose:
    def test_a_linked_chat_is_nobody_elses_until_it_is_unlinked(self, bench: Bench) -> None:
        bench.link()
        assert bench.linking.redeem(MINE, bench.code("cus_bob")) == NotLinked()
        assert bench.linking.person_of(MINE) == "cus_ada"
        assert bench.linking.unlink_chat(MINE)
        assert bench.link(MINE, "cus_bob").person == "cus_bob"

    def test_linking_it_again_changes_nothing(self, bench: Bench) -> None:
        first = bench.link().link
        assert bench.link().link == first

    def test_a_person_sees_and_ends_their_own_and_nobody_elses(self, bench: Bench) -> None:
        mine, other = bench.link(MINE).link, bench.link(OTHER, "cus_bob").link
        assert bench.linking.links_of("cus_ada") == [mine]
        assert not bench.linking.unlink("cus_ada", other.id)
        assert bench.linking.person_of(OTHER) == "cus_bob"
        assert bench.linking.unlink("cus_ada", mine.id)
        assert not bench.linking.unlink("cus_ada", mine.id)
        assert bench.linking.person_of(MINE) is None and bench.linking.links_of("cus_ada") == []

    def test_a_chat_can_unlink_itself(self, bench: Bench) -> None:
        bench.link()
        assert bench.linking.unlink_chat(MINE)
        assert not bench.linking.unlink_chat(MINE)

    def test_a_person_has_so_many_and_no_more(self, bench: Bench) -> None:
        for number in range(MOST_LINKS):
            bench.link(Chat("telegram", Personal(f"chat {number}")))
        assert bench.linking.redeem(MINE, bench.code()) == NotLinked()


class TestLimits:
    def test_a_chat_may_try_so_often(self, bench: Bench) -> None:
        code = bench.code()
        for _ in range(RATES[Bucket.LINK_TRIES_PER_CHAT][0].amount):
            assert bench.linking.redeem(MINE, "0000-0000") == NotLinked()
        assert isinstance(bench.linking.redeem(MINE, code), Wait)
        assert isinstance(bench.linking.invite(MINE), Wait)
        assert isinstance(bench.linking.redeem(OTHER, code), Linked)

    def test_a_session_may_ask_so_often(self, bench: Bench) -> None:
        session = bench.signed_in()
        for _ in range(RATES[Bucket.LINK_CODES_PER_SESSION][0].amount):
            assert isinstance(bench.linking.start(session), LinkCode)
        assert isinstance(bench.linking.start(session), Wait)

    def test_all_together_may_guess_so_often_that_they_hit_nothing(self, bench: Bench) -> None:
        for number in range(RATES[Bucket.LINK_TRIES_OVERALL][0].amount):
            bench.linking.redeem(Chat("telegram", Personal(str(number))), "0000-0000")
        assert isinstance(bench.linking.redeem(MINE, bench.code()), Wait)
        # A million guesses, which the rate allows in six weeks, at a hundred living codes.
        guesses, living = 1_000_000, 100
        assert guesses * living / codes.SPACE < 1 / 10_000


class TestRest:
    def test_nothing_that_can_be_read_is_kept(self, bench: Bench) -> None:
        bench.link(Chat("telegram", Personal("readable-chat")))
        with bench.house.database.read() as tx:
            (row,) = tx.execute(links.select()).all()
            log = tx.exec_driver_sql("SELECT * FROM audit_events").all()
        for kept in (repr(tuple(row)), repr(log)):
            assert "readable" not in kept and "cus_ada" not in kept
        assert "readable" not in repr(Chat("telegram", Personal("readable-chat")))

    def test_old_codes_and_links_are_deleted(self, bench: Bench) -> None:
        bench.code()
        bench.token()
        assert bench.linking.purge() == 0
        bench.house.clock.advance(minutes=10, seconds=1)
        assert bench.linking.purge() == 2
