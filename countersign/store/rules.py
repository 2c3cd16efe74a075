"""Whether a change keeps the shop's rules, and exactly what it would do. It reads and writes nothing."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import fields, replace
from datetime import datetime

from countersign.kit.money import Money
from countersign.store.changes import (
    CancelOrder,
    Change,
    ChangeAddress,
    ChangeDefaultAddress,
    ChangeItems,
    ChangePayment,
    OpenExchange,
    OpenReturn,
)
from countersign.store.choices import can_be_ordered, open_to, reasons
from countersign.store.models import Address, Customer, Item, Order, Product
from countersign.store.outcomes import BEFORE, Broken, Line, Move, Outcome, Rule
from countersign.store.paying import allowed, covers, paid_with, total
from countersign.store.policy import ItemTerms, PaymentTerms, Policy
from countersign.store.shopfile.addresses import may_be_kept

Products = Mapping[str, Product]
"""By id; at least those of the items that a change names, as far as the catalogue has them."""


def check(
    policy: Policy,
    change: Change,
    order: Order | None,
    customer: Customer,
    products: Products,
    now: datetime,
    told: str = "",
) -> Outcome | Broken:
    """What `change` by `customer` would do, or the first rule that it breaks.

    `order` is the one that it names, with every field, or None when there is none. `told`, when it is
    not empty, must be the outcome's own.
    """
    outcome = _judged(policy, change, order, customer, products, now)
    same = isinstance(outcome, Broken) or not told or outcome.told() == told
    return outcome if same else Broken(Rule.OTHERWISE_NOW)


def _judged(
    policy: Policy,
    change: Change,
    order: Order | None,
    customer: Customer,
    products: Products,
    now: datetime,
) -> Outcome | Broken:
    if isinstance(change, ChangeDefaultAddress):
        return _default_address(policy, change, customer)
    if order is None or order.customer != customer.id:
        return Broken(Rule.ORDER_UNKNOWN)
    return open_to(policy, type(change), order, now) or _Case(policy, order, customer, products).judge(change)


class _Case:
    """One order of one customer, open to the kind of change that is judged."""

    def __init__(self, policy: Policy, order: Order, customer: Customer, products: Products) -> None:
        self._policy = policy
        self._order = order
        self._methods = {method.id: method for method in customer.payment_methods}
        self._products = products
        self._paid = paid_with(order)

    def judge(self, change: Change) -> Outcome | Broken:
        match change:
            case CancelOrder():
                return self._cancel(change)
            case ChangeItems() | OpenExchange():
                return self._swap(change)
            case ChangeAddress():
                broken = _address_broken(self._policy, change.address, self._order.address)
                return broken or self._done(change)
            case ChangePayment():
                return self._payment(change)
            case OpenReturn():
                return self._return(change)
            case ChangeDefaultAddress():
                return Broken(Rule.ORDER_UNKNOWN)

    def _cancel(self, change: CancelOrder) -> Outcome | Broken:
        if change.reason not in reasons(self._policy):
            return Broken(Rule.REASON_UNLISTED)
        if self._paid.keys() - self._methods.keys():
            return Broken(Rule.METHOD_UNKNOWN)
        lines = tuple(Line(place, item) for place, item in enumerate(self._order.items))
        return self._done(change, lines, self._back_to_where_it_came_from())

    def _payment(self, change: ChangePayment) -> Outcome | Broken:
        if not self._paid:
            return Broken(Rule.NOTHING_PAID)
        due = total(self._paid) - self._paid.get(change.method_id, 0)
        if not due:
            return Broken(Rule.METHOD_SAME)
        if self._paid.keys() - self._methods.keys():
            return Broken(Rule.METHOD_UNKNOWN)
        broken = self._method_broken(change, due)
        refunds = self._back_to_where_it_came_from(but=change.method_id)
        return broken or self._done(change, (), (self._move(change.method_id, due), *refunds))

    def _return(self, change: OpenReturn) -> Outcome | Broken:
        if not change.items:
            return Broken(Rule.ITEMS_MISSING)
        lines = self._lines(change.items)
        if isinstance(lines, Broken):
            return lines
        worth = sum(line.item.price.minor for line in lines)
        broken = self._method_broken(change, 0)
        moves = (self._move(change.method_id, -worth, booked=False),) if worth and not broken else ()
        return broken or self._done(change, lines, moves)

    def _swap(self, change: ChangeItems | OpenExchange) -> Outcome | Broken:
        if not change.items or len(change.items) != len(change.new_items):
            return Broken(Rule.ITEMS_MISSING)
        lines = self._lines(change.items)
        if isinstance(lines, Broken):
            return lines
        wanted = Counter(change.new_items)
        swapped = []
        for line, new in zip(lines, change.new_items, strict=True):
            item = self._new_item(type(change), line.item, new, wanted[new])
            if isinstance(item, Broken):
                return item
            swapped.append(replace(line, new=item))
        due = Outcome(change, lines=tuple(swapped)).difference
        broken = self._method_broken(change, max(due, 0))
        booked = isinstance(change, ChangeItems)
        moves = (self._move(change.method_id, due, booked=booked),) if due and not broken else ()
        return broken or self._done(change, tuple(swapped), moves)

    def _new_item(self, kind: type[Change], old: Item, new: str, count: int) -> Item | Broken:
        product, terms = self._products.get(old.product_id), self._policy.terms(kind)
        variant = next((one for one in product.variants if one.id == new), None) if product else None
        if product is None or variant is None:
            return Broken(Rule.OTHER_PRODUCT, item=old)
        item = Item(variant.id, product.id, product.name, variant.price, variant.options)
        if new == old.variant_id and not (isinstance(terms, ItemTerms) and terms.same_variant):
            return Broken(Rule.VARIANT_SAME, item=old)
        return item if can_be_ordered(variant, count) else Broken(Rule.VARIANT_UNAVAILABLE, item=item)

    def _lines(self, wanted: Sequence[str]) -> tuple[Line, ...] | Broken:
        """One of the order's items for each variant that is named, none of them twice."""
        left = dict(enumerate(self._order.items))
        lines = []
        for variant in wanted:
            place = next((place for place, item in left.items() if item.variant_id == variant), None)
            if place is None:
                return Broken(Rule.ITEM_NOT_IN_ORDER)
            lines.append(Line(place, left.pop(place)))
        return tuple(lines)

    def _method_broken(
        self, change: ChangeItems | ChangePayment | OpenReturn | OpenExchange, due: int
    ) -> Broken | None:
        method, terms = self._methods.get(change.method_id), self._policy.terms(type(change))
        if method is None:
            return Broken(Rule.METHOD_UNKNOWN)
        if not isinstance(terms, PaymentTerms) or not allowed(terms, method, self._paid):
            return Broken(Rule.METHOD_NOT_ALLOWED)
        if not covers(self._policy, method, due):
            return Broken(Rule.GIFT_CARD_SHORT, amount=Money(due, self._currency()))
        return None

    def _back_to_where_it_came_from(self, but: str | None = None) -> tuple[Move, ...]:
        return tuple(self._move(method, -amount) for method, amount in self._paid.items() if method != but)

    def _move(self, method_id: str, minor: int, *, booked: bool = True) -> Move:
        method, money = self._methods[method_id], self._policy.money
        later = minor < 0 and method.kind not in money.at_once
        return Move(method, Money(minor, self._currency()), money.business_days if later else None, booked)

    def _currency(self) -> str:
        return self._order.items[0].price.currency

    def _done(self, change: Change, lines: tuple[Line, ...] = (), moves: tuple[Move, ...] = ()) -> Outcome:
        terms = self._policy.terms(type(change))
        status = (terms.becomes if terms else None) or self._order.status
        return Outcome(change, self._order.only(BEFORE), status, lines, moves)


def _default_address(policy: Policy, change: ChangeDefaultAddress, customer: Customer) -> Outcome | Broken:
    if policy.default_address is None:
        return Broken(Rule.NOT_OFFERED)
    return _address_broken(policy, change.address, customer.address) or Outcome(change)


def _address_broken(policy: Policy, new: Address, old: Address | None) -> Broken | None:
    said = _parts(new)
    if policy.address.required - said.keys() or not may_be_kept(new):
        return Broken(Rule.ADDRESS_INCOMPLETE)
    return Broken(Rule.ADDRESS_SAME) if old is not None and said == _parts(old) else None


def _parts(address: Address) -> dict[str, str]:
    """What is really said in it: an empty second line is none."""
    parts = {field.name: getattr(address, field.name) for field in fields(address)}
    return {name: text for name, part in parts.items() if part and (text := part.reveal().strip())}
