"""The intent classifier as a Rasa component: config.yml names `rasa_ext.nlu.classifier.NgramClassifier`."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

from rasa.engine.graph import GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from rasa_ext.nlu import files, model, ngrams, text
from rasa_ext.nlu.model import IntentModel

_RANKED = 10


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class NgramClassifier(GraphComponent, IntentClassifier):
    """Sets `intent` and `intent_ranking`; the confidence of the first is how likely it is right."""

    def __init__(self, storage: ModelStorage, resource: Resource, trained: IntentModel | None = None) -> None:
        self._storage, self._resource, self._model = storage, resource, trained

    @classmethod
    def create(
        cls, config: dict[str, Any], model_storage: ModelStorage, resource: Resource, *_, **__
    ) -> NgramClassifier:
        return cls(model_storage, resource)

    @classmethod
    def load(
        cls, config: dict[str, Any], model_storage: ModelStorage, resource: Resource, *_, **__
    ) -> NgramClassifier:
        """Raises ModelDamagedError rather than run without understanding."""
        with model_storage.read_from(resource) as folder:
            return cls(model_storage, resource, files.load(Path(folder)))

    @classmethod
    def required_packages(cls) -> list[str]:
        return ["sklearn"]

    @classmethod
    def fingerprint_addon(cls, config: dict) -> str:
        """Rasa looks at this class alone to see whether it must train again; the work is done beside it."""
        sources = [Path(str(module.__file__)).read_bytes() for module in (files, model, ngrams, text)]
        return hashlib.sha256(b"".join(sources)).hexdigest()

    def train(self, training_data: TrainingData) -> Resource:
        examples = [example for example in training_data.intent_examples if example.get("text")]
        self._model = model.train(
            [example.get("text") for example in examples], [example.get("intent") for example in examples]
        )
        with self._storage.write_to(self._resource) as folder:
            files.save(self._model, Path(folder))
        return self._resource

    def process(self, messages: list[Message]) -> list[Message]:
        for message in messages:
            written = message.get("text")
            if self._model is None or not written:
                continue
            answers = self._model.answer([written])[0]
            ranking = [{"name": name, "confidence": confidence} for name, confidence in answers[:_RANKED]]
            message.set("intent", ranking[0], add_to_output=True)
            message.set("intent_ranking", ranking, add_to_output=True)
        return messages
