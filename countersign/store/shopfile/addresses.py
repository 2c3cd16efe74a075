"""An address as the shop's file holds it."""

from dataclasses import fields

from pydantic import ValidationError

from countersign.store.models import Address
from countersign.store.shopfile.document import AddressRecord

# What the file would rather not have than have empty.
_NEVER_EMPTY = ("name", "phone")


def address_record(address: Address) -> AddressRecord:
    """In plaintext. Raises pydantic.ValidationError for what no store file may hold."""
    parts = {field.name: getattr(address, field.name) for field in fields(address)}
    said = {name: part.reveal().strip() for name, part in parts.items() if part is not None}
    return AddressRecord(**{name: text for name, text in said.items() if text or name not in _NEVER_EMPTY})


def may_be_kept(address: Address) -> bool:
    try:
        address_record(address)
    except ValidationError:
        return False
    return True
