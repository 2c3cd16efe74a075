"""What a shopper's words fill in of an errand. Nothing is looked up and nothing is kept here."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from countersign.errands.interfaces import Terms
from countersign.errands.models import Asked, Draft, Kind, Pick
from countersign.errands.reading import answers
from countersign.errands.reading.addresses import parse_address
from countersign.errands.reading.items import (
    Found,
    Named,
    all_of,
    described,
    fits,
    found_in,
    in_order,
    named_in,
)
from countersign.errands.reading.tokens import Tokens, tokens
from countersign.errands.reading.variants import choose, wanted
from countersign.errands.reading.vocabulary import says
from countersign.store.changes import (
    CancelOrder,
    Change,
    ChangeAddress,
    ChangeItems,
    ChangePayment,
    OpenExchange,
    OpenReturn,
)
from countersign.store.models import Address, Order, Variant
from countersign.store.outcomes import Prepared

KINDS: dict[Kind, tuple[type[Change], ...]] = {
    Kind.ADDRESS: (ChangeAddress,),
    Kind.CANCEL: (CancelOrder,),
    Kind.DEFAULT_ADDRESS: (),
    Kind.PAYMENT: (ChangePayment,),
    Kind.RETURN: (OpenReturn,),
    Kind.SWAP: (ChangeItems, OpenExchange),
}
ITEMISED = (Kind.RETURN, Kind.SWAP)


@dataclass
class Heard:
    """`some` when anything was understood. `others` are drafts for what was named beside; `stranger` a
    number that is none of the shopper's."""

    some: bool = False
    others: list[Draft] = field(default_factory=list)
    stranger: str | None = None


@dataclass(frozen=True)
class World:
    """The shopper's own things, and the shop's terms."""

    prepared: Prepared
    terms: Terms

    def order(self, number: str | None) -> Order | None:
        return next((one for one in self.prepared.orders if one.number == number), None)

    def change(self, kind: Kind, order: Order) -> type[Change] | None:
        """The change that this kind of wish comes to for the order, if it is open to one."""
        return next((one for one in KINDS[kind] if self.terms.open_to(one, order) is None), None)

    def open_orders(self, kind: Kind) -> list[Order]:
        return [order for order in self.prepared.orders if self.change(kind, order)]

    def addresses(self) -> list[Address]:
        """The shopper's own and those that their orders go to, each once, the default first."""
        known = [self.prepared.address]
        for order in self.prepared.orders:
            if order.address is not None and not any(alike(order.address, one) for one in known):
                known.append(order.address)
        return known


def hear(draft: Draft, text: str, world: World) -> Heard:
    """Fills in what `text` says. What was said before stays, unless it is said anew."""
    said, heard = tokens(text), Heard()
    if draft.kind is not Kind.DEFAULT_ADDRESS:
        _hear_order(draft, text, said, world, heard)
    if draft.kind in ITEMISED and draft.order is not None:
        _hear_items(draft, said, world, heard)
    if draft.kind in (*ITEMISED, Kind.PAYMENT):
        _hear_method(draft, said, world, heard)
    if draft.kind is Kind.CANCEL and (reason := answers.reason_of(said, world.terms.reasons())):
        draft.reason, heard.some = reason, True
    if draft.kind in (Kind.ADDRESS, Kind.DEFAULT_ADDRESS):
        _hear_address(draft, text, world, heard)
    return heard


def _hear_order(draft: Draft, text: str, said: Tokens, world: World, heard: Heard) -> None:
    number = world.terms.number(text)
    if number is not None and (draft.kind is not Kind.ADDRESS or draft.order is None):
        if world.order(number) is None:
            heard.stranger = number
        else:
            _take(draft, number, heard)
        return
    if draft.order is not None and draft.asked is not Asked.ORDER:
        return
    pool = world.open_orders(draft.kind)
    if says(said, "all_orders") and draft.kind in (Kind.CANCEL, Kind.ADDRESS, Kind.RETURN):
        _take_all(draft, pool, heard)
        return
    named = _named(draft, said, pool)
    if not named:
        _closed(draft, said, world, heard)
    if draft.order is not None and draft.asked is not Asked.ORDER:
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


def _closed(draft: Draft, said: Tokens, world: World, heard: Heard) -> None:
    """What was named stands only in orders that are not open to this: then one of them says why."""
    orders = world.prepared.orders
    named = _named(draft, said, orders)
    holding = _holding(orders, named)
    if holding:
        _take(draft, holding[0].number, heard)


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
    if draft.order != number:
        draft.order, draft.picks, draft.picked, draft.method = number, [], False, None


def _take_all(draft: Draft, pool: Sequence[Order], heard: Heard) -> None:
    if pool:
        _take(draft, pool[0].number, heard)
        heard.others += [Draft(draft.kind, words=draft.words, order=one.number) for one in pool[1:]]


def _hear_items(draft: Draft, said: Tokens, world: World, heard: Heard) -> None:
    order = world.order(draft.order)
    if order is None:
        return
    if draft.asked is Asked.VARIANT and _hear_variant(draft, order, said, world, heard):
        return
    named = _named(draft, said, [order])
    found = all_of(order, said, named) or found_in(order, named)
    if draft.asked is Asked.ITEMS and draft.unclear:
        found = _of_unclear(draft, order, said, found)
    elif draft.asked is Asked.ITEMS and not found.places:
        found = described(order, said, ())
        if not found.places and says(said, "that_is_all") and draft.picks:
            draft.picked, heard.some = True, True
            return
    if found.places:
        _pick(draft, found, said, heard)
        for pick in draft.picks:
            _settle(draft, order, pick, world)
    elif len(order.items) == 1 and not draft.picks:
        draft.picks, draft.picked = [Pick(0, said=" ".join(said))], True
        _settle(draft, order, draft.picks[0], world)


def _of_unclear(draft: Draft, order: Order, said: Tokens, found: Found) -> Found:
    """The one of those that were unclear that an answer means, with what was said of it before."""
    named = [place for place, _ in found.places if place in draft.unclear]
    if len(named) != 1:
        named = [place for place, _ in described(order, said, draft.unclear).places]
    picked = [(pick.place, "") for pick in draft.picks]
    meant = [(place, draft.unclear_said) for place in named if place in draft.unclear]
    return Found((*picked, *meant)) if meant and (len(meant) == 1 or says(said, "both")) else found


def _pick(draft: Draft, found: Found, said_all: Tokens, heard: Heard) -> None:
    heard.some = True
    known = {pick.place: pick for pick in draft.picks}
    named = [place for place, _ in found.places]
    if draft.picked and says(said_all, "without"):
        draft.picks = [pick for pick in draft.picks if pick.place not in named]
        draft.picked = bool(draft.picks)
        return
    draft.unclear = [place for place, _ in found.places] if found.unclear else []
    if found.unclear:
        draft.unclear_said = found.places[0][1]
        draft.picks, draft.picked = [Pick(place, said=said) for place, said in found.clear], False
        return
    more = draft.picked and says(said_all, "afterwards") and not says(said_all, "only")
    for place, said in found.places:
        pick = known.setdefault(place, Pick(place))
        pick.said = said or pick.said
    draft.picks = [known[place] for place in known if more or place in named]
    draft.picked = True


def _hear_variant(draft: Draft, order: Order, said: Tokens, world: World, heard: Heard) -> bool:
    pick = next((one for one in draft.picks if one.new is None), None)
    if pick is None:
        return False
    item = order.items[pick.place]
    variants = world.terms.variants(item)
    want = wanted(said, variants, item)
    others = named_in(said, [one.name for one in order.items if one.name != item.name])
    if want.says_something and not others:
        before = "" if _contradicts(pick, said, variants) else pick.said
        pick.said = f"{before} {' '.join(said)}".strip()
        heard.some = True
        _settle(draft, order, pick, world)
        return True
    if says(said, "the_rest"):
        heard.some = True
        best = choose(wanted(tokens(pick.said), variants, item), variants, item)
        pick.new = best.variants[0].id if best.variants and best.fits else None
        return True
    return False


def _contradicts(pick: Pick, said: Tokens, variants: Sequence[Variant]) -> bool:
    before = wanted(tokens(pick.said), variants).values
    return any(key in before for key in wanted(said, variants).values)


def _settle(draft: Draft, order: Order, pick: Pick, world: World) -> None:
    """The new variant, when what was said of it can mean one only."""
    if draft.kind is not Kind.SWAP:
        return
    item = order.items[pick.place]
    variants = world.terms.variants(item)
    choice = choose(wanted(tokens(pick.said), variants, item), variants, item)
    draft.unfit = [place for place in draft.unfit if place != pick.place]
    pick.new = choice.variants[0].id if choice.sure and choice.fits and choice.variants else None
    if not choice.fits:
        draft.unfit.append(pick.place)


def _hear_method(draft: Draft, said: Tokens, world: World, heard: Heard) -> None:
    order = world.order(draft.order)
    methods = world.prepared.methods
    paid = [payment.method_id for payment in order.payments] if order else []
    found = answers.method_of(said, methods, paid)
    if len(found) > 1 and order is not None:
        change = world.change(draft.kind, order)
        allowed = world.terms.methods(change, order, world.prepared) if change else ()
        found = [one for one in found if one in allowed] or found
    if draft.asked is Asked.METHOD and not found and order is not None:
        change = world.change(draft.kind, order)
        offered = world.terms.methods(change, order, world.prepared) if change else ()
        ordinal = answers.ordinal_of(said, len(offered))
        found = [offered[ordinal]] if ordinal is not None else []
    if len(found) == 1:
        draft.method, heard.some = found[0].id, True


def _hear_address(draft: Draft, text: str, world: World, heard: Heard) -> None:
    typed = parse_address(text)
    if typed is not None:
        home = world.prepared.address
        typed["country"] = typed["country"] or home.country.reveal()
        draft.address, heard.some = typed, True
        return
    number = world.terms.number(text)
    other = world.order(number) if number != draft.order else None
    here = world.order(draft.order)
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


def plain(address: Address) -> dict[str, str]:
    parts = ("line1", "line2", "city", "region", "postcode", "country", "name", "phone")
    values = {part: getattr(address, part) for part in parts}
    return {part: value.reveal() for part, value in values.items() if value is not None}


def alike(one: Address, other: Address) -> bool:
    parts = ("line1", "line2", "city", "postcode")
    return all(getattr(one, part) == getattr(other, part) for part in parts)
