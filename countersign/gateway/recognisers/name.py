"""Names of people who introduce themselves or sign. Whom the shop knows is found by the index too."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from countersign.gateway.recognisers.found import LIKELY, SURE, Found, Message
from countersign.gateway.recognisers.introductions import (
    AFTER,
    BEFORE,
    END,
    FROM_PLACE,
    GOES_ON,
    HERE,
    LEADING,
    ORDINARY_ENDING,
    SENTENCE,
    Cue,
)

_WORD = re.compile(r"[^\W\d_]+(?:['’`-][^\W\d_]+)*")
_POSSESSIVE = re.compile(r"['’`]s$", re.IGNORECASE)
_POSTCODE_NEXT = re.compile(r"[\s,]+\d{5}\b")
_FEW = 4
_MOST_WORDS = 4


@dataclass(frozen=True)
class _Run:
    """Words that could be one name; `bare` are those that are no particle, title or initial."""

    start: int
    end: int
    bare: tuple[str, ...]

    @property
    def capitalised(self) -> bool:
        return all(_title_case(word) for word in self.bare)


class NameRecogniser:
    def find(self, message: Message) -> Iterable[Found]:
        for cue, pattern in BEFORE:
            for match in pattern.finditer(message.text):
                if cue is Cue.STRONG and _another_name(message, match):
                    continue
                run = _run(message, match.end(), patient=cue in (Cue.STRONG, Cue.CLOSING))
                if run and self._accepts(message, cue, run):
                    yield message.cut(run.start, run.end, "name", SURE if cue is Cue.STRONG else LIKELY)
        for run in self._standing_alone(message):
            yield message.cut(run.start, run.end, "name", LIKELY)

    def _standing_alone(self, message: Message) -> Iterator[_Run]:
        """«Noah Brown here, …», «Noah Brown. …» and «Noah Brown, noah@example.com»."""
        text = message.text
        for pattern in AFTER:
            for run in self._runs(message, pattern.finditer(text)):
                if self._accepts(message, Cue.FAINT, run):
                    yield run
        for run in self._runs(message, SENTENCE.finditer(text)):
            if (
                run.capitalised
                and message.words.has("given_names", run.bare[0])
                and self._names_someone(message, run)
            ):
                yield run
        ends = [
            found.start for found in message.found if found.kind in ("address", "email", "phone", "postcode")
        ]
        first = _run(message, 0, patient=False)
        if first and _POSTCODE_NEXT.match(text, first.end):
            ends.append(first.end)
        leading = (match for end in ends if (match := LEADING.search(text[:end])))
        yield from (run for run in self._runs(message, leading) if self._names_someone(message, run))

    def _runs(self, message: Message, matches: Iterable[re.Match[str]]) -> Iterator[_Run]:
        """Those matches whose group `name` could be one, whole."""
        for match in matches:
            run = _run(message, match.start("name"), patient=False)
            if run and run.end == match.end("name"):
                yield run

    def _accepts(self, message: Message, cue: Cue, run: _Run) -> bool:
        words, first = message.words, run.bare[0]
        given = words.has("given_names", first)
        if cue is Cue.STRONG:
            return given or not words.has("says_of_name", first) or (run.capitalised and len(run.bare) > 1)
        if cue in (Cue.SHOWING, Cue.FAINT) and any(words.has("goods", word) for word in run.bare[1:]):
            return False
        if given:
            return cue in (Cue.WEAK, Cue.SHOWING) or self._closed(message, run)
        if len(run.bare) > 1:
            return not _describes(message, run) and self._two_unknown(message, cue, run)
        return not _describes(message, run) and self._one_unknown(message, cue, run)

    def _one_unknown(self, message: Message, cue: Cue, run: _Run) -> bool:
        title = _title_case(run.bare[0])
        if HERE.match(message.text, run.end) or FROM_PLACE.match(message.text, run.end):
            return cue is Cue.WEAK or title
        return cue is Cue.WEAK and self._closed(message, run) and (title or self._goes_on(message, run))

    def _goes_on(self, message: Message, run: _Run) -> bool:
        """«im xavi and i want …»: an adjective would rarely be followed so."""
        few = END.match(message.text, run.end) and len(_WORD.findall(message.text)) <= _FEW
        adjective = run.bare[-1].casefold().endswith("y")
        return bool(GOES_ON.match(message.text, run.end) or (few and not adjective))

    def _two_unknown(self, message: Message, cue: Cue, run: _Run) -> bool:
        if any(_ordinary(message, word) for word in run.bare[1:]):
            return cue is Cue.WEAK and run.capitalised
        if not run.capitalised and ORDINARY_ENDING.match(run.bare[1]):
            return False
        if run.capitalised or cue is Cue.CLOSING:
            return True
        if cue in (Cue.WEAK, Cue.SHOWING):
            return self._closed(message, run)
        return bool(HERE.match(message.text, run.end) or FROM_PLACE.match(message.text, run.end))

    def _names_someone(self, message: Message, run: _Run) -> bool:
        if len(run.bare) < 2 or any(message.words.has("goods", word) for word in run.bare):
            return False
        if message.words.has("given_names", run.bare[0]):
            return True
        return not _describes(message, run) and not any(_ordinary(message, word) for word in run.bare)

    def _closed(self, message: Message, run: _Run) -> bool:
        """Whether the sentence ends here or goes on as one does after a name."""
        if END.match(message.text, run.end):
            return True
        following = _WORD.search(message.text, run.end)
        return following is not None and message.words.has("ends_a_name", _plain(following[0]))


def _another_name(message: Message, match: re.Match[str]) -> bool:
    other = match.groupdict().get("other")
    return other is not None and message.words.has("other_names", _plain(other))


def _run(message: Message, start: int, *, patient: bool) -> _Run | None:
    """The longest stretch of words from `start` that a name can be made of."""
    text, end, bare = message.text, start, list[str]()
    begin: int | None = None
    while (match := _WORD.search(text, end)) and len(bare) < _MOST_WORDS:
        gap, word = text[end : match.start()], match[0]
        around = " " if begin is not None else " \"'“("
        if gap.strip(around) or _stops(message, bare, word, match.end(), patient):
            break
        begin = match.start() if begin is None else begin
        end = match.end()
        side = message.words.has("particles" if bare else "titles", word)
        if not side and len(word) > 1:
            bare.append(word)
        if text[end : end + 1] == ".":
            if not side and len(word) > 1:
                break
            end += 1
    if begin is None or not bare:
        return None
    return _Run(begin, end - 2 if _POSSESSIVE.search(text[begin:end]) else end, tuple(bare))


def _stops(message: Message, bare: list[str], word: str, end: int, patient: bool) -> bool:
    words, plain = message.words, _plain(word)
    if message.text[end : end + 1].isdigit() or message.text[end : end + 1] in ("_", "@"):
        return True
    if not bare:
        return words.has("ends_a_name", plain) and not (patient and _title_case(word))
    if words.has("surnames", plain) and (patient or words.has("given_names", bare[0])):
        return False
    if words.has("ends_a_name", plain):
        return True
    if _title_case(bare[0]):
        return not _title_case(word) and not words.has("particles", plain)
    return len(bare) >= (3 if patient else 2) or _ordinary(message, word)


def _describes(message: Message, run: _Run) -> bool:
    """«I'm sorry», «I'm waiting»; «Sterling Reed» with its capitals is a name all the same."""
    if message.words.has("not_a_name", _plain(run.bare[0])):
        return True
    return ORDINARY_ENDING.match(run.bare[0]) is not None and not (run.capitalised and len(run.bare) > 1)


def _ordinary(message: Message, word: str) -> bool:
    known = message.words.has("not_a_name", word) and not message.words.has("surnames", word)
    return known or message.words.has("goods", word)


def _plain(word: str) -> str:
    return re.sub(r"['’`]", "", word)


def _title_case(word: str) -> bool:
    return word[0].isupper() and (len(word) == 1 or not word.isupper())
