"""Hands Rasa a table of texts and intents as they are: in its YAML, brackets would become entities."""

import json
from pathlib import Path
from typing import Any

from rasa.shared.core.domain import Domain
from rasa.shared.core.training_data.structures import StoryGraph
from rasa.shared.importers.importer import TrainingDataImporter
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from rasa.shared.utils.io import read_model_configuration


class TableImporter(TrainingDataImporter):
    def __init__(self, config_file: str, domain_path: Any, training_data_paths: Any, **_: Any) -> None:
        self._config_file = config_file
        self._tables = [training_data_paths] if isinstance(training_data_paths, str) else training_data_paths

    def get_domain(self) -> Domain:
        return Domain.empty()

    def get_stories(self, exclusion_percentage: int | None = None) -> StoryGraph:
        return StoryGraph([])

    def get_conversation_tests(self) -> StoryGraph:
        return StoryGraph([])

    def get_config(self) -> dict[str, Any]:
        config: dict[str, Any] = read_model_configuration(self._config_file)
        return config

    def get_config_file_for_auto_config(self) -> str:
        return self._config_file

    def get_nlu_data(self, language: str | None = "en") -> TrainingData:
        pairs = [
            pair for table in self._tables for pair in json.loads(Path(table).read_text(encoding="utf-8"))
        ]
        return TrainingData([Message.build(text, intent) for text, intent in pairs])
