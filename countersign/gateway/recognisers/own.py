"""What is the signed-in shopper's own. Of other customers nothing is looked up: the assistant's reaction to a
name would tell strangers whether there is such a customer."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from countersign.gateway.recognisers.found import CERTAIN, Found, Message
from countersign.kit.personal_forms import INDEX_FORMS
from countersign.store.models import Customer

_WORD = re.compile(r"[^\W_]+(?:[.'’`-][^\W_]+)*")
# «Noah Brown’s order», and as typed in haste: «noah browns order».
_BELONGING = re.compile(r"['’`]?s$", re.IGNORECASE)
_COMPOUND = re.compile(r"['’`.-]")
_AMOUNT = re.compile(r"\d[.,]\d")
# «model 80279»: the shopper says what the number is.
_GOODS = re.compile(
    r"\b(?:model|item|part|sku|article|product)(?: (?:no|number|nr)\.?)?[\s:#]*$", re.IGNORECASE
)
_PRICE = re.compile(r"[$€£]\s?$")
_LONGEST = {"name": 5, "street": 6, "postcode": 2, "phone": 6}
# A longer reach between two words than this is another sentence.
_GAP = 4
# Below this a street line («5») would match any number that somebody writes.
_SHORTEST_STREET = 5
_PHONE_DIGITS = range(7, 16)
_TOKEN_KINDS = {"street": "address"}


@dataclass(frozen=True)
class _Window:
    start: int
    end: int
    kind: str
    form: str


def own_values(customer: Customer) -> frozenset[tuple[str, str]]:
    """(kind, form) of a customer's name, street line, postcode and phone."""
    address = customer.address
    values = [
        ("name", f"{customer.first_name.reveal()} {customer.last_name.reveal()}"),
        ("postcode", address.postcode.reveal()),
        *(("phone", phone.reveal()) for phone in (customer.phone, address.phone) if phone),
        *(("name", name.reveal()) for name in (address.name,) if name),
    ]
    if len(address.line1.reveal().strip()) >= _SHORTEST_STREET:
        values.append(("street", address.line1.reveal()))
    forms = ((kind, INDEX_FORMS[kind](value)) for kind, value in values)
    return frozenset((kind, form) for kind, form in forms if form)


class OwnRecogniser:
    """Every window of one to six words, compared with what the shop knows of who is signed in."""

    def find(self, message: Message) -> Iterable[Found]:
        for window in _windows(message) if message.own else ():
            if (window.kind, window.form) in message.own:
                kind = _TOKEN_KINDS.get(window.kind, window.kind)
                yield message.cut(window.start, window.end, kind, CERTAIN)


def _windows(message: Message) -> Iterator[_Window]:
    words = list(_WORD.finditer(message.text))
    for first in range(len(words)):
        for last in range(first, min(first + max(_LONGEST.values()), len(words))):
            if last > first and words[last].start() - words[last - 1].end() > _GAP:
                break
            yield from _of(message, words[first].start(), words[last].end(), last - first + 1)


def _of(message: Message, start: int, end: int, count: int) -> Iterator[_Window]:
    text = message.text[start:end]
    if _PRICE.search(message.text, max(0, start - 2), start):
        return
    goods = _GOODS.search(message.text, max(0, start - 24), start)
    for kind in _kinds(text, count):
        if goods and kind == "postcode":
            continue
        for written in {text, _BELONGING.sub("", text)} if kind == "name" else {text}:
            if form := INDEX_FORMS[kind](written):
                yield _Window(start, start + len(written), kind, form)


def _kinds(text: str, count: int) -> Iterator[str]:
    digits = sum(char.isdigit() for char in text)
    letters = sum(char.isalpha() for char in text)
    if not digits and (2 <= count <= _LONGEST["name"] or (count == 1 and _COMPOUND.search(text))):
        yield "name"
    if letters > 2 and count >= 2:
        yield "street"
    if digits and count <= _LONGEST["postcode"] and len(text) <= 12 and not _AMOUNT.search(text):
        yield "postcode"
    if letters == 0 and digits in _PHONE_DIGITS:
        yield "phone"
