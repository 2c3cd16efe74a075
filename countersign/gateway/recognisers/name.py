"""Names of people who introduce themselves or sign. Whom the shop knows is found by the index too."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum

from countersign.gateway.recognisers.found import LIKELY, SURE, Found, Message

_LINK = r"(?:\s*[:=]\s*|\s+-\s+|['’]?s\s+|\s+(?:is|was|are|ist|es|est)\b[\s:]*)"


class _Cue(Enum):
    """How much the words before a name promise one."""

    STRONG = "my name is"
    WEAK = "I'm"
    FAINT = "it's"


_BEFORE: tuple[tuple[_Cue, re.Pattern[str]], ...] = tuple(
    (cue, re.compile(shape, re.IGNORECASE))
    for cue, shape in (
        (_Cue.STRONG, rf"(?<![\w-])(?:(?P<other>[\w'’]+)\s+)?(?:(?:full|first|last|given|family|middle|legal|real|birth|customer|account|sur)[\s-]?)?"
                      rf"name(?:\s+(?:on|for|of|in)\s+(?:the|my|this|that)\s+\w+)?{_LINK}"),
        (_Cue.STRONG, rf"(?<![\w-])surname{_LINK}"),
        (_Cue.STRONG, r"\b(?:i['’]?m|i am|they) call(?:ed)?(?: me)?\s+|\b(?:ich hei(?:ß|ss)e|mein name ist|je m['’]appelle|mon nom est|"
                      r"me llamo|mi nombre es|mi chiamo|mijn naam is|ik heet|jag heter|jeg heter|nazywam się|meu nome é)\s+"),
        (_Cue.STRONG, r"\b(?:under|in) the name(?: of)?\s+|\b(?:account holder|cardholder|recipient|addressee|attn|c/o)(?:\s*[:=]\s*|\s+is\s+|\s+)"),
        (_Cue.WEAK, r"(?<![\w'’])(?:i['’´`]?m|i am|this is|this['’]s|call me|i go by|my name|here is|here['’]s)\s*[,:]?\s+"),
        (_Cue.WEAK, r"\b(?:ordered|placed|bought|purchased|signed|written) by\s+|\b(?:on )?behalf of\s+|\b(?:belongs|addressed) to\s+|\border (?:of|from|under)\s+"),
        (_Cue.FAINT, r"(?<![\w'’])(?:it['’]?s|it is|ich bin|je suis|yo soy|soy|ik ben|sono|jag är|name)\s+"),
        (_Cue.FAINT, r"(?<!\w)(?:(?:best|kind|warm|many) )?(?:regards|wishes|thanks|thank you|thx|cheers|sincerely|yours|best|signed|love|greetings|mfg|grüße)"
                     r"[\s,.!:–-]+(?=[^,.!?;:]{2,40}[.!]?\s*$)"),
    )
)  # fmt: skip
_WORD = re.compile(r"[^\W\d_]+(?:['’`-][^\W\d_]+)*")
_AFTER = re.compile(
    r"(?:^|[.!?,;]\s*)(?:(?:hi|hello|hey|good (?:morning|evening|afternoon)|yes|ok)\b[\s,!.]*(?:there\b[\s,!.]*|all\b[\s,!.]*)?)?"
    r"(?P<name>[^\W\d_][^\W\d_'’.-]*(?:[\s.'’-]{1,2}[^\W\d_]+){0,3}?)\s*,?\s+(?:here|speaking|on the line|writing)\b"
    r"(?=\s*(?:$|[,.;:!?–-]|from\b|with\b|again\b|and\b|i\b|my\b|where|just\b|about\b|regarding\b))",
    re.IGNORECASE,
)
_GREETING = re.compile(r"^(?:hi|hello|hey|yes|ok|there|all|good|morning|evening|afternoon)$", re.IGNORECASE)
_TAIL = re.compile(r"\s*(?:$|[.,;:!?()–-]|⟦)")
_HERE = re.compile(r"\s*,?\s+(?:here|speaking|again|calling|writing)\b", re.IGNORECASE)
_FROM_PLACE = re.compile(r"\s*,?\s+(?:from|zip|postcode|in)\s+\S*\d", re.IGNORECASE)
# Endings of adjectives, participles and adverbs; names with such an ending are on the list of names.
_NO_NAME = re.compile(
    r"(?:\w{3,}ing|\w{3,}ed|\w{2,}ly|\w{3,}ful|\w{2,}less|\w{2,}ous|\w{2,}able|\w{2,}ible|\w{3,}ish|\w{3,}ive|\w{3,}ese|\w{3,}tion|\w{3,}ness|\w{3,}ment|\w{3,}ian|\w+n['’]t)$",
    re.IGNORECASE,
)
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
        for cue, pattern in _BEFORE:
            for match in pattern.finditer(message.text):
                if cue is _Cue.STRONG and _another_name(message, match):
                    continue
                run = _run(message, match.end(), patient=cue is _Cue.STRONG)
                if run and self._accepts(message, cue, run):
                    yield message.cut(run.start, run.end, "name", SURE if cue is _Cue.STRONG else LIKELY)
        for match in _AFTER.finditer(message.text):
            run = _run(message, match.start("name"), patient=False)
            if run and run.end == match.end("name") and self._accepts(message, _Cue.FAINT, run):
                yield message.cut(run.start, run.end, "name", LIKELY)

    def _accepts(self, message: Message, cue: _Cue, run: _Run) -> bool:
        words, first = message.words, run.bare[0]
        given = words.has("given_names", first)
        if cue is _Cue.STRONG:
            return given or not words.has("says_of_name", first) or (run.capitalised and len(run.bare) > 1)
        if any(words.has("goods", word) for word in run.bare[1:]):
            return False
        if given:
            return cue is _Cue.WEAK or self._closed(message, run)
        if words.has("not_a_name", first) or _NO_NAME.match(first):
            return False
        ordinary = any(_ordinary(message, word) for word in run.bare[1:])
        if len(run.bare) > 1 and not ordinary:
            return run.capitalised or (cue is _Cue.WEAK and self._closed(message, run))
        if len(run.bare) == 1 and cue is _Cue.WEAK and _title_case(first):
            return self._closed(message, run)
        return len(run.bare) == 1 and bool(
            _HERE.match(message.text, run.end) or _FROM_PLACE.match(message.text, run.end)
        )

    def _closed(self, message: Message, run: _Run) -> bool:
        """Whether the sentence ends here or goes on as one does after a name."""
        if _TAIL.match(message.text, run.end):
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
        if gap.strip(" " if bare or begin is not None else " \"'“(") or _stops(
            message, bare, word, match.end(), patient
        ):
            break
        begin = match.start() if begin is None else begin
        end = match.end()
        side = message.words.has("titles", word) if not bare else message.words.has("particles", word)
        initial = len(word) == 1
        if not side and not initial:
            bare.append(word)
        if text[end : end + 1] == ".":
            if not (initial or side):
                break
            end += 1
    if begin is None or not bare:
        return None
    return _Run(begin, _without_ends(text, begin, end), tuple(bare))


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
    return len(bare) >= 2 or _ordinary(message, word)


def _ordinary(message: Message, word: str) -> bool:
    known = message.words.has("not_a_name", word) and not message.words.has("surnames", word)
    return known or message.words.has("goods", word)


def _without_ends(text: str, start: int, end: int) -> int:
    """«Noah Brown’s» without its ’s."""
    return end - 2 if re.search(r"['’`]s$", text[start:end], re.IGNORECASE) else end


def _plain(word: str) -> str:
    return re.sub(r"['’`]", "", word)


def _title_case(word: str) -> bool:
    return word[0].isupper() and (len(word) == 1 or not word.isupper())
