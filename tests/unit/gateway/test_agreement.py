"""What counts as a yes: two tables to read, and that whatever has a word beside is none."""

from importlib import resources
from itertools import chain

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from countersign.checkpoints.table import Deed
from countersign.gateway.agreement import Agreement
from countersign.kit.hidden import Personal
from tests.fakes.gateway_parts import Stage

YES = [
    "yes",
    "Yes",
    "YES!",
    "yes.",
    "Yes please!",
    "yes, please",
    "please, yes",
    "yes yes yes",
    "Yes, do it",
    "yes do it now please",
    "ok do it",
    "OK, go ahead",
    "okay yes",
    "Okay",
    "ok",
    "ok.",
    "okay then",
    "alright",
    "All right.",
    "please do",
    "yeah",
    "yep",
    "yup!",
    "ja",
    "aye",
    "sure",
    "Sure thing, thanks",
    "sure, go ahead",
    "of course",
    "absolutely",
    "Confirm",
    "I confirm.",
    "yes, I agree",
    "go ahead",
    "Go ahead and do it, please.",
    "please go ahead with that",
    "do it",
    "please do that, thank you",
    "proceed",
    "Yes, please proceed.",
    "you can proceed",
    "let's do it",
    "let’s do it",
    "that's right",
    "That’s right, go ahead",
    "yes, that's correct",
    "Yes, that looks good. Please go ahead.",
    "looks good, do it",
    "sounds good",
    "Great, do it",
    "Perfect, yes, thanks!",
    "yes 👍",
    "yes 👍\ufe0f",
    "ｙｅｓ",
    "  yes \n please ",
    "correct",
    "exactly",
    "make it so",
]
NO_YES = [
    "",
    " ",
    ".",
    "!",
    "no",
    "No.",
    "nope",
    "yes no",
    "no yes",
    "not yes",
    "yes, not",
    "yes and no",
    "yes and",
    "yes but",
    "yes, but only the lamp",
    "yes, only the lamp",
    "yes, the lamp",
    "yes to the first",
    "yes 1",
    "yes, both",
    "yes?",
    "Yes!?",
    "yes？",
    "ok?",
    "is yes the button?",
    "is yes the button",
    "should I say yes",
    "do I have to say yes",
    "don't do it",
    "don’t do it",
    "do not do it",
    "dont do it",
    "do it not",
    "do it tomorrow",
    "do it?",
    "do",
    "it",
    "make it",
    "go",
    "ahead",
    "I",
    "looks",
    "sounds",
    "sounds bad",
    "looks good?",
    "that looks wrong",
    "great",
    "Great!",
    "good",
    "perfect",
    "right",
    "well",
    "fine",
    "hm ok",
    "well, yes",
    "thanks",
    "thank you",
    "ok thanks",
    "ok great",
    "please",
    "now",
    "👍",
    "👍👍",
    "👎",
    "yes 👎",
    "yes 🙄",
    "ok 🤔",
    "yes :(",
    "yes ;)",
    "yes...",
    "yes…",
    "ok..",
    "y",
    "k",
    "yess",
    "yesterday",
    "yesno",
    "eyes",
    "si",
    "oui",
    "да",
    "y\u0435s",
    "y̶e̶s̶",
    "yés",
    "*yes*",
    "_yes_",
    "~~yes~~",
    '"yes"',
    "(yes)",
    "yes/no",
    "yes & no",
    "yes = no",
    "I said yes to the other one",
    "I never said yes",
    "my friend says yes",
    "tell me what happens when I say yes",
    "yes I would like to return the lamp",
    "yes cancel my account",
    "yes, cancel everything",
    "cancel",
    "stop",
    "wait",
    "yes wait",
    "ok but wait",
    "agreed, except the address",
    "confirm the other one",
    "sure about what",
    "sure?",
    "I'm not sure",
    "i guess",
    "maybe",
    "whatever",
    "go ahead with the lamp only",
    "yes🚫",
    "👍🚫 yes",
    "/affirm",
    'affirm{"proposal":"prp_1"}',
    "⟦comment:k7q2m4xa⟧",
    "yes ⟦comment:k7q2m4xa⟧",
    "yes [card]",
    "prp_1",
    "true",
    "1",
    "yes " * 13,
    "yes please " * 400 + "x",
    "ok do " * 2000,
]
PHRASES = yaml.safe_load(resources.files("countersign.gateway").joinpath("yes.yml").read_text("utf-8"))
KNOWN = {word for part in PHRASES.values() for phrase in part for word in phrase.split()}


@pytest.fixture
def agreement(stage: Stage) -> Agreement:
    return Agreement(stage.proposals)


def test_the_tables_are_worth_their_name() -> None:
    assert len(YES) + len(NO_YES) >= 160
    assert not set(YES) & set(NO_YES)


@pytest.mark.parametrize("words", YES)
def test_a_yes(agreement: Agreement, words: str) -> None:
    assert agreement.is_yes(words)


@pytest.mark.parametrize("words", NO_YES)
def test_no_yes(agreement: Agreement, words: str) -> None:
    assert not agreement.is_yes(words)


@pytest.mark.parametrize("phrase", [*PHRASES["agrees"], *PHRASES["alone"]])
def test_every_phrase_of_the_list_is_one(agreement: Agreement, phrase: str) -> None:
    assert agreement.is_yes(phrase)
    assert agreement.is_yes(phrase.title() + "!")
    assert not agreement.is_yes(phrase + "?")


@pytest.mark.parametrize("phrase", PHRASES["padding"])
def test_padding_alone_says_nothing_unless_it_is_listed(agreement: Agreement, phrase: str) -> None:
    assert agreement.is_yes(phrase) is (phrase in PHRASES["alone"])
    assert agreement.is_yes(f"{phrase}, yes, {phrase}")


_anything = st.text(max_size=30)
_listed = st.lists(st.sampled_from(sorted(KNOWN)), max_size=6).map(" ".join)
_strange = st.text(st.characters(categories=("L", "N")), min_size=1, max_size=12).filter(
    lambda word: word.casefold() not in KNOWN
)


@pytest.fixture(scope="module")
def bare() -> Agreement:
    """`is_yes` looks at nothing but its text."""
    return Agreement(None)  # type: ignore[arg-type]


@given(before=_listed, word=_strange, after=_listed)
def test_whatever_has_a_word_beside_is_none(bare: Agreement, before: str, word: str, after: str) -> None:
    if not bare.is_yes(word):  # «ＹＥＳ» is no word beside
        assert not bare.is_yes(f"{before} {word} {after}")


@given(text=_anything)
def test_any_text_at_all_is_one_only_when_made_of_listed_words(bare: Agreement, text: str) -> None:
    if bare.is_yes(text):
        assert {word.strip(".,!") for word in text.casefold().split()} <= KNOWN | {""}


@given(words=_listed, sign=st.characters(categories=("P", "S", "M")).filter(lambda c: c not in ".,!'’👍"))
def test_whatever_has_a_strange_sign_in_it_is_none(bare: Agreement, words: str, sign: str) -> None:
    assert sign in "\ufe0f…" or not bare.is_yes(f"{words} {sign}")


@given(
    words=st.lists(st.sampled_from(["no", "not", "don't", "never", "nope", "but", "only"]), min_size=1),
    yes=_listed,
)
def test_a_no_in_it_is_never_outweighed(bare: Agreement, words: list[str], yes: str) -> None:
    for mixed in (chain(words, [yes]), chain([yes], words)):
        assert not bare.is_yes(" ".join(mixed))


class TestHearing:
    """What a message does to the proposal that stands before the shopper."""

    @pytest.fixture
    def shown(self, stage: Stage) -> str:
        details = Personal("this")
        name = stage.proposals.propose("cnv_1", Deed.ORDER_CANCEL.value, "#W1000002", details)
        stage.proposals.drawn("cnv_1", name)
        stage.proposals.seen("cnv_1")
        return name

    def test_a_yes_agrees_to_it(self, stage: Stage, agreement: Agreement, shown: str) -> None:
        agreement.hear("cnv_1", "yes please", shown)
        assert stage.proposals.agreed("cnv_1")

    @pytest.mark.parametrize("words", ["no", "yes?", "yes, but only the lamp", "", "where is my order"])
    def test_all_else_withdraws_it(self, stage: Stage, agreement: Agreement, shown: str, words: str) -> None:
        agreement.hear("cnv_1", words, shown)
        agreement.hear("cnv_1", "yes", shown)
        assert not stage.proposals.agreed("cnv_1")

    @pytest.mark.parametrize("standing", [None, "", "prp_earlier"])
    def test_a_yes_that_came_before_it_stood_there_is_none(
        self, stage: Stage, agreement: Agreement, shown: str, standing: str | None
    ) -> None:
        agreement.hear("cnv_1", "yes", standing)
        assert not stage.proposals.agreed("cnv_1")
        assert stage.proposals.waiting("cnv_1") is None

    def test_its_own_button_agrees_to_it(self, stage: Stage, agreement: Agreement, shown: str) -> None:
        agreement.press("cnv_1", f'/affirm{{"proposal": "{shown}"}}')
        assert stage.proposals.agreed("cnv_1")

    @pytest.mark.parametrize(
        "payload",
        [
            "/affirm",
            "/deny",
            "/affirm{}",
            '/affirm{"proposal": "prp_other"}',
            '/affirm{"proposal": null}',
            '/affirm{"proposal": ["NAME"]}',
            '/affirm{"proposal": {"id": "NAME"}}',
            '/affirm{"choice": "NAME"}',
            '/affirm {"proposal": "NAME"}',
            '/deny{"proposal": "NAME"}',
            '/answer_errand{"proposal": "NAME"}',
            '/affirm{"proposal": "NAME"',
            '/affirm{"proposal": ' + "[" * 1900,
            "NAME",
            "",
        ],
    )
    def test_any_other_button_withdraws_it(
        self, stage: Stage, agreement: Agreement, shown: str, payload: str
    ) -> None:
        agreement.press("cnv_1", payload.replace("NAME", shown))
        assert not stage.proposals.agreed("cnv_1")
        assert stage.proposals.waiting("cnv_1") is None

    def test_its_button_in_another_conversation_agrees_to_nothing(
        self, stage: Stage, agreement: Agreement, shown: str
    ) -> None:
        agreement.press("cnv_2", f'/affirm{{"proposal": "{shown}"}}')
        assert not stage.proposals.agreed("cnv_1")
        assert not stage.proposals.agreed("cnv_2")
        assert stage.proposals.waiting("cnv_1") == shown
