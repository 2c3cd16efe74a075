"""What shoppers write, sealed: Rasa gets tokens for what is personal and nothing of what is secret."""

import re
from dataclasses import dataclass, field

from countersign.gateway.interfaces import Customers, Tokens
from countersign.gateway.recognise import Recognition
from countersign.gateway.recognisers.found import DROPPED, Found
from countersign.gateway.recognisers.own import own_values
from countersign.gateway.recognisers.ways_out import WaysOut
from countersign.kit.hidden import Personal, Secret

_MASK = "••••"
_LETTER = re.compile(r"[^\W_]")
_ORDER_NUMBER = re.compile(r"#?\s?w\s?\d{7}", re.IGNORECASE)
_RECOGNISED = frozenset({"card", "code", "cvv", "email", "iban", "password", "phone", "postcode"})
_WHOLE = frozenset({"address", "comment", "name"})
# A postcode of a country whose shape we do not know.
_POSTCODE_LENGTH = 16
_POSTCODE_WITHOUT_DIGITS = 10


@dataclass(frozen=True)
class SealedText:
    """A message in its two readings, and what the gateway itself may need of it in the clear."""

    text: str = field(repr=False)
    """For Rasa. Empty when nothing is left to understand."""
    shown: str = field(repr=False)
    """For the shopper's own history: their words, secrets masked."""
    dropped: tuple[str, ...] = ()
    """Kinds that were taken out, once each: card, code, cvv, password."""
    codes: tuple[Secret, ...] = ()
    """One-time codes as XXXX-XXXX; while one is awaited also what was meant as one, as it was typed."""
    emails: tuple[Personal, ...] = ()
    postcodes: tuple[Personal, ...] = ()


class Sealer:
    """`on=False` passes text through as it is; it exists for proving that sealing does something.

    What Rasa gets of a message depends on its words and on who is signed in, never on who else is a
    customer: else the assistant's reaction to a name would tell.
    """

    def __init__(self, tokens: Tokens, customers: Customers, *, on: bool = True) -> None:
        self._tokens = tokens
        self._customers = customers
        self._recognition = Recognition()
        self._ways_out = WaysOut.load()
        self._on = on

    def seal(
        self,
        conversation: str,
        text: str,
        expected: str | None = None,
        awaiting: frozenset[str] = frozenset(),
        person: str | None = None,
    ) -> SealedText:
        """`text` is normalised; `expected` is the kind just asked for, `awaiting` what sign-in waits for,
        `person` the customer who is signed in.

        Raises UnavailableError when the shop cannot be asked about them: nothing goes on unsealed.
        """
        customer = self._customers.customer(person) if person is not None else None
        own = own_values(customer) if customer is not None else frozenset()
        found = self._recognition.find(text, expected, awaiting, own)
        shown = _written(text, [(one, _MASK) for one in found if one.kind in DROPPED])
        dropped = tuple(dict.fromkeys(one.kind for one in found if one.kind in DROPPED))
        if not self._on:
            sealed, shown, dropped = text, text, ()
        elif kind := self._whole(text, expected, found):
            sealed = self._token_for_all(conversation, kind, text, found)
        else:
            sealed = self._tokens_for(conversation, text, found)
        return SealedText(
            sealed,
            shown,
            dropped,
            tuple(Secret(one.value) for one in found if one.kind == "code" and one.value),
            _values(found, "email"),
            _values(found, "postcode"),
        )

    def _tokens_for(self, conversation: str, text: str, found: list[Found]) -> str:
        if not found:
            return text
        sealed = _written(text, [(one, self._replacement(conversation, one)) for one in found])
        rest = _written(text, [(one, "" if one.kind in DROPPED else "x") for one in found])
        return sealed if _LETTER.search(rest) else ""

    def _replacement(self, conversation: str, found: Found) -> str:
        if found.kind in DROPPED:
            return f"[{found.kind}]"
        return self._tokens.issue(conversation, found.kind, Personal(found.value))

    def _token_for_all(self, conversation: str, kind: str, text: str, found: list[Found]) -> str:
        kept = _written(text, [(one, "") for one in found if one.kind in DROPPED]).strip()
        if not _LETTER.search(kept):
            return ""
        names = [one for one in found if one.kind == "name"]
        value = names[0].value if kind == "name" and len(names) == 1 else kept
        return self._tokens.issue(conversation, kind, Personal(value))

    def _whole(self, text: str, expected: str | None, found: list[Found]) -> str | None:
        """The kind to seal the whole message as, or None."""
        if expected is None or self._ways_out.asks(text) or self._ways_out.leads_out(text):
            return None
        if expected == "postcode":
            return expected if not found and _like_a_postcode(text) else None
        if expected in _RECOGNISED:
            return None
        return expected if expected in _WHOLE else "comment"


def _like_a_postcode(text: str) -> bool:
    if len(text) > _POSTCODE_LENGTH or _ORDER_NUMBER.search(text):
        return False
    return len(text) <= _POSTCODE_WITHOUT_DIGITS or any(char.isdigit() for char in text)


def _written(text: str, changes: list[tuple[Found, str]]) -> str:
    pieces, at = list[str](), 0
    for found, replacement in changes:
        pieces += [text[at : found.start], replacement]
        at = found.end
    return "".join([*pieces, text[at:]])


def _values(found: list[Found], kind: str) -> tuple[Personal, ...]:
    return tuple(Personal(one.value) for one in found if one.kind == kind)
