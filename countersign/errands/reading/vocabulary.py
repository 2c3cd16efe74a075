"""The words of `words.yml`, read once."""

from collections.abc import Mapping
from functools import lru_cache
from importlib import resources
from typing import Any

import yaml

from countersign.errands.reading.tokens import Tokens, find, tokens


@lru_cache(maxsize=1)
def _content() -> Mapping[str, Any]:
    raw = resources.files(__package__).joinpath("words.yml").read_text("utf-8")
    content: Mapping[str, Any] = yaml.safe_load(raw)
    return content


@lru_cache(maxsize=64)
def word_set(name: str) -> frozenset[str]:
    """A list that is written as one text."""
    return frozenset(_content()[name].split())


@lru_cache(maxsize=16)
def words_of(name: str) -> frozenset[str]:
    """A list of phrases, each as its tokens with a space between."""
    return frozenset(" ".join(tokens(phrase)) for phrase in _content()[name])


@lru_cache(maxsize=64)
def _phrases(name: str) -> list[list[str]]:
    return [tokens(phrase) for phrase in _content()[name]]


def entry(name: str) -> Any:
    """A list of mappings, or a mapping."""
    return _content()[name]


def says(said: Tokens, name: str) -> bool:
    """Whether one of a list's phrases stands in the text."""
    return bool(places_of(said, name))


def places_of(said: Tokens, name: str) -> list[int]:
    """Where the first of each of a list's phrases stands in the text."""
    return [at for phrase in _phrases(name) if (at := find(phrase, said)) >= 0]


def is_just(text: str, name: str) -> bool:
    """Whether the text is one of a list's phrases, but for politeness."""
    said = [token for token in tokens(text) if token not in word_set("polite") and token.isalnum()]
    return said in _phrases(name)
