"""What errands need of the shop; `bootstrap` passes it in."""

from typing import Any, Protocol

from countersign.checkpoints.grants import Grant
from countersign.store.changes import Change
from countersign.store.models import Item, Order, PaymentMethod, Variant
from countersign.store.outcomes import Broken, Outcome, Prepared


class Terms(Protocol):
    """What is open to a shopper, by the shop's rules. All methods raise StoreUnavailableError."""

    def number(self, text: str) -> str | None:
        """The first order number in `text` as the shop writes it."""
        ...

    def open_to(self, kind: type[Change], order: Order | None) -> Broken | None:
        """Why no change of this kind can be made of the order at all; None: it can."""
        ...

    def methods(self, kind: type[Change], order: Order, prepared: Prepared) -> tuple[PaymentMethod, ...]:
        """The shopper's methods that such a change may name."""
        ...

    def reasons(self) -> tuple[str, ...]:
        """Those for which an order may be cancelled."""
        ...

    def variants(self, item: Item) -> tuple[Variant, ...]:
        """Every variant of the item's product; empty when the shop has it no more."""
        ...


class Counter(Terms, Protocol):
    """Where a change is looked at and made."""

    def prepare(self, grant: Grant) -> Prepared:
        """What the changes of the grant's person start from (deed errand:prepare)."""
        ...

    def preview(self, grant: Grant, change: Change) -> Outcome | Broken:
        """What `change` would do (deed errand:prepare)."""
        ...

    def apply(self, grant: Grant) -> Outcome | Broken:
        """Does what the grant's details say, once for its proposal; the customer is told by mail, once."""
        ...


class Drawer(Protocol):
    """Puts words to a card's data."""

    def draw(self, card: dict[str, Any]) -> dict[str, Any]:
        """With `rows`: a {label, value} for each of the card's `fields`, which are (name, value)."""
        ...
