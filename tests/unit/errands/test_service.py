"""The errands of Una's conversation, begun, talked about and agreed to."""

import pytest

from countersign.checkpoints.grants import Grant
from countersign.checkpoints.table import Deed
from countersign.errands.models import Asked, Kind, Proposed, Question
from countersign.errands.service import Utterance, Verdict
from countersign.errands.steps import Stuck
from countersign.store.changes import CancelOrder, ChangePayment, OpenReturn, text_of
from countersign.store.outcomes import Rule
from tests.fakes.shop_to_change import BY_CARD, CHANGED, DELIVERED, PENDING, PROCESSED
from tests.unit.errands.conftest import Chat, asked

REASON = "no longer needed"
LEEDS = "4 Mill Lane, Leeds LS1 4AB"


class TestBeginning:
    def test_asks_what_is_missing(self, chat: Chat) -> None:
        assert asked(chat.begin(Kind.CANCEL, f"cancel {BY_CARD}")) is Asked.REASON
        assert (chat.draft.order, chat.draft.asked) == (BY_CARD, Asked.REASON)

    def test_with_all_of_it_shows_what_the_shop_would_do(self, chat: Chat) -> None:
        step = chat.begin(Kind.CANCEL, f"cancel {BY_CARD}, I don't need it")
        assert isinstance(step, Proposed)
        assert step.change == CancelOrder(BY_CARD, REASON)
        assert step.outcome is not None
        assert step.outcome.status == "cancelled"

    def test_of_what_cannot_be_is_stuck(self, chat: Chat) -> None:
        step = chat.begin(Kind.CANCEL, f"cancel {PROCESSED}")
        assert isinstance(step, Stuck)
        assert step.broken.rule is Rule.STATUS_CLOSED

    def test_while_another_is_in_hand_lets_that_one_wait(self, chat: Chat) -> None:
        chat.begin(Kind.CANCEL, f"cancel {BY_CARD}")
        chat.begin(Kind.RETURN, f"return the keyboard from {DELIVERED}")
        assert chat.draft.kind is Kind.RETURN
        assert [(one.kind, one.order) for one in chat.desk.drafts] == [(Kind.CANCEL, BY_CARD)]

    def test_tells_of_a_strangers_number(self, chat: Chat) -> None:
        chat.begin(Kind.CANCEL, "cancel #W1000003")
        assert chat.draft.stranger == "#W1000003"


class TestListening:
    def test_an_answer_is_filled_in(self, chat: Chat) -> None:
        chat.begin(Kind.CANCEL, f"cancel {BY_CARD}")
        assert chat.say("I don't need it") is Verdict.ANSWERED
        assert isinstance(chat.step, Proposed)

    def test_a_button_is(self, chat: Chat) -> None:
        chat.begin(Kind.CANCEL, f"cancel {BY_CARD}")
        assert chat.press(f"reason:{REASON}") is Verdict.ANSWERED
        assert chat.draft.reason == REASON

    def test_what_answers_nothing_is_counted_until_something_does(self, chat: Chat) -> None:
        chat.begin(Kind.CANCEL, f"cancel {BY_CARD}")
        for miss in (1, 2):
            assert chat.say("blah") is Verdict.ANSWERED
            assert chat.draft.misses == miss
        assert chat.press("reason:because") is Verdict.ANSWERED
        assert chat.draft.misses == 3
        chat.say("by mistake")
        assert chat.draft.misses == 0

    def test_a_question_is_not_its_own(self, chat: Chat) -> None:
        chat.begin(Kind.CANCEL, f"cancel {BY_CARD}")
        before = chat.draft
        assert chat.say("when are you open?", asks=True) is Verdict.NOT_MINE
        assert chat.draft == before

    @pytest.mark.parametrize("said", [Utterance("stop it", stops=True), Utterance(choice="stop")])
    def test_a_way_out_drops_it(self, chat: Chat, said: Utterance) -> None:
        chat.begin(Kind.CANCEL, f"cancel {BY_CARD}")
        verdict = chat.errands.listen(chat.una.conversation, chat.grant, said)
        assert verdict is Verdict.DROPPED

    def test_with_nothing_in_hand_there_is_nothing_to_answer(self, chat: Chat) -> None:
        assert chat.say("yes") is Verdict.DROPPED

    @pytest.mark.parametrize("words", [f"the order {PROCESSED}", f"{CHANGED}"])
    def test_an_answer_that_the_rules_stand_against_is_stuck(self, chat: Chat, words: str) -> None:
        chat.begin(Kind.CANCEL, "cancel an order")
        assert chat.say(words) is Verdict.STUCK
        assert isinstance(chat.go_on(), Stuck)

    def test_an_order_that_goes_there_already_needs_nothing(self, chat: Chat) -> None:
        chat.begin(Kind.ADDRESS, f"change the address of {BY_CARD}")
        assert chat.say("12 Birch Street, Ely CB7 4DL, United Kingdom") is Verdict.STUCK
        step = chat.go_on()
        assert isinstance(step, Stuck)
        assert step.broken.rule is Rule.ADDRESS_SAME

    def test_why_an_answer_would_not_do_is_told_with_the_question(self, chat: Chat) -> None:
        chat.begin(Kind.PAYMENT, f"change the payment of {BY_CARD}")
        assert chat.press("method:gift_1") is Verdict.ANSWERED
        assert isinstance(chat.step, Question)
        assert chat.step.broken is not None
        assert (chat.step.asked, chat.step.broken.rule) == (Asked.METHOD, Rule.GIFT_CARD_SHORT)
        again = chat.go_on()
        assert isinstance(again, Question)
        assert again.broken is None

    def test_another_way_to_pay_is_asked_for_when_there_is_too_little(self, chat: Chat) -> None:
        chat.begin(Kind.PAYMENT, f"change the payment of {BY_CARD}")
        assert chat.press("method:gift_1") is Verdict.ANSWERED
        assert isinstance(chat.step, Question)
        assert chat.step.broken is not None
        assert chat.step.broken.rule is Rule.GIFT_CARD_SHORT
        chat.say("paypal")
        assert isinstance(chat.step, Proposed)
        assert chat.step.change == ChangePayment(BY_CARD, "paypal_2")


class TestAgreeing:
    def _proposed(self, chat: Chat) -> str:
        step = chat.begin(Kind.CANCEL, f"cancel {BY_CARD}, I don't need it")
        assert isinstance(step, Proposed)
        name = chat.errands.propose(chat.una.conversation, step)
        chat.stage.proposals.drawn(chat.una.conversation, name)
        chat.stage.proposals.seen(chat.una.conversation)
        return name

    def test_is_known_from_the_proposal_and_never_from_the_words(self, chat: Chat) -> None:
        name = self._proposed(chat)
        assert chat.say("yes") is not Verdict.AGREED
        assert chat.errands.agreed(chat.una.conversation) is None
        chat.stage.proposals.hear(chat.una.conversation, name)
        assert chat.say("no") is Verdict.AGREED
        assert chat.errands.agreed(chat.una.conversation) == (Deed.ORDER_CANCEL, BY_CARD)

    def test_carries_the_exact_change_and_what_was_told_of_it(self, chat: Chat) -> None:
        name = self._proposed(chat)
        chat.stage.proposals.hear(chat.una.conversation, name)
        grant = chat.stage.guard.require(Deed.ORDER_CANCEL, chat.una, BY_CARD)
        assert isinstance(grant, Grant)
        assert isinstance(chat.step, Proposed) and chat.step.outcome is not None
        assert grant.details == text_of(chat.step.change, chat.step.outcome.told())
        assert not hasattr(chat.errands.apply(chat.una.conversation, grant), "rule")
        chat.errands.finish(chat.una.conversation)
        assert chat.go_on() is None


class TestSayingNo:
    def test_leaves_it(self, chat: Chat) -> None:
        chat.begin(Kind.CANCEL, f"cancel {BY_CARD}, I don't need it")
        assert chat.say("no", denies=True) is Verdict.DROPPED

    def test_with_wrong_asks_what_shall_be_different(self, chat: Chat) -> None:
        chat.begin(Kind.CANCEL, f"cancel {BY_CARD}, I don't need it")
        assert chat.say("no, that's wrong", denies=True) is Verdict.ANSWERED
        assert asked(chat.step) is Asked.FIX
        chat.say("the other order")
        assert isinstance(chat.step, Proposed)
        assert chat.step.change == CancelOrder(PENDING, REASON)

    def test_with_what_shall_be_different_changes_it(self, chat: Chat) -> None:
        chat.begin(Kind.CANCEL, f"cancel {BY_CARD}, I don't need it")
        assert chat.say("no, I ordered it by mistake", denies=True) is Verdict.ANSWERED
        assert chat.draft.reason == "ordered by mistake"

    def test_with_the_same_wish_said_anew_forgets_the_items_of_before(self, chat: Chat) -> None:
        chat.begin(Kind.SWAP, f"exchange the lamp of {DELIVERED} for a red one and the keyboard for the same")
        before = len(chat.draft.picks)
        chat.errands.asked(chat.una.conversation, Asked.CONFIRM)
        words = "that's wrong, I want to exchange the lamp for a red one"
        assert chat.say(words, Kind.SWAP) is Verdict.ANSWERED
        assert (before, [(pick.place, pick.new) for pick in chat.draft.picks]) == (2, [(1, "v6")])

    def test_with_another_wish_takes_that_instead(self, chat: Chat) -> None:
        chat.begin(Kind.CANCEL, f"cancel {BY_CARD}, I don't need it")
        words = f"no, I want to return the keyboard of {DELIVERED}"
        assert chat.say(words, Kind.RETURN) is Verdict.ANSWERED
        assert (chat.draft.kind, chat.desk.drafts) == (Kind.RETURN, [])


class TestCancelAlone:
    def _asked(self, chat: Chat) -> None:
        chat.begin(Kind.RETURN, f"return something from {DELIVERED}")
        assert chat.say("cancel", Kind.CANCEL, stops=True) is Verdict.ANSWERED
        assert asked(chat.step) is Asked.STOP_OR_CANCEL

    def test_asks_what_is_meant_and_goes_on_with_an_answer(self, chat: Chat) -> None:
        self._asked(chat)
        chat.say("the keyboard")
        assert asked(chat.step) is Asked.METHOD

    @pytest.mark.parametrize(
        "said",
        [Utterance(choice="cancel"), Utterance("cancel the order", kind=Kind.CANCEL)],
    )
    def test_may_mean_the_order(self, chat: Chat, said: Utterance) -> None:
        chat.begin(Kind.PAYMENT, f"change the payment of {BY_CARD}")
        chat.say("cancel", Kind.CANCEL)
        assert chat.errands.listen(chat.una.conversation, chat.grant, said) is Verdict.ANSWERED
        assert asked(chat.go_on()) is Asked.REASON
        assert (chat.draft.kind, chat.draft.order, chat.desk.drafts) == (Kind.CANCEL, BY_CARD, [])

    def test_may_mean_the_errand(self, chat: Chat) -> None:
        self._asked(chat)
        assert chat.press("stop") is Verdict.DROPPED

    def test_of_a_cancellation_keeps_what_was_said(self, chat: Chat) -> None:
        chat.begin(Kind.CANCEL, f"cancel {BY_CARD}, I don't need it")
        chat.say("cancel", Kind.CANCEL)
        assert asked(chat.step) is Asked.STOP_OR_CANCEL
        chat.press("cancel")
        assert isinstance(chat.step, Proposed)
        assert chat.step.change == CancelOrder(BY_CARD, REASON)

    def test_again_and_again_is_a_miss(self, chat: Chat) -> None:
        self._asked(chat)
        chat.say("cancel", Kind.CANCEL)
        assert chat.draft.misses == 1


class TestAnotherWish:
    WORDS = f"cancel order {BY_CARD} please"

    def _begun(self, chat: Chat) -> None:
        chat.begin(Kind.RETURN, f"return something from {DELIVERED}")

    def test_comes_first_and_the_errand_in_hand_waits(self, chat: Chat) -> None:
        self._begun(chat)
        assert chat.say(self.WORDS, Kind.CANCEL) is Verdict.ANSWERED
        assert (chat.draft.kind, [one.kind for one in chat.desk.drafts]) == (Kind.CANCEL, [Kind.RETURN])

    @pytest.mark.parametrize(
        "words", [f"no, {WORDS}", f"{WORDS} instead", f"actually {WORDS}", f"forget that, {WORDS}"]
    )
    def test_comes_instead(self, chat: Chat, words: str) -> None:
        self._begun(chat)
        assert chat.say(words, Kind.CANCEL) is Verdict.ANSWERED
        assert (chat.draft.kind, chat.desk.drafts) == (Kind.CANCEL, [])

    def test_that_has_a_no_in_it_does_not_come_instead(self, chat: Chat) -> None:
        self._begun(chat)
        chat.say(f"{self.WORDS}, no longer needed", Kind.CANCEL)
        assert [one.kind for one in chat.desk.drafts] == [Kind.RETURN]

    def test_comes_afterwards_and_waits_as_rasa_may_read_it(self, chat: Chat) -> None:
        self._begun(chat)
        words = f"then send order {BY_CARD} to {LEEDS}"
        sealed = f"then send order {BY_CARD} to ⟦address:7k2p⟧"
        assert chat.say(words, Kind.ADDRESS, sealed=sealed) is Verdict.ANSWERED
        assert (chat.draft.kind, chat.draft.misses, chat.desk.wishes) == (Kind.RETURN, 0, [sealed])
        chat.errands.finish(chat.una.conversation)
        assert chat.errands.next_wish(chat.una.conversation) == sealed

    def test_of_a_few_words_is_an_answer(self, chat: Chat) -> None:
        self._begun(chat)
        assert chat.say("the keyboard", Kind.CANCEL) is Verdict.ANSWERED
        assert (chat.draft.kind, len(chat.draft.picks)) == (Kind.RETURN, 1)

    def test_of_the_same_kind_said_anew_replaces_what_was_read_back(self, chat: Chat) -> None:
        chat.begin(Kind.CANCEL, f"cancel {BY_CARD}, I don't need it")
        chat.say("cancel the order with the two lamps", Kind.CANCEL)
        assert (chat.draft.kind, chat.draft.words, chat.desk.drafts) == (
            Kind.CANCEL,
            "cancel the order with the two lamps",
            [],
        )


class TestAddresses:
    def test_that_it_goes_to_already_is_not_offered(self, chat: Chat) -> None:
        chat.begin(Kind.ADDRESS, f"change the address of {BY_CARD}")
        offered = chat.errands.addresses(chat.grant, chat.draft)
        assert [(at, one.city.reveal()) for at, one in offered] == [(1, "Whitby")]
        chat.press("address:1")
        assert isinstance(chat.step, Proposed)

    def test_of_the_shopper_are_those_of_the_orders(self, chat: Chat) -> None:
        chat.begin(Kind.DEFAULT_ADDRESS, "change my address")
        assert [one.city.reveal() for _, one in chat.errands.addresses(chat.grant, chat.draft)] == ["Whitby"]


def test_a_return_to_the_shop(chat: Chat) -> None:
    """Question by question to what is proposed."""
    assert asked(chat.begin(Kind.RETURN, "I want to return something")) is Asked.ITEMS
    chat.press("item:0")
    assert asked(chat.step) is Asked.ITEMS
    chat.press("item:done")
    assert asked(chat.step) is Asked.METHOD
    chat.say("the gift card", kind=None)
    assert asked(chat.step) is Asked.METHOD
    chat.press("method:card_1")
    assert isinstance(chat.step, Proposed)
    assert chat.step.change == OpenReturn(DELIVERED, ("v1",), "card_1")
