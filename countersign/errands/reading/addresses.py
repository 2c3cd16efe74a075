"""An address that was typed in one line, among other words or alone."""

import re
from collections.abc import Sequence

from countersign.errands.reading.tokens import tokens
from countersign.errands.reading.vocabulary import word_set, words_of

_POSTCODE = re.compile(r"\b(?:\d{5}(?:-\d{4})?|[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2})\b", re.IGNORECASE)
_LABEL = re.compile(
    r"\b(?:street|city|town|state|zip(?: ?code)?|post(?:al )?code|country)\s*:\s*", re.IGNORECASE
)
# What leads to a street: «send it to 5 Oak St», «the new one: 5 Oak St»; without a number, to a capital.
_LEADS = (
    re.compile(r"^.*(?:\b(?:to|is|at|be|its|it['’]s|address|on)\b:?|:)\s+(?=\d)", re.IGNORECASE),
    re.compile(r"^.*(?:\b(?:to|is|at|be|it['’]s|address)\b:?|:)\s+(?=[A-Z])"),
)
_STREET = re.compile(r"\d+\w?(?:[-/]\d+\w?)?\s+\w|P\.?O\.? ?Box \d", re.IGNORECASE)
_UNIT = re.compile(r"(?:apt|apartment|suite|ste|unit|flat|floor|room)\b\.? *#? *\w+|# *\w+", re.IGNORECASE)


def parse_address(text: str) -> dict[str, str] | None:
    """Its parts, as `store.models.Address` names them, those that were not said empty; None when it is not
    whole: street, city and postcode at least."""
    plain = _LABEL.sub("", ", ".join(" ".join(line.split()) for line in text.splitlines() if line.strip()))
    postcode = next(reversed(list(_POSTCODE.finditer(plain))), None)
    if postcode is None:
        return None
    parts, region = _without_region(_parts(plain[: postcode.start()]))
    after = _parts(plain[postcode.end() :].strip(" .!?"))
    street = next((at for at, part in enumerate(parts) if _STREET.match(_led(part))), 0)
    head, rest = _street(_led(parts[street]) if parts else ""), parts[street + 1 :]
    units = [part for part in (*parts[:street], *head[1:], *rest) if _UNIT.fullmatch(part)]
    cities = [part for part in (*head[1:], *rest) if part not in units]
    if not cities and after and not _country(after[0]):
        # «Hauptstr. 5, 10115 Berlin»
        cities, after = after[:1], after[1:]
    if not head[0] or not cities or not any(letter.isdigit() for letter in head[0]):
        return None
    return {
        "line1": head[0],
        "line2": ", ".join([*units, *cities[:-1]]),
        "city": cities[-1],
        "region": region,
        "postcode": postcode[0].upper(),
        "country": _country(after[0]) if after else "",
    }


def _parts(text: str) -> list[str]:
    return [part for one in text.split(",") if (part := one.strip(" .;"))]


def _led(part: str) -> str:
    """Without the words that lead to it."""
    for lead in _LEADS:
        if found := lead.match(part):
            return part[found.end() :]
    words = part.split()
    street = next((at for at, word in enumerate(words) if word.lower() not in word_set("leads")), 0)
    return " ".join(words[street:]) if words and words[street][0].isdigit() else part


def _without_region(parts: list[str]) -> tuple[list[str], str]:
    """«Austin TX», «Austin, Texas»: the last word or two, where they are a state and not the city."""
    last = parts[-1] if parts else ""
    words = last.split()
    for count in (2, 1):
        said = " ".join(words[-count:])
        short = count == 1 and len(said) == 2 and said.isalpha() and said.lower() in word_set("states_short")
        if not said or not (short or said.lower() in words_of("states")):
            continue
        left = " ".join(words[:-count]).strip(" ,")
        if left or len(parts) > 2:
            return [*parts[:-1], *([left] if left else [])], said.upper() if short else said
    return parts, ""


def _street(said: str) -> list[str]:
    """The street alone, or with what was written behind it without a comma: unit and city."""
    unit = next((found for found in _UNIT.finditer(said) if found.start() > 0), None)
    if unit is not None:
        behind = said[unit.end() :].strip()
        return [said[: unit.start()].strip(), unit[0], *([behind] if behind else [])]
    words = said.split()
    for at, word in enumerate(words[:-1]):
        if at >= 2 and word.lower().strip(".") in word_set("streets") and words[at + 1][0].isalpha():
            return [" ".join(words[: at + 1]), " ".join(words[at + 1 :])]
    return [said]


def _country(tail: str) -> str:
    """The country that a text begins with, as it is written there."""
    words: Sequence[str] = tail.split()
    known = words_of("countries")
    for count in range(min(len(words), 4), 0, -1):
        if " ".join(tokens(" ".join(words[:count]))) in known:
            return " ".join(words[:count]).strip(".")
    return ""
