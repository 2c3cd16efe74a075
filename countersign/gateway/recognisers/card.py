"""Payment card numbers, and what is printed beside them (PCI DSS 3.3: never stored, not even sealed)."""

import re
from collections.abc import Iterable

from countersign.gateway.recognisers.found import CERTAIN, LIKELY, Found, Message

# ISO/IEC 7812 issuer ranges as the networks publish them: first prefix, last prefix, lengths.
_ISSUERS: tuple[tuple[int, int, frozenset[int]], ...] = (
    (4, 4, frozenset({13, 16, 18, 19})),  # Visa
    (51, 55, frozenset({16})),  # Mastercard
    (2221, 2720, frozenset({16})),
    (34, 34, frozenset({15})),  # American Express
    (37, 37, frozenset({15})),
    (300, 305, frozenset(range(14, 20))),  # Diners Club
    (36, 36, frozenset(range(14, 20))),
    (38, 39, frozenset(range(14, 20))),
    (6011, 6011, frozenset(range(16, 20))),  # Discover
    (622126, 622925, frozenset(range(16, 20))),
    (644, 659, frozenset(range(16, 20))),
    (3528, 3589, frozenset(range(16, 20))),  # JCB
    (1800, 1800, frozenset({15})),
    (2131, 2131, frozenset({15})),
    (62, 62, frozenset(range(16, 20))),  # UnionPay
    (81, 81, frozenset(range(16, 20))),
    (50, 50, frozenset(range(13, 20))),  # Maestro, Dankort, RuPay, Verve, Elo
    (56, 58, frozenset(range(13, 20))),
    (63, 63, frozenset(range(13, 20))),
    (67, 67, frozenset(range(13, 20))),
    (60, 60, frozenset({16})),
    (2200, 2204, frozenset(range(16, 20))),  # Mir
    (9792, 9792, frozenset({16})),  # Troy
)
_CARD_SHAPES = ((4, 4, 4, 4), (4, 6, 5), (4, 6, 4), (4, 4, 4, 4, 3), (8, 8), (6, 10), (6, 13), (4, 4, 5))
_DIGITS = re.compile(r"\d+")
_CARD_CUE = re.compile(
    r"\b(?:card|visa|master ?card|maestro|amex|american express|discover|diners|jcb|kreditkarte|karte|"
    r"carte)\b",
    re.IGNORECASE,
)
_GIFT_CUE = re.compile(r"\bgift ?card\b", re.IGNORECASE)
_GOODS_CUE = re.compile(r"\b(?:bar ?code|ean|gtin|isbn|upc|imei|serial)\b", re.IGNORECASE)
_GAP_WORD = re.compile(r"[^\W\d_]+")
_GAP = 40
_EXPIRY = re.compile(r"(?:0?[1-9]|1[0-2])\s?[/.-]\s?(?:20)?[2-4]\d(?!\d)")
_BESIDE = 40
_CVV_AFTER_CARD = re.compile(r"(?<![\d$€£#./-])\d{3,4}(?![\d%/-]|[.,]\d)")
_CVV_NAME = (
    r"\b(?:cvv2?|cvc2?|csc|cid|security (?:code|number|digits)|verification (?:code|value|number)|"
    r"(?:3|three|4|four|last three) digits on the back|prüfnummer|prüfziffer)\b"
)
_CVV = re.compile(
    _CVV_NAME + r"(?:[\s:=,.#-]|is|it's|its|was|ist|the|my|on|back|of|card|number|code){0,14}?(?<!\d)"
    r"(?P<cvv>\d(?:[\s-]?\d){2,3})(?!\d)",
    re.IGNORECASE,
)
_CVV_BEFORE = re.compile(
    r"(?<![\d$€£#])(?P<cvv>\d{3,4})\s+(?:is|as)\s+(?:my|the)\s+" + _CVV_NAME, re.IGNORECASE
)


class CardRecogniser:
    """Cards of 13 to 19 digits, however separated; their expiry date goes with them."""

    def find(self, message: Message) -> Iterable[Found]:
        groups = [group for group in _DIGITS.finditer(message.text) if not message.seen(*group.span())]
        cue = bool(_CARD_CUE.search(_GIFT_CUE.sub("", message.text)))
        goods = bool(_GOODS_CUE.search(message.text))
        for first in range(len(groups)):
            for last in _ends(message, groups, first):
                run = groups[first : last + 1]
                if _spoken(message.text, run) and not _in_small_groups(run):
                    continue
                certainty = _card([group[0] for group in run], cue=cue, goods=goods)
                if certainty:
                    yield from self._with_expiry(message, run[0].start(), run[-1].end(), certainty)

    def _with_expiry(self, message: Message, start: int, end: int, certainty: float) -> Iterable[Found]:
        yield Found(start, end, "card", "", certainty)
        expiry = _EXPIRY.search(message.text, end, end + _BESIDE)
        if expiry:
            yield Found(expiry.start(), expiry.end(), "card", "", certainty)


class CvvRecogniser:
    """Three or four digits, after the words for it or close behind a card."""

    def find(self, message: Message) -> Iterable[Found]:
        for pattern in (_CVV, _CVV_BEFORE):
            for match in pattern.finditer(message.text):
                yield Found(match.start("cvv"), match.end("cvv"), "cvv", "", CERTAIN)
        for card in [found for found in message.found if found.kind == "card"]:
            for match in _CVV_AFTER_CARD.finditer(message.text, card.end, card.end + _BESIDE):
                if not message.seen(match.start(), match.end()):
                    yield Found(match.start(), match.end(), "cvv", "", LIKELY)


def luhn(digits: str) -> bool:
    """ISO/IEC 7812-1 annex B."""
    total = 0
    for place, char in enumerate(reversed(digits)):
        value = int(char) * (1 + place % 2)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


def _ends(message: Message, groups: list[re.Match[str]], first: int) -> Iterable[int]:
    length = 0
    for last in range(first, len(groups)):
        if last > first and not _joined(message, groups[last - 1].end(), groups[last].start()):
            return
        length += len(groups[last][0])
        if length > 19:
            return
        if length >= 13:
            yield last


def _joined(message: Message, end: int, start: int) -> bool:
    gap = message.text[end:start]
    if len(gap) > _GAP or gap[-1].isalpha():
        return False
    words = _GAP_WORD.findall(gap)
    return len(words) <= 4 and not any(message.words.has("parts_numbers", word) for word in words)


def _spoken(text: str, run: list[re.Match[str]]) -> bool:
    return any(char.isalpha() for char in text[run[0].start() : run[-1].end()])


def _in_small_groups(run: list[re.Match[str]]) -> bool:
    """Words stand between a card's parts only when these are short: not «357962501027 came at 22:15»."""
    return len(run) > 2 and all(len(group[0]) <= 6 for group in run)


def _card(groups: list[str], *, cue: bool, goods: bool) -> float:
    digits = "".join(groups)
    shaped = tuple(map(len, groups)) in _CARD_SHAPES
    if not luhn(digits):
        # A slip of the finger in a card number leaves nearly all of it.
        whole = len(groups) == 1 and len(digits) in (15, 16)
        return LIKELY if cue and (shaped or whole) and _issued(digits) else 0
    if goods and len(groups) == 1:
        return 0
    return CERTAIN if _issued(digits) or cue or (shaped and len(digits) > 14) else 0


def _issued(digits: str) -> bool:
    return any(
        first <= int(digits[: len(str(first))]) <= last and len(digits) in lengths
        for first, last, lengths in _ISSUERS
    )
