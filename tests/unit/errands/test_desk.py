"""What lies on a conversation's desk: kept sealed, bounded, taken once understood, gone when forgotten."""

import json
from pathlib import Path

import pytest

from countersign.conversations.repository import ConversationRepository
from countersign.db.engine import Database
from countersign.errands.desk import MOST, Desk, Desks
from countersign.errands.models import Asked, Draft, Kind, Pick
from countersign.errands.service import Errands
from countersign.kit.hidden import Personal
from countersign.vault.errors import TamperedError
from countersign.vault.service import Vault
from tests.fakes.clock import FakeClock
from tests.fakes.gateway_parts import Stage

HOME = {"line1": "9 Sorrel Gardens", "city": "Ely", "postcode": "CB7 4DL", "country": "United Kingdom"}
DRAFT = Draft(
    Kind.SWAP,
    words="the Walnut lamp to 9 Sorrel Gardens",
    order="#W1000002",
    orders=["#W1000002", "#W1000001"],
    picks=[Pick(0, "v4", "blue"), Pick(2)],
    picked=True,
    method="card_1",
    reason="ordered by mistake",
    address=HOME,
    asked=Asked.VARIANT,
    misses=2,
    held=True,
    unfit=[2],
    unclear=[1],
    unclear_said="the blue one",
    stranger="#W9999999",
)


OLDER = [
    json.dumps(json.loads(DRAFT.text()) | {"colour": "blue"}),
    json.dumps(json.loads(DRAFT.text()) | {"kind": "repair"}),
    json.dumps(json.loads(DRAFT.text()) | {"asked": "colour"}),
    json.dumps(json.loads(DRAFT.text()) | {"picks": [{"place": 0, "colour": "blue"}]}),
    json.dumps({"order": "#W1000002"}),
    json.dumps(["cancel"]),
]


@pytest.fixture
def rows(database: Database) -> ConversationRepository:
    return ConversationRepository(database)


@pytest.fixture
def desks(rows: ConversationRepository, vault: Vault) -> Desks:
    return Desks(rows, vault)


@pytest.fixture
def errands(database: Database, vault: Vault, clock: FakeClock, tmp_path: Path) -> Errands:
    return Stage(database, vault, clock, tmp_path).errand_desk


class TestKeeping:
    def test_it_comes_back_as_it_was_left(self, desks: Desks) -> None:
        desk = Desk(DRAFT, [Draft(Kind.CANCEL, "the other one"), Draft(Kind.RETURN)], ["a ⟦name:k7q2m4xa⟧"])
        desks.keep("cnv_1", desk)
        assert desks.of("cnv_1") == desk
        assert desks.of("cnv_2") == Desk()

    def test_it_is_sealed(self, desks: Desks, tmp_path: Path) -> None:
        desks.keep("cnv_1", Desk(DRAFT, [DRAFT], ["my wish is a Walnut"]))
        written = b"".join(path.read_bytes() for path in tmp_path.glob("core.db*"))
        assert b"cnv_1" in written
        for told in (b"Sorrel", b"Walnut", b"W1000002", b"card_1", b"mistake"):
            assert told not in written

    def test_it_opens_for_its_own_conversation_only(self, desks: Desks, rows: ConversationRepository) -> None:
        desks.keep("cnv_1", Desk(DRAFT))
        rows.set_desk("cnv_2", rows.desk("cnv_1"))
        with pytest.raises(TamperedError):
            desks.of("cnv_2")

    def test_an_empty_one_is_no_row(self, desks: Desks, rows: ConversationRepository) -> None:
        desks.keep("cnv_1", Desk(DRAFT))
        assert rows.desk("cnv_1") is not None
        desks.keep("cnv_1", Desk())
        assert rows.desk("cnv_1") is None

    def test_so_many_things_wait_and_no_more(self, desks: Desks) -> None:
        drafts = [Draft(Kind.CANCEL, f"draft {place}") for place in range(MOST + 3)]
        wishes = [f"wish {place}" for place in range(MOST + 3)]
        desks.keep("cnv_1", Desk(None, drafts, wishes))
        kept = desks.of("cnv_1")
        assert (kept.drafts, kept.wishes) == (drafts[:MOST], wishes[:MOST])

    @pytest.mark.parametrize("older", OLDER)
    def test_a_draft_of_another_version_is_lost_and_the_rest_stays(
        self, desks: Desks, rows: ConversationRepository, vault: Vault, older: str
    ) -> None:
        for content in (
            {"draft": older, "drafts": [DRAFT.text()], "wishes": ["one"]},
            {"draft": None, "drafts": [older, DRAFT.text()], "wishes": ["one"]},
        ):
            sealed = vault.seal(Personal(json.dumps(content)), purpose="conversation.desk", subject="cnv_1")
            rows.set_desk("cnv_1", sealed.raw)
            desk = desks.of("cnv_1")
            assert desk == Desk(None, [DRAFT], ["one"], lost=True)
            desks.keep("cnv_1", desk)
            assert desks.of("cnv_1") == Desk(None, [DRAFT], ["one"])

    def test_a_draft_without_a_field_that_came_later_is_read(self) -> None:
        content = json.loads(DRAFT.text())
        del content["stranger"], content["picks"][0]["said"]
        again = Draft.of(json.dumps(content))
        assert (again.order, again.stranger, again.picks[0]) == (DRAFT.order, None, Pick(0, "v4"))

    def test_it_is_gone_with_the_conversation(self, desks: Desks, rows: ConversationRepository) -> None:
        for conversation in ("cnv_1", "cnv_2"):
            desks.keep(conversation, Desk(DRAFT, [DRAFT], ["wish"]))
        rows.forget("cnv_1")
        assert rows.desk("cnv_1") is None
        assert desks.of("cnv_2").draft == DRAFT


class TestWishes:
    def test_wait_in_the_order_they_were_said(self, errands: Errands) -> None:
        assert not errands.waits("cnv_1")
        errands.queue("cnv_1", ["one", "two"])
        errands.queue("cnv_1", ["three"])
        taken = []
        while errands.waits("cnv_1"):
            wish = errands.next_wish("cnv_1")
            assert wish is not None
            taken.append(wish)
            errands.wish_taken("cnv_1", wish)
        assert taken == ["one", "two", "three"]
        assert errands.next_wish("cnv_1") is None

    def test_stay_first_in_line_until_they_are_taken(self, errands: Errands) -> None:
        errands.queue("cnv_1", ["one", "two"])
        assert [errands.next_wish("cnv_1") for _ in range(3)] == ["one"] * 3

    def test_that_are_not_first_in_line_are_not_taken(self, errands: Errands) -> None:
        errands.queue("cnv_1", ["one", "two"])
        errands.wish_taken("cnv_1", "two")
        errands.wish_taken("cnv_2", "one")
        assert errands.next_wish("cnv_1") == "one"

    def test_are_not_dropped_while_an_errand_is_in_hand(self, errands: Errands, desks: Desks) -> None:
        desks.keep("cnv_1", Desk(DRAFT, [], ["one"]))
        assert not any(errands.failed("cnv_1") for _ in range(3))
        assert desks.of("cnv_1") == Desk(DRAFT, [], ["one"])

    def test_said_twice_are_taken_one_by_one(self, errands: Errands) -> None:
        errands.queue("cnv_1", ["same", "same"])
        errands.wish_taken("cnv_1", "same")
        assert errands.next_wish("cnv_1") == "same"
        errands.wish_taken("cnv_1", "same")
        assert errands.next_wish("cnv_1") is None

    @pytest.mark.parametrize("desk", [Desk(DRAFT), Desk(None, [DRAFT])], ids=["in hand", "waiting draft"])
    def test_come_after_drafts(self, errands: Errands, desks: Desks, desk: Desk) -> None:
        desks.keep("cnv_1", desk)
        errands.queue("cnv_1", ["one"])
        assert errands.next_wish("cnv_1") is None
        assert errands.waits("cnv_1") is (desk.draft is None)

    def test_stay_when_the_errand_in_hand_is_over_and_go_when_all_is_cleared(
        self, errands: Errands, desks: Desks
    ) -> None:
        desks.keep("cnv_1", Desk(DRAFT, [], ["one"]))
        errands.finish("cnv_1")
        assert errands.next_wish("cnv_1") == "one"
        errands.clear("cnv_1")
        assert errands.next_wish("cnv_1") is None
        assert not errands.waits("cnv_1")
