"""What shoppers may hear about orders, each for a grant."""

from countersign.checkpoints.errors import GrantMismatchedError
from countersign.checkpoints.grants import Grant
from countersign.checkpoints.table import Deed
from countersign.store import numbers
from countersign.store.errors import OrderUnknownError
from countersign.store.filters import Narrowed, narrow
from countersign.store.interfaces import OrderBook
from countersign.store.matching import meant
from countersign.store.models import Order

# By another name, because inside Orders `list` is a method.
Found = list[Order]


class Orders:
    """Every method but `normalise_number` raises GrantMismatchedError for a grant of another deed, and
    fills only the grant's fields. All raise StoreUnavailableError."""

    def __init__(self, book: OrderBook) -> None:
        self._book = book

    def track(self, grant: Grant) -> Order:
        """How far the order of the grant is. Raises OrderUnknownError when it is gone meanwhile."""
        return self._granted(grant, Deed.ORDER_TRACK)

    def items(self, grant: Grant) -> Order:
        """What is in the order of the grant. Raises OrderUnknownError when it is gone meanwhile."""
        return self._granted(grant, Deed.ORDER_READ_ITEMS)

    def address(self, grant: Grant) -> Order:
        """Where the order of the grant goes. Raises OrderUnknownError when it is gone meanwhile."""
        return self._granted(grant, Deed.ORDER_READ_ADDRESS)

    def details(self, grant: Grant) -> Order:
        """All that an invoice says of the order of the grant. Raises OrderUnknownError when it is gone."""
        return self._granted(grant, Deed.ORDER_READ_DETAILS)

    def list(self, grant: Grant) -> Found:
        """All orders of the person of the grant, newest first."""
        _demand(grant, Deed.ORDER_LIST, None)
        if grant.person is None:
            return []
        orders = self._book.orders_of(grant.person, grant.fields)
        return [order.only(grant.fields) for order in orders]

    def find(self, grant: Grant, words: str) -> Found:
        """Those of the person's orders that `words` may mean, newest first: «last», a number, «the one
        with the keyboard», a status. One is an answer, several are a question, none is no match."""
        number = self.normalise_number(words)
        orders = self.list(grant)
        named: Found = [order for order in orders if order.number == number]
        return named or meant(orders, words)

    def narrow(self, grant: Grant, words: str) -> Narrowed:
        """Those of the person's orders that a list is asked for: a time, a state, an amount, a thing."""
        return narrow(self.list(grant), words, grant.at)

    def normalise_number(self, text: str) -> str | None:
        """The first order number in `text` as this shop writes it, or None. It need not exist."""
        return numbers.normalise_number(text, self._book.number_shapes())

    def _granted(self, grant: Grant, deed: Deed) -> Order:
        number = grant.subject or ""
        _demand(grant, deed, number)
        order = self._book.order(number, grant.fields)
        if order is None:
            raise OrderUnknownError("the order is gone since the grant was given")
        return order.only(grant.fields)


def _demand(grant: Grant, deed: Deed, subject: str | None) -> None:
    if not grant.covers(deed, subject):
        raise GrantMismatchedError(f"a grant for {grant.deed} was shown for {deed}")
