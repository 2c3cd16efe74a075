"""What a shop's data must be able to do for the assistant, whatever holds it.

Every method raises StoreUnavailableError when the data cannot be reached or read, and then has
changed nothing. No method checks who asks: that is done before, and `service.py` demands the proof.
Promised nowhere: that two calls see the same state of the shop. An import, or the shop's own staff,
may have changed it in between.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Protocol

from countersign.checkpoints.interfaces import OrderKeys, Owners
from countersign.identity.interfaces import Customers
from countersign.store.changes import Change
from countersign.store.models import Customer, Department, Order, Product, ProductPage
from countersign.store.outcomes import Broken, Done, Outcome
from countersign.store.policy import Policy
from countersign.store.shopfile.document import StoreFile

# Called with (done, total) while long work goes on; totals do not change during one call.
Progress = Callable[[int, int], None]


class People(Customers, Protocol):
    """The shop's customers, each named by a pseudonym from which nothing personal can be worked out."""

    def customer(self, customer: str) -> Customer | None: ...

    def known_values(self, digests: list[bytes]) -> set[bytes]:
        """Those of `digests` that stand for a name, street line, postcode, phone or e-mail of some customer.

        A digest is `vault.index(form(text), kind=kind)` over `kit.personal_forms.INDEX_FORMS`. Not
        promised: whose value it is, or that it belongs to someone who is still a customer.
        """
        ...


class OrderBook(Owners, OrderKeys, Protocol):
    """Orders. A number is asked for in its canonical form; a postcode is that of the delivery address,
    however it is spaced or cased, a US ZIP+4 by its first five digits."""

    def order(self, number: str, wanted: frozenset[str]) -> Order | None:
        """The order with those of ORDER_FIELDS that `wanted` names and no other; None when there is none.

        What is not wanted is not even decrypted.
        """
        ...

    def orders_of(self, customer: str, wanted: frozenset[str]) -> list[Order]:
        """All orders of this customer, newest first; empty for an unknown customer.

        Newest is the last in the shop's own list of the customer's orders: not every shop gives dates.
        """
        ...

    def number_shapes(self) -> tuple[str, ...]:
        """How this shop's order numbers look, each digit as 9: `#W9999999`. Empty: they have no pattern."""
        ...


class Shelves(Protocol):
    """The catalogue: nothing personal in it."""

    def departments(self) -> list[Department]:
        """In the catalogue's own order; products without a category belong to none."""
        ...

    def products(
        self, department: str | None, words: tuple[str, ...], offset: int, limit: int
    ) -> ProductPage:
        """One page in the catalogue's own order.

        `department` None means every one. Each of `words` (folded as by `kit.personal_forms.fold`) must occur
        somewhere in the name, department, description or options.
        """
        ...

    def product(self, product: str) -> Product | None: ...

    def popular(self, limit: int) -> tuple[Product, ...]:
        """At most `limit` products that can be had, those first that stand in the most orders.

        Where nothing was ordered yet, the catalogue's own order. Nothing tells who ordered.
        """
        ...

    def catalogue_mark(self) -> str:
        """Another text whenever anything that `products` gives has changed; cheaper than reading it all.

        Asked before each search, so that what is kept in memory of the catalogue is never stale.
        """
        ...


class StoreBackend(People, OrderBook, Shelves, Protocol):
    """Everything that the assistant reads from a shop."""


class Changes(Protocol):
    """What shoppers may have done to a shop's orders and to their own address."""

    def carry_out(
        self, change: Change, customer: str, key: str, policy: Policy, now: datetime, told: str = ""
    ) -> Outcome | Broken:
        """Does `change` for `customer` by the rules of `policy`: wholly or not at all, and once per `key`.

        The rules are checked on the very state that is then changed: of several that race for one order,
        each sees what the one before it did. With `told`, an outcome whose `told()` is another breaks a
        rule, too. Broken: nothing was changed, and the key is as good as before. A key that has done its
        change gives the outcome of then and does nothing, whatever has become of the order since, also
        after an import.

        Raises CustomerUnknownError, and DeedKeyReusedError for a key that has done another change or
        the same for somebody else.
        """
        ...

    def done(self, key: str) -> Done | None:
        """What `key` has done, as `carry_out` gave it; None when it has done nothing, or not yet."""
        ...


class Shop(StoreBackend, Changes, Protocol):
    """A shop whose customers may change something."""


class ShopArchive(Protocol):
    """A backend that can take in a whole shop and give it back."""

    def replace_shop(self, shop: StoreFile, progress: Progress) -> None:
        """Puts `shop` in place of what is there, at once: every reader sees the old shop or the new one.

        `shop` must come from `shopfile.reader`, which has checked it. Raises StoreUnavailableError; the
        old shop is then still there.
        """
        ...

    def whole_shop(self) -> StoreFile:
        """What was imported and has become of it since, as one document: all personal data in plaintext."""
        ...
