"""What «did you mean …» offers: `rasa_ext.nlu.guess.FallbackGuess` stands after FallbackClassifier."""

from __future__ import annotations

from rasa.engine.graph import GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.shared.nlu.training_data.message import Message

ENTITY = "fallback_guess"
_FALLBACK = "nlu_fallback"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class FallbackGuess(GraphComponent):
    """Where FallbackClassifier gave up, the entity `fallback_guess` holds the intent that came nearest.

    Rasa's own way to ask back builds its question in Python from an intent's name. With the guess in a
    slot, responses.yml holds one question for each wish worth guessing, and one for all the rest.
    """

    @classmethod
    def create(cls, *_, **__) -> FallbackGuess:
        return cls()

    def process(self, messages: list[Message]) -> list[Message]:
        for message in messages:
            if (message.get("intent") or {}).get("name") != _FALLBACK:
                continue
            names = [one["name"] for one in message.get("intent_ranking") or () if one["name"] != _FALLBACK]
            guess = {
                "entity": ENTITY,
                "value": names[0] if names else "none",
                "start": 0,
                "end": len(message.get("text") or ""),
                "extractor": type(self).__name__,
            }
            message.set("entities", [*(message.get("entities") or ()), guess], add_to_output=True)
        return messages
