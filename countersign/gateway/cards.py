"""Cards: data drawn with labels from responses, amounts and dates by Babel (Unicode CLDR)."""

from typing import Any

from countersign.gateway.phrases import Phrases
from countersign.kit.money import Money


class CardDrawer:
    """Draws `{kind, title, fields: [[name, value]…], choices: [[label, payload]…]}`.

    A field's label is the response `card_<kind>_<name>`, a choice's `card_<kind>_<label>`.
    A value is a text, a number or {minor, currency}.
    """

    def __init__(self, phrases: Phrases, locale: str = "en_US") -> None:
        self._phrases = phrases
        self._locale = locale

    def draw(self, card: dict[str, Any]) -> dict[str, Any]:
        """{kind, title, rows: [{label, value}], choices: [(title, payload)]}."""
        kind = card["kind"]
        rows = [
            {"label": self._phrases.say(f"card_{kind}_{name}"), "value": self._value(value)}
            for name, value in card.get("fields", ())
        ]
        choices = [
            (self._phrases.say(f"card_{kind}_{label}"), payload) for label, payload in card.get("choices", ())
        ]
        return {"kind": kind, "title": str(card["title"]), "rows": rows, "choices": choices}

    def _value(self, value: Any) -> str:
        if isinstance(value, dict):
            return Money(value["minor"], value["currency"]).shown(self._locale)
        return str(value)
