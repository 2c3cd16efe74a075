"""Buttons of an errand's questions: what each fills in. A button is what was offered, never evidence."""

from collections.abc import Callable, Mapping

from countersign.errands.hearing import World, plain
from countersign.errands.models import Draft, Kind, Pick


def choose(draft: Draft, choice: str, world: World) -> bool:
    """Fills in `order:#W1`, `item:2`, `item:all`, `item:done`, `variant:ID`, `method:ID`, `reason:text` or
    `address:2`. False for one that means nothing here."""
    what, _, value = choice.partition(":")
    known = _KNOWN.get(what)
    return known is not None and known(draft, value, world)


def _order(draft: Draft, value: str, world: World) -> bool:
    if world.order(value) is None:
        return False
    if draft.order != value:
        draft.order, draft.picks, draft.picked = value, [], False
    return True


def _method(draft: Draft, value: str, world: World) -> bool:
    draft.method = value
    return any(one.id == value for one in world.prepared.methods)


def _reason(draft: Draft, value: str, world: World) -> bool:
    draft.reason = value if value in world.terms.reasons() else None
    return draft.reason is not None


def _address(draft: Draft, value: str, world: World) -> bool:
    known = world.addresses()
    if not value.isdecimal() or int(value) >= len(known):
        return False
    draft.address = plain(known[int(value)])
    return True


def _item(draft: Draft, value: str, world: World) -> bool:
    order = world.order(draft.order)
    if order is None:
        return False
    if value == "done":
        draft.picked = bool(draft.picks)
        return draft.picked
    offered = draft.unclear or range(len(order.items))
    places = offered if value == "all" else [int(value)] if value.isdecimal() else []
    known = {pick.place for pick in draft.picks}
    new = [place for place in places if place in offered and place not in known]
    draft.picks += [Pick(place, said=draft.unclear_said) for place in new]
    draft.picked = bool(draft.unclear) or value == "all" or len(draft.picks) == len(order.items)
    draft.unclear = []
    return bool(new)


def _variant(draft: Draft, value: str, world: World) -> bool:
    pick = next((one for one in draft.picks if one.new is None), None)
    if draft.kind is not Kind.SWAP or pick is None:
        return False
    pick.new = value
    draft.unfit = [place for place in draft.unfit if place != pick.place]
    return True


_KNOWN: Mapping[str, Callable[[Draft, str, World], bool]] = {
    "address": _address,
    "item": _item,
    "method": _method,
    "order": _order,
    "reason": _reason,
    "variant": _variant,
}
