"""The catalogue, for anyone (deed catalog:browse): its pages, and what words about products mean."""

import re
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from threading import Lock

from babel.numbers import get_currency_precision

from countersign.kit.personal_forms import fold
from countersign.store import asking, finder
from countersign.store.asking import Asking, Order
from countersign.store.finder import Finding, Index, Match
from countersign.store.interfaces import Shelves
from countersign.store.models import Department, Product, ProductPage
from countersign.store.phrases import sizes_marked
from countersign.store.ranks import extreme

MOST_PER_PAGE = 100
MOST_COMPARED = 3
_BETWEEN_NAMES = re.compile(r",|;|/|\b(?:and|or|vs|versus|with|to|than|between|from)\b")


class Catalogue:
    """All methods raise StoreUnavailableError.

    `about` is the product talked about last, `shown` are those that were listed last: «how much is it»,
    «the second one». Either may be gone meanwhile, and then means nothing.
    """

    def __init__(self, shelves: Shelves) -> None:
        self._shelves = shelves
        self._lock = Lock()
        self._kept: tuple[str, Index] | None = None

    def departments(self) -> list[Department]:
        return self._shelves.departments()

    def page(self, department: str | None, words: str, offset: int, limit: int) -> ProductPage:
        """At most `limit` (1 to 100) products of a department (None: of all) that hold all `words`."""
        limit = min(max(limit, 1), MOST_PER_PAGE)
        return self._shelves.products(department or None, tuple(fold(words).split()), max(offset, 0), limit)

    def product(self, product: str) -> Product | None:
        return self._shelves.product(product)

    def popular(self, limit: int) -> tuple[Product, ...]:
        return self._shelves.popular(limit)

    def total(self) -> int:
        """How many products there are."""
        return len(self._index().products)

    def says_something(self, words: str) -> bool:
        """Whether `words` name or describe a thing at all, even one that is not here."""
        return self._index().says_something(asking.read(words).rest)

    def means_orders(self, words: str) -> bool:
        """Whether `words` are about what was ordered, and not about what can be."""
        return asking.read(words).of_orders

    def goes_on(self, words: str) -> bool:
        """Whether `words` only add to the question before, as «and in silver» does."""
        return asking.read(words).goes_on

    def search(
        self, words: str, about: str | None = None, shown: Sequence[str] = (), before: str = ""
    ) -> Finding:
        """What `words` ask for: by name, options, price, or as «the second one», «like this but cheaper».

        `before`: the question that they add to.
        """
        index, asked = self._index(), asking.read(sizes_marked(words))
        earlier = asking.read(sizes_marked(before)).rest if asked.goes_on else ""
        found = _meant(index, asked, index.get(about), shown, earlier)
        return _ordered(_priced(found, asked), asked)

    def one(
        self, words: str, about: str | None = None, shown: Sequence[str] = (), before: str = ""
    ) -> Finding:
        """Like `search`; of several that fit, the product talked about last is meant if it is among them."""
        found = self.search(words, about, shown, before)
        mine = tuple(match for match in found.matches if match.product.id == about)
        return replace(found, matches=mine) if mine and found.order is None else found

    def compare(self, words: str, about: str | None = None, shown: Sequence[str] = ()) -> tuple[Product, ...]:
        """Up to three products that `words` name, or else those listed last; fewer than two: ask which."""
        index, asked = self._index(), asking.read(sizes_marked(words))
        here, listed = index.get(about), [one for id_ in shown if (one := index.get(id_))]
        if asked.places:
            chosen = [listed[place] for place in asked.places if -1 <= place < len(listed)]
        else:
            chosen = _each_named(index, asked.rest, here if asked.refers else None) or listed
        return tuple({product.id: product for product in chosen}.values())[:MOST_COMPARED]

    def _index(self) -> Index:
        mark = self._shelves.catalogue_mark()
        with self._lock:
            if self._kept is None or self._kept[0] != mark:
                self._kept = mark, Index(self._whole())
            return self._kept[1]

    def _whole(self) -> list[Product]:
        found: list[Product] = []
        while True:
            page = self._shelves.products(None, (), len(found), MOST_PER_PAGE)
            found += page.products
            if not page.products or len(found) >= page.total:
                return found


def _meant(index: Index, asked: Asking, here: Product | None, shown: Sequence[str], before: str) -> Finding:
    named = index.names_something(asked.rest)
    listed = [product for id_ in shown if (product := index.get(id_))]
    if asked.places and listed and not named:
        return _placed(index, asked, listed)
    if asked.similar or (here and not named and asked.order in (Order.CHEAPER, Order.DEARER)):
        return _akin(index, asked, here)
    if not named and not index.says_something(asked.rest):
        return _of_no_name(index, asked, here, listed, before)
    if here and not named and not asked.anew and (asked.refers or index.knows(asked.rest)):
        return index.within(here, asked.rest, before)
    return index.find(asked.rest)


def _of_no_name(
    index: Index, asked: Asking, here: Product | None, listed: Sequence[Product], before: str
) -> Finding:
    """«How much is it?», «which is the cheapest?», «anything under 20?»"""
    if asked.order in (Order.CHEAPEST, Order.DEAREST) and len(listed) > 1 and not asked.anew:
        return _all_of(listed)
    if here and not asked.anew:
        return index.within(here, asked.rest, before)
    if listed and asked.refers and not asked.anew:
        return _all_of(listed)
    bounded = asked.order or asked.least is not None or asked.most is not None
    return _all_of(index.products) if bounded else Finding()


def _placed(index: Index, asked: Asking, listed: Sequence[Product]) -> Finding:
    chosen = [listed[place] for place in asked.places if -1 <= place < len(listed)]
    found = index.within(chosen[0], asked.rest) if len(chosen) == 1 else _all_of(chosen)
    return replace(found, named=True)


def _akin(index: Index, asked: Asking, here: Product | None) -> Finding:
    named = index.find(asked.rest)
    base = named.matches[0].product if named.named and named.matches else here
    if base is None:
        return Finding()
    like, price = index.akin(base), base.price_range[0].minor
    if asked.order is Order.CHEAPER:
        like = tuple(one for one in like if one.price_range[0].minor < price)
    elif asked.order is Order.DEARER:
        like = tuple(one for one in like if one.price_range[0].minor > price)
    return replace(_all_of(like), alone=not like)


def _all_of(products: Sequence[Product]) -> Finding:
    matches = sorted((Match(one, one.variants) for one in products), key=lambda match: not match.available)
    return Finding(tuple(matches), exact=bool(products))


def _priced(found: Finding, asked: Asking) -> Finding:
    """What costs as much as was said; where nothing does, what comes nearest, and `exact` is False."""
    if not found.matches or (asked.least is None and asked.most is None):
        return found
    currency = found.matches[0].product.variants[0].price.currency
    least, most = (_minor(bound, currency) for bound in (asked.least, asked.most))
    kept = finder.narrowed(found, least, most)
    if kept.matches:
        return kept
    nearest = finder.cheapest_first(found.matches, dearest=asked.most is None)
    return replace(found, matches=nearest, exact=False, beyond=True)


def _minor(amount: Decimal | None, currency: str) -> int | None:
    return None if amount is None else int(amount.scaleb(get_currency_precision(currency)))


def _ordered(found: Finding, asked: Asking) -> Finding:
    if asked.order in (Order.SMALLEST, Order.LARGEST):
        largest = asked.order is Order.LARGEST
        narrowed = (extreme(match, found.asked, largest=largest) for match in found.matches)
        return replace(found, matches=tuple(narrowed), order=asked.order)
    if asked.order is None or found.beyond:
        return found
    dearest = asked.order in (Order.DEAREST, Order.DEARER)
    return replace(found, matches=finder.cheapest_first(found.matches, dearest=dearest), order=asked.order)


def _each_named(index: Index, text: str, here: Product | None) -> list[Product]:
    parts = [index.find(part) for part in _BETWEEN_NAMES.split(text)]
    named = [found.matches[0].product for found in parts if found.named and found.matches]
    if len({product.id for product in named}) > 1:
        return named
    if named and here and named[0] is not here:
        return [here, named[0]]
    whole = index.find(text)
    return [match.product for match in whole.matches] if whole.named else []
