"""Postcodes: by a shape that nothing else has, or because of what stands around them."""

import re
from collections.abc import Iterable

from countersign.gateway.recognisers.found import LIKELY, SURE, Found, Message

# Royal Mail's postcode areas; the inward part never has C I K M O V.
_AREA = (
    r"(?:A[BL]|B[ABDHLNRST]?|C[ABFHMORTVW]|D[ADEGHLNTY]|E[CHNX]?|F[KY]|G[LUY]?|H[ADGPRSUX]|I[GMPV]|JE|"
    r"K[ATWY]|L[ADELNSU]?|M[EKL]?|N[EGNPRW]?|O[LX]|P[AEHLOR]|R[GHM]|S[AEGKLMNOPRSTWY]?|T[ADFNQRSW]|"
    r"UB|W[ACDFNRSV]?|YO|ZE)"
)
_BRITISH = re.compile(rf"(?<![\w-]){_AREA}\d[A-Z\d]?\s{{0,2}}\d[ABD-HJLNP-UW-Z]{{2}}(?![\w-])", re.IGNORECASE)
_UNIT_OF_GOODS = re.compile(r"(?:gb|tb|pc|pt|xl|lb|ft|hz|pl|qt|wt)$", re.IGNORECASE)
_CANADIAN = re.compile(
    r"(?<![\w-])[ABCEGHJ-NPRSTVXY]\d[ABCEGHJ-NPRSTV-Z][\s-]?\d[ABCEGHJ-NPRSTV-Z]\d(?![\w-])", re.IGNORECASE
)
_ZIP_PLUS_4 = re.compile(r"(?<![\w.,$€£#-])\d{5}-\d{4}(?![\w-])")

_BRITISH_SHAPE = r"[A-Z]{1,2}\d[A-Z\d]?\s{0,2}\d[A-Z]{2}"
_CANADIAN_SHAPE = r"[A-Z]\d[A-Z][\s-]?\d[A-Z]\d"
# Not a year and the next word, not a measure.
_DUTCH = (
    r"[1-9]\d{3}(?:(?!ml|mg|kg|gb|tb|mb|mm|cm|hz|pc|px|rd|th)|\s(?!(?:in|to|is|at|by|of|on|or|an|as|do|he|"
    r"if|it|me|my|no|so|up|us|we|am|be|pm|ml|mg|kg|gb|tb|mb|mm|cm|hz|pc)\b))"
    r"[A-Z]{2}"
)
# After a word for it, only the next word of the sentence is kept apart.
_DUTCH_NAMED = (
    r"[1-9]\d{3}(?:\s(?!(?:in|to|is|at|by|of|on|or|an|as|do|he|if|it|me|my|no|so|up|us|we|am|be)\b))?[A-Z]{2}"
)
_FIVE = r"(?:[A-Z]{1,2}-)?\d{5}(?:-\d{4})?"
_LONG = (
    rf"(?:{_FIVE}|{_BRITISH_SHAPE}|{_CANADIAN_SHAPE}|\d{{2}}-\d{{3}}|\d{{4}}-\d{{3}}|\d{{5}}-\d{{3}}|"
    rf"\d{{3}}-\d{{4}}|{_DUTCH}|[A-Z]\d[\dW]\s?[A-Z\d]{{4}})"
)
_ANY = rf"(?:{_LONG}|\d{{3}}\s\d{{2,3}}|\d{{6,7}}|\d{{4}})"
_END = r"(?![\w]|-\w|[.,]\d|\s?[€$£%])"
_NOT_BEFORE = r"(?<![\w$€£#.,/-])"
_NAME = (
    r"(?:zip ?codes?|zip|post ?codes?|postal ?codes?|pin ?code|plz|postleitzahl|code postal|código postal|"
    r"codigo postal|"
    r"kod pocztowy|postnummer|postcode|eircode|cap)"
)
_NAMED = re.compile(
    rf"\b{_NAME}\b(?:[\s:=,.#\"“(-]|['’]s|is|it's|its|was|of|the|my|for|that|order|on|one|delivery|"
    rf"address|ist|est|es|changed|to|now|should|be|used){{0,12}}{_NOT_BEFORE}(?P<code>{_DUTCH_NAMED}|{_ANY}){_END}",
    re.IGNORECASE,
)
_NAMED_AFTER = re.compile(
    rf"{_NOT_BEFORE}(?P<code>{_ANY}){_END}[\s,.(-]{{0,3}}(?:is|it's|as|for|being)?\s*(?:my|the|our|"
    rf"a)?\s*(?:delivery |shipping |billing )?{_NAME}\b",
    re.IGNORECASE,
)
_MOVED = (
    r"(?:go|goes|went|going|sen[dt]|ship(?:ped|ping)?|deliver(?:ed|y)?|mail(?:ed)?|post(?:ed)?|"
    r"return(?:ed)?|forward(?:ed)?)"
    r"(?:\s(?:it|them|this|that|everything|(?:my|the)\s\w+))?\sto"
)
_PLACED = re.compile(
    rf"\b(?:(?:from|in|near|around|outside|(?:live|based|located) at|moved to|{_MOVED})\s+)"
    rf"(?:the |my )?(?:area |zip |postcode )?(?P<code>{_LONG}){_END}(?!\s*(?:to\b|-|–|and \d|or \d|"
    rf"[a-z]+s\b(?<!thanks)(?<!wheres)(?<!whats)(?<!has)(?<!is)))",
    re.IGNORECASE,
)
_STATE = (
    r"(?:A[KLRZ]|C[AOT]|D[CE]|FL|GA|HI|I[ADLN]|K[SY]|LA|M[ADEINOST]|N[CDEHJMVY]|O[HKR]|P[AR]|RI|"
    r"S[CD]|T[NX]|UT|V[AT]|W[AIVY])"
)
# In lower case only those that are no words; in full always.
_STATE_WORD = (
    r"(?i:a[kz]|ct|fl|ga|ks|ky|m[dint]|n[cdhjmvy]|ri|s[cd]|t[nx]|ut|v[at]|w[aivy]|alabama|alaska|arizona|"
    r"arkansas|california|"
    r"colorado|connecticut|delaware|florida|georgia|hawaii|idaho|illinois|indiana|iowa|kansas|kentucky|"
    r"louisiana|maine|"
    r"maryland|massachusetts|michigan|minnesota|mississippi|missouri|montana|nebraska|nevada|hampshire|"
    r"jersey|mexico|york|"
    r"carolina|dakota|ohio|oklahoma|oregon|pennsylvania|island|tennessee|texas|utah|vermont|virginia|"
    r"washington|"
    r"wisconsin|wyoming)"
)
_AFTER_STATE = re.compile(rf"\b(?:{_STATE}|{_STATE_WORD})[,.]?\s+(?P<code>\d{{5}}(?:-\d{{4}})?){_END}")
_AFTER_ORDER = re.compile(
    rf"#?\bw\s?\d{{7}}[\s,;:/.|-]+(?:(?:and|with|for|to|from|zip|is|my|in|"
    rf"at)\s+){{0,3}}(?P<code>{_LONG}){_END}(?!\s*[a-z]+s\b)",
    re.IGNORECASE,
)
_BEFORE_ORDER = re.compile(
    rf"^\s*(?P<code>{_LONG})[\s,;:/.|-]+(?:(?:and|with|for|order|number|no)\s+){{0,3}}#?w\s?\d{{7}}\b",
    re.IGNORECASE,
)
_CUED = (_NAMED, _NAMED_AFTER, _PLACED, _AFTER_STATE, _AFTER_ORDER, _BEFORE_ORDER)
_WHOLE = re.compile(rf"[\s\"'“(]*(?P<code>{_FIVE})[\s\"'”).!]*", re.IGNORECASE)
_AFTER_PERSONAL = re.compile(
    rf"[\s,;:.|/(-]{{1,4}}(?:(?:from|in|and|of|zip)\s+){{0,2}}(?P<code>{_LONG}|\d{{3}}\s\d{{2}}|"
    rf"\d{{4}}(?=\s+[A-ZÅÄÖØÆ])){_END}",
    re.IGNORECASE,
)
_AWAITED = re.compile(rf"{_NOT_BEFORE}(?P<code>{_ANY}){_END}", re.IGNORECASE)


class PostcodeRecogniser:
    def find(self, message: Message) -> Iterable[Found]:
        text = message.text
        for match in _BRITISH.finditer(text):
            if not _UNIT_OF_GOODS.search(match[0]):
                yield message.cut(match.start(), match.end(), "postcode", SURE)
        for pattern in (_CANADIAN, _ZIP_PLUS_4):
            for match in pattern.finditer(text):
                yield message.cut(match.start(), match.end(), "postcode", SURE)
        for pattern in _CUED:
            for match in pattern.finditer(text):
                yield self._code(message, match, SURE)
        if whole := _WHOLE.fullmatch(text):
            yield self._code(message, whole, LIKELY)
        if message.wants("postcode"):
            for match in _AWAITED.finditer(text):
                yield self._code(message, match, LIKELY)
        yield from self._beside(message)

    def _beside(self, message: Message) -> Iterable[Found]:
        """«…, Denver, 80279», «Noah Brown 80279», «Hauptstraße 5, 10115 Berlin»."""
        for found in message.found:
            if found.kind in ("address", "email", "name") and (
                match := _AFTER_PERSONAL.match(message.text, found.end)
            ):
                yield self._code(message, match, SURE)

    def _code(self, message: Message, match: re.Match[str], certainty: float) -> Found:
        return message.cut(match.start("code"), match.end("code"), "postcode", certainty)
