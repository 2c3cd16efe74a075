"""Searching what a process wrote or heard for the shop's personal values."""

import json
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote


@dataclass(frozen=True)
class Leak:
    where: str
    kind: str
    value: str


def personal_values(customers: Iterable[dict[str, Any]], *, every_byte: bool) -> list[tuple[str, str]]:
    """(kind, value) pairs. `every_byte`: the parts of names and addresses too, as planted values allow."""
    found: set[tuple[str, str]] = set()
    for customer in customers:
        name, address = customer["name"], customer["address"]
        found.add(("name", f"{name['first']} {name['last']}"))
        found.add(("e-mail", customer["email"]))
        found.add(("street", address["line1"]))
        found.add(("postcode", address["postcode"]))
        if customer.get("phone"):
            found.add(("phone", customer["phone"]))
        if every_byte:
            found |= {("first name", name["first"]), ("last name", name["last"])}
            found.add(("street name", address["line1"].split()[1]))
    return sorted(found)


def search(
    places: Iterable[tuple[str, bytes]], values: list[tuple[str, str]], *, every_byte: bool
) -> Iterator[Leak]:
    """Every value in every place, in any case; `every_byte` also inside longer words and numbers."""
    values_by_form: dict[bytes, set[tuple[str, str]]] = defaultdict(set)
    for kind, value in values:
        for form in _forms(value):
            values_by_form[form].add((kind, value))
    for where, content in places:
        forms = _within(_plain(content), values_by_form, every_byte)
        for kind, value in sorted(set().union(*(values_by_form[form] for form in forms))):
            yield Leak(where, kind, value)


def _within(text: bytes, forms: Iterable[bytes], every_byte: bool) -> set[bytes]:
    """Those of thousands of forms that stand in millions of bytes, in one pass: by their first bytes."""
    forms = list(forms)
    length = min(map(len, forms), default=0)
    beginning: dict[bytes, list[bytes]] = defaultdict(list)
    for form in forms:
        beginning[form[:length]].append(form)
    found = set[bytes]()
    for at in range(len(text) - length + 1 if length else 0):
        for form in beginning.get(text[at : at + length], ()):
            end = at + len(form)
            if text.startswith(form, at) and (every_byte or _alone(text, at, end)):
                found.add(form)
    return found


def files_of(folder: Path) -> Iterator[tuple[str, bytes]]:
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            yield str(path.relative_to(folder)), path.read_bytes()


def _forms(value: str) -> set[bytes]:
    """A value as text, as a JSON string of ASCII letters, and as a part of a URL."""
    return {_plain(form.encode()).strip() for form in (value, json.dumps(value)[1:-1], quote(value))}


def _plain(content: bytes) -> bytes:
    return _SPACES.sub(b" ", _LENGTH.sub(b"", content.lower()))


def _alone(text: bytes, start: int, end: int) -> bool:
    """Not inside a longer word or number, such as the decimals of a moment."""
    before = text[max(0, start - 2) : start]
    inside = before[-1:].isalnum() or text[end : end + 1].isalnum()
    return not (inside or _DECIMAL.fullmatch(before + text[start : start + 1]))


# How long an HTTP body is was not said by anybody.
_LENGTH = re.compile(rb"content-length: \d+")
_DECIMAL = re.compile(rb"\d\.\d")
_SPACES = re.compile(rb"(?:\s|\\[nrt]|%20|\+)+")
