"""`python3 -m ops.new_skill NAME`: a skill that answers one question, to be made one's own."""

import argparse
import re
import sys
from pathlib import Path
from typing import Dict, List, Optional

from ops.environments import ROOT
from ops.progress import OpsError, Progress

_NAME = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
_FILES = {
    "data/{name}/domain.yml": """\
version: "3.1"

intents:
  - ask_{name}:
      use_entities: []
""",
    "data/{name}/nlu.yml": """\
version: "3.1"
nlu:
  # A start. Some forty, in shoppers' own words, and it will be understood well.
  - intent: ask_{name}
    examples: |
      - {words}
      - {words}?
      - {words} please
      - tell me about {words}
      - I have a question about {words}
      - what about {words}
      - do you offer {words}
      - how does {words} work
      - can I get {words}
      - is there {words} here
      - what is your policy on {words}
      - I'd like to know more about {words}
""",
    "data/{name}/rules.yml": """\
version: "3.1"
rules:
  - rule: {words}
    steps:
      - intent: ask_{name}
      - action: utter_{name}_answer
""",
    "data/{name}/responses.yml": """\
version: "3.1"
responses:
  utter_{name}_answer:
    - text: "You asked about {words}. Write the shop's answer here, in data/{name}/responses.yml."
      buttons:
        - title: "What else can you do?"
          payload: /ask_help
""",
    "tests/conversations/test_{name}.yml": """\
version: "3.1"
stories:
  - story: {words}, once
    steps:
      - user: tell me about {words}
        intent: ask_{name}
      - action: utter_{name}_answer

  - story: {words}, then help
    steps:
      - user: I have a question about {words}
        intent: ask_{name}
      - action: utter_{name}_answer
      - user: what else can you do
        intent: ask_help
      - action: utter_help_menu
""",
}
NEXT = """\
Next: write your own words in data/{name}/, then `make stories` (seconds), `make conversations`, `make talk`.
`make test` also asks for eight sentences of ask_{name} that training never sees, one a line, in
tests/unit/rasa_ext_nlu/held_back.csv. The whole way: docs/designers.md"""


def make(name: str, root: Path) -> List[Path]:
    """Write the skill's files; their paths. Raises OpsError, and writes nothing, for a name that won't do."""
    if not _NAME.fullmatch(name):
        raise OpsError(f"NAME={name}: expected small letters, digits and single _, such as engraving")
    files = {root / path.format(name=name): text for path, text in _FILES.items()}
    taken = [path for path in files if path.exists()]
    taken += [path for path in sorted(root.glob("data/*/domain.yml")) if _declares(path, f"ask_{name}")]
    if taken:
        raise OpsError(f"NAME={name} is taken: {taken[0].relative_to(root)}")
    words: Dict[str, str] = {"name": name, "words": name.replace("_", " ")}
    for path, text in files.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text.format(**words), encoding="utf-8")
    return list(files)


def _declares(path: Path, intent: str) -> bool:
    section = re.search(r"(?ms)^intents:\n(.*?)(?=^\S|\Z)", path.read_text(encoding="utf-8"))
    return section is not None and re.search(rf"- {intent}\b", section.group(1)) is not None


def main(argv: Optional[List[str]] = None) -> int:
    parser = argparse.ArgumentParser(prog="ops.new_skill", description=__doc__)
    parser.add_argument("name", metavar="NAME", help="snake_case, such as engraving")
    options, progress = parser.parse_args(argv), Progress()
    try:
        for path in make(options.name, ROOT):
            progress.line(f"made {path.relative_to(ROOT)}")
    except OpsError as error:
        progress.line(str(error))
        return 1
    progress.line(NEXT.format(name=options.name))
    return 0


if __name__ == "__main__":
    sys.exit(main())
