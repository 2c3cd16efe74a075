"""Street lines and what follows them: unit, city and region. The postcode is the next recogniser's."""

import re
from collections.abc import Iterable, Iterator

from countersign.gateway.recognisers.found import LIKELY, SURE, Found, Message

# Words that end a street line and hardly ever another phrase that starts with a number …
_PLAIN_TYPE = (
    r"streets?|avenue|ave|boulevard|blvd|lane|ln|road|rd|terrace|crescent|parkway|pkwy|highway|hwy|broadway|mews|"
    r"esplanade|turnpike|expressway|causeway|straat|laan"
)
# … and those that do («1 TB drive», «3 way plug», «2 ct pack»), which need more to go by.
_DOUBTFUL_TYPE = (
    r"st|str|dr|drive|way|place|pl|court|ct|circle|cir|square|sq|close|cl|park|row|walk|gardens|gdns|grove|hill|rise|"
    r"green|trail|trl|loop|run|plaza|point|quay|wharf|alley|path|view|ridge|crossing|heights|meadows?|valley|vista|pike"
)
_HOUSE = r"(?<![\w$€£#.,:%+/-])(?P<house>\d{1,5}[a-z]?(?:\s?[-/]\s?\d{1,4}[a-z]?)?),?"
_NAME_WORD = r"[^\W\d_][\w.'’-]*|\d{1,3}(?:st|nd|rd|th)"
_SIDE = r"(?:\s+(?:north|south|east|west|[ns][ew]|[nsew])\b\.?)?"
_NUMBER_FIRST = re.compile(
    rf"{_HOUSE}\s+(?P<name>(?:(?:{_NAME_WORD})\s+){{0,4}}?)"
    rf"(?:(?P<plain>{_PLAIN_TYPE})|(?P<doubtful>{_DOUBTFUL_TYPE}))\b\.?{_SIDE}",
    re.IGNORECASE,
)
_JOINED_TYPE = (
    r"stra(?:ß|ss)e|str\.?|gasse|allee|platz|weg|damm|chaussee|ufer|"
    r"straat|laan|plein|gracht|kade|dijk|singel|steeg|"
    r"gatan|gata|gade|vägen|vägen|vej|veien|torget|stigen|katu|kuja|utca"
)
_HOUSE_AFTER = r",?\s+(?:nr\.?\s*|no\.?\s*)?\d{1,4}\s?[a-z]?\b(?:\s?[-/]\s?\d{1,4}[a-z]?\b)?(?![.,]\d|[€$£%])"
_NAME_FIRST = (
    # Hauptstraße 5 · Lange Straße 7 · Kerkstraat 12 · Storgatan 3
    re.compile(rf"(?<![\w-])[^\W\d_][\w-]{{2,}}(?:{_JOINED_TYPE}){_HOUSE_AFTER}", re.IGNORECASE),
    re.compile(rf"(?<![\w-])[^\W\d_][\w-]+\s+(?:stra(?:ß|ss)e|str\.|platz|allee|weg){_HOUSE_AFTER}", re.IGNORECASE),
    # An der Alster 4
    re.compile(rf"\b(?:An der|An den|Auf der|Auf dem|In der|Unter den|Hinter der|Zum|Zur|Im|Am) [A-ZÄÖÜ][\w-]{{2,}}{_HOUSE_AFTER}"),
    # rue de la Paix 3 · calle Mayor 12 · ulica Długa 7
    re.compile(
        r"\b(?:rue|boulevard|chemin|impasse|quai|allée|calle|avenida|avda\.?|paseo|carrer|plaza|rua|travessa|praça|"
        rf"ulica|ul\.|aleja|al\.|os\.|viale|piazza|corso)\s+(?:(?:{_NAME_WORD})\s+){{0,4}}?(?:{_NAME_WORD}){_HOUSE_AFTER}",
        re.IGNORECASE,
    ),
    re.compile(rf"\bVia\s+(?!UPS|USPS|FedEx|DHL|GLS|DPD|PayPal)[A-Z][\w.'’-]+(?:\s+[A-Z][\w.'’-]+){{0,2}}{_HOUSE_AFTER}"),
    # 12 rue de la Paix
    re.compile(
        rf"{_HOUSE}(?:\s?(?:bis|ter)\b,?)?\s+(?:rue|boulevard|chemin|impasse|quai|allée|cours|avenue|place|route|calle|rua)"
        r"(?:\s+(?:de|du|des|de la|de l['’]|d['’]|la|le|les|el|do|da)){0,2}\s*[^\W\d_][\w'’-]*(?:[\s-][A-ZÀ-Ý][\w'’-]*){0,3}",
        re.IGNORECASE,
    ),
)  # fmt: skip
_BOX = re.compile(
    r"\b(?:p\.?\s?o\.?\s?box|post office box|postfach|boîte postale|apartado)\s*(?:no\.?\s*|#\s*)?\d{1,6}\b",
    re.IGNORECASE,
)
_UNIT = re.compile(
    r"(?:[\s,;.-]{1,3}(?:suite|ste|apartment|apt|unit|flat|floor|fl|room|rm|building|bldg|top|stock|etage)\b\.?\s*#?\s*"
    r"(?:\d[\w-]{0,5}|[a-z]\d{0,4})\b|[\s,]{1,3}#\s?\d[\w-]{0,4}\b){1,2}",
    re.IGNORECASE,
)
_UNIT_BEFORE = re.compile(
    r"\b(?:flat|apartment|apt|unit|suite|room)\.?\s*#?\s*[\w-]{1,5}[\s,]{1,3}$", re.IGNORECASE
)
_CITY = re.compile(
    r"(?P<comma>\s*,\s*|\s+)(?P<city>[^\W\d_][\w.'’-]*(?:\s[^\W\d_][\w.'’-]*){0,3}?)(?P<region>(?:\s*,\s*|\s+)[A-Za-z]{2,3})??"
    r"(?=[\s,-]{1,3}(?P<postcode>\d{5}(?:-\d{4})?|\d{2}-\d{3}|\d{3}\s\d{2}|[A-Za-z]{1,2}\d[A-Za-z\d]?\s?\d[A-Za-z]{2}|[A-Za-z]\d[A-Za-z]\s?\d[A-Za-z]\d)\b)"
)
_CITY_ALONE = re.compile(
    r"\s*,\s*[A-Z][\w.'’-]+(?:\s[A-Z][\w.'’-]+){0,2}(?:\s*,\s*[A-Z]{2}\b)?(?=\s*(?:[.,;!?]|$))"
)
_CUE = re.compile(
    r"\b(?:address|adresse|street|deliver(?:ed|y)?|ship(?:ped|ping)?|sen[dt]|live|living|lives|moved?|moving|reside|located|"
    r"house|home|from|wohne|office|at|to)\b[^.!?]{0,40}$",
    re.IGNORECASE,
)


class StreetRecogniser:
    """«986 Sunset Drive, Suite 259, Denver CO» without the postcode, «Hauptstraße 5», «PO Box 12»."""

    def find(self, message: Message) -> Iterable[Found]:
        for match in self._numbered(message):
            certainty = self._certainty(message, match)
            if certainty:
                yield _with_surroundings(message, match.start(), match.end(), certainty)
        for pattern in (*_NAME_FIRST, _BOX):
            for match in pattern.finditer(message.text):
                if not self._stopped(message, match[0]):
                    yield _with_surroundings(message, match.start(), match.end(), SURE)

    def _numbered(self, message: Message) -> Iterator[re.Match[str]]:
        at = 0
        # From each number anew: «order 2 and 12 Baker Street» has its house in the second one.
        while match := _NUMBER_FIRST.search(message.text, at):
            yield match
            at = match.end("house")

    def _certainty(self, message: Message, match: re.Match[str]) -> float:
        kind = match["plain"] or match["doubtful"]
        name = match["name"].split()
        if (not name and kind.casefold() != "broadway") or self._stopped(message, match["name"]):
            return 0
        if match["plain"]:
            return SURE
        whole = not message.text[: match.start()].strip() and not message.text[match.end() :].strip(" .,!")
        capitalised = all(word[0].isupper() or word[0].isdigit() for word in [*name, kind])
        placed = bool(_UNIT.match(message.text, match.end()) or _CITY.match(message.text, match.end()))
        cued = bool(_CUE.search(message.text, 0, match.start()))
        if message.wants("address") or placed:
            return SURE
        return LIKELY if cued or capitalised or whole else 0

    def _stopped(self, message: Message, name: str) -> bool:
        return any(message.words.has("not_in_a_street", word) for word in re.findall(r"[^\W\d_]+", name))


def _with_surroundings(message: Message, start: int, end: int, certainty: float) -> Found:
    text = message.text
    if before := _UNIT_BEFORE.search(text, max(0, start - 24), start):
        start = before.start()
    if unit := _UNIT.match(text, end):
        end = unit.end()
    city = _CITY.match(text, end)
    if city and not any(message.words.has("ends_a_name", word) for word in re.findall(r"\w+", city["city"])):
        end = city.end()
    elif alone := _CITY_ALONE.match(text, end):
        end = alone.end()
    return message.cut(start, end, "address", certainty)
