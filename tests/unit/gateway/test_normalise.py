import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from countersign.gateway.errors import EmptyError, NotTextError, TooLongError
from countersign.gateway.normalise import LIMIT, inspect, normalise

BIDI = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u061c"
NASTY = st.text(
    st.one_of(
        st.characters(exclude_categories=["Cs"], exclude_characters="\0"),
        st.sampled_from("/／⁄∕⧸ \u00a0\u3000\u200b\u0301e⟦⟧〚〛０９٤²①❶\U000e0041\ufe0f" + BIDI),
    ),
    min_size=1,
    max_size=60,
)


def plain(text: str) -> str:
    try:
        return normalise(text)
    except EmptyError:
        return ""


@given(NASTY)
def test_a_second_time_changes_nothing(text: str) -> None:
    once = plain(text)
    assert plain(once or " ") == once


@given(NASTY)
def test_no_slash_in_front_and_nothing_hidden_inside(text: str) -> None:
    once = plain(text)
    assert not once.strip().startswith("/")
    assert not unicodedata.normalize("NFKC", once.strip()).startswith("/")
    assert not set(once) & set(BIDI + "⟦⟧\n\r\t\0\u200b")
    assert once == once.strip()


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ("where is my order?", "where is my order?"),
        ("Coats & More, it's 5' wide", "Coats & More, it's 5' wide"),
        ("two\nlines\u2028three\r\nfour", "two lines three four"),
        ("ｗｈｅｒｅ　ｉｓ", "where is"),
        ("٤٢۴२४❶①²𝟗", "424241129"),
        ("/restart", "restart"),
        (" \u00a0／ / /restart", "restart"),
        ("\u200b/\u3000／restart", "restart"),
        ("⟦email:abcdefgh⟧ 〚x〛", "[email:abcdefgh] [x]"),
        ("good\u202e txt", "good txt"),
        ("a\U000e0069\U000e0067b", "ab"),
        ("so nice 👍🏽 ❤️", "so nice 👍🏽 ❤"),
        ("4️⃣2️⃣", "42"),
        ("e\u200b\u0301", "é"),
    ],
)
def test_examples(text: str, result: str) -> None:
    assert normalise(text) == result


@pytest.mark.parametrize("text", ["", " ", "\u3000\n", "/", "／ /", "\u200b\u202e", "\ufe0f"])
def test_nothing_said(text: str) -> None:
    with pytest.raises(EmptyError):
        normalise(text)


@pytest.mark.parametrize("text", ["a\0b", "\ud800", "hi \udfff"])
def test_not_text(text: str) -> None:
    with pytest.raises(NotTextError):
        normalise(text)


def test_the_cap_counts_what_remains() -> None:
    assert len(normalise("x" * LIMIT + "\u200b" * 50)) == LIMIT
    with pytest.raises(TooLongError) as caught:
        normalise("x" * (LIMIT + 1))
    assert caught.value.limit == LIMIT
    with pytest.raises(TooLongError):
        normalise("\ufdfa" * LIMIT)
    with pytest.raises(TooLongError):
        normalise("\u200b" * 100_000)


def test_smuggled_characters_are_counted_and_emoji_are_not() -> None:
    assert inspect("hi\U000e0041\U000e0042\U000e0043\U000e0044 there").hidden == 4
    assert inspect("thanks 👩\u200d👩\u200d👧 ❤\ufe0f\n").hidden == 0


@pytest.mark.parametrize("text", ["yes\u20e0", "👍\u20e0 yes", "y\u20e0es"])
def test_what_is_struck_out_stays_struck_out(text: str) -> None:
    assert "🚫" in normalise(text)
    assert normalise("yes\u20dd 1\ufe0f\u20e3") == "yes 1"
