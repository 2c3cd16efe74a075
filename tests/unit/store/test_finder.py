"""Words find products: every product and option of two shops, and what people really write."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from countersign.store.asking import read
from countersign.store.finder import Finding, Index
from countersign.store.models import Product
from countersign.store.phrases import sizes_marked, terms
from tests.unit.store.shops import SHOPS, demo, tau2


@pytest.fixture(scope="module", params=list(SHOPS))
def shop(request: pytest.FixtureRequest) -> Index:
    return Index(SHOPS[request.param]())


def ask(index: Index, text: str) -> Finding:
    return index.find(read(sizes_marked(text)).rest)


def names(found: Finding) -> set[str]:
    return {match.product.name for match in found.matches}


def option_values(product: Product) -> set[tuple[str, str]]:
    return {pair for variant in product.variants for pair in variant.options.items()}


def test_every_product_is_found_by_its_name(shop: Index) -> None:
    assert len(shop.products) >= 50
    for product in shop.products:
        found = ask(shop, f"do you have the {product.name.lower()}?")
        assert found.exact
        assert product in [match.product for match in found.matches], product.name


def test_every_option_finds_its_variants(shop: Index) -> None:
    asked, wrong = 0, []
    for product in shop.products:
        for name, value in option_values(product):
            # «Bath towel, bath» says its name twice.
            if set(terms(value)) & set(terms(f"{product.name} {name}")):
                continue
            asked += 1
            found = ask(shop, f"{product.name} with {name} {value}")
            fitting = {variant.id for variant in product.variants if variant.options.get(name) == value}
            got = [
                {variant.id for variant in match.variants}
                for match in found.matches
                if match.product is product
            ]
            if got != [fitting]:
                wrong.append((product.name, name, value))
    assert asked > 300
    assert wrong == []


def test_a_question_takes_no_time(shop: Index) -> None:
    questions = [f"do you have a {product.name} under 50 dollars in red" for product in shop.products]
    started = time.process_time()
    for question in questions:
        ask(shop, question)
    assert (time.process_time() - started) / len(questions) < 0.02


@pytest.mark.parametrize(
    ("text", "found", "options"),
    [
        ("tshirts", {"T-Shirt"}, set()),
        ("t shirt in purple", {"T-Shirt"}, {"purple"}),
        ("mechanicl keybord", {"Mechanical Keyboard"}, set()),
        ("clicky keyboards", {"Mechanical Keyboard"}, {"clicky"}),
        ("a keyboard without backlight", {"Mechanical Keyboard"}, {"none"}),
        ("which 13 inch laptops do you have", {"Laptop"}, {"13-inch"}),
        ('a 13" laptop', {"Laptop"}, {"13-inch"}),
        ("64 gb tablet", {"Tablet"}, {"64GB"}),
        ("tablet with 64 gigabytes", {"Tablet"}, {"64GB"}),
        ("space gray laptop", {"Laptop"}, {"space grey"}),
        ("rose gold phone", {"Smartphone"}, {"rose gold"}),
        ("polarized sunglasses", {"Sunglasses"}, {"polarized"}),
        ("non-polarized sunglasses", {"Sunglasses"}, {"non-polarized"}),
        ("sunglasses with a silver frame", {"Sunglasses"}, {"silver"}),
        ("steel water bottle", {"Water Bottle"}, {"stainless steel"}),
        ("waterproof action camera", {"Action Camera"}, {"yes"}),
        ("an action camera that is not waterproof", {"Action Camera"}, {"no"}),
        ("speaker that is water resistant", {"Bluetooth Speaker"}, {"yes"}),
        ("wi-fi light bulb", {"LED Light Bulb"}, {"Wi-Fi"}),
        ("wifi bulbs", {"LED Light Bulb"}, {"Wi-Fi"}),
        ("1000 piece puzzle", {"Jigsaw Puzzle"}, {"1000"}),
        ("hiking boots size 9", {"Hiking Boots"}, {"9"}),
        ("boots 9 leather", {"Hiking Boots"}, {"9", "leather"}),
        ("sneakers", {"Sneakers"}, set()),
        ("trainers", {"Sneakers"}, set()),
        ("bike", {"Bicycle"}, set()),
        ("bookshelves", {"Bookshelf"}, set()),
        ("a robotic vacuum", {"Vacuum Cleaner"}, {"robotic"}),
        ("e reader with 32gb", {"E-Reader"}, {"32GB"}),
        ("a fleece jacket in M", {"Fleece Jacket"}, {"M"}),
        ("a medium fleece jacket", {"Fleece Jacket"}, {"M"}),
        ("4 hours earbuds", {"Wireless Earbuds"}, {"4 hours"}),
        ("kettle", {"Tea Kettle", "Electric Kettle"}, set()),
    ],
)
def test_what_people_write_about_another_shop(text: str, found: set[str], options: set[str]) -> None:
    finding = ask(Index(tau2()), text)
    assert finding.exact
    assert names(finding) == found
    assert set(finding.options) == options


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("lamps", {"Desk Lamp", "Floor Lamp", "Pendant Lamp"}),
        ("a desk lamp please", {"Desk Lamp"}),
        ("rucksacks", {"Hiking Backpack", "Travel Backpack"}),
        ("hoodie", {"Hooded Sweatshirt"}),
        ("picnic blanket", {"Picnic Blanket"}),
        ("headphones with noise cancelling", {"Wireless Headphones"}),
        ("a mug set of 4", {"Stoneware Mug"}),
        ("running shoes 42", {"Running Shoes"}),
        ("earphones", {"Earbuds"}),
    ],
)
def test_what_people_write_about_ours(text: str, found: set[str]) -> None:
    finding = ask(Index(demo()), text)
    assert finding.exact
    assert all(any(name.endswith(kind) for name in names(finding)) for kind in found)
    assert all(any(name.endswith(kind) for kind in found) for name in names(finding))


def test_a_department_is_found_whole() -> None:
    found = ask(Index(demo()), "something for the kitchen")
    assert {match.product.category for match in found.matches} == {"Kitchen"}
    assert len(found.matches) > 20


@pytest.mark.parametrize("text", ["do you sell fridges", "a sofa in green", "iphones", "zzz", ""])
def test_what_is_not_there_is_not_found(shop: Index, text: str) -> None:
    assert ask(shop, text) == Finding()


def test_what_is_not_there_like_that_is_not_exact() -> None:
    index = Index(tau2())
    found = ask(index, "a wireless mechanical keyboard")
    assert names(found) == {"Mechanical Keyboard"}
    assert not found.exact
    both = ask(index, "running shoes in red with a rubber sole in size 10")
    assert not both.exact
    assert set(both.options) == {"red", "rubber", "10"}


def test_an_option_that_is_asked_for_is_told_from_one_that_is_wanted() -> None:
    found = ask(Index(tau2()), "which colors and sizes does the t-shirt come in")
    assert set(found.asked) == {"color", "size"}
    assert found.options == ()


def test_a_word_that_may_mean_two_options_means_either() -> None:
    found = ask(Index(tau2()), "black sunglasses")
    (match,) = found.matches
    assert all("black" in variant.options.values() for variant in match.variants)
    framed = ask(Index(tau2()), "sunglasses with a black frame").matches[0]
    assert {variant.options["frame color"] for variant in framed.variants} == {"black"}


def test_a_small_letter_alone_is_no_size() -> None:
    index = Index(tau2())
    assert ask(index, "t-shirt, what's the s about").options == ()
    assert ask(index, "t-shirt in s").options == ("S",)


def test_akin_are_products_of_the_same_kind_the_nearest_in_price_first() -> None:
    index = Index(demo())
    lamp = next(product for product in index.products if product.name.endswith("Desk Lamp"))
    like = index.akin(lamp)
    assert lamp not in like
    assert len(like) == 3
    assert all(product.name.endswith("Desk Lamp") for product in like)
    away = [abs(product.price_range[0].minor - lamp.price_range[0].minor) for product in like]
    assert away == sorted(away)


@given(st.text(max_size=120))
def test_any_words_give_products_of_the_shop_with_variants_of_theirs(text: str) -> None:
    found = ask(Index(demo()[:40]), text)
    for match in found.matches:
        assert match.variants
        assert all(variant in match.product.variants for variant in match.variants)
