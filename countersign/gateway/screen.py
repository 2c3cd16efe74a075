"""A first screen: a few sharp rules. Text is data, so a hit is a signal and never a refusal."""

import re

from countersign.gateway.interfaces import Screen, Signals

__all__ = ["RuleScreen", "Screen", "Signals"]

_Rule = tuple[str, float, tuple[str, ...]]
_COMMANDS = r"(?:cat|ls|id|whoami|wget|curl|nc|bash|sh|ping|sleep|rm|uname|powershell)"

# Class, score, shapes of which any one is a hit. Repetitions that can meet the same characters are bounded:
# a text of nothing but quotes must not cost seconds (OWASP ASVS 1.3.12).
_RULES: tuple[_Rule, ...] = (
    (
        "sql",
        0.8,
        (
            r"['\"]\s*(?:\)\s*)?(?:or|and)\b[\s'\"(]{0,16}\w{0,64}['\"\s]{0,16}(?:=|<|>|like\b)",
            r"\bunion\s+(?:all\s+)?select\b",
            r"\bselect\b.{1,60}\bfrom\s+(?:information_schema|pg_\w+|sqlite_\w+|mysql\.|all_tables|users\b)",
            r";\s*(?:drop|truncate|alter)\s+(?:table|database)\b|;\s*delete\s+from\b",
            r"\b(?:sleep|benchmark|pg_sleep|extractvalue|updatexml|load_file)\s*\(",
            r"\bwaitfor\s+delay\b|\bxp_cmdshell\b",
        ),
    ),
    (
        "script",
        0.8,
        (
            r"<\s*/?\s*(?:script|iframe|object|embed|svg|math|applet|meta|base)\b",
            r"<[a-z][^>]{0,200}\bon[a-z]{3,20}\s*=|\bjavascript\s*:|\bdata:text/html",
            r"\b(?:document\.(?:cookie|location|write)|window\.location|eval\(|alert\s*[(`])",
        ),
    ),
    (
        "template",
        0.7,
        (
            r"\{\{.{1,200}?\}\}|\$\{.{1,200}?\}|<%.{1,200}?%>|#\{.{1,200}?\}|\{%.{1,200}?%\}",
            r"__(?:class|mro|subclasses|globals|import|builtins)__",
        ),
    ),
    (
        "path",
        0.9,
        (
            r"(?:\.\.[/\\]){2,}|(?:%2e%2e|\.\.)(?:%2f|%5c)|(?:\.\.[/\\]).{0,40}\b(?:etc|windows|passwd)\b",
            r"/etc/(?:passwd|shadow|hosts)\b|\bboot\.ini\b|\bwin\.ini\b|/proc/self/|\bphp://|\bfile:///",
        ),
    ),
    (
        "command",
        0.8,
        (
            rf"(?:[;|&`]|\$\()\s*{_COMMANDS}\s+[-/.\w]*[/.\-]",
            r"(?:[|&`]|\$\()\s*(?:id|whoami|ls|uname)\s*(?:[;|&`)]|$)",
            r";\s*(?:whoami|uname|ls)\s*(?:[;|&`)]|$)",
        ),
    ),
    ("xml", 0.9, (r"<!(?:doctype|entity)\b|<\?xml\b|<!\[cdata\[",)),
    (
        "prompt",
        0.7,
        (
            r"\b(?:ignore|disregard|forget|override)\b.{0,60}\b(?:instructions?|prompts?|rules|directions|guidelines)\b",
            r"\bsystem prompt\b|\bdeveloper mode\b|\bjailbreak",
            r"\byou are now (?:a|an|in|dan)\b|\bpretend (?:to be|you are)\b",
            r"\b(?:reveal|show|print|repeat)\b.{0,20}\byour\b.{0,20}\b(?:instructions|system|prompt)\b",
        ),
    ),
)
_SMUGGLED = 4


class RuleScreen:
    """The score of a text is that of its worst rule."""

    def __init__(self) -> None:
        self._rules = [
            (name, score, [re.compile(shape, re.IGNORECASE) for shape in shapes])
            for name, score, shapes in _RULES
        ]

    def score(self, text: str, *, hidden: int = 0) -> Signals:
        hits = [
            (name, score)
            for name, score, shapes in self._rules
            if any(shape.search(text) for shape in shapes)
        ]
        if hidden >= _SMUGGLED:
            hits.append(("unicode", 0.7))
        return Signals(max((score for _, score in hits), default=0.0), frozenset(name for name, _ in hits))
