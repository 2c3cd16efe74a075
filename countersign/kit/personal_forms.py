"""One canonical form for what people write in many: names, streets, postcodes, phones, e-mails.

The store computes its blind index over these forms and the gateway looks words of a message
up in it, so both must call the same function. Each returns "" when nothing is left. The forms
are for comparing only: never show them, never send mail to them.
"""

import re
import string
import unicodedata
from collections.abc import Callable, Mapping

# Letters that NFKD does not take apart, as people without that key write them.
_PLAIN_LETTERS = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "æ": "ae", "œ": "oe", "ı": "i", "þ": "th"})

_ASCII_LOWER = str.maketrans(string.ascii_uppercase, string.ascii_lowercase)
_APOSTROPHES = re.compile("['’‘ʼ`´]")
_NOT_WORD = re.compile(r"[\W_]+")
_NOT_ALNUM = re.compile(r"[\W_]")

# USPS publication 28, appendix C1 (the common ones), and what other countries shorten alike.
_STREET_WORDS = {
    variant: short
    for short, variants in {
        "st": "street str strasse strase st",
        "ave": "avenue aven av ave avenida avda",
        "blvd": "boulevard boul bvd blv blvd",
        "rd": "road rd",
        "dr": "drive drv dr",
        "ln": "lane ln",
        "ct": "court crt ct",
        "pl": "place plaza plz platz pl",
        "sq": "square sqr sq",
        "ter": "terrace terr ter",
        "pkwy": "parkway pkway pky pkwy",
        "hwy": "highway hiway hwy",
        "cir": "circle circ cir",
        "cres": "crescent cresc cres",
        "cl": "close cl",
        "trl": "trail trl",
        "gdns": "gardens gdn gdns",
        "ste": "suite ste",
        "apt": "apartment appt apt",
        "n": "north n",
        "s": "south s",
        "e": "east e",
        "w": "west w",
    }.items()
    for variant in variants.split()
}
_GERMAN_STREET = re.compile(r"(?<=\w{3})(?:strasse|strase)$")
_PHONE_TAIL = 9


def fold(text: str) -> str:
    """Compatibility form, lower case, no accents: «MÜLLER» and «Muller» are both «muller»."""
    decomposed = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", text).casefold())
    bare = "".join(char for char in decomposed if not unicodedata.combining(char))
    return unicodedata.normalize("NFC", bare).translate(_PLAIN_LETTERS)


def _words(text: str) -> list[str]:
    return _NOT_WORD.sub(" ", _APOSTROPHES.sub("", fold(text))).split()


def normal_name(text: str) -> str:
    """A person's full name; its words are sorted, so «Brown, Noah» is «Noah Brown»."""
    return " ".join(sorted(_words(text)))


def normal_street(text: str) -> str:
    """A street line with its number: «986 Sunset Drive» and «986 sunset dr.» agree."""
    words = (_GERMAN_STREET.sub("str", word) for word in _words(text))
    return " ".join(_STREET_WORDS.get(word, word) for word in words)


def normal_postcode(text: str) -> str:
    """Letters and digits in upper case; a US ZIP+4 gives its first five digits, «D-10115» its digits."""
    plain = unicodedata.normalize("NFKC", text).strip().upper()
    zip4 = re.fullmatch(r"(\d{5})[-\s]\d{4}", plain, re.ASCII)
    if zip4:
        return zip4[1]
    return _NOT_ALNUM.sub("", re.sub(r"^[A-Z]{1,2}-(?=\d{4})", "", plain))


def normal_phone(text: str) -> str:
    """The last nine digits, so that «+49 171 …», «0171 …» and «0049171 …» agree; "" below seven digits."""
    digits = "".join(str(unicodedata.digit(char)) for char in text if char.isdecimal())
    return digits[-_PHONE_TAIL:] if len(digits) >= 7 else ""


def normal_email(text: str) -> str:
    """ASCII case and outer space forgiven, nothing else: «ß@…» and «ss@…» are two people's mailboxes."""
    return text.strip().translate(_ASCII_LOWER)


# The kinds of the blind index, each with its form: `vault.index(INDEX_FORMS[kind](text), kind=kind)`.
INDEX_FORMS: Mapping[str, Callable[[str], str]] = {
    "email": normal_email,
    "name": normal_name,
    "phone": normal_phone,
    "postcode": normal_postcode,
    "street": normal_street,
}
