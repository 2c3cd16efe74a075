"""A store file is taken whole or refused whole, and the refusal names every fault and its place."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from countersign.store.errors import Problem, StoreFileInvalidError, StoreFileUnreadableError
from countersign.store.shopfile import reader
from countersign.store.shopfile.reader import load_store_file, parse_store_file
from tests.fakes.store import Document, small_shop

Change = Callable[[Document], Any]


def _problems(document: object) -> list[tuple[str, str]]:
    with pytest.raises(StoreFileInvalidError) as refused:
        parse_store_file(json.dumps(document).encode(), name="shop.json")
    return [(problem.path, problem.what) for problem in refused.value.problems]


def _paths(document: object) -> list[str]:
    return [path for path, _ in _problems(document)]


def test_a_sound_file_is_taken(tmp_path: Path) -> None:
    file = tmp_path / "shop.json"
    file.write_text(json.dumps(small_shop()), encoding="utf-8")
    assert load_store_file(file).as_json() == small_shop()


def test_a_byte_order_mark_does_no_harm() -> None:
    shop = parse_store_file(b"\xef\xbb\xbf" + json.dumps(small_shop()).encode(), name="x")
    assert shop.as_json() == small_shop()


def test_null_counts_as_left_out() -> None:
    document = small_shop()
    document["orders"][1] |= {"cancel_reason": None, "return": None, "exchange": None, "placed_at": None}
    document["products"][1]["description"] = None
    assert parse_store_file(json.dumps(document).encode(), name="x").as_json() == small_shop()


CHANGES: list[tuple[str, Change]] = [
    ("currency", lambda d: d.update(currency="euro")),
    ("currency", lambda d: d.update(currency="XQQ")),
    ("currency", lambda d: d.pop("currency")),
    ("products", lambda d: d.pop("products")),
    ("orders", lambda d: d.update(orders={})),
    ("shop", lambda d: d.update(shop=1)),
    ("products[0].name", lambda d: d["products"][0].update(name="")),
    ("products[0].name", lambda d: d["products"][0].update(name="a\u0000b")),
    ("products[0].variants", lambda d: d["products"][0].update(variants=[])),
    ("products[0].variants[1].price", lambda d: d["products"][0]["variants"][1].update(price=-1)),
    ("products[0].variants[1].price", lambda d: d["products"][0]["variants"][1].update(price=89.5)),
    ("products[0].variants[1].price", lambda d: d["products"][0]["variants"][1].update(price="8900")),
    ("products[0].variants[1].price", lambda d: d["products"][0]["variants"][1].update(price=True)),
    ("products[0].variants[1].price", lambda d: d["products"][0]["variants"][1].update(price=10**15)),
    ("products[0].variants[1].stock", lambda d: d["products"][0]["variants"][1].update(stock=-1)),
    ("products[0].variants[1].available", lambda d: d["products"][0]["variants"][1].update(available=1)),
    (
        "products[0].variants[0].options.color",
        lambda d: d["products"][0]["variants"][0]["options"].update(color=1),
    ),
    ("products[1].id", lambda d: d["products"][1].update(id="p1")),
    ("products[1].variants[0].id", lambda d: d["products"][1]["variants"][0].update(id="v1")),
    ("customers[0].email", lambda d: d["customers"][0].update(email="una.post.example")),
    ("customers[1].email", lambda d: d["customers"][1].update(email="UNA.lark@post.example ".strip())),
    ("customers[2].id", lambda d: d["customers"][2].update(id="c2")),
    ("customers[0].name.last", lambda d: d["customers"][0]["name"].pop("last")),
    ("customers[0].address.zip", lambda d: d["customers"][0]["address"].update(zip="1")),
    ("customers[0].address.line1", lambda d: d["customers"][0]["address"].update(line1="")),
    (
        "customers[0].payment_methods[0].last4",
        lambda d: d["customers"][0]["payment_methods"][0].update(last4="42"),
    ),
    (
        "customers[0].payment_methods[1].id",
        lambda d: d["customers"][0]["payment_methods"][1].update(id="card_1"),
    ),
    ("customers[1].orders[1]", lambda d: d["customers"][1]["orders"].append("#W1000003")),
    ("customers[1].orders[1]", lambda d: d["customers"][1]["orders"].append("#W7")),
    ("customers[1].orders[1]", lambda d: d["customers"][1]["orders"].append("#W1000001")),
    ("orders[2].customer_id", lambda d: d["customers"][1]["orders"].clear()),
    ("orders[2].status", lambda d: d["orders"][2].update(status=" ")),
    ("orders[0].placed_at", lambda d: d["orders"][0].update(placed_at="2026-02-30T10:00:00Z")),
    ("orders[0].placed_at", lambda d: d["orders"][0].update(placed_at="2026-02-20 10:00")),
    ("orders[0].adress", lambda d: d["orders"][0].update(adress={})),
    ("orders[0].items", lambda d: d["orders"][1].update(items=[]) or d["orders"].pop(0)),
    ("orders[0].items[0].product_id", lambda d: d["orders"][0]["items"][0].update(product_id="p2")),
    ("orders[0].payments[0].kind", lambda d: d["orders"][0]["payments"][0].update(kind="gift")),
    ("orders[0].payments[0].amount", lambda d: d["orders"][0]["payments"][0].update(amount=-5)),
    ("orders[0].payments[0].method_id", lambda d: d["orders"][0]["payments"][0].update(method_id="card_9")),
    ("orders[0].shipments[1].items", lambda d: d["orders"][0]["shipments"][1].update(items=["v3"])),
    ("orders[0].exchange.items", lambda d: d["orders"][0]["exchange"].update(items=["v2"])),
    ("orders[0].exchange.new_items", lambda d: d["orders"][0]["exchange"].update(new_items=["v2", "v1"])),
    ("orders[0].exchange.new_items[0]", lambda d: d["orders"][0]["exchange"].update(new_items=["v77"])),
    ("orders[0].exchange.method_id", lambda d: d["orders"][0]["exchange"].update(method_id="paypal_1")),
    ("orders[2].return.items", lambda d: d["orders"][2]["return"].update(items=["v4", "v4"])),
    ("orders[1].id", lambda d: d["orders"].insert(1, d["orders"][0])),
]


@pytest.mark.parametrize(
    ("path", "change"), CHANGES, ids=[f"{i} {path}" for i, (path, _) in enumerate(CHANGES)]
)
def test_a_fault_is_told_with_its_path(path: str, change: Change) -> None:
    document = small_shop()
    change(document)
    assert path in _paths(document)


def test_all_faults_are_told_at_once() -> None:
    document = small_shop()
    document["products"][0]["variants"][0]["price"] = -1
    document["customers"][1]["email"] = "nobody"
    document["orders"][0]["payments"][0]["method_id"] = "card_9"
    document["orders"][2]["customer_id"] = "c3"
    assert sorted(_paths(document)) == [
        "customers[1].email",
        "orders[0].payments[0].method_id",
        "orders[2].customer_id",
        "orders[2].payments[0].method_id",
        "orders[2].payments[1].method_id",
        "orders[2].return.method_id",
        "products[0].variants[0].price",
    ]


def test_a_fault_is_not_told_again_at_what_refers_to_it() -> None:
    document = small_shop()
    document["customers"][1]["email"] = "nobody"  # owner of orders[2]
    document["products"][0]["name"] = ""  # v2 is wanted in orders[0].exchange
    document["orders"][1]["status"] = ""  # listed by customers[0]
    assert sorted(_paths(document)) == ["customers[1].email", "orders[1].status", "products[0].name"]


def test_what_is_said_of_a_fault_repeats_no_personal_value() -> None:
    document = small_shop()
    for customer in document["customers"]:
        customer["email"] = customer["email"].replace("@", "(at)")
        customer["address"]["phone"] = {"number": "020 7946"}
    for order in document["orders"]:
        order["customer_id"] = "una_lark_8"
    told = json.dumps(_problems(document)).casefold()
    assert "customers[0].email" in told
    for value in ("una", "lark", "post.example", "7946", "birch"):
        assert value not in told


def test_the_message_names_the_file_and_the_first_faults() -> None:
    error = StoreFileInvalidError("shop.json", [Problem(f"orders[{i}].id", "is wrong") for i in range(60)])
    lines = str(error).splitlines()
    assert lines[0] == "shop.json: 60 problems; nothing was imported"
    assert lines[1] == "  orders[0].id: is wrong"
    assert lines[-1] == "  … and 10 more"
    assert len(error.problems) == 60


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "is empty"),
        (b" \n", "is empty"),
        (b"{", "is not JSON: Expecting property name enclosed in double quotes at line 1, column 2"),
        (b'{"currency": "EUR",}', "is not JSON"),
        (json.dumps(small_shop()).encode()[:-9], "is not JSON"),
        (b"[]", "a store file is one JSON object"),
        (b"null", "a store file is one JSON object"),
        (json.dumps(small_shop()).encode("utf-16"), "is not UTF-8 text"),
        ('{"currency": "Größe"}'.encode("latin-1"), "is not UTF-8 text (byte 16)"),
        (b"\x89PNG\r\n\x1a\n\x00", "is not UTF-8 text"),
        (b'{"orders": [], "orders": []}', "the key 'orders' stands twice"),
        (b'{"price": NaN}', "NaN"),
        (b'{"price": ' + b"9" * 5000 + b"}", "absurd length"),
        (b"[" * 200_000, "nested too deeply"),
    ],
)
def test_what_is_no_document_is_refused_with_a_reason(content: bytes, reason: str) -> None:
    with pytest.raises(StoreFileUnreadableError) as refused:
        parse_store_file(content, name="shop.json")
    assert reason in str(refused.value)


def test_a_lone_surrogate_is_refused() -> None:
    text = json.dumps(small_shop()).replace("Una M.", "\\ud800")
    with pytest.raises(StoreFileInvalidError) as refused:
        parse_store_file(text.encode(), name="x")
    assert [problem.path for problem in refused.value.problems] == ["customers[0].name.first"]


def test_a_missing_file_and_a_folder_are_told(tmp_path: Path) -> None:
    with pytest.raises(StoreFileUnreadableError, match="No such file"):
        load_store_file(tmp_path / "nothing.json")
    with pytest.raises(StoreFileUnreadableError, match="is a directory"):
        load_store_file(tmp_path)


def test_a_file_above_the_limit_is_not_even_parsed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reader, "MAX_BYTES", 1024**2)
    file = tmp_path / "large.json"
    with file.open("wb") as sparse:
        sparse.truncate(200 * 1024**2)
    with pytest.raises(StoreFileUnreadableError, match="is larger than 1 MB"):
        load_store_file(file)


_ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=9), inner, max_size=4),
    max_leaves=12,
)


@given(st.sampled_from(["currency", "products", "customers", "orders"]), _ANYTHING)
def test_whatever_stands_in_a_place_is_a_named_fault(part: str, value: object) -> None:
    document = small_shop() | {part: value}
    content = json.dumps(document).encode("utf-8", "surrogatepass")
    try:
        told = parse_store_file(content, name="x").as_json()[part] == value
    except StoreFileInvalidError as refused:
        told = bool(refused.problems)
    assert told


@given(st.binary(max_size=300))
def test_whatever_bytes_come_the_answer_is_a_refusal(content: bytes) -> None:
    with pytest.raises(StoreFileInvalidError):
        parse_store_file(content, name="x")
