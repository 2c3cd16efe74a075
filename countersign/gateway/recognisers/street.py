"""Street lines and what follows them: unit, city and region. The postcode is the next recogniser's."""

import re
from collections.abc import Iterable, Iterator

from countersign.gateway.recognisers.found import LIKELY, SURE, Found, Message

_HOUSE = re.compile(r"(?<![\w$€£#.,:%+/-])\d{1,5}[a-z]?(?:\s?[-/]\s?\d{1,4}[a-z]?)?(?=,?\s)", re.IGNORECASE)
_NAME_WORD = re.compile(r",?\s+([^\W\d_][\w'’-]*|\d{1,3}(?:st|nd|rd|th)\b)\.?", re.IGNORECASE)
_SIDE = re.compile(r"\s+(?:north|south|east|west|[ns][ew]|[nsew])\b\.?", re.IGNORECASE)
_MOST_WORDS = 6

_JOINED_TYPE = (
    r"stra(?:ß|ss)e|str\.?|gasse|allee|platz|weg|damm|chaussee|ufer|straat|laan|plein|gracht|kade|dijk|"
    r"singel|steeg|"
    r"dreef|reef|baan|boulevard|gatan|gata|gade|gränd|gränden|vägen|vägen|vej|veien|torg|torget|stigen|"
    r"katu|kuja|utca"
)
_HOUSE_AFTER = (
    r",?\s+(?:nr\.?\s*|no\.?\s*)?\d{1,4}(?:\s?[a-z])?\b(?:\s?[-/]\s?\d{1,4}[a-z]?\b)?"
    r"(?![.,]\d|\s?[€$£%]|\s?(?:eur|usd|dollars?|days?|weeks?)\b)"
)
_NUMBER_LAST = tuple(
    re.compile(shape + _HOUSE_AFTER, re.IGNORECASE)
    for shape in (
        rf"(?<![\w-])[^\W\d_][\w-]{{2,}}(?:{_JOINED_TYPE})",  # Hauptstraße 5, Kerkstraat 12, Storgatan 3
        r"(?<![\w-])[^\W\d_][\w-]+\s+(?:stra(?:ß|ss)e|str\.|platz|allee|weg)",  # Lange Straße 7
        r"(?<![\w-])(?-i:[A-ZÄÖÜ][\w-]{3,}|[\w-]+-)ring",  # Hansaring 4, Otto-Hahn-Ring 6
        r"\b(?-i:An der|An den|Auf der|Auf dem|In der|Unter den|Hinter der|Zum|Zur|Im|Am) "
        r"(?-i:[A-ZÄÖÜ])[\w-]{2,}",
        r"\bvia\s+(?!ups|usps|fedex|dhl|gls|dpd|paypal|e-?mail|text|"
        r"sms)[^\W\d_]+(?:\s+[^\W\d_]+)?(?=,)",  # via Battisti, 80
        r"\b(?-i:Via)\s+(?!UPS|USPS|FedEx|DHL|GLS|DPD|"
        r"PayPal)(?-i:[A-Z])[\w.'’-]+(?:\s+(?-i:[A-Z])[\w.'’-]+){0,2}",
    )
)
_HEAD = re.compile(r"(?<![\w-])(?:[^\W\d_]{2,12}|c)(?=[./\s])", re.IGNORECASE)
_AFTER_HEAD = re.compile(
    r"[./]?\s*((?:[^\W\d_][\w'’-]*\.?\s+){0,4}?[^\W\d_][\w'’-]*)" + _HOUSE_AFTER, re.IGNORECASE
)
_FRENCH = re.compile(
    r"(?<![\w$€£#.,:%+/-])\d{1,4}(?:\s?(?:bis|ter)\b)?,?\s+"
    r"(?:(?:rue|chemin|impasse|quai|allée|calle|rua)|(?:boulevard|avenue|place|cours|route)(?=\s+(?:de|du|"
    r"des|d['’])\b)|(?<=,\s)(?:boulevard|avenue|place|cours|route))"
    r"(?:\s+(?:de|du|des|la|le|les|el|do|da|l['’]|"
    r"d['’])){0,2}\s*[^\W\d_][\w'’-]*(?:[\s-](?-i:[A-ZÀ-Ý])[\w'’-]*){0,3}",
    re.IGNORECASE,
)
_BOX = re.compile(
    r"\b(?:p\.?\s?o\.?\s?box|post office box|postfach|boîte postale|apartado)\s*(?:no\.?\s*|#\s*)?\d{1,6}\b",
    re.IGNORECASE,
)
_UNIT = re.compile(
    r"(?:[\s,;.-]{1,3}(?:suite|ste|apartment|appartamento|apt|unit|flat|floor|fl|room|rm|studio|building|"
    r"bldg|top|stock|"
    r"étage|etage|piso|puerta|piano|interno|lok|lgh)\b\.?\s*#?\s*(?:\d[\w-]{0,5}|[a-z]\d{0,4})\b|"
    r"[\s,]{1,3}#\s?\d[\w-]{0,4}\b){1,3}",
    re.IGNORECASE,
)
_UNIT_BEFORE = re.compile(
    r"\b(?:flat|apartment|apt|unit|suite|room|studio)\.?\s*#?\s*[\w-]{1,5}[\s,]{1,3}(?:[^\W\d_]+ "
    r"[^\W\d_]+,\s)?$|\b(?:flat|apartment|apt|unit|suite|studio)\.?\s*#?\s*$",
    re.IGNORECASE,
)
POSTCODE_SHAPE = (
    r"(?:\d{5}(?:-\d{4})?|\d{2}-\d{3}|\d{3}\s\d{2}|[1-9]\d{3}\s?[A-Z]{2}|"
    r"[A-Z]{1,2}\d[A-Z\d]?\s?\d[A-Z]{2}|[A-Z]\d[A-Z]\s?\d[A-Z]\d)"
)
_CITY = re.compile(
    r"(?:\s*,\s*|\s+)(?P<city>[^\W\d_][\w.'’-]*(?:\s[^\W\d_][\w.'’-]*){0,3}?)(?:(?:\s*,\s*|"
    r"\s+)[A-Za-z]{2,3})??"
    rf"(?=[\s,-]{{1,3}}{POSTCODE_SHAPE}\b)",
    re.IGNORECASE,
)
_CITY_ALONE = re.compile(
    r"\s*,\s*[A-Z][\w.'’-]+(?:\s[A-Z][\w.'’-]+){0,2}(?:\s*,\s*[A-Z]{2}\b)?(?=\s*(?:[.,;!?]|$))"
)
_CUE = re.compile(
    r"\b(?:address|adresse|street|deliver(?:ed|y)?|ship(?:ped|ping)?|sen[dt]|live|living|lives|moved?|"
    r"moving|reside|located|"
    r"house|home|from|wohne|office|at|to)\b[^.!?]{0,40}$",
    re.IGNORECASE,
)
_CUE_AFTER = re.compile(
    r"[\s,.-]{1,3}(?:is|as|was)\s+(?:my|the|our|where)\b(?:\s\w+)?\s(?:address|home|house|place|live)",
    re.IGNORECASE,
)


class StreetRecogniser:
    """«986 Sunset Drive, Suite 259, Denver CO» without the postcode, «Hauptstraße 5», «PO Box 12»."""

    def find(self, message: Message) -> Iterable[Found]:
        for start, end, certainty in self._number_first(message):
            yield _with_surroundings(message, start, end, certainty)
        for start, end in self._number_last(message):
            yield _with_surroundings(message, start, end, SURE)

    def _number_first(self, message: Message) -> Iterator[tuple[int, int, float]]:
        for house in _HOUSE.finditer(message.text):
            end, names = house.end(), list[str]()
            kind, kind_end = "", 0
            while (word := _NAME_WORD.match(message.text, end)) and len(names) < _MOST_WORDS:
                end = word.end()
                is_type = _street_type(message, word[1])
                if kind and not is_type:
                    break
                if is_type and (names or word[1].casefold() == "broadway"):
                    kind, kind_end = word[1], end
                elif _stops(message, word[1]):
                    break
                names.append(word[1])
            if kind:
                side = _SIDE.match(message.text, kind_end)
                end = side.end() if side else kind_end
                if certainty := self._certainty(
                    message, house.start(), end, names[: names.index(kind)], kind
                ):
                    yield house.start(), end, certainty

    def _certainty(self, message: Message, start: int, end: int, names: list[str], kind: str) -> float:
        if message.words.has("street_types", kind):
            return SURE
        text = message.text
        if message.wants("address") or _UNIT.match(text, end) or _CITY.match(text, end):
            return SURE
        whole = not text[:start].strip() and not text[end:].strip(" .,!")
        capitalised = all(word[0].isupper() or word[0].isdigit() for word in [*names, kind])
        cued = _CUE.search(text, 0, start) or _CUE_AFTER.match(text, end)
        return LIKELY if whole or capitalised or cued else 0

    def _number_last(self, message: Message) -> Iterator[tuple[int, int]]:
        for pattern in (*_NUMBER_LAST, _FRENCH, _BOX):
            for match in pattern.finditer(message.text):
                words = re.findall(r"[^\W\d_]+", match[0])
                if not any(message.words.has("not_german_streets", word) for word in words[:1]):
                    yield match.span()
        for head in _HEAD.finditer(message.text):
            rest = _AFTER_HEAD.match(message.text, head.end())
            if not rest or not message.words.has("street_heads", head[0]):
                continue
            if not any(_stops(message, word) for word in re.findall(r"[^\W\d_]+", rest[1])):
                yield head.start(), rest.end()


def _street_type(message: Message, word: str) -> bool:
    return message.words.has("street_types", word) or message.words.has("doubtful_street_types", word)


def _stops(message: Message, word: str) -> bool:
    return message.words.has("not_in_a_street", word)


def _with_surroundings(message: Message, start: int, end: int, certainty: float) -> Found:
    text = message.text
    if before := _UNIT_BEFORE.search(text, max(0, start - 40), start):
        start = before.start()
    if unit := _UNIT.match(text, end):
        end = unit.end()
    city = _CITY.match(text, end)
    if city and not any(message.words.has("ends_a_name", word) for word in re.findall(r"\w+", city["city"])):
        end = city.end()
    elif alone := _CITY_ALONE.match(text, end):
        end = alone.end()
    return message.cut(start, end, "address", certainty)
