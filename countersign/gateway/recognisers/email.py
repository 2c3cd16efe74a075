"""E-mail addresses (RFC 5321 as people use it), written or spelled out."""

import re
from collections.abc import Iterable

from countersign.gateway.recognisers.found import CERTAIN, LIKELY, SURE, Found, Message

_PLAIN = re.compile(
    r"(?<![\w.+-])(?P<local>[\w+][\w.!#$%&*+/=?^{|}~'-]{0,63})\s?@\s?"
    r"(?P<domain>(?:[\w-]{1,63}(?:\.|\s\.\s?)){1,6}[^\W\d_]{2,24})(?![\w@])"
)
_UNFINISHED = re.compile(r"(?<!\S)[\w.+-]{1,64}\s?@\s?[\w.-]{1,64}")
_MISTYPED = re.compile(
    r"(?<![\w.+-])[\w+][\w.+-]{0,63}@[\w-]{1,63},(?:com|net|org|de|fr|uk)(?!\w)", re.IGNORECASE
)
_DOT = r"(?:\s*\.(?!\s)|\s+\.\s+|\s*[(\[{]\s*(?:dot|punkt)\s*[)\]}]\s*|\s+(?:dot|punkt|punto)\s+)"
_JOINT = rf"(?:{_DOT}|\s+(?:underscore|dash|hyphen|plus|minus)\s+)"
_AT = r"(?:\s*[(\[{]\s*(?:at|ät|@|a)\s*[)\]}]\s*|\s+(?:at|ät|arroba)\s+|\s*@\s*)"
_SPELLED = re.compile(
    rf"(?<![\w.])(?P<local>[\w+-]{{1,40}}(?:{_JOINT}[\w+-]{{1,40}}){{0,3}})(?P<at>{_AT})"
    rf"(?P<domain>[\w-]{{1,40}}(?:{_DOT}[\w-]{{1,40}}){{0,3}}{_DOT}[a-z]{{2,10}})(?!\w)",
    re.IGNORECASE,
)
_SAID = re.compile(r"\b(?:dot|punkt|punto)\b|[(\[{]", re.IGNORECASE)
_CUE = re.compile(r"\b(?:e-?mails?|mail|correo|adresse)\b", re.IGNORECASE)
_PROVIDER = re.compile(
    r"(?:gmail|googlemail|hotmail|outlook|live|yahoo|ymail|icloud|aol|gmx|web|proton(?:mail)?|example|msn|mail)\.",
    re.IGNORECASE,
)
_SIGNS = {"underscore": "_", "dash": "-", "hyphen": "-", "minus": "-", "plus": "+"}


class EmailRecogniser:
    def find(self, message: Message) -> Iterable[Found]:
        for match in _PLAIN.finditer(message.text):
            value = re.sub(r"\s", "", match[0])
            yield Found(match.start(), match.end(), "email", value, CERTAIN)
        for match in _SPELLED.finditer(message.text):
            certainty = self._certainty(message, match)
            if certainty:
                yield Found(match.start(), match.end(), "email", _written(match), certainty)
        for match in _MISTYPED.finditer(message.text):
            yield Found(match.start(), match.end(), "email", match[0].replace(",", "."), SURE)
        if message.wants("email"):
            for match in _UNFINISHED.finditer(message.text):
                yield message.cut(match.start(), match.end(), "email", LIKELY)

    def _certainty(self, message: Message, match: re.Match[str]) -> float:
        if "@" in match["at"]:
            return SURE
        if message.wants("email") or _CUE.search(message.text, 0, match.start()):
            return SURE
        local = re.split(r"\W", match["local"])[-1]
        if message.words.has("before_at", local):
            return 0
        domain = _dotted(match["domain"])
        return SURE if _SAID.search(match["at"] + match["domain"]) or _PROVIDER.match(domain) else 0


def _written(match: re.Match[str]) -> str:
    local = _dotted(match["local"])
    for word, sign in _SIGNS.items():
        local = re.sub(rf"\s+{word}\s+", lambda _, sign=sign: sign, local, flags=re.IGNORECASE)  # type: ignore[misc]
    return f"{local}@{_dotted(match['domain'])}".replace(" ", "")


def _dotted(text: str) -> str:
    return re.sub(_DOT, ".", text, flags=re.IGNORECASE).strip()
