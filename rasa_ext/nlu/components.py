"""What config.yml names: the classifier, and the guess that stands after FallbackClassifier."""

from __future__ import annotations

import hashlib
import re
from functools import partial
from pathlib import Path
from typing import Any

from rasa.engine.graph import GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from rasa_ext.nlu import files, model, ngrams, text, wishes
from rasa_ext.nlu.model import IntentModel

_RANKED = 10
_FALLBACK = "nlu_fallback"
# Less is no guess. What resembles nothing must be answered alike: else the question back would tell a name
# that the shop doesn't know from one that it does, which comes sealed.
_LEAST_GUESS = 0.2
_HEAD = 12
"""Words."""
_SEVERAL = "several_wishes"


def _entity(wish: wishes.Wish) -> dict[str, Any]:
    place = {"entity": "wish", "value": wish.intent, "start": wish.start, "end": wish.end}
    return {**place, "confidence_entity": wish.confidence, "extractor": "NgramClassifier"}


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class NgramClassifier(GraphComponent, IntentClassifier):
    """Sets `intent` and `intent_ranking`; the confidence of the first is how likely it is right.

    Intents that `same` lists together get the same answer, so doubt between them is none: the first of
    them has the confidence of both. A message of several clauses that are wishes of their own gets the
    intent `several_wishes`, and an entity `wish` for each; with one such clause, its intent.

    `preambles` are regular expressions (re.VERBOSE) of ways to begin that say nothing of what is wanted
    («could you tell me if»): neither examples nor messages are read with one.
    """

    def __init__(
        self,
        config: dict[str, Any],
        storage: ModelStorage,
        resource: Resource,
        trained: IntentModel | None = None,
    ) -> None:
        self._storage, self._resource, self._model = storage, resource, trained
        self._same = [frozenset(names) for names in config["same"]]
        self._least, self._details = config["wish_from"], frozenset(config["no_wish"])
        self._preambles = [re.compile(one, re.IGNORECASE | re.VERBOSE) for one in config["preambles"]]

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        return {"same": [], "no_wish": [], "wish_from": 0.5, "preambles": []}

    @classmethod
    def create(cls, config: dict[str, Any], model_storage: ModelStorage, resource: Resource, *_, **__):
        return cls(config, model_storage, resource)

    @classmethod
    def load(cls, config: dict[str, Any], model_storage: ModelStorage, resource: Resource, *_, **__):
        """Raises ModelDamagedError rather than run without understanding."""
        with model_storage.read_from(resource) as folder:
            return cls(config, model_storage, resource, files.load(Path(folder)))

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str:
        """Rasa looks at this class alone to see whether it must train again; the work is done beside it."""
        sources = [Path(str(module.__file__)).read_bytes() for module in (files, model, ngrams, text, wishes)]
        return hashlib.sha256(b"".join(sources)).hexdigest()

    def train(self, training_data: TrainingData) -> Resource:
        pairs = [(one.get("text"), one.get("intent")) for one in training_data.intent_examples]
        texts, intents = zip(*[pair for pair in pairs if pair[0]], strict=True)
        self._model = model.train([self._bare(each) for each in texts], intents)
        with self._storage.write_to(self._resource) as folder:
            files.save(self._model, Path(folder))
        return self._resource

    def process(self, messages: list[Message]) -> list[Message]:
        for message in messages:
            written = message.get("text")
            if self._model is not None and written:
                answer = partial(self._answer, self._model)
                answers = self._ranked(written, answer)
                found = wishes.wishes(written, answer, self._least, self._details)
                if len(found) == 1 and found[0].confidence > answers[0][1]:
                    first = found[0].intent, found[0].confidence
                    answers = [first, *(one for one in answers if one[0] != first[0])]
                elif len(found) > 1:
                    sure = min(one.confidence for one in found)
                    # None is surer than the first: FallbackClassifier would take that for doubt.
                    answers = [(_SEVERAL, sure), *((name, min(sure, other)) for name, other in answers)]
                    message.set("entities", [*(message.get("entities") or ()), *map(_entity, found)], True)
                ranking = [{"name": name, "confidence": confidence} for name, confidence in answers]
                message.set("intent", ranking[0], add_to_output=True)
                message.set("intent_ranking", ranking, add_to_output=True)
        return messages

    def _ranked(self, written: str, answer: wishes.Answer) -> list[tuple[str, float]]:
        """Of a long message the beginning says the wish; the rest, of things that no training knows, details.

        So it is as sure as the surer of both, where they agree.
        """
        words = written.split()
        texts = [written, " ".join(words[:_HEAD])] if len(words) > _HEAD else [written]
        whole, *head = (self._joined(one[:_RANKED]) for one in answer(texts))
        if head and whole[0][0] == head[0][0][0] and whole[0][1] < head[0][0][1]:
            return head[0]
        return whole

    def _answer(self, trained: IntentModel, texts: list[str]) -> list[list[tuple[str, float]]]:
        return trained.answer([self._bare(each) for each in texts])

    def _bare(self, written: str) -> str:
        """Without its preambles; all of it when it is nothing else."""
        bare = written
        for one in self._preambles:
            bare = one.sub("", bare, count=1)
        return bare if bare.strip() else written

    def _joined(self, answers: list[tuple[str, float]]) -> list[tuple[str, float]]:
        (first, sure), (second, next_sure), *rest = answers
        if not any({first, second} <= names for names in self._same):
            return answers
        return [(first, min(1.0, round(sure + next_sure, 6))), *rest]


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class FallbackGuess(GraphComponent):
    """Where FallbackClassifier gave up, the entity `fallback_guess` holds the intent that came nearest.

    Rasa's own way to ask back builds its question in Python from an intent's name. With the guess in a
    slot, responses.yml holds one question for each wish worth guessing, and one for all the rest.
    """

    @classmethod
    def create(cls, *_, **__):
        return cls()

    def process(self, messages: list[Message]) -> list[Message]:
        for message in messages:
            ranking = message.get("intent_ranking") or [{"name": ""}]
            if ranking[0]["name"] == _FALLBACK:
                worth = [one["name"] for one in ranking[1:2] if one["confidence"] >= _LEAST_GUESS]
                guess = {"entity": "fallback_guess", "value": (worth or ["none"])[0]}
                guess |= {"start": 0, "end": len(message.get("text") or ""), "extractor": type(self).__name__}
                message.set("entities", [*(message.get("entities") or ()), guess], add_to_output=True)
        return messages
