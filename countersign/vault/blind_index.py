"""The canonical form of a value, before it is hashed for look-up.

Two spellings that index alike are the same value to every look-up, so for an e-mail address only
ASCII case and outer space are forgiven: full Unicode folding would make «ß» and «ss» one mailbox,
and whoever owns the one could ask for the other's sign-in code.
"""

import re
import string
import unicodedata

_ASCII_LOWER = str.maketrans(string.ascii_uppercase, string.ascii_lowercase)
_WORDS = frozenset({"address", "city", "name", "street"})
_COMPACT = frozenset({"iban", "postcode"})
_SPACES = re.compile(r"\s+")
_NOT_DIGIT = re.compile(r"[^0-9]")
_NOT_ALPHANUMERIC = re.compile(r"[\W_]+")


def canonical(kind: str, value: str) -> str:
    """`kind` is address, city, name, street (words), iban, postcode (no separators), phone (digits);
    every other kind, such as email, keeps all but outer space and ASCII case."""
    if kind in _WORDS:
        return _SPACES.sub(" ", unicodedata.normalize("NFKC", value).casefold()).strip()
    if kind in _COMPACT:
        return _NOT_ALPHANUMERIC.sub("", unicodedata.normalize("NFKC", value).casefold())
    if kind == "phone":
        return _NOT_DIGIT.sub("", unicodedata.normalize("NFKC", value))
    return value.strip().translate(_ASCII_LOWER)
