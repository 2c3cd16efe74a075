"""Who is a customer, over one `StoreFile`: what of a `Shop` identity asks."""

from collections.abc import Iterator

from countersign.kit.hidden import Personal
from countersign.store.shopfile.document import StoreFile
from countersign.vault.blind_index import canonical


class FakePeople:
    _shop: StoreFile

    def find(self, email: Personal) -> str | None:
        wanted = canonical("email", email.reveal())
        return self._named(c.id for c in self._shop.customers if canonical("email", c.email) == wanted)

    def of_reference(self, reference: Personal) -> str | None:
        return self._named(c.id for c in self._shop.customers if c.id == reference.reveal())

    def knows(self, person: str) -> bool:
        return any(pseudonym(c.id) == person for c in self._shop.customers)

    @staticmethod
    def _named(references: Iterator[str]) -> str | None:
        return next((pseudonym(reference) for reference in references), None)


def pseudonym(reference: str) -> str:
    return f"cus_{abs(hash(reference)):x}"
