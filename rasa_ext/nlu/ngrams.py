"""Text to numbers: which word and character n-grams it has, and how many of them training has seen."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from operator import itemgetter

import numpy as np
from scipy.sparse import csr_matrix, hstack
from sklearn.feature_extraction.text import CountVectorizer, TfidfVectorizer

from rasa_ext.nlu.text import plain

WORDS = {"ngram_range": (1, 2), "token_pattern": r"(?u)\b\w+\b"}
CHARACTERS = {"analyzer": "char_wb", "ngram_range": (2, 5)}
Grams = tuple[list[str], list[str]]
"""A text as its word n-grams and its character n-grams."""


class Ngrams:
    """Rows of TF-IDF: word 1-2-grams, then character 2-5-grams."""

    def __init__(self) -> None:
        self.analysers = [CountVectorizer(**kind).build_analyzer() for kind in (WORDS, CHARACTERS)]
        self.parts = [TfidfVectorizer(analyzer=itemgetter(at), sublinear_tf=True) for at in (0, 1)]

    def analyse(self, texts: Iterable[str]) -> list[Grams]:
        words, characters = self.analysers
        return [(words(text), characters(text)) for text in map(plain, texts)]

    def fit(self, grams: Sequence[Grams]) -> csr_matrix:
        return csr_matrix(hstack([part.fit_transform(grams) for part in self.parts]))

    def restore(self, vocabularies: Sequence[Sequence[str]], weights: Sequence[np.ndarray]) -> Ngrams:
        """Itself, as it was after `fit`: each part's n-grams in their order, and their IDF."""
        for part, vocabulary, idf in zip(self.parts, vocabularies, weights, strict=True):
            part.vocabulary = {gram: at for at, gram in enumerate(vocabulary)}
            part.idf_ = np.asarray(idf)
        return self

    def rows(self, grams: Sequence[Grams]) -> csr_matrix:
        return csr_matrix(hstack([part.transform(grams) for part in self.parts]))

    def coverage(self, grams: Iterable[Grams]) -> np.ndarray:
        """Per text and part: the share of its n-grams, weighed by rarity, that training has seen."""
        known = [(part.vocabulary_, part.idf_, part.idf_.max()) for part in self.parts]
        return np.array([[_known_share(set(both[at]), *known[at]) for at in (0, 1)] for both in grams])


def _known_share(grams: set[str], vocabulary: dict[str, int], idf: np.ndarray, rarest: float) -> float:
    found = sorted(vocabulary[gram] for gram in grams if gram in vocabulary)
    weight = float(idf[found].sum())
    return weight / (weight + (len(grams) - len(found)) * rarest) if grams else 0.0
