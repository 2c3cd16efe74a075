"""Identifiers are long, random and fit for a URL."""

import re

from countersign.kit.ids import new_id, new_token


def test_an_id_shows_what_it_names_and_128_random_bits() -> None:
    assert re.fullmatch(r"cnv_[A-Za-z0-9_-]{22}", new_id("cnv"))


def test_a_token_has_256_random_bits() -> None:
    assert re.fullmatch(r"[A-Za-z0-9_-]{43}", new_token())


def test_none_comes_twice() -> None:
    assert len({new_id("cnv") for _ in range(1000)} | {new_token() for _ in range(1000)}) == 2000
