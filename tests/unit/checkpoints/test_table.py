import re
from dataclasses import fields
from datetime import timedelta
from pathlib import Path

import pytest

from countersign.checkpoints.page import render
from countersign.checkpoints.table import CHECKPOINTS, About, Checkpoint, Deed, Who
from countersign.store.changes import DEEDS
from countersign.store.models import ORDER_FIELDS, Customer

PAGE = Path(__file__).parents[3] / "docs/security/checkpoints.md"
REFRESH = "write what countersign.checkpoints.page.render() returns into it"


def test_every_deed_has_a_checkpoint_and_all_is_sorted() -> None:
    assert list(CHECKPOINTS) == list(Deed)
    assert [deed.value for deed in Deed] == sorted(deed.value for deed in Deed)
    assert all(re.fullmatch(r"[a-z]+:[a-z_]+", deed) for deed in Deed)
    assert all(deed.name == deed.value.replace(":", "_").upper() for deed in Deed)


def test_it_cannot_be_changed_at_run_time() -> None:
    with pytest.raises(TypeError):
        CHECKPOINTS[Deed.ORDER_LIST] = Checkpoint(who=Who.ANYONE)  # type: ignore[index]
    with pytest.raises(AttributeError):
        CHECKPOINTS[Deed.ORDER_LIST].owner = False  # type: ignore[misc]


@pytest.mark.parametrize("deed", list(Deed))
def test_what_is_private_is_guarded(deed: Deed) -> None:
    line = CHECKPOINTS[deed]
    if line.who is Who.ANYONE:
        assert not line.fields
    else:
        assert line.owner
    if deed.startswith("order:"):
        assert line.fresh is not None
    assert bool(line.fields_by_proof) == (line.who is Who.KNOWS_ORDER)
    if line.confirm:
        # A change: nobody but a person signed in lately, and the grant reads nothing beside.
        assert line.who >= Who.SIGNED_IN and line.fresh is not None and not line.fields
        assert line.fresh <= timedelta(minutes=15)
    if line.who is Who.KNOWS_ORDER:
        assert line.about is About.ORDER
        assert line.fields_by_proof < line.fields


def test_every_change_that_the_store_makes_is_confirmed_first() -> None:
    of_the_core = {Deed.FACTOR_CHANGE, Deed.FACTOR_FIRST}
    confirmed = {deed for deed, line in CHECKPOINTS.items() if line.confirm}
    assert set(DEEDS.values()) == confirmed - of_the_core
    assert of_the_core < confirmed


def test_who_only_knows_the_order_hears_status_and_tracking() -> None:
    assert CHECKPOINTS[Deed.ORDER_TRACK].fields_by_proof == {"status", "tracking"}


def test_the_page_is_current() -> None:
    assert PAGE.read_text(encoding="utf-8") == render(), REFRESH


def test_the_page_shows_every_line() -> None:
    assert all(f"| `{deed}` |" in render() for deed in Deed)


def test_fields_are_the_stores_own_words() -> None:
    kept = {
        "address:": {field.name for field in fields(Customer)} & ORDER_FIELDS,
        "order:": ORDER_FIELDS,
        "payment:": {field.name for field in fields(Customer)},
        "profile:": {field.name for field in fields(Customer)},
        "refund:": ORDER_FIELDS,
    }
    for start, names in kept.items():
        asked = {name for deed, line in CHECKPOINTS.items() if deed.startswith(start) for name in line.fields}
        assert asked <= names, start
    assert CHECKPOINTS[Deed.ADDRESS_READ].fields == {"address"}
    assert CHECKPOINTS[Deed.PAYMENT_LIST].fields == {"payment_methods"}


def test_each_way_to_read_an_order_reads_the_least() -> None:
    assert CHECKPOINTS[Deed.ORDER_READ_ADDRESS].fields == {"address"}
    assert "address" not in CHECKPOINTS[Deed.ORDER_LIST].fields | CHECKPOINTS[Deed.ORDER_READ_ITEMS].fields
    assert "address" not in CHECKPOINTS[Deed.REFUND_READ].fields
