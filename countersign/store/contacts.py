"""Where a customer can be told of what happened to their account."""

from countersign.kit.hidden import Personal
from countersign.store.interfaces import People


class CustomerContacts:
    """An `identity.factors.interfaces.Contacts`."""

    def __init__(self, people: People) -> None:
        self._people = people

    def emails(self, person: str) -> tuple[Personal, ...]:
        customer = self._people.customer(person)
        return () if customer is None else (customer.email,)
