"""Searching what a process wrote or heard for the shop's personal values."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any


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
    patterns = [(kind, value, _pattern(value, every_byte)) for kind, value in values]
    union = re.compile(b"|".join(pattern for _, _, pattern in patterns), re.IGNORECASE)
    for where, content in places:
        for hit in {match.group(0).lower() for match in union.finditer(content)}:
            for kind, value, pattern in patterns:
                if re.fullmatch(pattern.replace(_EDGE_BEFORE, b"").replace(_EDGE_AFTER, b""), hit, re.I):
                    yield Leak(where, kind, value)


def files_of(folder: Path) -> Iterator[tuple[str, bytes]]:
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            yield str(path.relative_to(folder)), path.read_bytes()


_EDGE_BEFORE, _EDGE_AFTER = rb"(?<![0-9A-Za-z])", rb"(?![0-9A-Za-z])"


def _pattern(value: str, every_byte: bool) -> bytes:
    # A value may be written with other spaces or JSON's escapes for letters beyond ASCII.
    plain = rb"(?:\s|\\n|%20|\+)+".join(re.escape(part.encode()) for part in value.split())
    return plain if every_byte else _EDGE_BEFORE + plain + _EDGE_AFTER
