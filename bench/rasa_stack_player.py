"""Runs in one of the two Rasa environments: loads a model, plays conversations, notes what Rasa made of them.

    python bench/rasa_stack_player.py MODEL TASK.json RESULT.json

TASK: {"action_url", "conversations": [{"id", "messages"}], "texts": [text]}. RESULT: {"load_s", "memory_mb",
"turn_ms", "nlu": {text: parse}, "conversations": {id: {"events", "slots", "messages", "latest"}}}.
Needs Python 3.10: the stock environment has no newer one.
"""

import asyncio
import json
import random
import resource
import sys
import time
import warnings
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path.cwd()))  # for rasa_ext, as Rasa's own command does
warnings.simplefilter("ignore")


async def play(model: str, task: dict[str, Any]) -> dict[str, Any]:
    from rasa.core.agent import Agent
    from rasa.core.channels.channel import CollectingOutputChannel, UserMessage
    from rasa.utils.endpoints import EndpointConfig

    begun = time.monotonic()
    agent = Agent.load(model, action_endpoint=EndpointConfig(url=task["action_url"]))
    loaded = time.monotonic()
    nlu = {text: await agent.parse_message(text) for text in task["texts"]}
    conversations, turns, talking = {}, 0, time.monotonic()
    for number, conversation in enumerate(task["conversations"]):
        # Rasa draws a response's variation at random: from the same seed on both sides.
        random.seed(number)
        np.random.seed(number)
        said = []
        for text in conversation["messages"]:
            channel = CollectingOutputChannel()
            message = UserMessage(text, channel, sender_id=conversation["id"], metadata={"ticket": "t"})
            await agent.handle_message(message)
            said.append([{k: v for k, v in one.items() if k != "recipient_id"} for one in channel.messages])
            turns += 1
        tracker = await agent.tracker_store.retrieve(conversation["id"])
        conversations[conversation["id"]] = {
            "events": [event.as_dict() for event in tracker.events],
            "slots": tracker.current_slot_values(),
            "latest": tracker.latest_action,
            "active_loop": tracker.active_loop_name,
            "messages": said,
        }
    return {
        "load_s": round(loaded - begun, 2),
        "turn_ms": round(1000 * (time.monotonic() - talking) / max(turns, 1), 2),
        "memory_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        "nlu": nlu,
        "conversations": conversations,
    }


if __name__ == "__main__":
    result = asyncio.run(play(sys.argv[1], json.loads(Path(sys.argv[2]).read_text(encoding="utf-8"))))
    Path(sys.argv[3]).write_text(json.dumps(result, ensure_ascii=False, default=str), encoding="utf-8")
