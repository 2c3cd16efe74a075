"""Any text a client sends, as one line of plain characters (ASVS 2.2.1; Unicode TR 36 and TR 39)."""

import re
import unicodedata
from dataclasses import dataclass

from countersign.gateway.errors import EmptyError, NotTextError, TooLongError

LIMIT = 2_000
_RAW_LIMIT = 20 * LIMIT
_ROUNDS = 8

# Invisible without being control or format characters: fillers, blank braille, variation selectors.
_INVISIBLE = frozenset(
    chr(point)
    for first, last in (
        (0x034F, 0x034F),
        (0x115F, 0x1160),
        (0x17B4, 0x17B5),
        (0x180B, 0x180F),
        (0x2800, 0x2800),
        (0x3164, 0x3164),
        (0xFE00, 0xFE0F),
        (0xFFA0, 0xFFA0),
        (0xE0000, 0xE0FFF),
    )
    for point in range(first, last + 1)
)
# Co private use, Cc control, Cf format (bidi, zero width, tags), Me enclosing (keycaps).
_REMOVED = frozenset({"Cc", "Cf", "Co", "Me"})
# A presentation selector and a joiner belong to ordinary emoji and hide nothing.
_EMOJI_PARTS = frozenset("\ufe0e\ufe0f\u200d\u20e3")
_OPENING = "⟦⟬〚〘⦋⦍⦏⁅〖【⦗"
_CLOSING = "⟧⟭〛〙⦌⦎⦐⁆〗】⦘"
_BRACKETS = str.maketrans(dict.fromkeys(_OPENING, "[") | dict.fromkeys(_CLOSING, "]"))
# Enclosing marks are removed as keycaps are; this one says the opposite of what it is put over.
_STRUCK = str.maketrans({"\u20e0": "🚫"})
_SLASHES = "/\u2044\u2215\u2571\u29f8"


@dataclass(frozen=True)
class Normalised:
    """`hidden` counts characters that no reader would have seen: a sign of smuggling, never an error."""

    text: str
    hidden: int


def normalise(text: str, limit: int = LIMIT) -> str:
    """One line, NFKC, decimal digits of every script as 0–9, nothing invisible, no token brackets.

    It never begins with a slash, so Rasa never takes it for an intent, and normalising it again
    changes nothing. Raises EmptyError, TooLongError (more than `limit` characters remain) and
    NotTextError (a lone surrogate or NUL).
    """
    return inspect(text, limit).text


def inspect(text: str, limit: int = LIMIT) -> Normalised:
    """As `normalise`, and says how much was hidden."""
    if any(char == "\0" or 0xD800 <= ord(char) <= 0xDFFF for char in text):
        raise NotTextError("a lone surrogate or NUL")
    if len(text) > max(_RAW_LIMIT, limit):
        raise TooLongError(limit)
    text = text.translate(_STRUCK)
    hidden = sum(char not in _EMOJI_PARTS and not char.isspace() and _invisible(char) for char in text)
    for _ in range(_ROUNDS):
        plain = _plain(text)
        if plain == text:
            break
        text = plain
    if not text:
        raise EmptyError("nothing was said")
    if len(text) > limit:
        raise TooLongError(limit)
    return Normalised(text, hidden)


def _plain(text: str) -> str:
    spaced = "".join(" " if char.isspace() else char for char in text)
    seen = "".join(_ascii_digit(char) for char in spaced if not _invisible(char))
    composed = unicodedata.normalize("NFKC", seen).translate(_BRACKETS)
    one_line = re.sub(r"\s+", " ", composed).strip()
    return one_line.lstrip(_SLASHES + " ")


def _invisible(char: str) -> bool:
    if char.isascii():
        return char < " " or char == "\x7f"
    return char in _INVISIBLE or unicodedata.category(char) in _REMOVED


def _ascii_digit(char: str) -> str:
    # NFKC turns superscripts, circled and full-width digits, but leaves other scripts' digits alone.
    return char if char.isascii() else str(unicodedata.digit(char, char))
