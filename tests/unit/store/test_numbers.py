import pytest
from hypothesis import given
from hypothesis import strategies as st

from countersign.store.numbers import normalise_number, shape, shapes

SHOP = ("#W9999999",)


@pytest.mark.parametrize(
    "text",
    [
        "#W2378156",
        "w2378156",
        "W-2378156",
        " W 2378156 ",
        "order no. W 2378156",
        "my order is #w 237 8156.",
        "＃Ｗ２３７８１５６",
        "W٢٣٧٨١٥٦",
        "2378156",
        "#2378156",
        "it's 2378156, please",
        "W2378156 or #W1111111",
    ],
)
def test_a_number_is_understood_as_people_type_it(text: str) -> None:
    assert normalise_number(text, SHOP) == "#W2378156"


@pytest.mark.parametrize(
    "text",
    ["", "   ", "hello", "W237815", "W23781567", "XW2378156", "030 2378156", "2 keyboards, 378156", "80279"],
)
def test_other_text_is_no_number(text: str) -> None:
    assert normalise_number(text, SHOP) is None


@pytest.mark.parametrize(
    ("known", "text", "number"),
    [
        (("ORD-99999",), "ord 12345", "ORD-12345"),
        (("9999/99",), "2026-17", "2026/17"),
        (("9999999",), "no 1234567", "1234567"),
        (("A-999", "B-999"), "b 123", "B-123"),
        (("A-999", "B-999"), "123", None),
        (("a999",), "A123", "a123"),
    ],
)
def test_another_shops_shape(known: tuple[str, ...], text: str, number: str | None) -> None:
    assert normalise_number(text, known) == number


def test_without_a_shape_the_word_with_a_digit_is_taken() -> None:
    assert normalise_number("it was 9f3c-aa (last week)", ()) == "9f3c-aa"
    assert normalise_number("no idea", ()) is None


def test_shapes() -> None:
    assert shape("#W2378156") == "#W9999999"
    assert shapes(["#W2", "#W3", "A-1"]) == ("#W9", "A-9")
    assert shapes([f"{'x' * length}1" for length in range(30)]) == ()
    assert shapes([]) == ()


@given(st.text(max_size=200))
def test_whatever_is_typed_gives_a_number_of_the_shape_or_none(text: str) -> None:
    number = normalise_number(text, SHOP)
    assert number is None or shape(number) == "#W9999999"


@given(st.integers(0, 9_999_999))
def test_a_number_is_its_own_canonical_form(digits: int) -> None:
    number = f"#W{digits:07d}"
    assert normalise_number(number, SHOP) == number
