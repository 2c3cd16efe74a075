"""Whole addresses of any country: announced by words, or a block of lines that ends in a postcode."""

import re
from collections.abc import Iterable, Iterator

from countersign.gateway.recognisers.found import LIKELY, Found, Message
from countersign.gateway.recognisers.street import POSTCODE_SHAPE

_MOVED = (
    r"(?:ship|deliver|send|sent|shipp?ed|delivered|mail|mailed|post|posted|go|goes|went|return|"
    r"returned|forward|bring)"
)
_ANNOUNCED = re.compile(
    r"(?:\b(?:my|our|the|new|delivery|shipping|billing|home|mailing|correct|current|"
    r"right)\s+)?address(?:\s+on\s+\w+\s+\w+)?"
    r"(?:\s+(?:is|was|to|should be|has changed to|changed to)|\s*[:=])+\s*|"
    r"\b(?:i|we)\s+(?:now\s+)?live\s+(?:at|in|on)\s+|\b(?:house|home|flat|office|place)\s+is\s+(?:at|on|"
    r"in)\s+|"
    r"\b(?:moved|moving|move)\s+to\s+|\blabel\s+says\s+|\b(?:parcel|package|delivery|box)\s+(?:for|to|at)\s+|"
    rf"\b{_MOVED}(?:\s+(?:it|them|this|that|everything|(?:my|the)\s+\w+))?\s+to\s+",
    re.IGNORECASE,
)
_HOMELY = re.compile(r"address|label|live|house|home|ship|deliver|sen[dt]|mov|parcel|package", re.IGNORECASE)
_LONG_WORD = re.compile(r"[^\W\d_]{3,}")
_TOKEN = re.compile(r"[\s,;]*(#?\w[\w.'’/#-]*)")
_HOUSE_NUMBER = re.compile(r"#?\d{1,5}[a-z]?(?:[-/]\d{1,4}[a-z]?)?", re.IGNORECASE)
_POSTCODE_LAST = re.compile(rf"[\s,]+{POSTCODE_SHAPE}$", re.IGNORECASE)
_BLOCK = re.compile(
    rf",\s*(?:[^\W\d_][\w.'’-]*[\s,]+){{1,5}}(?P<postcode>{POSTCODE_SHAPE})(?!\w)", re.IGNORECASE
)
_WORD = re.compile(r"[^\W_]+(?:['’]\w+)?")
_SENTENCE = re.compile(r"[.!?:;(]\s")
_MOST_TOKENS = 16
_REACH = 120


class AddressRecogniser:
    """It takes words up to the first that no address has; a house number must be among them."""

    def find(self, message: Message) -> Iterable[Found]:
        for match in _ANNOUNCED.finditer(message.text):
            start, end = match.end(), self._reach(message, match.end())
            found = self._address(message, start, end)
            sure = _HOMELY.search(match[0]) or (found and len(_LONG_WORD.findall(found.value)) > 1)
            if found and sure and not self._counts(message, end):
                yield found
        for match in _BLOCK.finditer(message.text):
            start = self._beginning(message, match.start())
            if found := self._address(message, start, match.start("postcode")):
                yield found

    def _reach(self, message: Message, start: int) -> int:
        end = start
        for _ in range(_MOST_TOKENS):
            token = _TOKEN.match(message.text, end)
            if token is None or _foreign(message, token[1]):
                break
            end = token.end()
            if _closes(token[1], message.text[end : end + 1]):
                break
        return end

    def _beginning(self, message: Message, end: int) -> int:
        """Where the block that ends at `end` may begin: after a sentence, a stop word or another value."""
        start = max(0, end - _REACH)
        start = max(
            [start, *(found.end for found in message.found if found.end <= end and found.kind != "address")]
        )
        for sentence in _SENTENCE.finditer(message.text, start, end):
            if sentence.start() < 4 or len(re.split(r"\W", message.text[: sentence.start()])[-1]) > 4:
                start = sentence.end()
        for word in _WORD.finditer(message.text, start, end):
            if _foreign(message, word[0]):
                start = word.end()
        return start

    def _address(self, message: Message, start: int, end: int) -> Found | None:
        start += len(message.text[start:end]) - len(message.text[start:end].lstrip(" ,;.:-"))
        text = message.text[start:end].rstrip(" ,.;:-#")
        if postcode := _POSTCODE_LAST.search(text):
            text = text[: postcode.start()]
        tokens = list(_tokens(text))
        numbers = [token for token in tokens if _HOUSE_NUMBER.fullmatch(token)]
        words = [token for token in tokens if sum(char.isalpha() for char in token) > 2]
        headed = bool(tokens) and len(tokens) > 1 and message.words.has("street_heads", tokens[0])
        if not (numbers or headed) or not words or any(message.words.has("months", word) for word in words):
            return None
        return message.cut(start, start + len(text), "address", LIKELY)

    def _counts(self, message: Message, end: int) -> bool:
        """Whether the last number counts something: «to Texas 5 days»."""
        following = _TOKEN.match(message.text, end)
        counted = bool(re.search(r"\d\s*$", message.text[:end]))
        return counted and following is not None and message.words.has("counted", following[1])


def _tokens(text: str) -> Iterator[str]:
    return (match[1].strip(".'’#-") for match in _TOKEN.finditer(text))


def _foreign(message: Message, word: str) -> bool:
    plain = word.strip(".'’-")
    lists = ("ends_a_name", "not_in_a_street", "ends_an_address", "goods")
    return any(message.words.has(name, plain) for name in lists) or bool(re.fullmatch(r"#?\w?\d{6,}", plain))


def _closes(token: str, following: str) -> bool:
    ended = token.endswith(".") and len(token.strip(".")) > 4
    return ended or (following != "" and following in "!?;:()")
