"""The classifier by itself: the same each time, honest about doubt, and never loaded damaged."""

import json
import random
from pathlib import Path

import numpy as np
import pytest

from rasa_ext.nlu import files, model
from rasa_ext.nlu.model import IntentModel

EXAMPLES = {
    "track": ["where is my order", "track my parcel", "has it shipped", "when does it come", "order status"],
    "greet": ["hello there", "hi", "good morning", "hey you", "hi hello"],
    "pay": ["can I pay by card", "do you take paypal", "payment by card", "which cards work", "paying cash"],
    "stop": ["stop it", "cancel that", "never mind", "forget it", "please stop now"],
}
PAIRS = [(text, intent) for intent, texts in EXAMPLES.items() for text in texts]


def trained(pairs: list[tuple[str, str]]) -> IntentModel:
    return model.train([text for text, _ in pairs], [intent for _, intent in pairs])


def written(one: IntentModel, folder: Path) -> dict[str, bytes]:
    files.save(one, folder)
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_the_same_examples_in_any_order_give_the_same_files(tmp_path: Path) -> None:
    shuffled = random.Random(1).sample(PAIRS, len(PAIRS))
    assert written(trained(PAIRS), tmp_path / "a") == written(trained(shuffled), tmp_path / "b")


def test_other_examples_give_other_files(tmp_path: Path) -> None:
    assert written(trained(PAIRS), tmp_path / "a") != written(trained(PAIRS[1:]), tmp_path / "b")


def test_what_was_saved_answers_as_before(tmp_path: Path) -> None:
    before, asked = trained(PAIRS), ["where's my parcel", "hi", "zzz", "", "⟦email:ab2cd3ef⟧ #W1234567"]
    files.save(before, tmp_path)
    assert files.load(tmp_path).answer(asked) == before.answer(asked)


@pytest.mark.parametrize("name", [files.ARRAYS, files.WORDS])
@pytest.mark.parametrize("harm", ["changed", "cut", "gone"])
def test_a_damaged_model_is_refused(tmp_path: Path, name: str, harm: str) -> None:
    content = written(trained(PAIRS), tmp_path)[name]
    if harm == "gone":
        (tmp_path / name).unlink()
    else:
        harmed = content[:-9] if harm == "cut" else content[:-1] + bytes([content[-1] ^ 1])
        (tmp_path / name).write_bytes(harmed)
    with pytest.raises(files.ModelDamagedError):
        files.load(tmp_path)


@pytest.mark.parametrize("sums", ["", "[]", "{}", '{"arrays.npz": 1}'])
def test_sums_that_say_nothing_are_refused(tmp_path: Path, sums: str) -> None:
    files.save(trained(PAIRS), tmp_path)
    (tmp_path / files.SUMS).write_text(sums, encoding="utf-8")
    with pytest.raises(files.ModelDamagedError):
        files.load(tmp_path)


def test_arrays_that_hold_objects_are_refused(tmp_path: Path) -> None:
    # Reading one would unpickle it: the sums are right here, only the arrays are not plain.
    files.save(trained(PAIRS), tmp_path)
    with (tmp_path / files.ARRAYS).open("wb") as file:
        np.savez(file, word_idf=np.array([object()], dtype=object))
    (tmp_path / files.SUMS).write_text(json.dumps(files._sums(tmp_path)), encoding="utf-8")
    with pytest.raises(files.ModelDamagedError):
        files.load(tmp_path)


def test_confidences_fall_and_the_first_is_the_likeliest() -> None:
    for answers in trained(PAIRS).answer([text for text, _ in PAIRS]):
        confidences = [confidence for _, confidence in answers]
        assert confidences == sorted(confidences, reverse=True)
        assert 0 <= confidences[-1] <= confidences[0] <= 1
        assert len(answers) == len(EXAMPLES)


def test_words_never_seen_are_doubted_more_than_known_ones() -> None:
    known, unknown = trained(PAIRS).answer(["where is my order", "quantum chromodynamics"])
    assert known[0][0] == "track"
    assert unknown[0][1] < 0.5 < known[0][1]


def test_sealed_values_and_numbers_do_not_change_what_is_meant() -> None:
    said = trained(PAIRS).answer(["⟦name:ab2cd3ef⟧ W1234567", "⟦name:zz7yy6xx⟧ #w7654321"])
    assert said[0] == said[1]


def test_two_intents_are_enough_and_one_is_refused() -> None:
    two = [pair for pair in PAIRS if pair[1] in ("track", "pay")]
    assert trained(two).answer(["track my parcel"])[0][0][0] == "track"
    with pytest.raises(ValueError, match="two intents"):
        trained([pair for pair in PAIRS if pair[1] == "pay"])


def test_one_example_each_is_enough_to_train() -> None:
    assert trained([PAIRS[0], PAIRS[5], PAIRS[10]]).answer(["where is my order"])[0][0][0] == "track"
