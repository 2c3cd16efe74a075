"""Runs in one of the two Rasa environments for bench/nlu.py: trains a pipeline, or answers with what it made.

    python bench/nlu_side.py train CONFIG.json TABLE.json FOLDER
    python bench/nlu_side.py answer FOLDER TEXTS.json

CONFIG is the path of a Rasa config, or `default`: what Rasa trains when a config names no pipeline.
TABLE: [[text, intent]]. Each prints one JSON object as its last line. Needs Python 3.10: the stock
environment has no newer one.
"""

import asyncio
import importlib
import json
import resource
import sys
import tempfile
import time
import warnings
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT)]  # for rasa_ext, and for this module as Rasa's importer
warnings.simplefilter("ignore")

FALLBACK = "nlu_fallback"
_NEVER = 2.0
"""A confidence that no clause has: each message of the public sets is to be judged as one wish."""


def train(config: str, table: str, folder: str) -> dict[str, Any]:
    importlib.import_module("distutils.util")  # first: setuptools can't bring it while Rasa is half there
    from rasa.model_training import train_nlu

    with tempfile.TemporaryDirectory() as scratch:
        content, written = _pipeline(config), Path(scratch) / "config.yml"
        written.write_text(json.dumps(content), encoding="utf-8")
        begun, worked = time.monotonic(), time.process_time()
        made = train_nlu(str(written), table, folder, fixed_model_name="model")
        seconds, work = time.monotonic() - begun, time.process_time() - worked
    if made is None:
        raise SystemExit("trained nothing")
    asks_back = next(part for part in content["pipeline"] if part["name"] == "FallbackClassifier")
    return {
        "threshold": asks_back["threshold"],
        "train_s": round(seconds, 1),
        "train_cpu_s": round(work, 1),  # says more where other work shares the processors
        "train_mb": _peak_mb(),
    }


def answer(folder: str, texts: str) -> dict[str, Any]:
    """Per text: what Rasa acts on, and the likeliest intent."""
    from rasa.core.agent import Agent

    agent = Agent.load(str(Path(folder) / "model.tar.gz"))
    asked = json.loads(Path(texts).read_text(encoding="utf-8"))

    async def all_of_them() -> list[tuple[str, str]]:
        told = []
        for text in asked:
            parsed = await agent.parse_message(text)
            names = [one["name"] for one in parsed["intent_ranking"] if one["name"] != FALLBACK]
            told.append((parsed["intent"]["name"] or FALLBACK, names[0] if names else FALLBACK))
        return told

    begun = time.monotonic()
    answers = asyncio.run(all_of_them())
    each = (time.monotonic() - begun) * 1000 / max(len(asked), 1)
    return {"answers": answers, "ms_per_message": round(each, 2), "memory_mb": _peak_mb()}


def _pipeline(config: str) -> dict[str, Any]:
    """The parts of a config that understanding is made of, with our importer for the table."""
    import rasa.engine.recipes
    from rasa.shared.utils.io import read_yaml_file

    if config == "default":
        config = str(Path(rasa.engine.recipes.__file__).parent / "config_files" / "default_config.yml")
    content = read_yaml_file(config)
    kept = {key: content[key] for key in ("recipe", "language", "assistant_id", "pipeline")}
    for part in kept["pipeline"]:
        if part["name"].endswith("NgramClassifier"):
            part["wish_from"] = _NEVER
    return {**kept, "policies": [], "importers": [{"name": "bench.nlu_importer.TableImporter"}]}


def _peak_mb() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


if __name__ == "__main__":
    verb = {"train": train, "answer": answer}[sys.argv[1]]
    sys.stdout.write("\n" + json.dumps(verb(*sys.argv[2:])) + "\n")
