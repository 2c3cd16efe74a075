import re
from datetime import timedelta
from pathlib import Path

import pytest

from countersign.checkpoints.page import render
from countersign.checkpoints.table import CHECKPOINTS, About, Checkpoint, Deed, Who
from countersign.store.changes import DEEDS
from countersign.store.models import ORDER_FIELDS

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
    assert set(DEEDS.values()) == {deed for deed, line in CHECKPOINTS.items() if line.confirm}


def test_who_only_knows_the_order_hears_status_and_tracking() -> None:
    assert CHECKPOINTS[Deed.ORDER_TRACK].fields_by_proof == {"status", "tracking"}


def test_the_page_is_current() -> None:
    assert PAGE.read_text(encoding="utf-8") == render(), REFRESH


def test_the_page_shows_every_line() -> None:
    assert all(f"| `{deed}` |" in render() for deed in Deed)


def test_order_fields_are_the_stores_own_words() -> None:
    asked = {name for d, c in CHECKPOINTS.items() if d.startswith("order:") for name in c.fields}
    assert asked <= ORDER_FIELDS
