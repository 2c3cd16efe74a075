"""Which intents and actions the conversation tests reach: `.venv/bin/python -m ops.words.coverage`.

An action is what a rule, story or test may take: those of the domain, forms, and the responses that rules
take. What a form alone runs (`validate_…`, `action_ask_…`) stands in no story; nor can a test reach what
rules only begin with: another action names it as the one to follow, when it runs.
"""

import sys
from typing import Dict, List, Set

from ops.environments import ROOT
from ops.words.faults import BUILT_IN_ACTION
from ops.words.house import House, Telling, steps_of

_RUN_BY_FORMS = ("validate_", "action_ask_")


def missing(house: House) -> Dict[str, List[str]]:
    """Of `intents` and `actions` those that no test reaches, sorted."""
    return {kind: sorted(_all(house)[kind] - reached) for kind, reached in _reached(house.tested).items()}


def summary(house: House) -> List[str]:
    """A line for each kind, and one for each that is missing."""
    lines = []
    for kind, gone in missing(house).items():
        count = len(_all(house)[kind])
        share = 100 * (count - len(gone)) // max(count, 1)
        lines.append(f"{kind} reached by conversation tests: {count - len(gone)} of {count} ({share} %)")
        lines += [f"  no test reaches {name}" for name in gone]
    return lines


def _all(house: House) -> Dict[str, Set[str]]:
    taken = _reached([told for told in house.told if told.kind == "rule"])["actions"]
    actions = {*house.declared["actions"], *house.declared["forms"], *taken}
    own = {name for name in actions if not name.startswith(_RUN_BY_FORMS) and not BUILT_IN_ACTION.match(name)}
    return {"intents": set(house.declared["intents"]), "actions": own - _begun_with(house.told)}


def _begun_with(tellings: List[Telling]) -> Set[str]:
    """Actions that stand at the beginning of rules and nowhere else."""
    begun: Set[str] = set()
    reached: Set[str] = set()
    for telling in tellings:
        for at, step in enumerate(telling.content.get("steps") or ()):
            if isinstance(step, dict) and "action" in step:
                (reached if at else begun).add(str(step["action"]))
    return begun - reached


def _reached(tellings: List[Telling]) -> Dict[str, Set[str]]:
    steps = [step for telling in tellings for step in steps_of(telling)]
    return {
        "intents": {str(step["intent"]) for step in steps if "intent" in step},
        "actions": {str(step["action"]) for step in steps if "action" in step},
    }


def main() -> int:
    house = House(ROOT)
    sys.stdout.write("\n".join(summary(house)) + "\n")
    return 1 if any(missing(house).values()) else 0


if __name__ == "__main__":
    sys.exit(main())
