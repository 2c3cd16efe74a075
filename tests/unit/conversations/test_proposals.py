"""Minted, drawn, seen, agreed, spent: in this order, by the right message, in one turn, or not at all."""

from collections.abc import Callable
from pathlib import Path
from threading import Barrier, Thread

import pytest

from countersign.checkpoints.interfaces import Agreed
from countersign.checkpoints.table import Deed
from countersign.conversations.proposals import LIFETIME, Proposals, page_of
from countersign.conversations.repository import ConversationRepository
from countersign.db.engine import Database
from countersign.kit.hidden import Personal
from countersign.vault.errors import TamperedError
from countersign.vault.service import Vault
from tests.fakes.clock import FakeClock
from tests.unit.conversations.conftest import Archive

DEED, ORDER = Deed.ORDER_CANCEL.value, "#W1000002"
DETAILS = Personal('{"change": "CancelOrder", "address": "9 Sorrel Gardens"}')


class Talk:
    """Conversation cnv_1 and its proposals."""

    def __init__(self, archive: Archive) -> None:
        self.archive = archive
        self.proposals = archive.proposals

    def minted(self, subject: str | None = ORDER, conversation: str = "cnv_1") -> str:
        return self.proposals.propose(conversation, DEED, subject, DETAILS)

    def drawn(self) -> str:
        name = self.minted()
        self.proposals.drawn("cnv_1", name)
        return name

    def shown(self) -> str:
        name = self.drawn()
        self.proposals.seen("cnv_1")
        return name

    def agreed(self) -> str:
        name = self.shown()
        self.proposals.hear("cnv_1", name)
        return name

    def spent(self, deed: str = DEED, subject: str | None = ORDER) -> Agreed | None:
        return self.proposals.spend("cnv_1", deed, subject)


@pytest.fixture
def talk(archive: Archive) -> Talk:
    return Talk(archive)


class TestTheWay:
    def test_to_its_end_gives_the_details_that_were_agreed_to(self, talk: Talk) -> None:
        name = talk.shown()
        assert talk.proposals.waiting("cnv_1") == name
        talk.proposals.hear("cnv_1", name)
        assert talk.proposals.agreed("cnv_1")
        assert talk.proposals.agreed_deed("cnv_1") == (Deed.ORDER_CANCEL, ORDER)
        spent = talk.spent()
        assert spent is not None
        assert (spent.proposal, spent.details.reveal()) == (name, DETAILS.reveal())

    def test_may_be_about_no_order(self, talk: Talk) -> None:
        name = talk.minted(None)
        talk.proposals.drawn("cnv_1", name)
        talk.proposals.seen("cnv_1")
        talk.proposals.hear("cnv_1", name)
        assert talk.spent(subject=ORDER) is None
        assert talk.spent(subject=None) is not None

    @pytest.mark.parametrize("stop", ["minted", "drawn", "shown"])
    def test_is_gone_through_step_by_step(self, talk: Talk, stop: str) -> None:
        getattr(talk, stop)()
        assert not talk.proposals.agreed("cnv_1")
        assert talk.proposals.agreed_deed("cnv_1") is None
        assert talk.spent() is None

    @pytest.mark.parametrize("stop", ["minted", "drawn"])
    def test_what_the_shopper_has_not_seen_cannot_be_agreed_to(self, talk: Talk, stop: str) -> None:
        name = getattr(talk, stop)()
        assert talk.proposals.waiting("cnv_1") is None
        talk.proposals.hear("cnv_1", name)
        assert talk.spent() is None
        talk.proposals.seen("cnv_1")
        assert talk.proposals.waiting("cnv_1") is None, "withdrawn by a message that could not mean it"

    def test_what_is_only_minted_is_not_seen(self, talk: Talk) -> None:
        talk.minted()
        talk.proposals.seen("cnv_1")
        assert talk.proposals.waiting("cnv_1") is None

    def test_is_never_gone_back(self, talk: Talk) -> None:
        name = talk.agreed()
        talk.proposals.drawn("cnv_1", name)
        talk.proposals.seen("cnv_1")
        assert talk.proposals.waiting("cnv_1") is None
        assert talk.spent() is not None
        for again in (talk.proposals.drawn, talk.proposals.hear):
            again("cnv_1", name)
            talk.proposals.seen("cnv_1")
        assert talk.spent() is None

    def test_nothing_is_before_there_is_any(self, talk: Talk) -> None:
        talk.proposals.seen("cnv_1")
        talk.proposals.hear("cnv_1", "prp_x")
        talk.proposals.end_turn("cnv_1")
        assert talk.proposals.waiting("cnv_1") is None
        assert not talk.proposals.agreed("cnv_1")
        assert talk.spent() is None


class TestAYes:
    def test_counts_once(self, talk: Talk) -> None:
        talk.agreed()
        assert talk.spent() is not None
        assert talk.spent() is None
        assert not talk.proposals.agreed("cnv_1")

    def test_spent_by_many_at_once_counts_once(
        self, any_database: Database, vault: Vault, clock: FakeClock
    ) -> None:
        proposals = Proposals(ConversationRepository(any_database), vault, clock)
        name = proposals.propose("cnv_1", DEED, ORDER, DETAILS)
        proposals.drawn("cnv_1", name)
        proposals.seen("cnv_1")
        proposals.hear("cnv_1", name)
        found, barrier = list[Agreed | None](), Barrier(6)

        def spend() -> None:
            barrier.wait()
            found.append(proposals.spend("cnv_1", DEED, ORDER))

        threads = [Thread(target=spend) for _ in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(found) == 6
        assert len([one for one in found if one is not None]) == 1

    def test_that_was_spent_is_known_until_the_next_message(self, talk: Talk) -> None:
        talk.agreed()
        assert not talk.proposals.spent("cnv_1")
        talk.spent()
        talk.proposals.end_turn("cnv_1")
        talk.proposals.seen("cnv_1")
        assert talk.proposals.spent("cnv_1")
        assert talk.spent() is None and talk.proposals.waiting("cnv_1") is None
        talk.proposals.hear("cnv_1", None)
        assert not talk.proposals.spent("cnv_1")

    def test_that_was_not_spent_is_not(self, talk: Talk) -> None:
        talk.agreed()
        talk.proposals.end_turn("cnv_1")
        assert not talk.proposals.spent("cnv_1")

    @pytest.mark.parametrize(
        ("deed", "subject"),
        [
            (Deed.RETURN_OPEN.value, ORDER),
            (DEED, "#W1000001"),
            (DEED, None),
            (DEED, "#w1000002"),
            (DEED, ""),
            ("", ORDER),
        ],
    )
    def test_to_another_deed_or_subject_is_none_and_stays_as_it_is(
        self, talk: Talk, deed: str, subject: str | None
    ) -> None:
        talk.agreed()
        assert talk.spent(deed, subject) is None
        assert talk.spent() is not None

    def test_of_another_conversation_is_none(self, talk: Talk) -> None:
        name = talk.shown()
        mine = talk.minted(conversation="cnv_2")
        talk.proposals.drawn("cnv_2", mine)
        talk.proposals.seen("cnv_2")
        talk.proposals.hear("cnv_2", name)
        assert talk.proposals.spend("cnv_2", DEED, ORDER) is None
        assert talk.spent() is None
        assert talk.proposals.waiting("cnv_1") == name
        assert talk.proposals.waiting("cnv_2") is None

    def test_is_gone_with_its_turn(self, talk: Talk) -> None:
        talk.agreed()
        talk.proposals.end_turn("cnv_1")
        assert talk.spent() is None

    def test_that_is_not_yet_given_outlives_the_turn_that_asked(self, talk: Talk) -> None:
        name = talk.shown()
        talk.proposals.end_turn("cnv_1")
        assert talk.proposals.waiting("cnv_1") == name

    @pytest.mark.parametrize("other", [None, "prp_other", ""])
    def test_to_something_else_withdraws_it(self, talk: Talk, other: str | None) -> None:
        name = talk.shown()
        talk.proposals.hear("cnv_1", other)
        assert talk.proposals.waiting("cnv_1") is None
        talk.proposals.hear("cnv_1", name)
        assert talk.spent() is None

    def test_that_was_not_spent_is_withdrawn_by_the_next_message(self, talk: Talk) -> None:
        name = talk.agreed()
        talk.proposals.hear("cnv_1", name)
        assert talk.spent() is None


class TestANewerOne:
    @pytest.mark.parametrize("stop", ["minted", "drawn", "shown", "agreed"])
    def test_replaces_the_older_whatever_it_was(self, talk: Talk, stop: str) -> None:
        older = getattr(talk, stop)()
        newer = talk.minted()
        assert newer != older
        assert talk.proposals.waiting("cnv_1") is None
        talk.proposals.drawn("cnv_1", older)
        talk.proposals.seen("cnv_1")
        talk.proposals.hear("cnv_1", older)
        assert talk.spent() is None

    def test_leaves_other_conversations_alone(self, talk: Talk) -> None:
        name = talk.shown()
        talk.minted(conversation="cnv_2")
        assert talk.proposals.waiting("cnv_1") == name


class TestTime:
    def test_a_read_back_waits_a_quarter_of_an_hour(self, talk: Talk) -> None:
        name = talk.shown()
        talk.archive.clock.advance(seconds=LIFETIME.total_seconds() - 1)
        assert talk.proposals.waiting("cnv_1") == name
        talk.archive.clock.advance(seconds=1)
        assert talk.proposals.waiting("cnv_1") is None
        talk.proposals.hear("cnv_1", name)
        assert not talk.proposals.agreed("cnv_1")
        assert talk.spent() is None

    def test_an_agreement_does_not_outlive_it(self, talk: Talk) -> None:
        talk.agreed()
        talk.archive.clock.advance(seconds=LIFETIME.total_seconds())
        assert talk.spent() is None


class TestAtRest:
    def test_the_details_are_sealed(self, talk: Talk, tmp_path: Path) -> None:
        talk.agreed()
        written = b"".join(path.read_bytes() for path in tmp_path.glob("core.db*"))
        assert b"cnv_1" in written
        for told in (b"Sorrel", b"9 Sorrel Gardens", b"CancelOrder"):
            assert told not in written

    def test_details_moved_to_another_proposal_stay_closed(self, talk: Talk, database: Database) -> None:
        talk.agreed()
        details = ConversationRepository(database).proposal("cnv_1").details  # type: ignore[union-attr]
        name = talk.minted(conversation="cnv_2")
        row = {"id": name, "deed": DEED, "subject": ORDER, "details": details, "state": "agreed"}
        expires_at = talk.archive.clock.now() + LIFETIME
        ConversationRepository(database).keep_proposal("cnv_2", **row, expires_at=expires_at)
        with pytest.raises(TamperedError):
            talk.proposals.spend("cnv_2", DEED, ORDER)

    @pytest.mark.parametrize("stop", ["minted", "drawn", "shown", "agreed"])
    def test_they_are_gone_with_the_conversation(self, talk: Talk, database: Database, stop: str) -> None:
        other = talk.minted(conversation="cnv_2")
        step: Callable[[], str] = getattr(talk, stop)
        step()
        talk.archive.conversations.forget("cnv_1")
        assert ConversationRepository(database).proposal("cnv_1") is None
        assert talk.spent() is None
        assert ConversationRepository(database).proposal("cnv_2").id == other  # type: ignore[union-attr]


class TestHeld:
    """What waits for a second factor outlives its turn, and nothing else."""

    def held(self, talk: Talk) -> str:
        name = talk.agreed()
        talk.proposals.hold("cnv_1", name)
        talk.proposals.end_turn("cnv_1")
        return name

    def test_is_what_was_agreed_to(self, talk: Talk) -> None:
        name = self.held(talk)
        held = talk.proposals.held("cnv_1")
        assert held is not None
        assert (held.deed, held.subject, held.agreed) == (DEED, ORDER, Agreed(name, DETAILS))
        assert talk.proposals.standing("cnv_1", DEED, ORDER) == Agreed(name, DETAILS)
        assert talk.spent() == Agreed(name, DETAILS)
        assert talk.spent() is None
        assert talk.proposals.held("cnv_1") is None

    def test_reads_as_it_was_read_back(self, talk: Talk) -> None:
        card = {"title": "Cancel #W1000002", "rows": [{"label": "Back to", "value": "Visa ending in 4242"}]}
        name = talk.minted()
        talk.proposals.drawn("cnv_1", name, card)
        talk.proposals.seen("cnv_1")
        talk.proposals.hear("cnv_1", name)
        talk.proposals.hold("cnv_1", name)
        held = talk.proposals.held("cnv_1")
        assert held is not None and held.shown == card
        assert "4242" not in repr(held)
        talk.spent()
        assert b"4242" not in repr(talk.proposals._rows.proposal("cnv_1")).encode()

    def test_is_gone_with_the_next_message(self, talk: Talk) -> None:
        self.held(talk)
        talk.proposals.hear("cnv_1", None)
        assert talk.proposals.held("cnv_1") is None and talk.spent() is None

    def test_runs_out(self, talk: Talk) -> None:
        self.held(talk)
        talk.archive.clock.advance(minutes=15)
        assert talk.proposals.held("cnv_1") is None and talk.spent() is None

    def test_only_what_was_agreed_to_is_held(self, talk: Talk) -> None:
        name = talk.shown()
        talk.proposals.hold("cnv_1", name)
        assert talk.proposals.held("cnv_1") is None and talk.spent() is None

    def test_a_page_agrees_beside_the_chat(self, talk: Talk) -> None:
        in_chat = talk.shown()
        name = talk.proposals.propose(page_of("cnv_1"), "factor:first", None, DETAILS)
        talk.proposals.drawn(page_of("cnv_1"), name)
        talk.proposals.seen(page_of("cnv_1"))
        talk.proposals.hear(page_of("cnv_1"), name)
        assert talk.proposals.spend("cnv_1", DEED, ORDER) is None
        assert talk.proposals.spend("cnv_1", "factor:first", None) == Agreed(name, DETAILS)
        assert talk.proposals.waiting("cnv_1") == in_chat

    def test_old_ones_are_deleted(self, talk: Talk) -> None:
        talk.minted()
        talk.archive.clock.advance(days=1)
        assert talk.proposals.purge() == 0
        talk.archive.clock.advance(minutes=16)
        assert talk.proposals.purge() == 1
