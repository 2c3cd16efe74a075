"""The demo shop: its pages, its pictures and files, and products as they show them."""

import re
from typing import Any

import pytest

from countersign.gateway.phrases import PhraseMissingError
from countersign.kit.money import Money
from countersign.portal.pages import Pages
from countersign.portal.routes import picked
from countersign.portal.shop import view
from countersign.store.catalogue import Catalogue
from countersign.store.models import Product, Variant
from tests.fakes.gateway_parts import Stage
from tests.fakes.store import BrokenStore, small_shop, small_store
from tests.fakes.visitors import Visitor


@pytest.fixture
def browser(stage: Stage) -> Visitor:
    return Visitor(stage.public_app())


class TestPages:
    @pytest.mark.parametrize("url", ["/", "/products", "/products/p1", "/notice"])
    def test_are_whole_pages_that_load_the_widget(self, browser: Visitor, url: str) -> None:
        answer = browser.get(url)
        assert answer.status_code == 200
        assert answer.headers["content-type"] == "text/html; charset=utf-8"
        assert "</html>" in answer.text and "<style" not in answer.text

    def test_hold_no_inline_script_and_nothing_of_another_site(self, browser: Visitor) -> None:
        for url in ("/", "/products", "/products/p1", "/notice", "/portal/sign-in", "/demo/mail"):
            text = browser.get(url).text
            assert not re.search(r"<script(?![^>]*\bsrc=)", text), url
            assert not re.search(r"\son\w+=", text), url
            assert not re.search(r"""(?:src|href)=["'](?:https?:)?//""", text), url

    def test_front_shows_something_of_every_department(self, browser: Visitor) -> None:
        text = browser.get("/").text
        assert "4 things, 2 departments" in re.sub(r"\s+", " ", text)
        assert "Desk" in text and "Light" in text and "Desk Lamp" in text

    def test_list_finds_by_word_and_by_department(self, browser: Visitor) -> None:
        assert "Wrist Rest" not in browser.get("/products", params={"q": "keyboard"}).text
        assert "Mechanical Keyboard" in browser.get("/products", params={"q": "KEYBOARD"}).text
        lamps = browser.get("/products", params={"department": "Light"}).text
        assert "Desk Lamp" in lamps and "Wrist Rest" not in lamps
        assert browser.get("/products", params={"department": "No such"}).status_code == 200

    def test_list_shows_what_was_searched_for_as_text(self, browser: Visitor) -> None:
        text = browser.get("/products", params={"q": "<script>alert(1)</script>"}).text
        assert "<script>alert" not in text and "&lt;script&gt;" in text

    @pytest.mark.parametrize("params", [{"page": 0}, {"page": "x"}, {"page": 10_001}, {"q": "x" * 101}])
    def test_list_refuses_what_makes_no_sense(self, browser: Visitor, params: dict[str, Any]) -> None:
        assert browser.get("/products", params=params).status_code == 400

    def test_list_past_its_end_is_empty(self, browser: Visitor) -> None:
        answer = browser.get("/products", params={"page": 9})
        assert answer.status_code == 200 and "Desk Lamp" not in answer.text

    @pytest.mark.parametrize("product", ["p99", "..%2Fshop.html", "%00"])
    def test_of_no_product_are_not_found(self, browser: Visitor, product: str) -> None:
        assert browser.get(f"/products/{product}").status_code == 404

    def test_tell_when_the_store_is_down(self, stage: Stage) -> None:
        stage.store = BrokenStore(stage.vault, small_store())
        answer = Visitor(stage.public_app()).get("/products")
        assert (answer.status_code, answer.json()["type"]) == (503, "/problems/store-unavailable")

    def test_notice_says_who_reads_and_what_for(self, browser: Visitor) -> None:
        text = browser.get("/notice").text
        assert "computer program, not a person" in text and "Answering you" in text

    def test_name_a_word_that_nobody_wrote(self, stage: Stage) -> None:
        with pytest.raises(PhraseMissingError):
            Pages(stage.phrases, "Shop").show("message.html", 410, message="utter_nothing")


class TestFiles:
    def test_are_served_with_their_type(self, browser: Visitor) -> None:
        for url, type_ in {
            "/widget/countersign.js": "text/javascript",
            "/static/site.css": "text/css",
            "/static/link.js": "text/javascript",
            "/static/seal.svg": "image/svg+xml",
        }.items():
            answer = browser.get(url)
            assert answer.status_code == 200, url
            assert answer.headers["content-type"].startswith(type_)
            assert answer.headers["cache-control"] == "public, max-age=300"

    @pytest.mark.parametrize(
        "url",
        [
            "/static/../templates/shop.html",
            "/static/%2e%2e/pages.py",
            "/static/..%2fpages.py",
            "/static//etc/passwd",
            "/static/",
            "/widget/../config.py",
            "/static/site.css/x",
        ],
    )
    def test_beside_the_list_are_not_there(self, browser: Visitor, url: str) -> None:
        assert browser.get(url).status_code == 404

    def test_health_is_told(self, browser: Visitor) -> None:
        assert browser.get("/healthz").json() == {"status": "ok"}


def product(*variants: Variant) -> Product:
    return Product("p", "Cap", None, None, variants)


def variant(id_: str, minor: int, *, available: bool = True, **options: str) -> Variant:
    return Variant(id_, options, Money(minor, "USD"), available, None)


class TestView:
    def test_writes_prices_out_from_the_cheapest_to_the_dearest(self) -> None:
        shown = view(product(variant("a", 1999), variant("b", 129900), variant("c", 500)))
        assert (shown.price, shown.price_to) == ("$5.00", "$1,299.00")
        assert [one["price"] for one in shown.variants] == ["$19.99", "$1,299.00", "$5.00"]

    def test_of_one_price_has_no_dearest(self) -> None:
        assert view(product(variant("a", 500), variant("b", 500))).price_to is None

    def test_gathers_each_options_values_once_in_their_order(self) -> None:
        shown = view(
            product(
                variant("a", 1, color="red", size="S"),
                variant("b", 1, color="blue", size="S"),
                variant("c", 1, color="red", size="M"),
            )
        )
        assert shown.options == {"color": ["red", "blue"], "size": ["S", "M"]}

    def test_is_available_when_any_variant_is(self) -> None:
        assert view(product(variant("a", 1, available=False), variant("b", 1))).available
        assert not view(product(variant("a", 1, available=False))).available


class TestPicked:
    def picks(self, stage: Stage, products: list[dict[str, Any]]) -> list[str]:
        shop = small_shop() | {"products": products, "customers": [], "orders": []}
        stage.store.replace_shop(type(small_store()).of(shop), lambda done, total: None)
        catalogue = Catalogue(stage.store)
        return [one.id for one in picked(catalogue, catalogue.departments())]

    def made(self, count: int, *departments: str) -> list[dict[str, Any]]:
        variants = [{"id": "v", "options": {}, "price": 1, "available": True}]
        return [
            {"id": f"{name}{number}", "name": "x", "category": name, "variants": variants}
            for number in range(count)
            for name in departments
        ]

    def test_are_twelve_of_all_departments_in_turn(self, stage: Stage) -> None:
        picks = self.picks(stage, self.made(50, "a", "b", "c"))
        assert len(picks) == len(set(picks)) == 12
        assert [pick[0] for pick in picks[:6]] == ["a", "b", "c", "a", "b", "c"]

    def test_show_nothing_twice_in_a_small_shop(self, stage: Stage) -> None:
        assert sorted(self.picks(stage, self.made(1, "a", "b"))) == ["a0", "b0"]

    def test_of_a_shop_without_departments_are_its_first(self, stage: Stage) -> None:
        products = [{**one, "category": None} for one in self.made(20, "a")]
        assert self.picks(stage, products) == [f"a{number}" for number in range(12)]

    def test_of_an_empty_shop_are_none(self, stage: Stage) -> None:
        assert self.picks(stage, []) == []
