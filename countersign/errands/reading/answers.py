"""Ways to pay, reasons and addresses, as people name them."""

import re
from collections.abc import Iterable, Sequence

from countersign.errands.reading.tokens import Tokens, find, tokens
from countersign.errands.reading.vocabulary import entry, says
from countersign.store.models import Address, PaymentMethod

_ZIP = re.compile(r"(?P<zip>\d{5}(?:-\d{4})?|[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2})\b", re.IGNORECASE)
_US_TAIL = re.compile(
    r"^(?P<rest>.*?)[,\s]+(?:(?P<region>[A-Za-z]{2}|[A-Z][a-z]+(?: [A-Z][a-z]+)?)[,\s]+)?"
    r"(?P<zip>\d{5}(?:-\d{4})?)(?:[,\s]+(?P<country>[A-Za-z .]{2,40}))?\W*$"
)
_LEAD = re.compile(
    r"^.*?\b(?:address (?:is|to|would be|should be)|it'?s|is|to|be|at|new one:?|address:)\s+(?=\d|[A-Z])"
    r"|^\s*(?:my new address:?)\s*",
)
_TAIL = re.compile(r"[\s,.!]*\b(?:instead|please|thanks|thank you)\b[\s.!?]*$", re.IGNORECASE)
_ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth")


def method_of(said: Tokens, methods: Sequence[PaymentMethod], original: Iterable[str]) -> list[PaymentMethod]:
    """The methods that a text may mean; empty when it names none. `original` are those that paid."""
    paid = set(original)
    text = " ".join(said)
    ending = [one for one in methods if one.last4 and one.last4 in said]
    if ending:
        return ending
    if says(said, "original"):
        return [one for one in methods if one.id in paid]
    if says(said, "other"):
        return [one for one in methods if one.id not in paid]
    branded = [one for one in methods if one.brand and find(tokens(one.brand), said) >= 0]
    if branded:
        return branded
    kinds = [
        one["kind"] for one in entry("methods") if any(find(tokens(word), said) >= 0 for word in one["words"])
    ]
    named = [one for one in methods if one.kind in kinds]
    if named or kinds:
        return named
    return [one for one in methods if one.kind == "credit_card"] if re.search(r"\bcard\b", text) else []


def names_a_method(said: Tokens) -> bool:
    return says(said, "original") or any(
        find(tokens(word), said) >= 0 for one in entry("methods") for word in one["words"]
    )


def reason_of(said: Tokens, reasons: Sequence[str]) -> str | None:
    """The shop's reason that a text gives; its own words count before the others."""
    for reason in reasons:
        if find(tokens(reason), said) >= 0:
            return reason
    for one in entry("reasons"):
        if one["reason"] in reasons and any(find(tokens(word), said) >= 0 for word in one["words"]):
            return str(one["reason"])
    return None


def ordinal_of(said: Tokens, count: int) -> int | None:
    """Which of `count` things «the first one», «number 2», «the last» means."""
    for at, word in enumerate(_ORDINALS[:count]):
        if word in said:
            return at
    if count and "last" in said and len(said) <= 4:
        return count - 1
    numbers = [int(token) for token in said if token.isdigit() and len(token) == 1]
    return numbers[0] - 1 if len(said) <= 3 and len(numbers) == 1 and 0 < numbers[0] <= count else None


def known_address(text: str, known: Sequence[Address], default: Address | None) -> Address | None:
    """The address among those that the shop knows of this shopper which a text points to."""
    said = tokens(text)
    if default is not None and says(said, "default_address"):
        return default
    near = _places_in(said, known)
    return near[0] if len(near) == 1 else None


def _places_in(said: Tokens, known: Sequence[Address]) -> list[Address]:
    aliases = {tuple(tokens(short)): tokens(long) for short, long in entry("places").items()}
    spelled = list(said)
    for short, long in aliases.items():
        at = find(short, said)
        if at >= 0:
            spelled += [".", *long]
    found = []
    for one in known:
        parts = [one.city, one.postcode]
        if any(len(tokens(p.reveal())) and find(tokens(p.reveal()), spelled) >= 0 for p in parts):
            found.append(one)
    return found


def parse_address(text: str) -> dict[str, str] | None:
    """The parts of an address that was typed in one line, as `store.models.Address` names them; None when
    it is not whole: street, city and postcode at least."""
    plain = _TAIL.sub("", " ".join(text.split()))
    lead = _LEAD.match(plain)
    body = plain[lead.end() :] if lead and _ZIP.search(plain[lead.end() :]) else plain
    tail = _US_TAIL.match(body.strip(" ."))
    if tail is None:
        return None
    parts = [part.strip() for part in tail["rest"].split(",") if part.strip()]
    region = tail["region"] or ""
    if len(parts) < 2 and region and len(region) > 2:
        parts, region = [*parts, region], ""
    if len(parts) < 2:
        return None
    street, city = parts[0], parts[-1]
    second = next((part for part in parts[1:-1] if part), "")
    return {
        "line1": street,
        "line2": second,
        "city": city,
        "region": region.upper() if len(region) == 2 else region,
        "postcode": tail["zip"],
        "country": (tail["country"] or "").strip() or "",
    }
