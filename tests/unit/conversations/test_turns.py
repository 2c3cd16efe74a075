import pytest

from countersign.conversations.errors import TurnForgedError
from countersign.conversations.models import Turn
from countersign.kit.hidden import Secret
from tests.unit.conversations.conftest import Archive


def lives(archive: Archive, ticket: Secret, conversation: str = "cnv_1") -> bool:
    try:
        archive.turns.living(conversation, ticket.reveal())
    except TurnForgedError:
        return False
    return True


def test_a_ticket_says_whose_turn_it_is(archive: Archive) -> None:
    ticket = archive.turns.begin("cnv_1", "ses_1", "hash-of-an-address")
    assert archive.turns.living("cnv_1", ticket.reveal()) == Turn("cnv_1", "ses_1", "hash-of-an-address")


def test_a_ticket_dies_after_thirty_seconds(archive: Archive) -> None:
    ticket = archive.turns.begin("cnv_1", "ses_1", "")
    archive.clock.advance(seconds=29.9)
    assert lives(archive, ticket)
    archive.clock.advance(seconds=0.1)
    assert not lives(archive, ticket)


def test_a_ticket_is_of_one_conversation(archive: Archive) -> None:
    ticket = archive.turns.begin("cnv_1", "ses_1", "")
    other = archive.turns.begin("cnv_2", "ses_2", "")
    assert not lives(archive, ticket, "cnv_2")
    assert not lives(archive, other, "cnv_1")


def test_a_ticket_dies_with_its_turn_and_leaves_others(archive: Archive) -> None:
    ended, going = (archive.turns.begin("cnv_1", "ses_1", "") for _ in range(2))
    archive.turns.end(ended)
    assert not lives(archive, ended)
    assert lives(archive, going)
    archive.turns.end(ended)


@pytest.mark.parametrize("ticket", ["", "x" * 43, "⟦email:k7q2m4xa⟧"])
def test_a_made_up_ticket_is_forged(archive: Archive, ticket: str) -> None:
    archive.turns.begin("cnv_1", "ses_1", "")
    with pytest.raises(TurnForgedError):
        archive.turns.living("cnv_1", ticket)


def test_a_refusal_repeats_no_ticket(archive: Archive) -> None:
    ticket = archive.turns.begin("cnv_1", "ses_1", "").reveal()
    with pytest.raises(TurnForgedError) as caught:
        archive.turns.living("cnv_2", ticket)
    assert ticket not in str(caught.value)


def test_a_forgotten_conversation_has_no_living_turn(archive: Archive) -> None:
    ticket = archive.turns.begin("cnv_1", "ses_1", "")
    archive.conversations.forget("cnv_1")
    assert not lives(archive, ticket)
