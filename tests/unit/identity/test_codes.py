from hypothesis import given
from hypothesis import strategies as st

from countersign.identity import codes

letters = st.text(codes.ALPHABET, min_size=8, max_size=8)


def test_the_alphabet_is_crockfords() -> None:
    assert len(set(codes.ALPHABET)) == 32
    assert not set("ILOU") & set(codes.ALPHABET)
    assert codes.SPACE == 2**40


def test_new_codes_use_the_whole_alphabet_and_do_not_repeat() -> None:
    made = [codes.new_code() for _ in range(2000)]
    assert len(set(made)) == 2000
    assert set("".join(made)) == set(codes.ALPHABET)
    assert {len(code) for code in made} == {8}


@given(letters)
def test_what_is_shown_is_what_is_meant(code: str) -> None:
    assert codes.normalise(codes.shown(code)) == code


@given(letters, st.sampled_from([" ", "-", " - ", "–", "\u00a0", "\t"]), st.integers(0, 8))
def test_typing_is_forgiven(code: str, gap: str, at: int) -> None:
    typed = f" {code[:at]}{gap}{code[at:]} ".lower()
    assert codes.normalise(typed) == code


@given(letters)
def test_look_alikes_count_as_what_they_look_like(code: str) -> None:
    assert codes.normalise(code.replace("0", "o").replace("1", "l")) == code
    assert codes.normalise(code.replace("0", "O").replace("1", "I")) == code


@given(st.text(max_size=20))
def test_nothing_else_is_a_code(typed: str) -> None:
    meant = codes.normalise(typed)
    assert meant is None or (len(meant) == 8 and set(meant) <= set(codes.ALPHABET))


def test_near_misses() -> None:
    for typed in ("", "7K2P-9QX", "7K2P-9QX44", "7K2P-9QXU", "7K2P_9QX4", "７K2P9QX4", "{code}"):
        assert codes.normalise(typed) is None
