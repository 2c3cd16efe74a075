"""The catalogue as actions and pages ask it: what was talked about, what was listed, and no stale answer."""

import pytest

from countersign.kit.money import Money
from countersign.store.asking import Order
from countersign.store.catalogue import MOST_PER_PAGE, Catalogue
from countersign.store.demo.seed import demo_shop
from countersign.store.errors import StoreUnavailableError
from countersign.store.finder import Finding
from countersign.store.shopfile.document import StoreFile
from countersign.vault.service import Vault
from tests.fakes.store import BrokenStore, FakeStore, small_shop, small_store
from tests.unit.store.shops import demo


@pytest.fixture
def small(vault: Vault) -> Catalogue:
    return Catalogue(FakeStore(vault, small_store()))


@pytest.fixture(scope="module")
def ours() -> Catalogue:
    return Catalogue(FakeStore(None, demo_shop()))  # type: ignore[arg-type]


def ids(found: Finding) -> list[str]:
    return [match.product.id for match in found.matches]


def names(found: Finding) -> list[str]:
    return [match.product.name for match in found.matches]


LAMPS = [product.id for product in demo() if product.name.endswith("Desk Lamp")]


@pytest.mark.parametrize(
    ("department", "words", "offset", "limit", "found"),
    [
        (None, "", 0, 2, ["p1", "p2"]),
        (None, "", -5, 0, ["p1"]),
        ("", "", 3, 10**9, ["p4"]),
        ("Desk", "", 0, 10, ["p1", "p3"]),
        (None, "  KEY  Clicky ", 0, 10, ["p1"]),
        (None, "gRÜN", 0, 10, ["p3"]),
    ],
)
def test_a_page_of_the_catalogue(
    small: Catalogue, department: str | None, words: str, offset: int, limit: int, found: list[str]
) -> None:
    page = small.page(department, words, offset, limit)
    assert [product.id for product in page.products] == found
    assert page.limit <= MOST_PER_PAGE


def test_a_product_and_the_departments(small: Catalogue) -> None:
    assert [department.name for department in small.departments()] == ["Desk", "Light"]
    product = small.product("p2")
    assert product is not None
    assert product.name == "Desk Lamp"
    assert small.product("nope") is None
    assert small.total() == 4


def test_a_store_that_is_down_says_so(vault: Vault) -> None:
    down = Catalogue(BrokenStore(vault))
    for attempt in (down.departments, down.total, lambda: down.search("lamp"), lambda: down.popular(1)):
        with pytest.raises(StoreUnavailableError):
            attempt()


class TestSearching:
    def test_by_name_and_option(self, small: Catalogue) -> None:
        found = small.search("a clicky keyboard")
        assert ids(found) == ["p1"]
        assert [variant.id for variant in found.matches[0].variants] == ["v2"]
        assert found.matches[0].available == ()

    def test_the_product_talked_about_is_meant_by_it(self, small: Catalogue) -> None:
        for words in ("how much is it", "in black?", "does it come in black", ""):
            assert ids(small.search(words, about="p1")) == ["p1"], words
        assert ids(small.search("how much is the desk lamp", about="p1")) == ["p2"]

    def test_what_is_new_is_not_the_product_talked_about(self, small: Catalogue) -> None:
        assert ids(small.search("do you have a fridge", about="p1")) == []
        assert "p1" not in ids(small.search("anything in grün", about="p1"))

    def test_a_product_that_is_gone_is_not_meant(self, small: Catalogue) -> None:
        assert small.search("how much is it", about="p9") == Finding()

    @pytest.mark.parametrize(
        ("words", "place"), [("the second one", 1), ("the first", 0), ("the last one", -1), ("number 3", 2)]
    )
    def test_places_mean_what_was_listed(self, ours: Catalogue, words: str, place: int) -> None:
        assert ids(ours.search(words, shown=LAMPS)) == [LAMPS[place]]

    def test_places_beyond_the_list_mean_nothing(self, ours: Catalogue) -> None:
        assert ids(ours.search("the fifth one", shown=LAMPS[:2])) == []

    def test_the_cheapest_is_that_of_what_was_listed(self, ours: Catalogue) -> None:
        found = ours.search("which one is the cheapest", shown=LAMPS)
        assert found.order is Order.CHEAPEST
        assert set(ids(found)) == set(LAMPS)
        prices = [min(v.price.minor for v in match.available) for match in found.matches if match.available]
        assert prices == sorted(prices)

    def test_the_dearest_comes_first(self, ours: Catalogue) -> None:
        found = ours.search("the most expensive backpack")
        tops = [max(v.price.minor for v in match.available) for match in found.matches if match.available]
        assert len(tops) > 3
        assert tops == sorted(tops, reverse=True)

    def test_within_a_price(self, ours: Catalogue) -> None:
        found = ours.search("something between 20 and 40 dollars for the kitchen")
        assert found.exact
        assert {match.product.category for match in found.matches} == {"Kitchen"}
        prices = [variant.price.minor for match in found.matches for variant in match.variants]
        assert 2000 <= min(prices) <= max(prices) <= 4000

    def test_beyond_a_price_the_nearest_comes_first(self, ours: Catalogue) -> None:
        found = ours.search("desk lamps under 5 dollars")
        assert (found.exact, found.beyond) == (False, True)
        assert set(ids(found)) == set(LAMPS)

    def test_any_product_at_a_price(self, ours: Catalogue) -> None:
        found = ours.search("anything under 10 dollars", about=LAMPS[0])
        assert found.matches
        assert all(v.price.minor < 1000 for match in found.matches for v in match.variants)

    def test_like_this_but_cheaper(self, ours: Catalogue) -> None:
        dear = max(
            (product for product in demo() if product.id in LAMPS), key=lambda one: one.price_range[0].minor
        )
        found = ours.search("something like this but cheaper", about=dear.id)
        assert dear.id not in ids(found)
        assert found.matches
        assert all(m.product.price_range[0].minor < dear.price_range[0].minor for m in found.matches)

    def test_like_a_product_that_is_named(self, ours: Catalogue) -> None:
        found = ours.search("something similar to the yoga mat")
        assert found.matches
        assert all(name.endswith("Yoga Mat") for name in names(found))

    def test_nothing_is_like_it(self, small: Catalogue) -> None:
        found = small.search("something similar", about="p4")
        assert found.alone
        assert not found.matches

    def test_of_several_the_one_talked_about(self, ours: Catalogue) -> None:
        assert ids(ours.one("is the desk lamp in stock", about=LAMPS[1])) == [LAMPS[1]]
        assert set(ids(ours.search("is the desk lamp in stock", about=LAMPS[1]))) == set(LAMPS)

    def test_the_longest_and_the_smallest(self, ours: Catalogue) -> None:
        (match, *_) = ours.search("the longest led strip").matches
        assert {variant.options["length"] for variant in match.variants} == {"5 m"}


class TestGoingOn:
    """«And in white»: what was asked for before holds, but for what is changed."""

    BEFORE = "do you have the linear keyboard"

    def variants(self, small: Catalogue, words: str, before: str = BEFORE) -> list[str]:
        (match,) = small.search(words, about="p1", before=before).matches
        return [variant.id for variant in match.variants]

    def test_what_was_asked_for_before_holds(self, small: Catalogue) -> None:
        assert self.variants(small, "and in black") == ["v1"]
        assert self.variants(small, "only the cheap one") == ["v1"]
        assert self.variants(small, "how much is it") == ["v1", "v2"]

    def test_what_is_changed_does_not(self, small: Catalogue) -> None:
        assert self.variants(small, "and clicky?") == ["v2"]

    def test_nothing_at_all_is_worse_than_what_was_said_last(self, small: Catalogue) -> None:
        assert self.variants(small, "and in white") == ["v2"]


class TestComparing:
    @pytest.mark.parametrize(
        "words",
        [
            "compare the yoga mat and the jump rope",
            "jump rope vs yoga mat",
            "what's the difference between a yoga mat and a jump rope?",
            "yoga mat or jump rope",
        ],
    )
    def test_by_name(self, ours: Catalogue, words: str) -> None:
        compared = {product.name.split(" ", 1)[1] for product in ours.compare(words)}
        assert compared == {"Yoga Mat", "Jump Rope"}

    def test_by_place_or_all_that_was_listed(self, ours: Catalogue) -> None:
        chosen = ours.compare("the first and the third", shown=LAMPS)
        assert [product.id for product in chosen] == [LAMPS[0], LAMPS[2]]
        assert [product.id for product in ours.compare("compare them", shown=LAMPS)] == LAMPS[:3]

    def test_with_the_one_talked_about(self, ours: Catalogue) -> None:
        mat = next(product for product in demo() if product.name.endswith("Yoga Mat"))
        compared = ours.compare("compare it with the Kestrel E-Reader", about=mat.id)
        assert compared[0].id == mat.id
        assert len(compared) >= 2

    def test_nothing_to_compare(self, ours: Catalogue) -> None:
        assert ours.compare("compare these two") == ()


def test_popular_is_what_stands_in_most_orders_and_can_be_had(small: Catalogue) -> None:
    assert [product.id for product in small.popular(2)] == ["p1", "p2"]


def test_words_about_orders_are_told_apart(small: Catalogue) -> None:
    assert small.means_orders("my last order")
    assert not small.means_orders("the last one")
    assert small.says_something("lamp")
    assert not small.says_something("how much is it?")


def test_a_change_of_the_shop_is_seen_at_once(vault: Vault) -> None:
    store = FakeStore(vault, small_store())
    catalogue = Catalogue(store)
    assert catalogue.search("hammock") == Finding()
    document = small_shop()
    document["products"][1]["name"] = "Hammock"
    document["products"][1]["variants"][0]["price"] = 100
    store.replace_shop(StoreFile.of(document), lambda done, total: None)
    (match,) = catalogue.search("hammock").matches
    assert match.variants[0].price == Money(100, "EUR")
    assert catalogue.search("desk lamp").exact is False
