"""Whole names that stand anywhere in a sentence: a given name and what follows it as a surname would.

It goes by lists alone. Whether there is such a customer changes nothing of what is found: how the assistant
answers must not tell.
"""

import re
from collections.abc import Iterable

from countersign.gateway.recognisers.found import LIKELY, Found, Message

_WORD = re.compile(r"[^\W\d_]+(?:['’`-][^\W\d_]+)*")
_POSSESSIVE = re.compile(r"['’`]s$", re.IGNORECASE)
_BETWEEN = re.compile(r"\.?\s{1,2}")
_TURNED = re.compile(r",\s{1,2}")
_MOST_WORDS = 5
_ENDS = ("ends_a_name", "goods", "months")


class LikelyNameRecogniser:
    """«ann price», «Ann B. Price», «price, ann»."""

    def find(self, message: Message) -> Iterable[Found]:
        words = list(_WORD.finditer(message.text))
        at = 0
        while at < len(words):
            last = _last(message, words, at) if _given(message, words[at]) else at
            first = at if last > at or not _turned(message, words, at) else at - 1
            found = _cut(message, words[first].start(), words[last])
            if first < last and not message.seen(found.start, found.end) and not _makes(message, words, last):
                yield found
            at = last + 1


def _last(message: Message, words: list[re.Match[str]], first: int) -> int:
    """Where the name ends that begins at `first`; `first` itself when no surname follows."""
    last = at = first
    while at + 1 < min(len(words), first + _MOST_WORDS) and not _POSSESSIVE.search(words[at][0]):
        gap = message.text[words[at].end() : words[at + 1].start()]
        if not _BETWEEN.fullmatch(gap) or (gap[0] == "." and at > first and not _beside(message, words[at])):
            break
        at += 1
        if _beside(message, words[at]):
            continue
        if not _surname(message, words[at]):
            break
        last = at
        if not _given(message, words[at]) and not words[at][0][0].isupper():
            break
    return last


def _makes(message: Message, words: list[re.Match[str]], last: int) -> bool:
    """«Paul Smith wallet»: who made it."""
    return last + 1 < len(words) and message.words.has("goods", words[last + 1][0])


def _turned(message: Message, words: list[re.Match[str]], at: int) -> bool:
    """«price, ann». Without the comma it would take «air» from «air max»."""
    if at == 0 or not _given(message, words[at]):
        return False
    gap = message.text[words[at - 1].end() : words[at].start()]
    return bool(_TURNED.fullmatch(gap)) and _surname(message, words[at - 1])


def _beside(message: Message, word: re.Match[str]) -> bool:
    """An initial or a particle: it may stand inside a name and does not end one."""
    return (len(word[0]) == 1 and word[0].isupper()) or message.words.has("particles", word[0])


def _given(message: Message, word: re.Match[str]) -> bool:
    plain = _plain(word[0])
    return message.words.has("given_names", plain) or message.words.has("given_names", plain.split("-")[0])


def _surname(message: Message, word: re.Match[str]) -> bool:
    plain = _plain(word[0])
    if len(plain) < 2:
        return False
    if message.words.has("surnames", plain) or message.words.has("given_names", plain):
        return True
    return not any(message.words.has(name, plain.replace("'", "")) for name in _ENDS)


def _plain(word: str) -> str:
    return re.sub(r"['’`]", "'", _POSSESSIVE.sub("", word))


def _cut(message: Message, start: int, last: re.Match[str]) -> Found:
    end = last.end() - (2 if _POSSESSIVE.search(last[0]) else 0)
    return message.cut(start, end, "name", LIKELY)
