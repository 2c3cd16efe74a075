"""What waits behind the errand in hand, and in which order it has its turn."""

from countersign.errands.models import Asked, Kind, Proposed
from countersign.store.changes import CancelOrder
from tests.fakes.shop_to_change import BY_CARD, DELIVERED, PENDING
from tests.unit.errands.conftest import Chat, asked

REASON = "no longer needed"
LEEDS = "4 Mill Lane, Leeds LS1 4AB"


class TestWhatWaits:
    def test_goes_on_with_what_was_known_of_it(self, chat: Chat) -> None:
        chat.begin(Kind.RETURN, f"return the keyboard from {DELIVERED}")
        chat.say(f"cancel order {BY_CARD} please", Kind.CANCEL)
        chat.errands.finish(chat.una.conversation)
        assert chat.errands.waits(chat.una.conversation)
        assert asked(chat.go_on()) is Asked.METHOD
        assert (chat.draft.order, len(chat.draft.picks)) == (DELIVERED, 1)

    def test_of_all_orders_is_heard_order_by_order(self, chat: Chat) -> None:
        chat.begin(Kind.CANCEL, "cancel all my pending orders, I don't need them")
        assert isinstance(chat.step, Proposed)
        first = chat.step.change
        chat.errands.finish(chat.una.conversation)
        chat.go_on()
        assert isinstance(chat.step, Proposed)
        assert {first, chat.step.change} == {CancelOrder(BY_CARD, REASON), CancelOrder(PENDING, REASON)}
        chat.errands.finish(chat.una.conversation)
        assert chat.go_on() is None

    def test_is_not_waiting_while_something_is_in_hand(self, chat: Chat) -> None:
        chat.errands.queue(chat.una.conversation, ["one", "two"])
        assert chat.errands.waits(chat.una.conversation)
        chat.begin(Kind.RETURN, f"return something from {DELIVERED}")
        assert not chat.errands.waits(chat.una.conversation)
        assert chat.errands.next_wish(chat.una.conversation) is None

    def test_wishes_wait_behind_drafts(self, chat: Chat) -> None:
        chat.errands.queue(chat.una.conversation, ["one"])
        chat.begin(Kind.CANCEL, "cancel all my pending orders, I don't need them")
        chat.errands.finish(chat.una.conversation)
        assert chat.errands.next_wish(chat.una.conversation) is None

    def test_nothing_does_once_all_is_cleared(self, chat: Chat) -> None:
        chat.begin(Kind.CANCEL, "cancel all my pending orders, I don't need them")
        chat.errands.queue(chat.una.conversation, ["one"])
        chat.errands.clear(chat.una.conversation)
        assert chat.desk.empty
        assert (chat.go_on(), chat.errands.draft(chat.una.conversation)) == (None, None)
