"""Whatever is written, in whatever errand: it is heard, or it is not; nothing breaks."""

from cProfile import Profile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from countersign.errands.hearing import hear
from countersign.errands.models import Asked, Draft, Kind
from countersign.errands.steps import next_step
from tests.fakes.small_world import GEAR, LAMP, SHIRTS, world

WORDS = """lamp shirt blue red the first both all not without keep only more pieces one size bigger cheapest
555.123.4567 1.2.3 99999999999999999999999 -1 2,5 #W2000001 W200 paypal visa card ending 9212 12 Long Lane,
Springfield IL 62701 ; ! ? … ⟦ ⟧ ％ ½ ² ٣ \u202e 🙂 yes no wrong other order instead of rather to for with"""
PIECES = st.sampled_from(WORDS.split())
TEXTS = st.one_of(st.lists(PIECES, max_size=30).map(" ".join), st.text(max_size=80))


@given(
    text=TEXTS,
    kind=st.sampled_from(Kind),
    asked=st.sampled_from([None, *Asked]),
    order=st.sampled_from([None, GEAR, LAMP, SHIRTS]),
)
@settings(deadline=None, max_examples=300)
def test_are_heard_or_not(text: str, kind: Kind, asked: Asked | None, order: str | None) -> None:
    draft = Draft(kind, "return the lamp", order=order, asked=asked)
    hear(draft, text, world())
    next_step(draft, world())
    assert Draft.of(draft.text()) == draft


@pytest.mark.parametrize("word", ["plum", "lamp", "shirts", "keyboards"])
def test_of_any_length_take_little_work(word: str) -> None:
    """In calls, which no other work on the machine changes: far fewer than when each word met each name."""
    text = " ".join([word] * (2000 // (len(word) + 1)))
    profile = Profile()
    profile.runcall(hear, Draft(Kind.RETURN, text), text, world())
    assert sum(entry.callcount for entry in profile.getstats()) < 700_000
