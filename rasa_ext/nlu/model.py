"""The classifier itself, free of Rasa: a linear SVM over n-grams, and a calibrated doubt.

The confidence of an answer is the probability that it is right, so «ask again below 0.5» means
«ask when wrong is likelier than right». It is learnt from the training data alone: in each fold
a fifth of the intents is left out whole, as stand-ins for wishes nobody trained, and a fifth of
the other examples; a logistic regression then learns from margins and from how much of the text
is known when the SVM is right.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.svm import LinearSVC

from rasa_ext.nlu.ngrams import Grams, Ngrams

REGULARISATION = 0.5
TEMPERATURE = 0.2  # turns margins into shares of the ranking; how far to trust it is the doubt's matter
FOLDS = 5
UNKNOWN_SHARE = 0.3  # how much of what is asked resembles the known wishes and is none of them
SEED = 20
SURE = (2.0, 0.0, 0.0, 0.0)  # a doubt that had nothing to learn from


@dataclass(frozen=True)
class IntentModel:
    """A trained classifier. `answer` is all that callers need."""

    intents: list[str]
    ngrams: Ngrams
    coefficients: np.ndarray  # of shape (n-grams, intents): a text touches only its own n-grams' rows
    intercepts: np.ndarray
    doubt: Sequence[float] = SURE  # a bias, and a weight for each column of `evidence`

    def answer(self, texts: Sequence[str]) -> list[list[tuple[str, float]]]:
        """Per text all intents with their confidences, best first.

        The first confidence is the probability that the answer is right; what is left of 1 is shared
        among the others by their margins, never above the first.
        """
        grams = self.ngrams.analyse(texts)
        scores = self.scores(grams)
        bias, *weights = self.doubt
        first = 1.0 / (1.0 + np.exp(-(self.evidence(grams, scores) @ weights + bias)))
        return [self._ranking(row, float(top)) for row, top in zip(scores, first, strict=True)]

    def _ranking(self, row: np.ndarray, top: float) -> list[tuple[str, float]]:
        order = np.argsort(-row, kind="stable")
        share = np.exp((row[order] - row[order[0]]) / TEMPERATURE)[1:]
        rest = np.minimum((1.0 - top) * share / (share.sum() + 1e-9), top)
        return [
            (self.intents[at], round(float(sure), 6)) for at, sure in zip(order, (top, *rest), strict=True)
        ]

    def scores(self, grams: Sequence[Grams]) -> np.ndarray:
        """The SVM's margins, of shape (texts, intents)."""
        return np.asarray(self.ngrams.rows(grams).astype(np.float32) @ self.coefficients + self.intercepts)

    def evidence(self, grams: Sequence[Grams], scores: np.ndarray) -> np.ndarray:
        """Per text: log-odds of the best margin, share of its words known, share of its characters known."""
        best = np.sort(scores, axis=1)
        others = np.exp((best[:, :-1] - best[:, -1:]) / TEMPERATURE).sum(axis=1)
        return np.column_stack([-np.log(others + 1e-9), self.ngrams.coverage(grams)])


def train(texts: Sequence[str], intents: Sequence[str]) -> IntentModel:
    """The model of these examples; the same examples, in any order, give the same model bit by bit.

    Raises ValueError when there are fewer than two intents: there is nothing to choose.
    """
    if len(set(intents)) < 2:
        raise ValueError("a classifier needs examples of at least two intents")
    pairs = sorted(set(zip(texts, intents, strict=True)))
    names = np.array([intent for _, intent in pairs])
    grams = np.empty(len(pairs), dtype=object)
    grams[:] = Ngrams().analyse([text for text, _ in pairs])
    return replace(_fit(grams, names), doubt=_doubt(_rehearse(grams, names)))


def _fit(grams: np.ndarray, names: np.ndarray) -> IntentModel:
    ngrams = Ngrams()
    svm = LinearSVC(C=REGULARISATION, random_state=SEED).fit(ngrams.fit(grams), names)
    weights, bias = svm.coef_.T, svm.intercept_
    if len(svm.classes_) == 2:
        weights, bias = np.hstack([-weights, weights]), np.hstack([-bias, bias])
    weights, bias = np.ascontiguousarray(weights, np.float32), bias.astype(np.float32)
    return IntentModel([str(name) for name in svm.classes_], ngrams, weights, bias)


def _rehearse(grams: np.ndarray, names: np.ndarray) -> list[np.ndarray]:
    """Per fold, a row for each answer to the unseen: evidence, was it right, was its intent unknown."""
    draw = np.random.RandomState(SEED)
    kinds = sorted(set(names))
    group = dict(zip(kinds, draw.permutation(len(kinds)) % FOLDS, strict=True))
    fold = np.zeros(len(names), dtype=int)
    for kind in kinds:
        rows = draw.permutation(np.flatnonzero(names == kind))
        fold[rows] = np.arange(len(rows)) % FOLDS
    seen = []
    for number in range(FOLDS):
        few = len(kinds) - sum(left == number for left in group.values()) < 2
        unknown = np.array([group[name] == number and not few for name in names])
        taught = ~unknown & (fold != number)
        if len(set(names[taught])) < 2 or taught.all():
            continue
        model, asked = _fit(grams[taught], names[taught]), grams[~taught]
        scores = model.scores(asked)
        right = np.array(model.intents)[scores.argmax(axis=1)] == names[~taught]
        seen.append(np.column_stack([model.evidence(asked, scores), right, unknown[~taught]]))
    return seen


def _doubt(seen: list[np.ndarray]) -> Sequence[float]:
    rows = np.concatenate([np.zeros((0, 5)), *seen])
    evidence, right, unknown = rows[:, :3], rows[:, 3] == 1, rows[:, 4] == 1
    if right.all() or not right.any():
        return SURE
    middle, spread = evidence.mean(axis=0), evidence.std(axis=0) + 1e-9
    outside, inside = UNKNOWN_SHARE / max(unknown.sum(), 1), (1 - UNKNOWN_SHARE) / (~unknown).sum()
    share = np.where(unknown, outside, inside) * len(right)
    # To the very minimum: where the defaults stop, scikit-learn 1.1 and 1.5 differ (bench/rasa_stack.py).
    regression = LogisticRegression(solver="liblinear", tol=1e-12, max_iter=1000)
    weights = regression.fit((evidence - middle) / spread, right, share).coef_[0] / spread
    return np.array([regression.intercept_[0] - middle @ weights, *weights])
