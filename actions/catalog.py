"""Products: look for some, show one, compare a few, count what can be had, see what there is."""

import json
from collections.abc import Iterable, Sequence

from rasa_sdk.events import FollowupAction, SlotSet

from actions.base import Events, GuardedAction
from actions.scene import REFUSALS, Scene
from countersign.checkpoints.guard import Refusal
from countersign.checkpoints.table import Deed
from countersign.store.asking import Order
from countersign.store.finder import Finding, Match
from countersign.store.models import Product, Variant
from countersign.store.pictures import picture_of

_SHOWN = 8
_KEPT = 400
"""Letters of the questions that another one may add to."""
_ASKED_BACK = {
    "utter_fallback_did_you_mean": "utter_fallback_what_i_can_do",
    "utter_fallback_what_i_can_do": "utter_fallback_person",
}
"""What is said to words that name no product, by what was said last: as in data/fallback/rules.yml."""
_LOCALE = "en_US"
_DEAREST = (Order.DEAREST, Order.DEARER)
_BY_PRICE = (Order.CHEAPEST, Order.CHEAPER, *_DEAREST)


class SearchProducts(GuardedAction):
    NAME = "action_search_products"

    def perform(self, scene: Scene) -> Events:
        if not _may(scene, self.NAME):
            return []
        catalogue, words = scene.services.catalogue, _words(scene)
        found = catalogue.search(words, _about(scene), _listed(scene), _before(scene))
        told = found.matches and (found.named or found.options or found.asked or found.order)
        if scene.intent == "nlu_fallback" and not told:
            return [FollowupAction(_ASKED_BACK.get(scene.before, "utter_fallback_did_you_mean"))]
        if not (found.matches or found.alone or catalogue.says_something(words)):
            scene.say("utter_catalog_what")
            return []
        return _told(scene, found)


class ShowProduct(GuardedAction):
    """One product, named or talked about: its price, its options, whether it can be had."""

    NAME = "action_show_product"

    def perform(self, scene: Scene) -> Events:
        if not _may(scene, self.NAME):
            return []
        catalogue, words = scene.services.catalogue, _words(scene)
        named_an_order = scene.said("order_number") or catalogue.means_orders(words)
        if scene.intent == "give_order_reference" and named_an_order:
            return [FollowupAction("action_track_order")]
        found = catalogue.one(words, _about(scene), _listed(scene), _before(scene))
        if not found.matches and not catalogue.says_something(words):
            scene.say("utter_catalog_which")
            return []
        return _told(scene, found)


class CompareProducts(GuardedAction):
    NAME = "action_compare_products"

    def perform(self, scene: Scene) -> Events:
        if not _may(scene, self.NAME):
            return []
        catalogue, asked = scene.services.catalogue, (_words(scene), _about(scene), _listed(scene))
        products = catalogue.compare(*asked)
        if len(products) < 2:
            # «Which of them are red?» compares nothing.
            found = catalogue.search(*asked, _before(scene))
            if found.options or found.asked or found.order:
                return _told(scene, found)
            scene.say("utter_catalog_compare_which")
            return []
        told = [f"{product.name}: {_price(_offered(product))}" for product in products]
        scene.say("utter_catalog_compare", products="; ".join(told))
        for product in products:
            _card(scene, product, _offered(product), long=True)
        return [SlotSet("catalog_shown", json.dumps([product.id for product in products]))]


class CountOptions(GuardedAction):
    NAME = "action_count_options"

    def perform(self, scene: Scene) -> Events:
        if not _may(scene, self.NAME):
            return []
        catalogue = scene.services.catalogue
        found = catalogue.one(_words(scene), _about(scene), _listed(scene), _before(scene))
        if not found.matches:
            if catalogue.says_something(_words(scene)):
                return _told(scene, found)
            scene.say("utter_catalog_total", products=catalogue.total())
            return []
        counts = [len(match.available) for match in found.matches]
        totals = [len(match.variants) for match in found.matches]
        if len(found.matches) > 1:
            scene.say(
                "utter_catalog_count_many", available=sum(counts), total=sum(totals), count=len(found.matches)
            )
            _cards(scene, found.matches)
            return _remembered(scene, found.matches)
        match = found.matches[0]
        name = ", ".join([match.product.name, *(found.options if match.narrowed else ())])
        scene.say("utter_catalog_count", available=counts[0], total=totals[0], product=name)
        if match.available:
            _options(scene, match.available)
        return _remembered(scene, found.matches)


class BrowseCatalog(GuardedAction):
    """What is popular, and which departments there are."""

    NAME = "action_browse_catalog"

    def perform(self, scene: Scene) -> Events:
        if not _may(scene, self.NAME):
            return []
        catalogue = scene.services.catalogue
        departments = [department.name for department in catalogue.departments()]
        if departments:
            scene.say("utter_catalog_departments", departments=", ".join(departments))
        popular = [Match(product, product.variants) for product in catalogue.popular(_SHOWN)]
        if not popular:
            scene.say("utter_catalog_empty")
            return []
        scene.say("utter_catalog_popular")
        _cards(scene, popular)
        return _remembered(scene, popular)


def _may(scene: Scene, action: str) -> bool:
    """Anyone may, but for a session that was seen to misbehave: that one must sign in first."""
    answer = scene.require(Deed.CATALOG_BROWSE)
    if not isinstance(answer, Refusal):
        return True
    if answer.reason in REFUSALS:
        scene.stop_at(answer, Deed.CATALOG_BROWSE, action, {"catalog_words": scene.meant})
    else:
        scene.say("utter_catalog_refused")
    return False


def _words(scene: Scene) -> str:
    return (scene.slot("catalog_words") or "") if scene.intent == "EXTERNAL_resume" else scene.meant


def _before(scene: Scene) -> str:
    """The question that this one may add to."""
    return "" if scene.intent == "EXTERNAL_resume" else scene.slot("catalog_words") or ""


def _about(scene: Scene) -> str | None:
    return scene.said("product") or scene.slot("catalog_product")


def _listed(scene: Scene) -> Sequence[str]:
    """The products that were shown last. Rasa only hands back what an action gave it, or what was forged."""
    try:
        listed = json.loads(scene.slot("catalog_shown") or "[]")
    except ValueError:
        return ()
    return [str(one) for one in listed[:_SHOWN]] if isinstance(listed, list) else ()


def _told(scene: Scene, found: Finding) -> Events:
    if not found.matches:
        scene.say("utter_catalog_alone" if found.alone else "utter_catalog_none")
        return []
    single = len(found.matches) == 1
    if found.beyond:
        scene.say("utter_catalog_beyond")
    elif not found.exact:
        scene.say("utter_catalog_known" if single and found.fits else "utter_catalog_nearest")
    by_price = found.order in _BY_PRICE and bool(found.matches[0].available)
    if by_price:
        _first(scene, found.matches[0], dearest=found.order in _DEAREST)
    if single:
        _one(scene, found.matches[0], found, priced=by_price)
    else:
        if found.exact:
            scene.say("utter_catalog_found", count=len(found.matches))
        _cards(scene, found.matches)
        if len(found.matches) > _SHOWN:
            scene.say("utter_catalog_more", more=len(found.matches) - _SHOWN)
    return _remembered(scene, found.matches, first=found.order is not None)


def _first(scene: Scene, match: Match, *, dearest: bool) -> None:
    """The one that comes first by the order that was asked for."""
    by_price = sorted(match.available, key=lambda variant: variant.price.minor, reverse=dearest)
    product, price = match.product.name, by_price[0].price.shown(_LOCALE)
    options = _choice(by_price[0])
    if options:
        scene.say(
            "utter_catalog_dearest" if dearest else "utter_catalog_cheapest",
            product=product,
            price=price,
            options=options,
        )
    else:
        scene.say(
            "utter_catalog_dearest_plain" if dearest else "utter_catalog_cheapest_plain",
            product=product,
            price=price,
        )


def _one(scene: Scene, match: Match, found: Finding, *, priced: bool) -> None:
    """`priced`: its price was told."""
    product, available = match.product, match.available
    if priced:
        pass
    elif match.narrowed and not available:
        scene.say("utter_catalog_sold_out", product=", ".join([product.name, *found.options]))
    elif match.narrowed and found.fits:
        scene.say("utter_catalog_fitting", count=len(available), product=product.name)
        _options(scene, available)
    else:
        scene.say(
            "utter_catalog_product",
            product=product.name,
            price=_price(match.available or match.variants),
            available=len(available),
            total=len(match.variants),
        )
    for name in found.asked:
        values = dict.fromkeys(v.options[name] for v in available or match.variants if name in v.options)
        scene.say("utter_catalog_values", option=name, values=", ".join(values))
    _card(scene, product, available or match.variants, long=True)


def _options(scene: Scene, variants: Sequence[Variant]) -> None:
    lines = [": ".join(filter(None, (_choice(one), one.price.shown(_LOCALE)))) for one in variants]
    scene.say("utter_catalog_options", options="\n".join(f"- {line}" for line in lines[:_SHOWN]))
    if len(lines) > _SHOWN:
        scene.say("utter_catalog_more_options", more=len(lines) - _SHOWN)


def _choice(variant: Variant) -> str:
    return ", ".join(f"{name} {value}" for name, value in variant.options.items())


def _price(variants: Iterable[Variant]) -> str:
    prices = sorted({variant.price.minor: variant.price for variant in variants}.items())
    ends = dict.fromkeys((prices[0][1].shown(_LOCALE), prices[-1][1].shown(_LOCALE)))
    return " – ".join(ends)


def _offered(product: Product) -> Sequence[Variant]:
    """What can be had, or if that is nothing, what there is."""
    return [variant for variant in product.variants if variant.available] or product.variants


def _cards(scene: Scene, matches: Sequence[Match]) -> None:
    for match in matches[:_SHOWN]:
        _card(scene, match.product, match.available or match.variants, long=False)


def _card(scene: Scene, product: Product, variants: Sequence[Variant], *, long: bool) -> None:
    """With all its options, and a way to count them; or short, with a way to the details."""
    price, available = _price(variants), sum(variant.available for variant in product.variants)
    stock, picture = f"{available} / {len(product.variants)}", picture_of(product.name, product.category)
    payload = json.dumps({"product": product.id})
    if not long:
        fields: list[tuple[str, object]] = [("price", price), ("available", stock)]
        scene.card("product", product.name, fields, [("details", f"/show_product{payload}")], picture)
        return
    told = [("price", price), ("about", product.description), ("options", "; ".join(_values(product)))]
    fields = [(name, value) for name, value in (*told, ("available", stock)) if value]
    scene.card("product", product.name, fields, [("options", f"/count_options{payload}")], picture)


def _values(product: Product) -> list[str]:
    gathered: dict[str, dict[str, None]] = {}
    for variant in product.variants:
        for name, value in variant.options.items():
            gathered.setdefault(name, {})[value] = None
    return [f"{name}: {', '.join(values)}" for name, values in gathered.items()]


def _remembered(scene: Scene, matches: Sequence[Match], *, first: bool = False) -> Events:
    """One product is talked about from now on, of several the `first` or none."""
    ids = [match.product.id for match in matches[:_SHOWN]]
    about = ids[0] if first or len(ids) == 1 else None
    shown = [] if len(ids) == 1 else [SlotSet("catalog_shown", json.dumps(ids))]
    words = _words(scene)
    if scene.services.catalogue.goes_on(words):
        words = f"{_before(scene)} {words}"[-_KEPT:]
    return [*shown, SlotSet("catalog_product", about), SlotSet("catalog_words", words)]
