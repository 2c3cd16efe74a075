"""A message costs the same few milliseconds whatever is in it: no text makes an expression run away."""

import time

import pytest

from countersign.gateway.normalise import LIMIT, inspect
from countersign.gateway.recognise import Recognition
from countersign.gateway.screen import RuleScreen

MOST_SECONDS = 1.0
"""Of a busy machine; a text that runs away takes many seconds of every thread."""
_UNITS = (
    *"'\"(<>-_.@#1aA=;|`$",
    *("a ", "1 ", "a.", "1-", "(1", "+1", ", ", "or ", "'or'", "{{", "${", "../", "<a ", "<a on"),
    *("union select ", "select from ", "ignore rules ", "my name is ", "name ", "i'm ", "back ", "phone "),
    *("code is ", "password is ", "DE12 ", "4111 ", "5 x street ", "rue de ", "apt 1, ", "10115 Berlin "),
    *("a at a dot ", "a@a.", "Noah Brown, ", "thanks, ", "send to ", "w1234567 ", "cvv is my "),
)
_OPENINGS = ("", "'or", "' and (", "<a ", "my name ", "my phone ", "password is ", "cvv ", "ship it to ")


@pytest.fixture(scope="module")
def recognition() -> Recognition:
    return Recognition()


@pytest.mark.parametrize("opening", _OPENINGS)
def test_no_text_runs_away(recognition: Recognition, opening: str) -> None:
    screen = RuleScreen()
    for unit in _UNITS:
        text = inspect((opening + unit * LIMIT)[: LIMIT - 1] + "!").text
        started = time.perf_counter()
        screen.score(text)
        recognition.find(text, None, frozenset({"code"}))
        assert time.perf_counter() - started < MOST_SECONDS, unit


@pytest.mark.parametrize(
    "text", ["' or ''='", "' OR 'a'='a", '") or (1=1', "x' and name like 'a", '\' or ("x" < 1']
)
def test_bounds_let_no_known_shape_through(text: str) -> None:
    assert "sql" in RuleScreen().score(text).classes
