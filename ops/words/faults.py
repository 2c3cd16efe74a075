"""Each fault of the words as a line `file:line: what is wrong`."""

import json
import re
from pathlib import Path
from typing import Any, Callable, Dict, Iterator, List, Tuple

from ops.words import UNSAID_INTENT, code, contradictions, marked
from ops.words.house import KINDS, House, Telling, entities_in, entries, names, pairs, steps_of
from ops.words.marked import Place, Word

# Rasa's own, which no one here declares.
BUILT_IN_ACTION = re.compile(
    r"action_(listen|restart|back|session_start|default_\w+|two_stage_fallback|unlikely_intent|extract_slots)$"
)
_BUILT_IN = {
    "intents": ("back", "restart", "session_start"),
    "slots": ("requested_slot", "session_started_metadata"),
}
_PAYLOAD = re.compile(r"/([A-Za-z]\w*)(\{.*\})?")
_SINGULAR = {"intents": "intent", "entities": "entity"}


def find(root: Path) -> List[str]:
    """All faults of the house at `root`. Raises yaml.YAMLError for a file that is no YAML."""
    house = House(root)
    checks: Tuple[Callable[[House], Iterator[str]], ...] = (
        declared_twice,
        unknown_in_tellings,
        unknown_in_the_domain,
        unknown_in_examples,
        examples_of_two_intents,
        without_examples,
        said_by_no_one,
        unknown_in_payloads,
        contradictions.find,
    )
    return [*house.twice, *(fault for check in checks for fault in check(house))]


def declared_twice(house: House) -> Iterator[str]:
    """Rasa merges parts and training data silently; the later one wins."""
    for kind in KINDS:
        for name, (first, *others) in house.declared[kind].items():
            for place in others:
                yield f"{place}: {_one(kind)} {name} is declared at {first} already"
    for tellings in (house.told, house.tested):
        seen = {}
        for telling in tellings:
            # Tests are told apart by their file too.
            where = telling.place.file if tellings is house.tested else ""
            first = seen.setdefault((where, telling.kind, telling.name), telling.place)
            if first is not telling.place:
                yield f"{telling.place}: {telling} stands at {first} already"


def unknown_in_tellings(house: House) -> Iterator[str]:
    for telling in [*house.told, *house.tested]:
        for step in steps_of(telling):
            yield from _unknown_in_step(house, telling, step)


def _unknown_in_step(house: House, telling: Telling, step: Any) -> Iterator[str]:
    file = telling.place.file
    intent, action, form = step.get("intent"), step.get("action"), step.get("active_loop")
    if isinstance(intent, str):
        yield from _unknown(house, "intents", intent, file, f" in {telling}")
    if isinstance(action, str) and not _is_action(house, action):
        kind = "response" if action.startswith("utter_") else "action"
        yield f"{Place(file, marked.line_of(action))}: unknown {kind} {action} in {telling}"
    if isinstance(form, str):
        yield from _unknown(house, "forms", form, file, f" in {telling}")
    for name, _, line in pairs(step):
        if not _is_known(house, "slots", name):
            yield f"{Place(file, line)}: unknown slot {name} in {telling}"
    found = [(name, marked.line_of(name)) for name in names(step.get("entities"))]
    said = step.get("user")
    found += [(name, marked.line_of(said)) for name in (entities_in(said) if isinstance(said, str) else ())]
    for name, line in found:
        if not house.has("entities", name):
            yield f"{Place(file, line)}: unknown entity {name} in {telling}"


def unknown_in_the_domain(house: House) -> Iterator[str]:
    """What slots, forms and conditions of responses refer to."""
    for part in house.parts:
        for kind, section, where in _references(part.content):
            for name in names(section):
                yield from _unknown(house, kind, name, part.file, f" in {where}")


def _references(content: Any) -> Iterator[Tuple[str, Any, str]]:
    for name, slot in entries(content.get("slots")):
        for mapping in (slot or {}).get("mappings") or ():
            yield "intents", mapping.get("intent"), f"slot {name}"
            yield "intents", mapping.get("not_intent"), f"slot {name}"
            yield "entities", mapping.get("entity"), f"slot {name}"
            for condition in mapping.get("conditions") or ():
                yield "forms", condition.get("active_loop"), f"slot {name}"
    for name, form in entries(content.get("forms")):
        yield "slots", (form or {}).get("required_slots"), f"form {name}"
        yield "intents", (form or {}).get("ignored_intents"), f"form {name}"
    for name, variations in entries(content.get("responses")):
        for condition in [one for variation in variations or () for one in variation.get("condition") or ()]:
            yield "slots", condition.get("name"), name


def unknown_in_examples(house: House) -> Iterator[str]:
    for intent, examples in house.examples.items():
        file = examples[0].place.file if examples else "data"
        yield from _unknown(house, "intents", intent, file, ", which has examples")
        for example in examples:
            for entity in entities_in(example.text):
                if not house.has("entities", entity):
                    yield f"{example.place}: unknown entity {entity} in an example of {intent}"


def examples_of_two_intents(house: House) -> Iterator[str]:
    seen: Dict[str, Tuple[str, Place]] = {}
    for intent, examples in house.examples.items():
        for example in examples:
            other, first = seen.setdefault(example.text, (intent, example.place))
            if other != intent:
                here = f"«{example.text}» is an example of {intent} here"
                yield f"{example.place}: {here}, of {other} at {first}"


def without_examples(house: House) -> Iterator[str]:
    for name, places in house.declared["intents"].items():
        if not house.examples.get(name) and not re.fullmatch(UNSAID_INTENT, name):
            yield f"{places[0]}: intent {name} has no examples"


def said_by_no_one(house: House) -> Iterator[str]:
    """Neither a rule or story, nor the code, nor a form that asks for a slot."""
    said = {str(step["action"]) for told in house.told for step in steps_of(told) if "action" in step}
    for form, content in house.content["forms"].items():
        for slot in names((content or {}).get("required_slots")):
            said |= {f"utter_ask_{slot}", f"utter_ask_{form}_{slot}"}
    beginnings = []
    for folder in code.FOLDERS:
        said |= {one.response for one in code.said_in(folder, house.root)}
        beginnings += code.beginnings_in(folder, house.root)
    for name, places in house.declared["responses"].items():
        if name not in said and not name.startswith(tuple(beginnings)):
            yield f"{places[0]}: response {name} is said by no rule, story or code"


def unknown_in_payloads(house: House) -> Iterator[str]:
    for part in house.parts:
        for name, variations in entries(part.content.get("responses")):
            for payload in payloads(variations):
                yield from _wrong_payload(house, payload, f"{Place(part.file, payload.line)}", name)


def payloads(node: Any) -> Iterator[Word]:
    """Every button's payload in a response."""
    if isinstance(node, dict):
        if isinstance(node.get("payload"), Word):
            yield node["payload"]
        for value in node.values():
            yield from payloads(value)
    for value in node if isinstance(node, list) else ():
        yield from payloads(value)


def _wrong_payload(house: House, payload: str, at: str, response: str) -> Iterator[str]:
    # Rasa fills payloads too: there a brace that is meant as one is written twice.
    shaped = _PAYLOAD.fullmatch(payload.replace("{{", "{").replace("}}", "}"))
    if shaped is None or not house.has("intents", shaped.group(1)):
        yield f"{at}: the payload {payload} of {response} is no intent"
        return
    try:
        given = json.loads(shaped.group(2) or "{}")
    except ValueError:
        yield f"{at}: the payload {payload} of {response} is no JSON behind its intent"
        return
    for entity in given:
        if not house.has("entities", entity):
            yield f"{at}: unknown entity {entity} in the payload {payload} of {response}"


def _unknown(house: House, kind: str, name: str, file: str, where: str) -> Iterator[str]:
    if not _is_known(house, kind, name):
        yield f"{Place(file, marked.line_of(name))}: unknown {_one(kind)} {name}{where}"


def _is_known(house: House, kind: str, name: str) -> bool:
    return house.has(kind, name) or name in _BUILT_IN.get(kind, ())


def _is_action(house: House, name: str) -> bool:
    own = any(house.has(kind, name) for kind in ("actions", "forms", "responses"))
    return own or BUILT_IN_ACTION.match(name) is not None


def _one(kind: str) -> str:
    return _SINGULAR.get(kind, kind[:-1])
