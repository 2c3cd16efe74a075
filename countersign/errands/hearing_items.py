"""What a shopper's words say of items, and of what they want instead."""

from collections.abc import Sequence

from countersign.errands.models import READ, Asked, Draft, Heard, Kind, Pick
from countersign.errands.reading.items import Found, Named, all_of, described, found_in, named_in, not_spared
from countersign.errands.reading.tokens import Tokens, tokens
from countersign.errands.reading.variants import Wanted, choose, wanted
from countersign.errands.reading.vocabulary import says
from countersign.errands.world import World
from countersign.store.models import Item, Order, Variant


def hear_items(draft: Draft, order: Order, said: Tokens, world: World, heard: Heard) -> None:
    if draft.kind is Kind.SWAP and _hear_variant(draft, order, said, world, heard):
        return
    # Asked which item it is, all that stands around a name tells which.
    swap = draft.kind is Kind.SWAP and draft.asked is not Asked.ITEMS
    named = named_in(said, [item.name for item in order.items], swap=swap)
    if draft.asked is Asked.ITEMS and draft.picks and not named and says(said, "that_is_all"):
        draft.picked, draft.unclear, heard.some = True, [], True
        return
    found = _found(draft, order, said, named)
    if found.places:
        _pick(draft, found, order, said, world)
        heard.some = True
    elif len(order.items) == 1 and not draft.picks:
        draft.picks, draft.picked = [Pick(0, said=" ".join(said))], True
        _settle(draft, order, draft.picks[0], world)


def _found(draft: Draft, order: Order, said: Tokens, named: Sequence[Named]) -> Found:
    here = named if draft.picked else not_spared(said, named)
    found = all_of(order, said, named) or found_in(order, here)
    if draft.asked is Asked.ITEMS and draft.unclear:
        return _of_unclear(draft, order, said, found)
    unnamed = draft.asked is Asked.ITEMS or (draft.asked in READ and draft.kind is Kind.RETURN)
    return described(order, said, ()) if unnamed and not found.places else found


def _of_unclear(draft: Draft, order: Order, said: Tokens, found: Found) -> Found:
    """Those that an answer means of the unclear ones, with what was said of them before."""
    named = [place for place, _ in found.places if place in draft.unclear]
    if len(named) != 1:
        by_looks = described(order, said, draft.unclear)
        named = [] if by_looks.unclear else [place for place, _ in by_looks.places]
    return Found(tuple((place, draft.unclear_said) for place in named)) if named else found


def _pick(draft: Draft, found: Found, order: Order, said: Tokens, world: World) -> None:
    known = {pick.place: pick for pick in draft.picks}
    if draft.picked and says(said, "without"):
        less = [place for place, _ in (*found.clear, *found.places)]
        draft.picks = [pick for pick in draft.picks if pick.place not in less]
        draft.picked = bool(draft.picks)
        return
    meant = found.clear if found.unclear else found.places
    named = [place for place, _ in meant]
    for place, instead in meant:
        pick = known.setdefault(place, Pick(place))
        if draft.kind is Kind.SWAP:
            variants, item = world.terms.variants(order.items[place]), order.items[place]
            now = _instead(tokens(instead), said if len(meant) == 1 else (), item, variants)
            _say_more(pick, now, variants)
            if now or pick.new is None:
                _settle(draft, order, pick, world)
    kept = _kept(draft, named, said)
    draft.picks = [known[place] for place in known if place in kept or place in named]
    draft.picked = not found.unclear
    draft.unclear = [place for place, _ in found.places] if found.unclear else []
    draft.unclear_said = found.places[0][1] if found.unclear else ""


def _kept(draft: Draft, named: Sequence[int], said: Tokens) -> list[int]:
    """The places that stay, though others are named."""
    known = [pick.place for pick in draft.picks]
    if not draft.picked:
        return known
    corrected = draft.kind is Kind.SWAP and set(named) <= set(known)
    return known if (corrected or says(said, "afterwards")) and not says(said, "only") else []


def _instead(behind: Tokens, said: Tokens, item: Item, variants: Sequence[Variant]) -> Tokens:
    """What is wanted: «the lamp to red», «the lamp in red», but not «the black lamp» of a black one."""
    want = wanted(behind, variants, item)
    more = want.unwanted or want.compared or want.price or want.same or want.id
    old = want.values and not _differs(want, item) and not more
    if want.says_something and not old:
        return behind
    if _differs(wanted(said, variants), item):
        return said
    return () if old else behind


def _differs(want: Wanted, item: Item) -> bool:
    return any(item.options.get(key) not in some for key, some in want.values.items())


def _hear_variant(draft: Draft, order: Order, said: Tokens, world: World, heard: Heard) -> bool:
    """What is said of the one new thing that is asked about, or was read back."""
    pick = next((one for one in draft.picks if one.new is None), None)
    if draft.asked in READ:
        pick = draft.picks[0] if len(draft.picks) == 1 else None
    elif draft.asked is not Asked.VARIANT:
        return False
    if pick is None:
        return False
    item = order.items[pick.place]
    variants = world.terms.variants(item)
    want = wanted(said, variants, item)
    others = named_in(said, [one.name for one in order.items if one.name != item.name])
    if draft.asked is Asked.VARIANT and _stays(said, item, want):
        draft.picks = [one for one in draft.picks if one is not pick]
        draft.picked, heard.some, heard.dropped = bool(draft.picks), True, not (draft.picks or others)
        return not others
    if want.says_something and not others:
        heard.some = True
        _say_more(pick, said, variants)
        _settle(draft, order, pick, world)
        return True
    if says(said, "the_rest") and pick.new is None:
        heard.some = True
        best = choose(wanted(tokens(pick.said), variants, item), variants, item)
        pick.new = best.variants[0].id if best.variants and best.fits else None
        return True
    return False


def _stays(said: Tokens, item: Item, want: Wanted) -> bool:
    """«Leave it as it is», «then I keep the boots»: it shall become nothing else."""
    kept = "keep" in said and not want.values and bool(named_in(said, [item.name]))
    return says(said, "as_it_is") or kept


def _say_more(pick: Pick, said: Tokens, variants: Sequence[Variant]) -> None:
    """What was said before stays, but where it is said anew."""
    before, now = (wanted(one, variants).values for one in (tokens(pick.said), said))
    kept = "" if before.keys() & now.keys() else pick.said
    pick.said = f"{kept} {' '.join(said)}".strip()


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
