"""Which of our drawings stands for a product: the store file has no pictures."""

import tomllib
from functools import cache
from importlib.resources import files

_ELSE = "parcel"


def picture_of(*texts: str | None) -> str:
    """The path on the public socket of what the first of `texts` that has a drawing shows."""
    drawn = (_drawn_for(text) for text in texts if text)
    return f"/static/pictures/{next(filter(None, drawn), _ELSE)}.svg"


def _drawn_for(text: str) -> str | None:
    # Spaces around it, so that «cat » is a word and no beginning of one.
    padded = f" {text.lower()} "
    return next((drawing for word, drawing in _drawings().items() if word in padded), None)


@cache
def _drawings() -> dict[str, str]:
    content = tomllib.loads((files(__package__) / "pictures.toml").read_text("utf-8"))
    return {str(word): str(drawing) for word, drawing in content["drawings"].items()}
