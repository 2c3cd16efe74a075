"""A trained model on disk: plain arrays and JSON, nothing that runs code when it is read."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import numpy as np

from rasa_ext.nlu.model import IntentModel
from rasa_ext.nlu.ngrams import Ngrams

ARRAYS, WORDS, SUMS = "arrays.npz", "words.json", "sha256.json"
FORMAT = 1


class ModelDamagedError(Exception):
    """A model's files are missing, changed or of another format."""


def save(model: IntentModel, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    grams = [sorted(part.vocabulary_, key=part.vocabulary_.__getitem__) for part in model.ngrams.parts]
    words = {"format": FORMAT, "intents": model.intents, "ngrams": grams}
    (folder / WORDS).write_text(json.dumps(words, ensure_ascii=False), encoding="utf-8")
    with (folder / ARRAYS).open("wb") as file:
        np.savez(
            file,
            coefficients=model.coefficients,
            intercepts=model.intercepts,
            doubt=model.doubt,
            word_idf=model.ngrams.parts[0].idf_,
            character_idf=model.ngrams.parts[1].idf_,
        )
    (folder / SUMS).write_text(json.dumps(_sums(folder)), encoding="utf-8")


def load(folder: Path) -> IntentModel:
    """The model in `folder`. Raises ModelDamagedError, and reads nothing whose sum is not right."""
    try:
        if json.loads((folder / SUMS).read_text(encoding="utf-8")) != _sums(folder):
            raise ModelDamagedError("the model is not what training wrote: train again")
        words = json.loads((folder / WORDS).read_text(encoding="utf-8"))
        if words["format"] != FORMAT:
            raise ModelDamagedError(f"format {words['format']} is not {FORMAT}: train again")
        with np.load(folder / ARRAYS, allow_pickle=False) as arrays:
            ngrams = Ngrams().restore(words["ngrams"], [arrays["word_idf"], arrays["character_idf"]])
            parts = (arrays["coefficients"], arrays["intercepts"], arrays["doubt"])
            return IntentModel(words["intents"], ngrams, *parts)
    except (OSError, ValueError, KeyError) as error:
        raise ModelDamagedError(f"the model in {folder.name} can't be read: train again") from error


def _sums(folder: Path) -> dict[str, str]:
    return {name: hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in (ARRAYS, WORDS)}
