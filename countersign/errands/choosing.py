"""Buttons of an errand's questions: what each fills in. A button is what was offered, never evidence."""

from collections.abc import Callable, Mapping

from countersign.errands.models import Draft, Kind, Pick
from countersign.errands.world import World, plain


def choose(draft: Draft, choice: str, world: World) -> bool:
    """Fills in `order:#W1`, `item:2`, `item:all`, `item:done`, `variant:ID`, `method:ID`, `reason:text` or
    `address:2`. False for one that means nothing here."""
    what, _, value = choice.partition(":")
    known = _KNOWN.get(what)
    return known is not None and known(draft, value, world)


def _order(draft: Draft, value: str, world: World) -> bool:
    if world.order(value) is None:
        return False
    draft.turn_to(value)
    return True


def _method(draft: Draft, value: str, world: World) -> bool:
    known = any(one.id == value for one in world.prepared.methods)
    draft.method = value if known else draft.method
    return known


def _reason(draft: Draft, value: str, world: World) -> bool:
    known = value in world.terms.reasons()
    draft.reason = value if known else draft.reason
    return known


def _address(draft: Draft, value: str, world: World) -> bool:
    known = world.addresses()
    if value not in map(str, range(len(known))):
        return False
    draft.address = plain(known[int(value)])
    return True


def _item(draft: Draft, value: str, world: World) -> bool:
    order = world.order(draft.order)
    if order is None:
        return False
    if value == "done":
        draft.picked, draft.unclear = bool(draft.picks), []
        return draft.picked
    offered = draft.unclear or range(len(order.items))
    known = {pick.place for pick in draft.picks}
    new = [place for place in offered if value in ("all", str(place)) and place not in known]
    if not new:
        return False
    draft.picks += [Pick(place, said=draft.unclear_said) for place in new]
    draft.picked = bool(draft.unclear) or value == "all" or len(draft.picks) == len(order.items)
    draft.unclear = []
    return True


def _variant(draft: Draft, value: str, world: World) -> bool:
    order = world.order(draft.order)
    if draft.kind is not Kind.SWAP or order is None:
        return False
    fitting = [
        pick
        for pick in draft.picks
        if any(one.id == value for one in world.terms.variants(order.items[pick.place]))
    ]
    pick = next((one for one in fitting if one.new is None), fitting[-1] if fitting else None)
    if pick is None:
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
