from pathlib import Path

import pytest

from countersign.gateway.phrases import PhraseMissingError, Phrases
from tests.fakes.gateway_parts import ROOT


def written(folder: Path, **files: str) -> Path:
    """`responses:` of each skill in a file of its own."""
    for skill, text in files.items():
        (folder / skill).mkdir(exist_ok=True)
        (folder / skill / "responses.yml").write_text(text, encoding="utf-8")
    return folder


def test_words_of_all_skills_are_said_with_their_values(tmp_path: Path) -> None:
    phrases = Phrases(
        written(
            tmp_path,
            one='responses:\n  utter_one:\n    - text: "Wait {seconds} s, {who}."\n',
            two="responses:\n  utter_two:\n    - text: |\n        Grüß Gott\n",
        )
    )
    assert phrases.say("utter_one", seconds=3, who="{x}") == "Wait 3 s, {x}."
    assert phrases.say("utter_two", unused=1) == "Grüß Gott"
    assert phrases.has("utter_two") and not phrases.has("utter_three")


def test_of_several_variations_the_first_is_said(tmp_path: Path) -> None:
    phrases = Phrases(written(tmp_path, one="responses:\n  a:\n    - text: first\n    - text: second\n"))
    assert phrases.say("a") == "first"


def test_files_without_words_are_passed_over(tmp_path: Path) -> None:
    folder = written(
        tmp_path, one="version: '3.1'\nnlu: []\n", two="", three="- a list\n", four="responses:\n"
    )
    assert not Phrases(folder).has("nlu")


def test_a_name_declared_twice_is_refused_and_named(tmp_path: Path) -> None:
    twice = "responses:\n  utter_one:\n    - text: hello\n"
    with pytest.raises(PhraseMissingError, match=r"utter_one is declared twice.*two.responses\.yml"):
        Phrases(written(tmp_path, one=twice, two=twice))


def test_a_missing_name_is_named(tmp_path: Path) -> None:
    with pytest.raises(PhraseMissingError, match="utter_nothing"):
        Phrases(tmp_path).say("utter_nothing")


def test_a_missing_value_is_named_and_nothing_half_filled_is_said(tmp_path: Path) -> None:
    phrases = Phrases(written(tmp_path, one='responses:\n  a:\n    - text: "{one} of {two}"\n'))
    with pytest.raises(PhraseMissingError, match=r"a: .*'two'"):
        phrases.say("a", one=1)


def test_a_response_without_variations_is_refused_and_named(tmp_path: Path) -> None:
    with pytest.raises(PhraseMissingError, match="utter_one"):
        Phrases(written(tmp_path, one="responses:\n  utter_one: []\n"))


def test_the_projects_own_words_are_sound() -> None:
    assert Phrases(ROOT / "data").say("utter_shared_too_long", limit=2000).endswith("2000 characters.")
