"""The words before and after a name by which people introduce themselves or sign."""

import re
from enum import Enum

_LINK = r"(?:\s*[:=]\s*|\s+-\s+|['’]?s\s+|\s+(?:is|was|are|ist|es|est)\b[\s:]*)"


class Cue(Enum):
    """How much such words promise a name."""

    STRONG = "my name is"
    WEAK = "I'm"
    SHOWING = "this is"
    FAINT = "it's"
    CLOSING = "regards"


def _any(*shapes: str) -> re.Pattern[str]:
    return re.compile("|".join(shapes), re.IGNORECASE)


BEFORE: tuple[tuple[Cue, re.Pattern[str]], ...] = (
    (
        Cue.STRONG,
        _any(
            r"(?<![\w-])(?:(?P<other>[\w'’]+)\s+)?"
            r"(?:(?:full|first|last|given|family|middle|legal|real|birth|customer|account|sur)[\s-]?)?"
            rf"name(?:\s+(?:on|for|of|in)\s+(?:the|my|this|that)\s+\w+)?{_LINK}",
            rf"(?<![\w-])surname{_LINK}",
            r"\b(?:i['’]?m|i am|they) call(?:ed)?(?: me)?\s+",
            r"\b(?:ich hei(?:ß|ss)e|mein name ist|je m['’]appelle|mon nom est|me llamo|mi nombre es|mi "
            r"chiamo|mijn naam is|"
            r"ik heet|jag heter|jeg heter|nazywam się|meu nome é)\s+",
            r"\b(?:under|in) the name(?: of)?\s+",
            r"\b(?:holder|cardholder|recipient|addressee|attn|c/o)(?:\s*[:=]\s*|\s+is\s+(?=[A-ZÀ-Ý]))",
        ),
    ),
    (
        Cue.WEAK,
        _any(
            r"(?<![\w'’])(?:i['’´`]?m|i am|i go by)\s*[,:]?\s+|(?<![\w'’])I,\s+",
            r"\b(?:you (?:can|may) )?call me\s+|\b(?:first|last|full|given|family) name\s+",
        ),
    ),
    (
        Cue.SHOWING,
        _any(
            r"(?<![\w'’])(?:this is|this['’]s|here is|here['’]s)\s*[,:]?\s+",
            r"\b(?:speaking|talking|chatting) (?:with|to)\s+|\b(?:customer|client|buyer|user|shopper|"
            r"contact)\s*[:=]\s*",
            r"\b(?:me|it['’]?s|is|filed|booked|order|listed|registered|placed) under\s+",
            r"\bmy name\s+",
            r"\b(?:ordered|placed|purchased|signed) by\s+|\bbehalf of\s+|\b(?:belongs|addressed) to\s+",
            r"\border of\s+|\b(?:account|card)? ?holder\s+",
        ),
    ),
    (
        Cue.FAINT,
        _any(
            r"(?<![\w'’])(?:it['’]?s|it is|ich bin|je suis|yo soy|soy|ik ben|sono|jag är|name)\s+",
            r"(?:^|[.!?,;])\s*(?:thanks|thank you|thx|cheers|best|love|"
            r"greetings)[\s,.!:–-]+(?=[^,.!?;:]{2,40}[.!]?\s*$)",
        ),
    ),
    (
        Cue.CLOSING,
        _any(
            r"(?<!\w)(?:(?:best|kind|warm|many) )?(?:regards|wishes|sincerely|yours|signed|mfg|grüße|gruß|"
            r"cordialement|saludos)"
            r"(?: yours| truly)?[\s,.!:–-]+(?=[^,.!?;:]{2,40}[.!]?\s*$)",
            r"(?:^|[.!?,;])\s*(?:thanks|thank you|thx|cheers|best|love)\s*,\s*(?=[^,.!?;:]{2,40}[.!]?\s*$)",
        ),
    ),
)

_GREETED = (
    r"(?:^|[.!?,;:]\s*)(?:(?:hi|hello|hey|good (?:morning|evening|afternoon)|yes|ok|"
    r"sure)\b[\s,!.]*(?:(?:there|all)\b[\s,!.]*)?)?"
)
_FEW_WORDS = r"(?P<name>[^\W\d_][^\W\d_'’.-]*(?:[\s.'’-]{1,2}[^\W\d_]+){0,4}?)"
AFTER = (
    _any(rf"{_GREETED}{_FEW_WORDS}(?=\s+from\s+\S)"),
    _any(
        rf"{_GREETED}{_FEW_WORDS}\s*,?\s+(?:here|speaking|on the line|writing)\b"
        r"(?=\s*(?:$|[,.;:!?–-]|from\b|with\b|again\b|and\b|i\b|my\b|where|just\b|about\b|regarding\b))",
    ),
)
"""«Noah Brown here, …»"""

LEADING = _any(rf"{_GREETED}{_FEW_WORDS}\s*[,;|/–-]?\s*[<(]?$")
"""A name that stands right before another personal value: «Noah Brown, noah@example.com»."""

SENTENCE = _any(r"(?:^|[.!?]\s+)(?P<name>[^\W\d_][^\W\d_'’-]*(?:\s[^\W\d_][^\W\d_'’-]*){1,2})(?=\.|!|$)")
"""Two or three words that are a sentence by themselves."""

HERE = _any(r"\s*,?\s+(?:here|speaking|again|calling|writing)\b")
FROM_PLACE = _any(r"\s*,\s*(?:from\s+)?\S*\d", r"\s+(?:from|zip|postcode)\s+\S*\d", r"\s+\d{5}\b")
GOES_ON = _any(r"\s+and (?:i|my)\b|\s*,\s*(?:where|my|i|order|can|what|when|please)")
END = _any(r"\s*(?:$|[.,;:!?()–-]|⟦)")
# Endings of adjectives, participles and adverbs; names with such an ending are on the list of names.
ORDINARY_ENDING = _any(
    r"^(?:\w{2,}ing|\w{3,}ed|\w{2,}ly|\w{3,}ful|\w{2,}less|\w{2,}ous|\w{2,}able|\w{2,}ible|\w{3,}ish|"
    r"\w{3,}ive|\w{3,}ese|"
    r"\w{3,}tion|\w{3,}ness|\w{3,}ment|\w{3,}ian|\w+n['’]t|\w+['’](?:re|ll|ve|d|m|t))$"
)
