"""Values of the shop's own customers, looked up through the blind index: no list of them is ever here."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from countersign.gateway.interfaces import BlindIndex, KnownValues
from countersign.gateway.recognisers.found import CERTAIN, Found, Message
from countersign.kit.personal_forms import INDEX_FORMS

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
_PHONE_DIGITS = range(7, 16)
_TOKEN_KINDS = {"street": "address"}


@dataclass(frozen=True)
class _Window:
    start: int
    end: int
    kind: str
    form: str


class KnownRecogniser:
    """Every window of one to six words, in one call of the index for the whole message."""

    def __init__(self, index: BlindIndex, known: KnownValues) -> None:
        self._index = index
        self._known = known

    def find(self, message: Message) -> Iterable[Found]:
        """Raises UnavailableError when the shop cannot be asked."""
        digests: dict[tuple[str, str], bytes] = {}
        windows = list(_windows(message))
        for window in windows:
            key = (window.kind, window.form)
            if key not in digests:
                digests[key] = self._index.index(window.form, kind=window.kind)
        if not digests:
            return
        known = self._known.known_values(list(digests.values()))
        for window in windows:
            if digests[window.kind, window.form] in known:
                kind = _TOKEN_KINDS.get(window.kind, window.kind)
                yield replace(message.cut(window.start, window.end, kind, CERTAIN), cued=False)


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
