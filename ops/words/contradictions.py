"""A rule against a story, a test or another rule: the same history, different actions.

History as Rasa's RulePolicy sees it: before each action the states of the turns, a state being the action
before, what the shopper said, and what is set. Of the rules whose states are all met the longest decides.
What happens inside a form is left to `rasa test`.
"""

import itertools
import json
from typing import Any, Dict, FrozenSet, Iterator, List, NamedTuple, Optional, Set, Tuple

from ops.words import marked
from ops.words.house import House, Telling, entities_in, names, pairs
from ops.words.marked import Place

LISTEN = "action_listen"
_START = "..."
Facts = FrozenSet[Tuple[str, str]]


class State(NamedTuple):
    """`before`: the action before, None at the start of a conversation. `facts`: all else that is known."""

    before: Optional[str]
    facts: Facts

    def met_by(self, other: "State") -> bool:
        """Whether a conversation in the state `other` is in this one of a rule."""
        if (self.before is None) != (other.before is None):
            return False
        told = dict(other.facts)
        return (self.before is None or self.before == other.before) and all(
            told.get(name, "") == value for name, value in self.facts
        )


class Moment(NamedTuple):
    """An action that a telling takes, and the history before it."""

    telling: Telling
    place: Place
    action: str
    states: Tuple[State, ...]
    in_form: bool

    @property
    def weight(self) -> Tuple[int, int]:
        return len(self.states), sum(len(state.facts) for state in self.states)


def find(house: House) -> Iterator[str]:
    rules = [moment for told in house.told if told.kind == "rule" for moment in moments(house, told)]
    by_last: Dict[Optional[str], List[Moment]] = {}
    for rule in rules:
        by_last.setdefault(rule.states[-1].before, []).append(rule)
    seen: Set[FrozenSet[Place]] = set()
    for told in [*house.told, *house.tested]:
        for moment in moments(house, told):
            if moment.in_form and told.kind != "rule":
                continue
            for rule in against(moment, by_last.get(moment.states[-1].before, ())):
                both = frozenset((rule.telling.place, told.place))
                if both not in seen:
                    seen.add(both)
                    yield (
                        f"{moment.place}: {told} takes {moment.action} where {rule.telling} "
                        f"({rule.place}) takes {rule.action}"
                    )


def against(moment: Moment, rules: Any) -> List[Moment]:
    """The rules that decide this moment, if they decide it otherwise."""
    fitting = [rule for rule in rules if _fits(rule.states, moment.states)]
    heaviest = max((rule.weight for rule in fitting), default=None)
    deciding = [rule for rule in fitting if rule.weight == heaviest and rule.action != moment.action]
    if moment.telling.kind == "rule":
        return deciding
    # «After this action, wait» yields to a story that goes on: Rasa takes such a rule back.
    return [rule for rule in deciding if rule.action != LISTEN or len(rule.states) > 1]


def moments(house: House, telling: Telling) -> List[Moment]:
    """Every action of the telling that a rule may decide, through all alternatives of its `or`s."""
    steps = [step for step in telling.content.get("steps") or () if isinstance(step, dict)]
    if any("checkpoint" in step for step in steps):
        return []
    ways = itertools.product(*[step["or"] if isinstance(step.get("or"), list) else [step] for step in steps])
    found: List[Moment] = []
    for way in ways:
        walk = _Walk(house, telling)
        for step in way:
            if isinstance(step, dict):
                walk.take(step)
        found += walk.ended()
    return found


def _fits(rule: Tuple[State, ...], told: Tuple[State, ...]) -> bool:
    tail = told[-len(rule) :]
    return len(tail) == len(rule) and all(one.met_by(other) for one, other in zip(rule, tail))


class _Walk:
    """Goes through a telling's steps and notes each action with the states before it."""

    def __init__(self, house: House, telling: Telling) -> None:
        self._house, self._telling = house, telling
        begins = telling.kind != "rule" or bool(telling.content.get("conversation_start"))
        self._before: Optional[str] = None if begins else _START
        self._said: Dict[str, str] = {}
        self._set: Dict[str, str] = {}
        self._states: List[State] = []
        self._moments: List[Moment] = []
        # What comes first can't be known, whether an action or waiting for the shopper.
        self._known = False
        self._last = telling.place
        for condition in telling.content.get("condition") or ():
            self._note(condition)

    def take(self, step: Dict[str, Any]) -> None:
        self._last = Place(self._telling.place.file, marked.line_of(step))
        if "intent" in step or "user" in step:
            if self._before != LISTEN:
                self._act(LISTEN)
            self._said = self._heard(step)
        elif isinstance(step.get("action"), str):
            self._act(str(step["action"]))
        else:
            self._note(step)

    def ended(self) -> List[Moment]:
        if self._telling.content.get("wait_for_user_input", True) and self._before != LISTEN:
            self._act(LISTEN)
        return self._moments

    def _act(self, action: str) -> None:
        facts = frozenset([*self._said.items(), *self._set.items()])
        if self._before != _START:
            self._states.append(State(self._before, facts))
        if self._known and self._states:
            states, in_form = tuple(self._states), bool(self._set.get("loop"))
            self._moments.append(Moment(self._telling, self._last, action, states, in_form))
        self._known, self._before = True, action

    def _heard(self, step: Dict[str, Any]) -> Dict[str, str]:
        intent, said = str(step.get("intent", "")), step.get("user")
        heard = {"intent": intent}
        used = self._house.content["intents"].get(intent) or {}
        if used.get("use_entities") != []:
            found = [*names(step.get("entities")), *(entities_in(said) if isinstance(said, str) else ())]
            heard.update({f"entity {name}": "found" for name in found})
        return heard

    def _note(self, step: Any) -> None:
        if not isinstance(step, dict):
            return
        if "active_loop" in step:
            self._set["loop"] = str(step["active_loop"] or "")
        for name, value, _ in pairs(step):
            slot = self._house.content["slots"].get(name) or {}
            if slot.get("influence_conversation", slot.get("type") != "any"):
                self._set[f"slot {name}"] = _as_seen(value, slot.get("type"))


def _as_seen(value: Any, kind: Any) -> str:
    """A slot's value as the policy sees it: of a text only whether there is one; "" for none."""
    if value is None:
        return ""
    if value is ... or kind in ("text", "list"):
        return "set" if value is ... or value else ""
    return json.dumps(value)
