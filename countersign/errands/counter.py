"""The `Counter` of a shop: its terms, its desk for changes, and the letter about each that was made."""

from dataclasses import replace

from countersign.checkpoints.grants import Grant
from countersign.errands.letters import Letters
from countersign.kit.clock import Clock
from countersign.store import choices, numbers
from countersign.store.changes import Change
from countersign.store.changing import ChangeDesk
from countersign.store.interfaces import Shop
from countersign.store.models import Item, Order, PaymentMethod, Variant
from countersign.store.outcomes import Broken, Outcome, Prepared


class ShopCounter:
    def __init__(self, shop: Shop, desk: ChangeDesk, letters: Letters, clock: Clock) -> None:
        self._shop = shop
        self._desk = desk
        self._letters = letters
        self._clock = clock

    def number(self, text: str) -> str | None:
        return numbers.normalise_number(text, self._shop.number_shapes())

    def open_to(self, kind: type[Change], order: Order | None) -> Broken | None:
        return choices.open_to(self._desk.policy, kind, order, self._clock.now())

    def methods(self, kind: type[Change], order: Order, prepared: Prepared) -> tuple[PaymentMethod, ...]:
        return choices.methods_for(self._desk.policy, kind, order, prepared.methods)

    def reasons(self) -> tuple[str, ...]:
        return choices.reasons(self._desk.policy)

    def variants(self, item: Item) -> tuple[Variant, ...]:
        product = self._shop.product(item.product_id)
        return tuple(
            replace(one, available=choices.can_be_ordered(one, 1))
            for one in (product.variants if product else ())
        )

    def prepare(self, grant: Grant) -> Prepared:
        return self._desk.prepare(grant)

    def preview(self, grant: Grant, change: Change) -> Outcome | Broken:
        return self._desk.preview(grant, change)

    def apply(self, grant: Grant) -> Outcome | Broken:
        if grant.proposal is None:
            return self._desk.apply(grant)  # which refuses what nobody agreed to
        self._letters.expect(grant.proposal)
        answer = self._desk.apply(grant)
        self._letters.settle(grant.proposal)
        return answer
