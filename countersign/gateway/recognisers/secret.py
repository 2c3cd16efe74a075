"""Passwords, PINs and one-time codes."""

import re
from collections.abc import Iterable

from countersign.gateway.codes import normalise_code
from countersign.gateway.recognisers.found import CERTAIN, LIKELY, SURE, Found, Message

_NAME_OF_ONE = (
    r"(?:pass ?words?|passwort|kennwort|mot de passe|contraseña|pass ?phrase|pass ?code|passwd|pwd|pw)"
)
_PASSWORD = re.compile(
    r"\b(?:" + _NAME_OF_ONE + r"\b|pass(?=\s*[:=]))(?:\s+(?:for|to|on)\s+(?:my|this|the|your)\s+\w+)?"
    r"(?P<link>\s*(?:[:=]|->|→)\s*|\s+(?:is|was|ist|est|es)\b[\s:=]*|\s+(?=\S*\d))"
    r"(?P<value>\"[^\"]{1,80}\"|“[^”]{1,80}”|'[^']{3,80}'|\S{3,128})",
    re.IGNORECASE,
)
_PIN = re.compile(
    r"\bpin(?: (?:code|number))?\s*(?:is|was|:|=|ist)?\s*(?P<value>\d{4,6})(?!\d)", re.IGNORECASE
)
_INDIAN_PIN = re.compile(r"\bpin ?code\b.{0,6}\d{6}", re.IGNORECASE)
_WORD = re.compile(r"[^\W\d_]+(?:['’][a-z]+)?")
_CLOSING = ".,;!?)"

_SHAPE = r"[0-9A-TV-Za-tv-z]{4}"
_HYPHENED = re.compile(rf"(?<![\w-])({_SHAPE})[-‐‑–]({_SHAPE})(?![\w-])")
_CUED = re.compile(
    r"(?:(?P<other>[\w-]+)\s+)?\b(?:one[- ]time |sign[- ]?in |login |access |verification )?code\b"
    r"(?:[\s:=,\"“]|is|it's|its|was|ist){1,8}"
    rf"(?P<value>{_SHAPE}[-‐‑– ]?{_SHAPE})(?![\w-])",
    re.IGNORECASE,
)
_WHOLE = re.compile(r"[\s\"'“]*(?P<value>[\w]{4}[-‐‑–\s]{0,3}[\w]{2,5})[\s\"'”.!]*")
_SPELLED = re.compile(r"[\s\"'“]*(?P<value>\w(?:[-\s.,]{1,2}\w){7})[\s\"'”.!]*")
_GOODS = re.compile(
    r"\b(?:sku|model|part|item|version|product|style|series|the)(?: (?:no|number|nr)\.?)?\s*:?\s*$",
    re.IGNORECASE,
)
_TWO_WORDS = re.compile(r"[a-z]{4} \d{4}")  # «item 2345»
_ORDER_NUMBER = re.compile(r"#?\s?w\d{7}", re.IGNORECASE)


class PasswordRecogniser:
    """«my password is …», «pw: …», «PIN 1234»; not «my password is wrong»."""

    def find(self, message: Message) -> Iterable[Found]:
        for match in _PASSWORD.finditer(message.text):
            value = match["value"].rstrip(_CLOSING)
            if value and not self._ordinary(message, match["link"], value):
                start = match.start("value")
                yield Found(start, start + len(value), "password", "", SURE)
        for match in _PIN.finditer(message.text):
            if not _INDIAN_PIN.match(message.text, match.start()):
                yield Found(match.start("value"), match.end("value"), "password", "", SURE)

    def _ordinary(self, message: Message, link: str, value: str) -> bool:
        word = value.strip("\"'“”")
        if not _WORD.fullmatch(word):
            return False
        if message.words.has("says_of_password", word):
            return True
        return link.strip(" :=") != "" and word.endswith(("ing", "ed"))


class CodeRecogniser:
    """A one-time code: any that is shown as such; in looser writing after «code» or when one is awaited."""

    def find(self, message: Message) -> Iterable[Found]:
        awaited = message.wants("code")
        for match in _HYPHENED.finditer(message.text):
            code = match[1] + match[2]
            if not awaited and _GOODS.search(message.text, max(0, match.start() - 16), match.start()):
                continue
            if awaited or (_mixed(code) and not match[0].islower()) or (_mixed(code) and _digits(code) > 1):
                yield self._found(match.start(), match.end(), match[0], CERTAIN if awaited else SURE)
        for match in _CUED.finditer(message.text):
            other = match["other"] or ""
            said = awaited or any(char.isdigit() for char in match["value"])
            if said and not message.words.has("other_codes", other):
                yield self._found(match.start("value"), match.end("value"), match["value"], SURE)
        if awaited:
            yield from self._whole(message)

    def _whole(self, message: Message) -> Iterable[Found]:
        match = _WHOLE.fullmatch(message.text) or _SPELLED.fullmatch(message.text)
        if match is None or _ORDER_NUMBER.fullmatch(match["value"]) or _TWO_WORDS.fullmatch(match["value"]):
            return
        value, spaced = match["value"], " " in match["value"]
        code = normalise_code(value)
        shown = _digits(value) or (value.isupper() and not spaced) or (code and _no_words(value.lower()))
        if (code or not spaced) and shown:
            # One of another length is still an answer to «what is the code?»: a wrong one.
            yield Found(match.start("value"), match.end("value"), "code", code or value.upper(), LIKELY)

    def _found(self, start: int, end: int, text: str, certainty: float) -> Found:
        return Found(start, end, "code", normalise_code(text) or "", certainty)


def _digits(text: str) -> int:
    return sum(char.isdigit() for char in text)


def _no_words(letters: str) -> bool:
    """Eight letters such as a code may have (it has none of i, l, o, u), and not two words of English."""
    words = letters.split()
    return not set("ilou") & set(letters) and (
        len(words) == 1 or any(not set("aey") & set(word) for word in words)
    )


def _mixed(text: str) -> bool:
    return 0 < _digits(text) < len(text)
