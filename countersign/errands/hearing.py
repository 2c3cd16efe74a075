"""What a shopper's words fill in of an errand. Nothing is looked up and nothing is kept here."""

import re
from collections.abc import Sequence

from countersign.errands.hearing_items import hear_items
from countersign.errands.models import Asked, Draft, Heard, Kind
from countersign.errands.reading import answers
from countersign.errands.reading.addresses import parse_address
from countersign.errands.reading.items import Named, fits, in_order, named_in
from countersign.errands.reading.tokens import Tokens, tokens
from countersign.errands.reading.vocabulary import says
from countersign.errands.world import ITEMISED, World, alike, plain
from countersign.store.models import Address, Order


def hear(draft: Draft, text: str, world: World) -> Heard:
    """Fills in what `text` says. What was said before stays, unless it is said anew."""
    said, heard = tokens(text), Heard()
    if draft.kind is not Kind.DEFAULT_ADDRESS:
        _hear_order(draft, text, said, world, heard)
    if draft.kind in ITEMISED and (order := world.order(draft.order)):
        hear_items(draft, order, said, world, heard)
    if draft.kind in (*ITEMISED, Kind.PAYMENT):
        _hear_method(draft, said, world, heard)
    if draft.kind is Kind.CANCEL:
        _hear_reason(draft, said, world, heard)
    if draft.kind in (Kind.ADDRESS, Kind.DEFAULT_ADDRESS):
        _hear_address(draft, text, world, heard)
    return heard


def _hear_reason(draft: Draft, said: Tokens, world: World, heard: Heard) -> None:
    # «No, that's the wrong order» is none, once it is read back.
    reason = answers.reason_of(said, world.terms.reasons())
    if reason and not (draft.asked is Asked.CONFIRM and "wrong" in said):
        draft.reason, heard.some = reason, True


def _hear_order(draft: Draft, text: str, said: Tokens, world: World, heard: Heard) -> None:
    number = world.terms.number(text)
    if number is not None and (draft.kind is not Kind.ADDRESS or draft.order is None):
        if world.order(number) is None:
            heard.stranger = number
        else:
            _take(draft, number, heard)
        return
    if draft.order is not None and draft.asked is not Asked.ORDER:
        if draft.asked is not Asked.ADDRESS and says(said, "other_order"):
            _turn(draft, world, heard)
        return
    pool = world.open_orders(draft.kind)
    every = says(said, "all_orders") or (
        draft.asked is Asked.ORDER and (says(said, "all") or says(said, "both") or list(said) == ["all"])
    )
    if every and draft.kind in (Kind.CANCEL, Kind.ADDRESS, Kind.RETURN):
        _take_all(draft, pool, heard)
        return
    named = _named(draft, said, pool)
    if not named and _closed(draft, said, world, heard):
        return
    fitting = _holding(pool, named) if named else _without_names(draft, said, text, pool)
    if (
        draft.kind in ITEMISED
        and named
        and (len(fitting) != 1 or len(in_order(fitting[0], named)) < len(named))
    ):
        fitting = _spread(draft, pool, named, text, heard) or fitting
    if len(fitting) == 1:
        _take(draft, fitting[0].number, heard)
    elif named and fitting:
        draft.orders, heard.some = [order.number for order in fitting], True


def _named(draft: Draft, said: Tokens, orders: Sequence[Order]) -> list[Named]:
    names = [item.name for order in orders for item in order.items]
    # Asked which item it is, all that stands around a name tells which.
    return named_in(said, names, swap=draft.kind is Kind.SWAP and draft.asked is not Asked.ITEMS)


def _closed(draft: Draft, said: Tokens, world: World, heard: Heard) -> bool:
    """What was named stands only in orders that are not open to this: then one of them says why."""
    orders = world.prepared.orders
    named = _named(draft, said, orders)
    holding = _holding(orders, named)
    if holding:
        _take(draft, holding[0].number, heard)
    return bool(holding)


def _without_names(draft: Draft, said: Tokens, text: str, pool: Sequence[Order]) -> list[Order]:
    if len(pool) == 1:
        return list(pool)
    near = [one for one in pool if one.address and answers.known_address(text, [one.address], None)]
    if draft.kind is not Kind.ADDRESS and len(near) == 1:
        return near
    ordinal = answers.ordinal_of(said, len(pool)) if draft.asked is Asked.ORDER else None
    if ordinal is not None:
        return [pool[ordinal]]
    return list(pool[:1]) if says(said, "newest") else []


def _holding(pool: Sequence[Order], named: Sequence[Named]) -> list[Order]:
    """The orders that hold most of what was named, and hold it as it was described."""
    scores = [_held(order, named) for order in pool]
    most = max(scores, default=(0, 0))
    return [order for order, score in zip(pool, scores, strict=True) if most[0] and score == most]


def _held(order: Order, named: Sequence[Named]) -> tuple[int, int]:
    found = in_order(order, named)
    return len(found), sum(fits(order, places, one.which) for one, places in found)


def _spread(
    draft: Draft, pool: Sequence[Order], named: Sequence[Named], text: str, heard: Heard
) -> list[Order]:
    """Each named thing with the order that holds it: the first order is this errand's, the rest wait."""
    numbers: list[str] = []
    for one in named:
        holders = _holding(pool, [one])
        if len(holders) != 1 and not one.plural:
            continue
        numbers += [order.number for order in holders if order.number not in numbers]
    if not numbers:
        return []
    heard.others += [Draft(draft.kind, words=text, order=number) for number in numbers[1:]]
    return [order for order in pool if order.number == numbers[0]]


def _take(draft: Draft, number: str, heard: Heard) -> None:
    heard.some = True
    draft.turn_to(number)


def _turn(draft: Draft, world: World, heard: Heard) -> None:
    """«No, the other order»: what was said at first is heard of that one."""
    others = [order.number for order in world.open_orders(draft.kind) if order.number != draft.order]
    near = [number for number in others if number in draft.orders] or others
    draft.order, draft.orders, heard.some = None, near, True
    if len(near) == 1:
        draft.turn_to(near[0])
        order = world.order(near[0])
        if draft.kind in ITEMISED and order is not None:
            hear_items(draft, order, tokens(draft.words), world, heard)


def _take_all(draft: Draft, pool: Sequence[Order], heard: Heard) -> None:
    if pool:
        _take(draft, pool[0].number, heard)
        heard.others += [Draft(draft.kind, words=draft.words, order=one.number) for one in pool[1:]]


def _hear_method(draft: Draft, said: Tokens, world: World, heard: Heard) -> None:
    order = world.order(draft.order)
    methods = world.prepared.methods
    paid = [payment.method_id for payment in order.payments] if order else []
    found = answers.method_of(said, methods, paid)
    open_ = world.methods(draft.kind, order) if order else ()
    if len(found) > 1:
        found = [one for one in found if one in open_] or found
    if draft.asked is Asked.METHOD and not found:
        ordinal = answers.ordinal_of(said, len(open_))
        found = [open_[ordinal]] if ordinal is not None else []
    if len(found) == 1:
        draft.method, heard.some = found[0].id, True


def _hear_address(draft: Draft, text: str, world: World, heard: Heard) -> None:
    typed = parse_address(text)
    here = world.order(draft.order)
    if typed is not None:
        home = world.prepared.address
        typed["country"] = typed["country"] or home.country.reveal()
        now = here.address if here and here.address else home
        # Who gets the parcel stays: nobody was asked for that.
        draft.address, heard.some = {**_recipient(now), **typed}, True
        return
    other = world.order(_other_number(draft, text, world))
    known = [one for one in world.addresses() if not (here and here.address and alike(one, here.address))]
    if draft.kind is Kind.DEFAULT_ADDRESS:
        known = [one for one in world.addresses() if not alike(one, world.prepared.address)]
    default = world.prepared.address if draft.kind is Kind.ADDRESS else None
    chosen = other.address if other else answers.known_address(text, known, default)
    if chosen is None and draft.asked is Asked.ADDRESS:
        ordinal = answers.ordinal_of(tokens(text), len(known))
        chosen = known[ordinal] if ordinal is not None else None
    if chosen is not None:
        draft.address, heard.some = plain(chosen), True


def _recipient(address: Address) -> dict[str, str]:
    return {part: value for part, value in plain(address).items() if part in ("name", "phone")}


def _other_number(draft: Draft, text: str, world: World) -> str | None:
    """«Send #W1 where #W2 goes»: the number of an order that is not the errand's own."""
    number = world.terms.number(text)
    if number is None or number != draft.order:
        return number
    return world.terms.number(text.partition(re.sub(r"\D", "", number))[2])
