"""Which passwords are taken.

OWASP ASVS 6.2, NIST SP 800-63B-4: long rather than odd, no composition rules, none of the common ones.
"""

import re
import unicodedata
from functools import cache
from pathlib import Path

from countersign.identity.staff.models import WhyNot
from countersign.kit.hidden import Personal, Secret

SHORTEST, LONGEST = 12, 128
_LIST = Path(__file__).with_name("common_words.txt")
_LOOK_ALIKES = str.maketrans("0134578@$!|", "oieastbasii")
_ENDS = re.compile(r"^[\W\d_]+|[\W\d_]+$")
_ROWS = ("abcdefghijklmnopqrstuvwxyz", "01234567890", "1234567890", "qwertyuiop", "asdfghjkl", "zxcvbnm")
_MORE_ROWS = ("qwertzuiop", "yxcvbnm", "azertyuiop", "qsdfghjklm", "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik9ol0p")
_LEAST_OWN = 4
_LONGEST_PIECE = 4
_FEW = 3


def fault(password: Secret, *own: Personal) -> WhyNot | None:
    """Why it may not be chosen; `own` is what others know of its owner."""
    try:
        text = form(password).decode("utf-8")
    except UnicodeDecodeError:
        return WhyNot.UNREADABLE
    if len(text) < SHORTEST:
        return WhyNot.TOO_SHORT
    if len(text) > LONGEST:
        return WhyNot.TOO_LONG
    plain = text.casefold()
    if _is_common(plain):
        return WhyNot.COMMON
    if _is_pattern(plain):
        return WhyNot.PATTERN
    return WhyNot.OWN_DATA if any(word in plain for word in _own_words(own)) else None


def form(password: Secret) -> bytes:
    """NFKC, so that every keyboard gives the same bytes (NIST SP 800-63B-4)."""
    return unicodedata.normalize("NFKC", password.reveal()).encode("utf-8", "surrogatepass")


@cache
def _common() -> frozenset[str]:
    return frozenset(_LIST.read_text(encoding="utf-8").split())


def _is_common(plain: str) -> bool:
    """«P@ssw0rd-2026!» is «password», and two common words in a row are no better than one."""
    inner = _ENDS.sub("", plain)
    return any(
        _is_common_word("".join(char for char in spelled if char.isalpha()))
        for spelled in (plain, inner, inner.translate(_LOOK_ALIKES))
    )


def _is_common_word(letters: str) -> bool:
    """Also with another common word, or a few letters, before or after it."""
    halves = ((letters[:cut], letters[cut:]) for cut in range(len(letters) + 1))
    return any(
        (first in _common() and (second in _common() or len(second) <= _FEW))
        or (second in _common() and len(first) <= _FEW)
        for first, second in halves
    )


def _is_pattern(plain: str) -> bool:
    if any(plain == (plain[:size] * len(plain))[: len(plain)] for size in range(1, _LONGEST_PIECE + 1)):
        return True
    rows = [row * 3 for row in (*_ROWS, *_MORE_ROWS)]
    return any(plain in way for row in rows for way in (row, row[::-1]))


def _own_words(own: tuple[Personal, ...]) -> set[str]:
    words = {word for each in own for word in re.split(r"[\W_]+", each.reveal().casefold())}
    return {word for word in words if len(word) >= _LEAST_OWN}
