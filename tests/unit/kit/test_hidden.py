"""Values that do not print."""

import copy
import json
import logging
import pickle

import pytest

from countersign.kit.hidden import Personal, Secret

KINDS = [Personal, Secret]


@pytest.mark.parametrize("kind", KINDS)
def test_no_way_of_printing_shows_the_value(kind: type[Personal], caplog: pytest.LogCaptureFixture) -> None:
    value = kind("hunter2")
    with caplog.at_level(logging.INFO):
        logging.getLogger("test").info("%s %r", value, {"it": [value]})
    shown = [repr(value), str(value), f"{value}", f"{value:>40}", f"{value!r}", repr([value]), caplog.text]
    assert all("**********" in text and "hunter2" not in text for text in shown)
    assert value.reveal() == "hunter2"


@pytest.mark.parametrize("kind", KINDS)
def test_it_goes_into_neither_pickle_nor_json(kind: type[Personal]) -> None:
    with pytest.raises(TypeError):
        pickle.dumps(kind("hunter2"))
    with pytest.raises(TypeError):
        json.dumps(kind("hunter2"))
    with pytest.raises(TypeError):
        copy.deepcopy(kind("hunter2"))


@pytest.mark.parametrize("kind", KINDS)
def test_it_has_no_dictionary_to_be_dumped(kind: type[Personal]) -> None:
    with pytest.raises(TypeError):
        vars(kind("hunter2"))


def test_equal_values_of_one_kind_are_equal() -> None:
    assert Secret("a") == Secret("a")
    assert hash(Secret("a")) == hash(Secret("a"))
    assert Secret("a") != Secret("b")
    assert Secret("a") != Personal("a")
    assert Secret("a") != "a"


def test_text_that_utf_8_cannot_encode_is_compared_all_the_same() -> None:
    assert Secret("\ud800") == Secret("\ud800")
    assert Secret("\ud800") != Secret("\ud801")


def test_only_text_is_wrapped_and_the_refusal_does_not_show_it() -> None:
    with pytest.raises(TypeError, match="not bytes") as refused:
        Secret(b"hunter2")  # type: ignore[arg-type]
    assert "hunter2" not in str(refused.value)


def test_an_empty_value_is_false() -> None:
    assert not Secret("")
    assert Secret("0")
