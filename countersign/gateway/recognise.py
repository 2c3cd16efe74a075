"""All recognisers as one: what in a text belongs to a person or must not be kept, without overlaps."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from countersign.gateway.recognisers.address import AddressRecogniser
from countersign.gateway.recognisers.card import CardRecogniser, CvvRecogniser
from countersign.gateway.recognisers.email import EmailRecogniser
from countersign.gateway.recognisers.found import DROPPED, Found, Message, Recogniser
from countersign.gateway.recognisers.iban import IbanRecogniser
from countersign.gateway.recognisers.likely_name import LikelyNameRecogniser
from countersign.gateway.recognisers.name import NameRecogniser
from countersign.gateway.recognisers.own import OwnRecogniser
from countersign.gateway.recognisers.phone import PhoneRecogniser
from countersign.gateway.recognisers.postcode import PostcodeRecogniser
from countersign.gateway.recognisers.secret import CodeRecogniser, PasswordRecogniser
from countersign.gateway.recognisers.street import StreetRecogniser
from countersign.gateway.recognisers.words import Words

_LEFT_OVER = re.compile(r"[^\W_].*[^\W_]")


class Recognition:
    """It goes by shapes and words, and by what is the shopper's own: never by other people's data."""

    def __init__(self) -> None:
        self._words = Words.load()
        # Each sees what those before it found: a CVV needs its card, a postcode its street or name.
        self._recognisers: list[Recogniser] = [
            IbanRecogniser(),
            EmailRecogniser(),
            CardRecogniser(),
            CvvRecogniser(),
            PasswordRecogniser(),
            CodeRecogniser(),
            PhoneRecogniser(),
            StreetRecogniser(),
            NameRecogniser(),
            LikelyNameRecogniser(),
            AddressRecogniser(),
            OwnRecogniser(),
            PostcodeRecogniser(),
        ]

    def find(
        self,
        text: str,
        expected: str | None = None,
        awaiting: frozenset[str] = frozenset(),
        own: frozenset[tuple[str, str]] = frozenset(),
    ) -> list[Found]:
        """In order of place, none overlapping."""
        message = Message(text, self._words, expected, awaiting, own=own)
        for recogniser in self._recognisers:
            message = replace(message, found=(*message.found, *recogniser.find(message)))
        return _apart(text, _merged(text, message.found))


def _merged(text: str, found: Iterable[Found]) -> list[Found]:
    """Overlapping finds of one kind as one find."""
    merged: list[Found] = []
    for one in sorted(found, key=lambda each: (each.kind, each.start, -each.end)):
        last = merged[-1] if merged else None
        if last is None or last.kind != one.kind or not last.overlaps(one):
            merged.append(one)
        else:
            end = max(last.end, one.end)
            value = last.value if end == last.end else text[last.start : end]
            merged[-1] = Found(last.start, end, last.kind, value, max(last.certainty, one.certainty))
    return merged


def _apart(text: str, found: list[Found]) -> list[Found]:
    """The most certain and longest win; what sticks out of a loser keeps the loser's kind."""
    kept: list[Found] = []
    for one in sorted(found, key=_rank):
        rivals = [each for each in kept if each.overlaps(one)]
        kept.extend(_remains(text, one, rivals) if rivals else [one])
    return sorted(kept, key=lambda each: each.start)


def _rank(found: Found) -> tuple[bool, float, int]:
    return found.kind not in DROPPED, -found.certainty, found.start - found.end


def _remains(text: str, loser: Found, rivals: list[Found]) -> Iterator[Found]:
    at = loser.start
    for rival in [*sorted(rivals, key=lambda each: each.start), Found(loser.end, loser.end, "", "")]:
        left = _LEFT_OVER.search(text, at, max(at, rival.start))
        if left:
            yield replace(loser, start=left.start(), end=left.end(), value=left[0])
        at = max(at, rival.end)
