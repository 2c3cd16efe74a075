"""How the personal part of a shop is hidden at rest: what is sealed under which purpose, what is indexed."""

import base64
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from countersign.kit.hidden import Personal
from countersign.kit.personal_forms import INDEX_FORMS, normal_postcode
from countersign.store.models import Address
from countersign.store.numbers import normalise_number
from countersign.store.shopfile.document import AddressRecord, CustomerRecord
from countersign.vault.models import Sealed
from countersign.vault.service import Vault

REFERENCE = "store.customer.reference"
NAME = "store.customer.name"
EMAIL = "store.customer.email"
PHONE = "store.customer.phone"
ADDRESS = "store.customer.address"
ORDER_ADDRESS = "store.order.address"
OUTCOME = "store.deed.outcome"
# Below this a street line («5») would match any number that somebody writes.
_SHORTEST_STREET = 5
_POSTCODE = re.compile(r"(?=.*\d)[^\W_](?:[^\W_]|[ -](?=[^\W_])){2,9}")
_STREET = re.compile(r"(?=.*\d)(?=.*[^\W\d_]{3}).*")


class Sealing:
    """`subject` is the pseudonym of a customer or the number of an order."""

    def __init__(self, vault: Vault) -> None:
        self._vault = vault

    def pseudonym(self, reference: str) -> str:
        """Stable across imports, so that who is signed in stays signed in."""
        digest = self._vault.mac(reference, purpose="store.customer.pseudonym")[:15]
        return "cus_" + base64.b32encode(digest).decode().lower()

    def seal(self, value: str, purpose: str, subject: str) -> Sealed:
        return self._vault.seal(Personal(value), purpose=purpose, subject=subject)

    def open(self, sealed: Sealed, purpose: str, subject: str) -> Personal:
        return self._vault.open(sealed, purpose=purpose, subject=subject)

    def seal_fields(self, values: dict[str, str], purpose: str, subject: str) -> Sealed:
        return self.seal(json.dumps(values, ensure_ascii=False), purpose, subject)

    def open_fields(self, sealed: Sealed, purpose: str, subject: str) -> dict[str, str]:
        """In plaintext: for the dump, and to be wrapped at once by everyone else."""
        fields: dict[str, str] = json.loads(self.open(sealed, purpose, subject).reveal())
        return fields

    def open_address(self, sealed: Sealed, purpose: str, subject: str) -> Address:
        fields = self.open_fields(sealed, purpose, subject)
        return Address(**{name: Personal(value) for name, value in fields.items()})

    def email_index(self, email: str) -> bytes:
        return self._vault.index(email, kind="email")

    def order_key(self, number: str, postcode: str) -> bytes:
        """What an order's number and postcode are compared by."""
        return self._vault.mac(json.dumps([number, normal_postcode(postcode)]), purpose="store.order.key")

    def digests(self, customer: CustomerRecord) -> set[tuple[str, bytes]]:
        values = [("email", customer.email), ("phone", customer.phone or "")]
        values += [("name", name) for name in _names(customer.name.first, customer.name.last)]
        return self._digests([*values, *_of_address(customer.address)])

    def address_digests(self, address: AddressRecord) -> set[tuple[str, bytes]]:
        return self._digests(_of_address(address))

    def typed_address_digests(self, address: AddressRecord, shapes: Sequence[str]) -> set[tuple[str, bytes]]:
        """Of an address that a shopper wrote: postcode and street line, when they look like ones.

        Whatever is in the index is sealed in everybody's messages: nobody may put everyday words or the
        number of an order there.
        """
        looks_like = {"postcode": _POSTCODE, "street": _STREET}
        return self._digests(
            (kind, text)
            for kind, text in _of_address(address)
            if kind in looks_like
            and looks_like[kind].fullmatch(text)
            and normalise_number(text, shapes) is None
        )

    def _digests(self, values: Iterable[tuple[str, str]]) -> set[tuple[str, bytes]]:
        forms = ((kind, INDEX_FORMS[kind](value)) for kind, value in values)
        return {(kind, self._vault.index(form, kind=kind)) for kind, form in forms if form}


def record_of(address: AddressRecord) -> dict[str, str]:
    fields: dict[str, Any] = address.model_dump()
    return fields


def _names(first: str, last: str) -> Iterator[str]:
    """The full name as people give it: whole, without initials, without middle names. Never one word:
    «Brown» alone would seal every brown shoe."""
    words = [word for word in first.split() if len(word.strip(".")) > 1]
    for given in (first, " ".join(words), *words[:1]):
        if len(f"{given} {last}".split()) > 1 and given and last:
            yield f"{given} {last}"


def _of_address(address: AddressRecord) -> Iterator[tuple[str, str]]:
    yield "postcode", address.postcode
    yield "phone", address.phone or ""
    if len(address.line1.strip()) >= _SHORTEST_STREET:
        yield "street", address.line1
    first, _, last = (address.name or "").rpartition(" ")
    for name in _names(first, last):
        yield "name", name
