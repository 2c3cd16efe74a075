"""Single-use codes that people read off one screen and type into another.

8 of Crockford's 32 letters (no I, L, O, U): 40 random bits, shown as XXXX-XXXX. Typing is
forgiving: case, spaces and dashes do not matter, and the letters that are not in the alphabet
count as the digits they look like.
"""

import secrets

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH = 8
SPACE = len(ALPHABET) ** LENGTH
_LOOK_ALIKES = str.maketrans("OIL", "011", " -\t\u00a0\u2010\u2011\u2012\u2013\u2014")


def new_code() -> str:
    """Eight letters, from the operating system's generator."""
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))


def shown(code: str) -> str:
    return f"{code[:4]}-{code[4:]}"


def normalise(typed: str) -> str | None:
    """The eight letters that were meant, or None when it cannot be a code."""
    letters = typed.strip().upper().translate(_LOOK_ALIKES)
    return letters if len(letters) == LENGTH and set(letters) <= set(ALPHABET) else None
