import pytest

from countersign.errands.models import Asked, Kind
from countersign.store.changes import ChangeItems, OpenExchange, OpenReturn
from tests.fakes.small_world import GEAR, GIFT, LAMP, SHIRTS, TWINS, VISA, world
from tests.unit.errands.talk import Talk, said

BLUE, RED, BACKPACK = 0, 1, 2


def places(talk: Talk) -> list[int]:
    return [pick.place for pick in talk.draft.picks]


def new(talk: Talk) -> list[str | None]:
    return [pick.new for pick in talk.draft.picks]


class TestReturning:
    @pytest.mark.parametrize(
        ("texts", "items"),
        [
            (["return the blue t-shirt"], ["t1"]),
            (["return both t-shirts"], ["t1", "t2"]),
            (["return everything from #W2000004"], ["t1", "t2", "r1"]),
            (["return everything from #W2000004 except the backpack"], ["t1", "t2"]),
            (["return all but the t-shirts from #W2000004"], ["r1"]),
            (["return the t-shirts but not the backpack"], ["t1", "t2"]),
            (["return #W2000004", "the backpack and the red shirt"], ["r1", "t2"]),
            (["return #W2000004", "the first and the last"], ["t1", "r1"]),
            (["return #W2000004", "the first and the third"], ["t1", "r1"]),
            (["return #W2000004", "the most expensive one"], ["r1"]),
            (["return #W2000004", "all"], ["t1", "t2", "r1"]),
            (["return a t-shirt", "the red one"], ["t2"]),
            (["return a t-shirt", "both"], ["t1", "t2"]),
            (["return the backpack and a t-shirt", "the red one"], ["r1", "t2"]),
        ],
    )
    def test_is_of_what_was_named(self, texts: list[str], items: list[str]) -> None:
        change = said(Kind.RETURN, *texts).change
        assert isinstance(change, OpenReturn)
        assert (change.number, sorted(change.items)) == (SHIRTS, sorted(items))

    @pytest.mark.parametrize("answer", ["that's all", "the sofa", "hm", "the purple one"])
    def test_asks_as_long_as_nothing_is_named(self, answer: str) -> None:
        talk = said(Kind.RETURN, "return #W2000004", answer)
        assert (talk.question.asked, talk.draft.picks, talk.heard.some) == (Asked.ITEMS, [], False)

    def test_that_is_all_ends_what_was_chosen_piece_by_piece(self) -> None:
        talk = said(Kind.RETURN, "return the backpack and a t-shirt")
        assert (talk.question.asked, places(talk), talk.draft.unclear) == (
            Asked.ITEMS,
            [BACKPACK],
            [BLUE, RED],
        )
        assert talk.say("that's everything").change == OpenReturn(SHIRTS, ("r1",), GIFT.id)

    @pytest.mark.parametrize(
        ("correction", "left"),
        [
            ("no, only the red t-shirt", [RED]),
            ("without the backpack", [BLUE]),
            ("not the t-shirt", [BACKPACK]),
            ("and also the red t-shirt", [BLUE, BACKPACK, RED]),
            ("no, the red one", [RED]),
            ("no, everything", [BLUE, RED, BACKPACK]),
        ],
    )
    def test_is_corrected_after_it_was_read_back(self, correction: str, left: list[int]) -> None:
        talk = said(Kind.RETURN, "return the blue t-shirt and the backpack")
        assert places(talk) == [BLUE, BACKPACK]
        assert sorted(places(talk.say(correction))) == sorted(left)

    def test_of_the_one_thing_in_an_order_asks_nothing(self) -> None:
        talk = Talk(Kind.SWAP, world("#W2000003")).say("change my boots' order")
        assert places(talk) == [0]


class TestOverSeveralOrders:
    def test_each_order_is_an_errand_and_the_others_wait(self) -> None:
        talk = said(Kind.RETURN, "return the backpack and the keyboard")
        assert talk.change == OpenReturn(SHIRTS, ("r1",), GIFT.id)
        (later,) = talk.heard.others
        assert (later.kind, later.order) == (Kind.RETURN, GEAR)
        next_ = Talk(Kind.RETURN)
        next_.draft = later
        assert next_.say(later.words, "visa").change == OpenReturn(GEAR, ("k1",), VISA.id)

    def test_what_is_in_one_order_stays_there(self) -> None:
        talk = said(Kind.RETURN, "return the lamp and the keyboard")
        assert (talk.draft.order, talk.heard.others) == (GEAR, [])


class TestSwapping:
    def test_is_said_at_once(self) -> None:
        talk = said(Kind.SWAP, "exchange the keyboard for a clicky one and pay with paypal")
        assert talk.change == OpenExchange(GEAR, ("k1",), ("k2",), "paypal_1")

    def test_of_what_is_not_sent_yet_is_a_change(self) -> None:
        talk = said(Kind.SWAP, "change the bottle in #W2000002 to blue", "visa")
        assert talk.change == ChangeItems(LAMP, ("w2",), ("w3",), VISA.id)

    def test_of_two_alike_changes_both(self) -> None:
        talk = said(Kind.SWAP, "change both lamps in #W2000007 to red", "visa")
        assert talk.change == ChangeItems(TWINS, ("l2", "l2"), ("l4", "l4"), VISA.id)

    @pytest.mark.parametrize(
        ("text", "wanted"),
        [
            ("exchange the keyboard and the lamp for the cheapest", ["k3", "l6"]),
            ("exchange the keyboard for a tactile one and the lamp for a white one", ["k4", "l3"]),
            ("exchange the lamp of #W2000001, I want the lamp in red", ["l4"]),
            ("I want a white lamp instead in #W2000001", ["l3"]),
        ],
    )
    def test_says_what_of_which(self, text: str, wanted: list[str]) -> None:
        assert new(said(Kind.SWAP, text)) == wanted

    def test_that_names_the_old_one_only_asks_what_instead(self) -> None:
        talk = said(Kind.SWAP, "exchange the black lamp from #W2000001")
        assert (talk.question.asked, talk.question.place, new(talk)) == (Asked.VARIANT, 1, [None])

    def test_is_asked_thing_by_thing(self) -> None:
        talk = said(Kind.SWAP, "exchange the keyboard and the lamp of #W2000001")
        assert (talk.question.place, [one.id for one in talk.question.variants]) == (0, ["k2", "k3", "k4"])
        talk.say("clicky")
        assert (talk.question.place, new(talk)) == (1, ["k2", None])
        assert new(talk.say("white")) == ["k2", "l3"]

    def test_answers_add_up(self) -> None:
        talk = said(Kind.SWAP, "exchange the lamp of #W2000001", "USB")
        assert new(talk) == [None]
        assert new(talk.say("in white")) == ["l3"]

    def test_an_answer_that_says_it_anew_replaces_what_was_said(self) -> None:
        talk = said(Kind.SWAP, "exchange the lamp of #W2000001 for a blue one")
        assert talk.question.unfit
        assert new(talk.say("then in red")) == ["l4"]
        assert talk.draft.unfit == []

    def test_the_rest_may_stay_the_same(self) -> None:
        talk = said(Kind.SWAP, "exchange the lamp of #W2000001, any colour, brighter")
        assert (talk.question.asked, new(talk)) == (Asked.VARIANT, [None])
        assert new(talk.say("keep the rest the same")) == ["l6"]

    @pytest.mark.parametrize(
        "answer", ["then keep it", "leave that as it is", "I'd rather keep the lamp", "not that one"]
    )
    def test_of_a_thing_that_stays_after_all_is_left(self, answer: str) -> None:
        alone = said(Kind.SWAP, "exchange the lamp of #W2000001").say(answer)
        assert (alone.heard.dropped, alone.draft.picks) == (True, [])
        beside = said(Kind.SWAP, "exchange the keyboard and the lamp of #W2000001", "clicky").say(answer)
        assert (beside.heard.dropped, new(beside)) == (False, ["k2"])

    def test_of_another_thing_than_was_asked_about_takes_its_place(self) -> None:
        talk = said(Kind.SWAP, "exchange the lamp of #W2000001", "keep that as it is, only the keyboard")
        assert (talk.heard.dropped, places(talk), new(talk)) == (False, [0], [None])

    @pytest.mark.parametrize(
        ("correction", "wanted"),
        [
            ("no, without backlight", ["k3"]),
            ("the keyboard without backlight please", ["k3"]),
            ("no, tactile", ["k4"]),
        ],
    )
    def test_what_was_read_back_is_changed_and_keeps_the_rest(
        self, correction: str, wanted: list[str]
    ) -> None:
        talk = said(Kind.SWAP, "exchange the keyboard for a clicky one", "paypal")
        assert new(talk.say(correction)) == wanted
        assert talk.draft.method == "paypal_1"

    def test_one_of_two_is_changed_and_the_other_stays(self) -> None:
        talk = said(Kind.SWAP, "exchange the keyboard and the lamp of #W2000001", "clicky", "white", "paypal")
        assert new(talk.say("the lamp in red instead")) == ["k2", "l4"]
        assert new(talk.say("only the keyboard")) == ["k2"]

    def test_what_a_button_chose_is_not_asked_again_for_other_words(self) -> None:
        talk = said(Kind.SWAP, "exchange the keyboard of #W2000001")
        talk.draft.picks[0].new = "k4"
        assert new(talk.say("paypal")) == ["k4"]
        assert new(talk.say("the lamp too, in white")) == ["k4", "l3"]
