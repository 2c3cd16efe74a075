"""What an errand still needs, or the exact change that it comes to."""

from dataclasses import dataclass, replace

from countersign.errands.models import Asked, Draft, Kind, Proposed, Question
from countersign.errands.reading.tokens import tokens
from countersign.errands.reading.variants import choose, wanted
from countersign.errands.world import KINDS, World
from countersign.kit.hidden import Personal
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
from countersign.store.models import Address, Order
from countersign.store.outcomes import Broken, Rule


@dataclass(frozen=True)
class Stuck:
    """The shop's rules stand against it; `order` is the one that it was about."""

    broken: Broken
    order: Order | None = None


Step = Question | Proposed | Stuck


def next_step(draft: Draft, world: World) -> Step:
    """What to ask next; what stands against it; or all of it, for the shop to look at."""
    if draft.held and draft.asked is not None:
        return Question(draft.asked, order=world.order(draft.order))
    if draft.kind is Kind.DEFAULT_ADDRESS:
        if draft.address is None:
            return Question(Asked.ADDRESS)
        return Proposed(ChangeDefaultAddress(_address(draft.address)))
    order = world.order(draft.order)
    if order is None:
        return _which_order(draft, world)
    kind = world.change(draft.kind, order)
    if kind is None:
        broken = world.terms.open_to(_nearest(draft.kind, order, world), order)
        return Stuck(broken or Broken(Rule.STATUS_CLOSED), order)
    missing = _missing(draft, order, world)
    return missing or Proposed(_change(draft, order, kind))


_OF_METHOD = frozenset({Rule.GIFT_CARD_SHORT, Rule.METHOD_NOT_ALLOWED, Rule.METHOD_SAME, Rule.METHOD_UNKNOWN})
_OF_VARIANT = frozenset({Rule.OTHER_PRODUCT, Rule.VARIANT_SAME, Rule.VARIANT_UNAVAILABLE})


def mended(draft: Draft, broken: Broken, world: World) -> Step:
    """The question whose other answer may help against `broken`, or the end of it."""
    order = world.order(draft.order)
    if broken.rule is Rule.ADDRESS_SAME:
        # It is as it was wished.
        return Stuck(broken, order)
    if broken.rule is Rule.ADDRESS_INCOMPLETE:
        draft.address = None
        return Question(Asked.ADDRESS, order=order, broken=broken)
    kind = world.change(draft.kind, order) if order else None
    if order is None or kind is None:
        return Stuck(broken, order)
    if broken.rule in _OF_METHOD:
        left = [one for one in world.methods(draft.kind, order) if one.id != draft.method]
        draft.method = None
        return (
            Question(Asked.METHOD, order=order, methods=left, broken=broken) if left else Stuck(broken, order)
        )
    if broken.rule in _OF_VARIANT and broken.item is not None:
        for pick in draft.picks:
            # The rule names the item that was bought, or the one that is wanted.
            if broken.item.variant_id in (order.items[pick.place].variant_id, pick.new):
                pick.new, pick.said = None, ""
        step = _open_variant(draft, order, world)
        return replace(step, broken=broken) if isinstance(step, Question) else Stuck(broken, order)
    return Stuck(broken, order)


def _which_order(draft: Draft, world: World) -> Step:
    pool = world.open_orders(draft.kind)
    if not pool:
        return Stuck(Broken(Rule.STATUS_CLOSED))
    named = [order for order in pool if order.number in draft.orders]
    return Question(Asked.ORDER, orders=named or pool)


def _nearest(kind: Kind, order: Order, world: World) -> type[Change]:
    """Of the changes that a wish may come to, the one whose refusal tells most."""
    refused = [(one, world.terms.open_to(one, order)) for one in KINDS[kind]]
    telling = [one for one, broken in refused if broken and broken.rule is not Rule.STATUS_CLOSED]
    return telling[0] if telling else KINDS[kind][0]


def _missing(draft: Draft, order: Order, world: World) -> Step | None:
    if draft.kind in (Kind.RETURN, Kind.SWAP) and not (draft.picked and draft.picks):
        return Question(Asked.ITEMS, order=order)
    if draft.kind is Kind.SWAP and (open_ := _open_variant(draft, order, world)):
        return open_
    if draft.kind is Kind.CANCEL and draft.reason is None:
        return Question(Asked.REASON, order=order)
    if draft.kind is Kind.ADDRESS and draft.address is None:
        return Question(Asked.ADDRESS, order=order)
    paid = draft.kind in (Kind.RETURN, Kind.SWAP, Kind.PAYMENT)
    return _missing_method(draft, order, world) if paid and draft.method is None else None


def _missing_method(draft: Draft, order: Order, world: World) -> Step | None:
    methods = world.methods(draft.kind, order)
    if not methods:
        return Stuck(Broken(Rule.METHOD_NOT_ALLOWED), order)
    if len(methods) > 1:
        return Question(Asked.METHOD, order=order, methods=methods)
    draft.method = methods[0].id
    return None


def _open_variant(draft: Draft, order: Order, world: World) -> Step | None:
    for pick in draft.picks:
        if pick.new is not None:
            continue
        item = order.items[pick.place]
        variants = world.terms.variants(item)
        choice = choose(wanted(tokens(pick.said), variants, item), variants, item)
        if choice.sure and choice.fits:
            pick.new = choice.variants[0].id
            continue
        if not choice.variants:
            return Stuck(Broken(Rule.VARIANT_UNAVAILABLE, item), order)
        unfit = pick.place in draft.unfit
        return Question(Asked.VARIANT, order=order, place=pick.place, variants=choice.variants, unfit=unfit)
    return None


def _change(draft: Draft, order: Order, kind: type[Change]) -> Change:
    bought = tuple(order.items[pick.place].variant_id for pick in draft.picks)
    new = tuple(pick.new or "" for pick in draft.picks)
    method, number = draft.method or "", order.number
    if kind is CancelOrder:
        return CancelOrder(number, draft.reason or "")
    if kind is ChangeItems:
        return ChangeItems(number, bought, new, method)
    if kind is OpenExchange:
        return OpenExchange(number, bought, new, method)
    if kind is OpenReturn:
        return OpenReturn(number, bought, method)
    if kind is ChangePayment:
        return ChangePayment(number, method)
    return ChangeAddress(number, _address(draft.address or {}))


def _address(parts: dict[str, str]) -> Address:
    known = {part: Personal(value) for part, value in parts.items()}
    for part in ("line1", "city", "postcode", "country"):
        known.setdefault(part, Personal(""))
    return Address(**known)
