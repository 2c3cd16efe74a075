"""What both Rasas are told: the conversation tests as written, random walks, and every training example."""

import json
import random
import re
import string
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

Conversation = dict[str, Any]
"""`{"id": …, "messages": [text, …]}`"""

_ANNOTATION = re.compile(r"\[([^\]\[]+)\](?:\([^)]*\)|\{[^}]*\})")
_SHORTEST, _LONGEST = 3, 12


def plain(example: str) -> str:
    """An annotated example as a shopper types it."""
    return _ANNOTATION.sub(r"\1", example).strip()


def examples(root: Path) -> dict[str, list[str]]:
    """The examples of every intent in data/."""
    found: dict[str, list[str]] = {}
    for path in sorted((root / "data").rglob("*.yml")):
        for item in (yaml.safe_load(path.read_text(encoding="utf-8")) or {}).get("nlu") or ():
            if isinstance(item, dict) and "intent" in item:
                lines = re.findall(r"(?m)^- (.+)$", str(item.get("examples", "")))
                found.setdefault(item["intent"], []).extend(plain(line) for line in lines)
    return found


def conversation_tests(root: Path) -> list[Conversation]:
    """The shopper's side of every test story."""
    told = []
    for path in sorted((root / "tests" / "conversations").glob("test_*.yml")):
        for story in (yaml.safe_load(path.read_text(encoding="utf-8")) or {}).get("stories") or ():
            steps = [step for step in story.get("steps") or () if isinstance(step, dict)]
            messages = [plain(str(step["user"])) for step in steps if step.get("user")]
            if messages:
                told.append({"id": f"{path.stem}: {story['story']}", "messages": messages})
    return told


def random_walks(said: dict[str, list[str]], count: int, seed: int) -> list[Conversation]:
    """`count` conversations without a plan, the same for the same seed."""
    source = random.Random(seed)
    return [
        {
            "id": f"walk {number}",
            "messages": [_message(said, source) for _ in range(source.randint(_SHORTEST, _LONGEST))],
        }
        for number in range(count)
    ]


def _message(said: dict[str, list[str]], source: random.Random) -> str:
    intent = source.choice(sorted(said))
    text = source.choice(said[intent])
    kind = source.random()
    if kind < 0.65:
        return text
    if kind < 0.80:
        return mistyped(text, source)
    if kind < 0.85:
        return f"{text} {source.choice(said[source.choice(sorted(said))])}"
    if kind < 0.92:
        entities = {"order_number": f"#W{source.randrange(10**7):07d}"} if "order" in intent else {}
        return f"/{intent}{json.dumps(entities) if entities else ''}"
    return (
        "".join(source.choices(string.ascii_lowercase + "    0123456789?", k=source.randint(1, 60))).strip()
        or "?"
    )


def mistyped(text: str, source: random.Random) -> str:
    """The text with one or two letters lost, doubled or swapped."""
    letters = list(text)
    for _ in range(source.randint(1, 2)):
        at = source.randrange(len(letters))
        change = source.choice(("lose", "double", "swap"))
        if change == "lose" and len(letters) > 1:
            del letters[at]
        elif change == "double":
            letters.insert(at, letters[at])
        elif at + 1 < len(letters):
            letters[at], letters[at + 1] = letters[at + 1], letters[at]
    return "".join(letters).strip() or text


def texts(said: dict[str, list[str]], conversations: list[Conversation]) -> Iterator[str]:
    """Every different text, for comparing the understanding alone."""
    seen: dict[str, None] = {}
    for message in [m for c in conversations for m in c["messages"]] + [
        e for es in said.values() for e in es
    ]:
        if not message.startswith("/"):
            seen[message] = None
    yield from seen
