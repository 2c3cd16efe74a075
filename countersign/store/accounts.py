"""What the shop keeps of the shopper themselves, each for a grant: addresses, payment methods, profile."""

import re
from dataclasses import dataclass, replace

from countersign.checkpoints.grants import Grant
from countersign.checkpoints.table import Deed
from countersign.kit.hidden import Personal
from countersign.kit.personal_forms import fold
from countersign.store.errors import CustomerUnknownError
from countersign.store.interfaces import OrderBook, People
from countersign.store.models import Address, Customer, PaymentMethod

GIFT_CARD = "gift_card"
_ABOUT_GIFT_CARDS = re.compile(r"\b(?:gift|voucher|vouchers|balance|credit left|store credit)\b")


@dataclass(frozen=True)
class Addresses:
    """The one in the account, and every other one that an order of theirs goes or went to, newest first."""

    default: Address
    others: tuple[Address, ...]


@dataclass(frozen=True)
class Profile:
    first_name: Personal
    last_name: Personal
    email: Personal
    phone: Personal | None


class Accounts:
    """Every method raises GrantMismatchedError for a grant of another deed, CustomerUnknownError when the
    person has left meanwhile, and StoreUnavailableError."""

    def __init__(self, people: People, book: OrderBook) -> None:
        self._people = people
        self._book = book

    def addresses(self, grant: Grant) -> Addresses:
        customer = self._customer(grant, Deed.ADDRESS_READ)
        orders = self._book.orders_of(customer.id, grant.fields)
        others = dict.fromkeys(_place(order.address) for order in orders if order.address is not None)
        others.pop(_place(customer.address), None)
        return Addresses(customer.address, tuple(others))

    def payment_methods(self, grant: Grant) -> tuple[PaymentMethod, ...]:
        """As the shop keeps them: of a card its brand and last four digits, of a gift card what is left."""
        return self._customer(grant, Deed.PAYMENT_LIST).payment_methods

    def profile(self, grant: Grant) -> Profile:
        customer = self._customer(grant, Deed.PROFILE_READ)
        return Profile(customer.first_name, customer.last_name, customer.email, customer.phone)

    def _customer(self, grant: Grant, deed: Deed) -> Customer:
        grant.demand(deed)
        customer = self._people.customer(grant.person) if grant.person else None
        if customer is None:
            raise CustomerUnknownError("the person is gone since the grant was given")
        return customer


def _place(address: Address) -> Address:
    """Without whom it is for."""
    return replace(address, name=None, phone=None)


def asks_for_gift_cards(words: str) -> bool:
    """Whether a question about payment methods is one about gift cards and what is left on them."""
    return _ABOUT_GIFT_CARDS.search(fold(words)) is not None
