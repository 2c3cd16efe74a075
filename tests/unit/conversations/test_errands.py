import pytest

from countersign.conversations.errors import CheckpointGoneError
from countersign.conversations.models import Errand
from countersign.kit.hidden import Secret
from tests.unit.conversations.conftest import Archive

SLOTS = {"orders_number": "#W1000001", "orders_hint": "the ⟦name:k7q2m4xa⟧ one"}


def suspended(archive: Archive, conversation: str = "cnv_1", action: str = "action_track_order") -> Secret:
    return archive.errands.suspend(
        conversation, action, SLOTS, deed="order:track", level="signed_in", reason="prove_order"
    )


def taken(archive: Archive, conversation: str = "cnv_1") -> Errand:
    errand = archive.errands.take(conversation)
    assert errand is not None
    return errand


def gone(archive: Archive, page: Secret) -> bool:
    try:
        archive.errands.of_page(page.reveal())
    except CheckpointGoneError:
        return True
    return False


def test_an_errand_waits_as_it_was_left(archive: Archive) -> None:
    page = suspended(archive)
    errand = archive.errands.of_page(page.reveal())
    assert errand == archive.errands.waiting("cnv_1")
    assert (errand.conversation, errand.action, errand.slots) == ("cnv_1", "action_track_order", SLOTS)
    assert (errand.deed, errand.level, errand.reason) == ("order:track", "signed_in", "prove_order")
    assert errand.passed is False


def test_an_errand_is_taken_once_and_only_when_passed(archive: Archive) -> None:
    suspended(archive)
    assert archive.errands.take("cnv_1") is None
    assert archive.errands.passed("cnv_1") is True
    errand = taken(archive)
    assert (errand.action, errand.slots, errand.passed) == ("action_track_order", SLOTS, True)
    assert archive.errands.take("cnv_1") is None
    assert archive.errands.passed("cnv_1") is False


def test_a_page_is_gone_once_passed_and_before_it_is_taken(archive: Archive) -> None:
    page = suspended(archive)
    archive.errands.passed("cnv_1")
    assert gone(archive, page)
    assert archive.errands.waiting("cnv_1") is not None


def test_an_errand_is_kept_for_ten_minutes(archive: Archive) -> None:
    page = suspended(archive)
    archive.clock.advance(minutes=9, seconds=59)
    assert archive.errands.waiting("cnv_1") is not None
    assert not gone(archive, page)
    archive.clock.advance(seconds=1)
    assert archive.errands.waiting("cnv_1") is None
    assert gone(archive, page)
    assert archive.errands.passed("cnv_1") is False


def test_a_passed_errand_that_is_not_taken_in_time_is_over(archive: Archive) -> None:
    suspended(archive)
    archive.errands.passed("cnv_1")
    archive.clock.advance(minutes=10)
    assert archive.errands.take("cnv_1") is None


def test_a_newer_wish_takes_the_place_of_an_older_and_its_page(archive: Archive) -> None:
    older = suspended(archive)
    newer = suspended(archive, action="action_list_orders")
    assert gone(archive, older)
    assert archive.errands.of_page(newer.reveal()).action == "action_list_orders"
    archive.errands.passed("cnv_1")
    assert taken(archive).action == "action_list_orders"


def test_a_newer_wish_must_pass_by_itself(archive: Archive) -> None:
    suspended(archive)
    archive.errands.passed("cnv_1")
    suspended(archive)
    assert archive.errands.take("cnv_1") is None


def test_passing_is_of_one_conversation(archive: Archive) -> None:
    suspended(archive, "cnv_1")
    suspended(archive, "cnv_2")
    archive.errands.passed("cnv_1")
    assert archive.errands.take("cnv_2") is None
    assert taken(archive, "cnv_1").conversation == "cnv_1"


def test_a_dropped_errand_is_gone_with_its_page(archive: Archive) -> None:
    page = suspended(archive)
    archive.errands.drop("cnv_1")
    assert archive.errands.waiting("cnv_1") is None
    assert gone(archive, page)


@pytest.mark.parametrize("page", ["", "x" * 43, "../../etc/passwd"])
def test_a_made_up_page_is_gone(archive: Archive, page: str) -> None:
    suspended(archive)
    with pytest.raises(CheckpointGoneError):
        archive.errands.of_page(page)


def test_pages_have_names_that_nobody_guesses(archive: Archive) -> None:
    names = {suspended(archive).reveal() for _ in range(3)}
    assert len(names) == 3
    assert all(len(name) >= 43 for name in names)
