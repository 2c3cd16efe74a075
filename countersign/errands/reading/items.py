"""Which of the things that somebody bought a text means, and what it says of each."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from countersign.errands.reading.answers import ordinals_of
from countersign.errands.reading.mentions import Mention, mentions
from countersign.errands.reading.tokens import Tokens, is_stop, tokens
from countersign.errands.reading.variants import option_values
from countersign.errands.reading.vocabulary import places_of, says, word_set
from countersign.store.models import Item, Order

_BOUNDARY = frozenset(("to", "for", "into", "instead", "but", "be", "become"))
_MOST = 40
"""Things named in one message; nobody means more, and each is looked for in every order."""
_MANY = frozenset(("two", "both", "three", "four", "all", "2", "3", "4"))
_DEARER = re.compile(r"(?:more|most) expensive|dearer|dearest|pricier|priciest")
_CHEAPER = re.compile(r"(?:less|least) expensive|cheaper|cheapest")


@dataclass(frozen=True)
class Named:
    """A mention with what stands around it: words that tell which one, and words that tell what instead."""

    mention: Mention
    which: Tokens
    instead: Tokens
    plural: bool


@dataclass(frozen=True)
class Found:
    """Places of items in an order, with what is wanted instead of each; `unclear` when more items fit than
    were meant, and then `places` are those that fit, and `clear` what else was named."""

    places: tuple[tuple[int, str], ...] = ()
    unclear: bool = False
    clear: tuple[tuple[int, str], ...] = ()


def named_in(said: Tokens, names: Sequence[str], *, swap: bool = False) -> list[Named]:
    """What a text names of `names`, in order, each with its surroundings; with `swap` some of them say
    what is wanted instead."""
    found = mentions(said, names)[:_MOST]
    starts = [_start(said, one, found[at - 1].end if at else 0) for at, one in enumerate(found)]
    result: list[Named] = []
    for at, one in enumerate(found):
        end = starts[at + 1] if at + 1 < len(found) else len(said)
        before, after = said[starts[at] : one.start], said[one.end : end]
        cut = _boundary(after) if swap else len(after)
        which = [*before, *(after[:cut] if cut is not None else ())]
        instead = list(after[cut:]) if cut is not None else [*before, *after]
        last = said[one.end - 1]
        plural = last.endswith("s") and not last.endswith("ss") and not _singular_name(one)
        plural = plural or bool(_MANY.intersection(before))
        result.append(Named(one, which, instead, plural))
    return _shared(said, result)


def _boundary(after: Tokens) -> int | None:
    """Where it begins to be said what is wanted instead: «with» may tell which one, if more follows."""
    for boundary in (_BOUNDARY, frozenset(("with",))):
        found = next((at for at, token in enumerate(after) if token in boundary), None)
        if found is not None:
            return found
    return None


def _start(said: Tokens, one: Mention, floor: int) -> int:
    at = one.start
    halts = word_set("articles") | {"and", "or", "to", "return", "exchange", "change", "modify", "cancel"}
    while at > floor and said[at - 1] not in halts and not is_stop(said[at - 1]):
        at -= 1
    return at


def _singular_name(one: Mention) -> bool:
    """«Boots» and «headphones» are one thing."""
    return all(tokens(name)[-1].endswith("s") for name in one.names)


def _shared(said: Tokens, found: list[Named]) -> list[Named]:
    """«The bed and the chair to the cheapest»: what stands at the end is said of both."""
    result = list(found)
    for at in range(len(result) - 2, -1, -1):
        one, later = result[at], result[at + 1]
        between = said[one.mention.end : later.mention.start]
        if all(
            token in ("and", "or", ",", "my", "also") or token in word_set("articles") for token in between
        ):
            result[at] = Named(one.mention, one.which, later.instead, one.plural)
    return result


def in_order(order: Order, named: Sequence[Named]) -> list[tuple[Named, list[int]]]:
    """For each named thing that the order holds, the places where it may be."""
    found = []
    for one in named:
        places = [at for at, item in enumerate(order.items) if item.name in one.mention.names]
        if places:
            found.append((one, _narrowed(order, places, one.which)))
    return found


def found_in(order: Order, named: Sequence[Named]) -> Found:
    clear: list[tuple[int, str]] = []
    unclear: list[tuple[int, str]] = []
    for one, candidates in in_order(order, named):
        free = [at for at in candidates if at not in {place for place, _ in clear}] or candidates
        same = len({order.items[at].variant_id for at in free}) == 1
        said = " ".join(one.instead)
        into = unclear if len(free) > 1 and not one.plural and not same else clear
        chosen = free if one.plural or into is unclear else free[:1]
        for at in chosen:
            before = next((one for one in into if one[0] == at), None)
            if before is None:
                into.append((at, said))
            else:
                # Named again: «the bottle and the lamp; the bottle for a bigger one».
                into[into.index(before)] = (at, f"{before[1]} {said}".strip())
    return Found(tuple(unclear), True, tuple(clear)) if unclear else Found(tuple(clear))


def all_of(order: Order, said: Tokens, named: Sequence[Named]) -> Found | None:
    """«Everything», «all but the lamp»; None when the text says nothing of the kind."""
    spares = says(said, "except")
    if not (says(said, "all") or (spares and "all" in said)):
        return None
    spared: set[int] = set()
    if spares:
        spared = {at for _, places in in_order(order, named) for at in places}
    elif named and in_order(order, named):
        return None
    instead = " ".join(said)
    return Found(tuple((at, instead) for at in range(len(order.items)) if at not in spared))


def not_spared(said: Tokens, named: Sequence[Named]) -> list[Named]:
    """«The shirts but not the backpack»: without what stands behind the «not»."""
    starts = [at for at in places_of(said, "without") if at > 0]
    return [one for one in named if not any(0 <= one.mention.start - at <= 4 for at in starts)]


def described(order: Order, said: Tokens, among: Sequence[int]) -> Found:
    """«The blue one», «the second», «both», «the more expensive one»: without a name."""
    places = list(among) or list(range(len(order.items)))
    if says(said, "both") or says(said, "all") or list(said) == ["all"]:
        return Found(tuple((at, "") for at in places))
    by_options = _narrowed(order, places, said)
    if by_options != places:
        return Found(tuple((at, "") for at in by_options), unclear=len(by_options) > 1)
    return Found(tuple((places[at], "") for at in ordinals_of(said, len(places))))


def _narrowed(order: Order, places: list[int], said: Tokens) -> list[int]:
    """Those of `places` whose options and price the words fit best; all when the words tell nothing."""
    items = [order.items[at] for at in places]
    text = " ".join(said)
    if len(places) > 1 and (_DEARER.search(text) or _CHEAPER.search(text)):
        prices = [item.price.minor for item in items]
        wanted = max(prices) if _DEARER.search(text) else min(prices)
        return [at for at, price in zip(places, prices, strict=True) if price == wanted]
    scores = [_fits(item, items, said) for item in items]
    best = max(scores, default=0)
    return [at for at, score in zip(places, scores, strict=True) if score == best] if best > 0 else places


def fits(order: Order, places: Sequence[int], said: Tokens) -> int:
    """How many of their options the best of some items has as the words say."""
    items = [order.items[at] for at in places]
    return max((_fits(item, items, said) for item in items), default=0)


def _fits(item: Item, items: Sequence[Item], said: Tokens) -> int:
    values, unwanted = option_values(said, [one.options for one in items])
    has = sum(item.options.get(key) in some for key, some in values.items())
    return has - sum(item.options.get(key) in some for key, some in unwanted.items())
