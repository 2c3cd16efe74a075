"""A first screen: a few sharp rules. Text is data, so a hit is a signal and never a refusal."""

import re

from countersign.gateway.interfaces import Screen, Signals

__all__ = ["RuleScreen", "Screen", "Signals"]

_RULES: tuple[tuple[str, float, str], ...] = (
    ("sql", 0.8, r"['\"]\s*(?:\)\s*)?(?:or|and)\b[\s'\"(]*[\w']+['\"\s]*(?:=|<|>|like\b)"),
    ("sql", 0.9, r"\bunion\s+(?:all\s+)?select\b"),
    ("sql", 0.8, r"\bselect\b.{1,60}\bfrom\s+(?:information_schema|pg_\w+|sqlite_\w+|mysql\.|all_tables|users\b)"),
    ("sql", 0.9, r";\s*(?:drop|truncate|alter)\s+(?:table|database)\b|;\s*delete\s+from\b"),
    ("sql", 0.8, r"\b(?:sleep|benchmark|pg_sleep|waitfor\s+delay|extractvalue|updatexml|load_file)\s*\(|\bxp_cmdshell\b"),
    ("script", 0.9, r"<\s*/?\s*(?:script|iframe|object|embed|svg|math|applet|meta|base)\b[^>]{0,200}[>/]?"),
    ("script", 0.8, r"<[a-z][^>]{0,200}\bon[a-z]{3,20}\s*=|\bjavascript\s*:|\bdata:text/html"),
    ("script", 0.7, r"\b(?:document\.(?:cookie|location|write)|window\.location|eval\(|alert\s*[(`])"),
    ("template", 0.7, r"\{\{.{1,200}?\}\}|\$\{.{1,200}?\}|<%.{1,200}?%>|#\{.{1,200}?\}|\{%.{1,200}?%\}"),
    ("template", 0.9, r"__(?:class|mro|subclasses|globals|import|builtins)__"),
    ("path", 0.9, r"(?:\.\.[/\\]){2,}|(?:%2e%2e|\.\.)(?:%2f|%5c)|(?:\.\.[/\\]).{0,40}\b(?:etc|windows|passwd)\b"),
    ("path", 0.9, r"/etc/(?:passwd|shadow|hosts)\b|\bboot\.ini\b|\bwin\.ini\b|/proc/self/|\bphp://|\bfile:///"),
    ("command", 0.8, r"(?:[;|&`]|\$\()\s*(?:cat|ls|id|whoami|wget|curl|nc|bash|sh|ping|sleep|rm|uname|powershell)\b[^a-z]"),
    ("command", 0.8, r"(?:[;|&`]|\$\()\s*(?:id|whoami|ls)\s*(?:[;|&`)]|$)"),
    ("xml", 0.9, r"<!(?:doctype|entity)\b|<\?xml\b|<!\[cdata\["),
    ("prompt", 0.8, r"\b(?:ignore|disregard|forget|override)\b.{0,60}\b(?:instructions?|prompts?|rules|directions|guidelines)\b"),
    ("prompt", 0.7, r"\b(?:system prompt|developer mode|jailbreak|you are now (?:a|an|in|dan)\b|pretend (?:to be|you are))"),
    ("prompt", 0.7, r"\b(?:reveal|show|print|repeat)\b.{0,20}\byour\b.{0,20}\b(?:instructions|system|prompt)\b"),
)  # fmt: skip
_SMUGGLED = 4


class RuleScreen:
    """The score of a text is that of its worst rule."""

    def __init__(self) -> None:
        self._rules = [(name, score, re.compile(shape, re.IGNORECASE)) for name, score, shape in _RULES]

    def score(self, text: str, *, hidden: int = 0) -> Signals:
        hits = [(name, score) for name, score, shape in self._rules if shape.search(text)]
        if hidden >= _SMUGGLED:
            hits.append(("unicode", 0.7))
        return Signals(max((score for _, score in hits), default=0.0), frozenset(name for name, _ in hits))
