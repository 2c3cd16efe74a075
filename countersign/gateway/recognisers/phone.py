"""Telephone numbers: by shape and country (ITU-T E.164, libphonenumber), or because the shopper says so."""

import re
from collections.abc import Iterable

import phonenumbers

from countersign.gateway.recognisers.found import CERTAIN, LIKELY, SURE, Found, Message

_RUN = re.compile(
    r"(?<![\w.,#$€£@/+])[+(]{0,2}\d(?:[\s().\-–/]{0,3}\d){5,16}(?:\s?(?:[xX]|[eE]xt\.?)\s?\d{1,6})?(?!\w|"
    r"[.,]\d)"
)
_NORTH_AMERICAN = re.compile(
    r"(?:\+?0{0,2}1[\s.-]?)?(?:\([2-9]\d\d\)\s?|[2-9]\d\d[\s.-])[2-9]\d\d[\s.-]\d{4}(?:\s?(?:[xX]|"
    r"[eE]xt\.?)\s?\d{1,6})?"
)
_DATE = re.compile(
    r"(?<!\d)\d{1,2}([./-])\d{1,2}\1(?:\d{4}|\d{2})(?!\d|[./-]\d)|(?<!\d)\d{4}([./-])\d{1,2}\2\d{1,2}(?!\d)"
)
_CUE_WORD = (
    r"(?:phones?|telephone|telefon|tel|mobile|mobil|cell ?phone|cell|handy|whatsapp|landline|fax|portable|"
    r"(?:phone|contact|mobile|cell) (?:number|no)|"
    r"(?:call|ring|text|sms|phone|reach|contact) (?:me|us|him|her|my (?:husband|wife|son|daughter|office)))"
)
_CUE_BEFORE = re.compile(
    rf"(?<!\bthe )(?<!\ba )(?<!\bthis )(?<!\bmobile )(?:\b{_CUE_WORD}|\bmy number)\b(?:[\s:=,.#(-]|number|"
    rf"numbers|nummer|no|nr|is|it's|its|are|on|at|under|my|the|me|to|was|ist|back|instead|new|now|here|"
    rf"back){{0,12}}$",
    re.IGNORECASE,
)
_CUE_AFTER = re.compile(
    r"[\s,.(-]{0,3}(?:is|it's|as|for)?\s*(?:my|the|a|me)?\s*(?:new |current |contact )?"
    r"(?:phone|mobile|cell|telephone|landline|whatsapp|contact number|number to (?:call|reach))\b(?! ?case)",
    re.IGNORECASE,
)
_BESIDE = re.compile(r"[\s,;/|)>]{1,4}(?:or |and )?")
_REACH = 48
# Ten digits in one piece are as likely a product's id.
_PRODUCT_ID = 10
# Where a number that starts with 0 may be dialled as it is written.
_REGIONS = ("GB", "DE", "FR", "NL", "BE", "CH", "AT", "IT", "SE", "IE", "AU", "NZ", "JP")


class PhoneRecogniser:
    """Order, product and tracking numbers, prices and dates are no phones unless called so."""

    def find(self, message: Message) -> Iterable[Found]:
        for match in _RUN.finditer(message.text):
            certainty = self._certainty(message, match)
            if certainty:
                yield message.cut(match.start(), match.end(), "phone", certainty)

    def _certainty(self, message: Message, match: re.Match[str]) -> float:
        run = match[0]
        digits = sum(char.isdigit() for char in run)
        if _DATE.search(run) or run.count("(") != run.count(")"):
            return 0
        if message.wants("phone") or self._called_so(message.text, match):
            return SURE
        if digits >= 9 and self._beside_email(message, match):
            return LIKELY
        return _shaped(run, digits)

    def _beside_email(self, message: Message, match: re.Match[str]) -> bool:
        gaps = (message.text[found.end : match.start()] for found in message.found if found.kind == "email")
        return any(_BESIDE.fullmatch(gap) for gap in gaps)

    def _called_so(self, text: str, match: re.Match[str]) -> bool:
        before = text[max(0, match.start() - _REACH) : match.start()]
        return bool(_CUE_BEFORE.search(before) or _CUE_AFTER.match(text, match.end()))


def _shaped(run: str, digits: int) -> float:
    """How surely this is a phone when nothing around it says so."""
    if _NORTH_AMERICAN.fullmatch(run):
        return SURE
    if run.startswith(("+", "(+")):
        return CERTAIN if _valid(run, None) else LIKELY if digits >= 9 else 0
    if run.startswith("00"):
        return SURE if _valid("+" + run[2:], None) else 0
    if run.isdecimal() and len(run) == _PRODUCT_ID:
        return 0
    if run.startswith(("0", "(0")) and 9 <= digits <= 12:
        return SURE if any(_valid(run, region) for region in _REGIONS) else 0
    return 0


def _valid(run: str, region: str | None) -> bool:
    try:
        return phonenumbers.is_valid_number(phonenumbers.parse(run, region))
    except phonenumbers.NumberParseException:
        return False
