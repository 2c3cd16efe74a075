import pytest
import yaml

from countersign.errands.reading import vocabulary
from countersign.errands.reading.tokens import tokens
from countersign.errands.reading.vocabulary import is_just, places_of, says


@pytest.mark.parametrize("text", ["cancel", "Cancel it!", "please cancel that", "cancel, thanks"])
def test_a_text_is_just_a_phrase_but_for_politeness(text: str) -> None:
    assert is_just(text, "cancel")


@pytest.mark.parametrize("text", ["", "please", "cancel the order", "don't cancel", "cancel my lamp"])
def test_a_text_is_more_than_a_phrase(text: str) -> None:
    assert not is_just(text, "cancel")


def test_phrases_stand_somewhere() -> None:
    said = tokens("return everything but the lamp, and keep the rest")
    assert says(said, "except") and says(said, "the_rest")
    assert not says(said, "all_orders")
    assert places_of(said, "the_rest") == [7]


def test_every_phrase_can_be_met() -> None:
    """YAML reads a bare `no` as a truth value, and an apostrophe is never a token."""
    content = yaml.safe_load(
        (vocabulary.resources.files(vocabulary.__package__) / "words.yml").read_text("utf-8")
    )
    lists = [some for some in content.values() if isinstance(some, list)]
    phrases = [phrase for some in lists for phrase in some if not isinstance(phrase, dict | list)]
    phrases += [word for name in ("methods", "reasons") for one in content[name] for word in one["words"]]
    assert len(phrases) > 200
    assert [phrase for phrase in phrases if not isinstance(phrase, str) or not tokens(phrase)] == []
