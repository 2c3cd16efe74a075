"""Changes at a shopper's wish, each for a grant: what they start from, what one would do, and doing it."""

from typing import Literal

from countersign.audit.service import Audit
from countersign.audit.tags import Tag
from countersign.checkpoints.errors import GrantMismatchedError
from countersign.checkpoints.grants import Grant
from countersign.checkpoints.guard import order_name
from countersign.checkpoints.table import Deed
from countersign.kit.clock import Clock
from countersign.store.changes import (
    DEEDS,
    Change,
    ChangeItems,
    OpenExchange,
    change_of,
    subject_of,
    told_of,
)
from countersign.store.errors import CustomerUnknownError
from countersign.store.interfaces import Shop
from countersign.store.models import Customer, Order, Product
from countersign.store.outcomes import Broken, Outcome, Prepared
from countersign.store.policy import Policy
from countersign.store.rules import check
from countersign.vault.service import Vault


class ChangeDesk:
    """Every method raises GrantMismatchedError for a grant of another deed, CustomerUnknownError when its
    person is gone since, and StoreUnavailableError. `policy` is what `choices` asks for."""

    def __init__(self, shop: Shop, policy: Policy, audit: Audit, vault: Vault, clock: Clock) -> None:
        self.policy = policy
        self._shop = shop
        self._audit = audit
        self._vault = vault
        self._clock = clock

    def prepare(self, grant: Grant) -> Prepared:
        """For errand:prepare: all that the person's changes start from."""
        customer = self._customer(grant)
        orders = self._shop.orders_of(customer.id, grant.fields)
        own = tuple(order.only(grant.fields) for order in orders)
        return Prepared(customer.payment_methods, customer.address, own)

    def preview(self, grant: Grant, change: Change) -> Outcome | Broken:
        """For errand:prepare: what the change would do now if the person agreed to it. Nothing is done."""
        customer = self._customer(grant)
        number = subject_of(change)
        # The owner is looked at by the rules; the outcome shows less than the grant allows.
        order = None if number is None else self._shop.order(number, grant.fields | {"customer"})
        products = self._products(change, order)
        return check(self.policy, change, order, customer, products, self._clock.now())

    def apply(self, grant: Grant) -> Outcome | Broken:
        """Does what was agreed to, exactly and once, for the grant of the change's own deed and subject.

        Shown again, the same grant gives the same outcome and does nothing. Broken: the shop has changed
        since the read-back, so that a rule is no longer kept or (when the details say what was told) it
        would do something else; nothing was done.
        """
        change, told = self._agreed(grant)
        person, key = grant.person or "", grant.proposal or ""
        answer = self._shop.carry_out(change, person, key, self.policy, self._clock.now(), told)
        if isinstance(answer, Broken):
            self._record(grant, change, "refused", {"reason": answer.rule.value})
        else:
            self._record(grant, change, "done", {})
        return answer

    def _agreed(self, grant: Grant) -> tuple[Change, str]:
        if grant.details is None or not grant.proposal or grant.person is None:
            raise GrantMismatchedError(f"a grant for {grant.deed} that nobody agreed to")
        try:
            change, told = change_of(grant.details), told_of(grant.details)
        except ValueError as error:
            raise GrantMismatchedError(f"a grant for {grant.deed} carries no change") from error
        grant.demand(DEEDS[type(change)], subject_of(change))
        return change, told

    def _customer(self, grant: Grant) -> Customer:
        grant.demand(Deed.ERRAND_PREPARE)
        customer = None if grant.person is None else self._shop.customer(grant.person)
        if customer is None:
            raise CustomerUnknownError("the person of the grant is no customer any more")
        return customer

    def _products(self, change: Change, order: Order | None) -> dict[str, Product]:
        if order is None or not isinstance(change, ChangeItems | OpenExchange):
            return {}
        wanted = {item.product_id for item in order.items if item.variant_id in change.items}
        return {id_: product for id_ in wanted if (product := self._shop.product(id_)) is not None}

    def _record(
        self, grant: Grant, change: Change, outcome: Literal["done", "refused"], detail: dict[str, str]
    ) -> None:
        number = subject_of(change)
        what = {"deed": str(grant.deed), "kind": type(change).__name__, "proposal": grant.proposal or ""}
        self._audit.record(
            Tag.STORE_CHANGE,
            actor=grant.session,
            subject=None if number is None else order_name(self._vault, number),
            outcome=outcome,
            detail={**what, **detail},
        )
