"""The shape of a one-time code: eight of Crockford's 32 letters, shown as XXXX-XXXX."""

import re

# Crockford reads O as 0 and I, L as 1; U is no letter of his.
_READ = str.maketrans({"O": "0", "I": "1", "L": "1"})
_SHAPE = re.compile(r"[0-9A-TV-Z]{4}[-\s‐-―.]{0,3}[0-9A-TV-Z]{4}")
_SPELLED = re.compile(r"[0-9A-TV-Z](?:[-\s.,]{1,2}[0-9A-TV-Z]){7}")
_SEPARATOR = re.compile(r"[^0-9A-Z]")


def normalise_code(text: str) -> str | None:
    """`XXXX-XXXX` for «k7mq 2xwo», «k 7 m q 2 x w o» and the like, None for anything of another shape."""
    shout = text.strip().upper()
    if not _SHAPE.fullmatch(shout) and not _SPELLED.fullmatch(shout):
        return None
    letters = _SEPARATOR.sub("", shout).translate(_READ)
    return f"{letters[:4]}-{letters[4:]}"
