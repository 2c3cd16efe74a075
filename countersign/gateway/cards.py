"""Cards and buttons: data drawn with words from responses, amounts and dates by Babel (Unicode CLDR)."""

from datetime import datetime
from typing import Any

from babel.dates import format_date, format_datetime

from countersign.gateway.phrases import Phrases
from countersign.kit.money import Money


class CardDrawer:
    """Draws `{kind, title, fields: [[name, value]…], choices: [[label, payload]…], picture?}`.

    A field's label is the response `card_<kind>_<name>`, a choice's `card_<kind>_<label>`.
    A value is a text, a number, {minor, currency}, {day: ISO 8601}, {time: ISO 8601}, or {say: a response's
    name, with: {name: value…}}.
    """

    def __init__(self, phrases: Phrases, locale: str = "en_US") -> None:
        self._phrases = phrases
        self._locale = locale

    def draw(self, card: dict[str, Any]) -> dict[str, Any]:
        """{kind, title, rows: [{label, value}], choices: [(title, payload)], image?}."""
        kind = card["kind"]
        rows = [
            {"label": self._phrases.say(f"card_{kind}_{name}"), "value": self._value(value)}
            for name, value in card.get("fields", ())
        ]
        choices = [
            (self._phrases.say(f"card_{kind}_{label}"), payload) for label, payload in card.get("choices", ())
        ]
        drawn = {"kind": kind, "title": self._value(card["title"]), "rows": rows, "choices": choices}
        return drawn | {"image": str(card["picture"])} if card.get("picture") else drawn

    def choices(self, choices: list[Any]) -> list[tuple[str, str]]:
        """(title, payload) of buttons given as [value, payload]."""
        return [(self._value(title), str(payload)) for title, payload in choices]

    def _value(self, value: Any) -> str:
        if isinstance(value, dict) and "say" in value:
            given = {name: self._value(one) for name, one in value.get("with", {}).items()}
            return self._phrases.say(value["say"], **given)
        if isinstance(value, dict) and "day" in value:
            return format_date(datetime.fromisoformat(value["day"]), "long", locale=self._locale)
        if isinstance(value, dict) and "time" in value:
            return format_datetime(datetime.fromisoformat(value["time"]), "medium", locale=self._locale)
        if isinstance(value, dict):
            return Money(value["minor"], value["currency"]).shown(self._locale)
        return str(value)
