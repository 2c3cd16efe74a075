"""The file of terms: what it says by default, and that a fault in it is named."""

from pathlib import Path

import pytest

from countersign.store.changes import DEEDS, CancelOrder, ChangeDefaultAddress, ChangeItems
from countersign.store.demo.seed import demo_shop
from countersign.store.errors import PolicyInvalidError
from countersign.store.policy import DEFAULT, load_policy

TEXT = DEFAULT.read_text(encoding="utf-8")


def _faults(tmp_path: Path, text: str | bytes) -> str:
    file = tmp_path / "policy.toml"
    file.write_bytes(text.encode() if isinstance(text, str) else text)
    with pytest.raises(PolicyInvalidError) as caught:
        load_policy(file)
    assert str(file) in str(caught.value)
    return str(caught.value)


def test_every_kind_of_change_has_its_terms_by_default() -> None:
    policy = load_policy()
    assert policy.default_address is not None
    assert policy.terms(ChangeDefaultAddress) is None
    assert all(policy.terms(kind) for kind in DEEDS if kind is not ChangeDefaultAddress)


def test_items_are_changed_once_and_cancelling_is_for_good() -> None:
    policy = load_policy()
    once = {kind.__name__ for kind in DEEDS if (terms := policy.terms(kind)) and terms.once}
    assert once == {"CancelOrder", "ChangeItems", "OpenReturn", "OpenExchange"}


def test_the_statuses_are_those_of_the_demo_shop() -> None:
    policy, known = load_policy(), {order.status for order in demo_shop().orders}
    terms = [found for kind in DEEDS if (found := policy.terms(kind))]
    said = {status for one in terms for status in {*one.statuses, one.becomes or "pending"}}
    # No order of the demo shop has been changed before.
    assert said - known == {"pending (item modified)"}


def test_a_shop_may_say_otherwise(tmp_path: Path) -> None:
    file = tmp_path / "policy.toml"
    file.write_text(
        TEXT.replace('statuses = ["pending"]\nbecomes = "cancelled"', 'statuses = ["neu"]\nbecomes = "weg"')
        .replace("same_variant = false", "within_days = 2")
        .replace("[default_address]", "")
    )
    policy = load_policy(file)
    cancel, items = policy.terms(CancelOrder), policy.terms(ChangeItems)
    assert cancel is not None
    assert items is not None
    assert (cancel.statuses, cancel.becomes) == ({"neu"}, "weg")
    assert items.within_days == 2
    assert policy.default_address is None


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ('reasons = ["no longer needed", "ordered by mistake"]', "", "cancel.reasons: Field required"),
        ('reasons = ["no longer needed", "ordered by mistake"]', "reasons = []", "cancel.reasons: "),
        ("[exchange]", "[exchanges]", "exchanges: "),
        ("same_variant = false", "same_varient = false", "change_items.same_varient: "),
        ("same_variant = false", 'same_variant = "no"', "change_items.same_variant: "),
        ('becomes = "return requested"', "within_days = 9", "return.becomes: Field required"),
        ('becomes = "return requested"', 'becomes = "delivered"', "return.becomes: must not be among"),
        ('becomes = "cancelled"', 'becomes = "pending"', "cancel.becomes: must not be among"),
        ("business_days = [5, 7]", "business_days = [7, 5]", "money.business_days: must be from"),
        ("business_days = [5, 7]", "business_days = [5.5, 7]", "money.business_days.0: "),
        ("business_days = [5, 7]", "", "money.business_days: "),
        ('["line1", ', '["street", ', "address.required"),
        ('date_unknown = "allow"', 'date_unknown = "ask"', "date_unknown: "),
        ('date_unknown = "allow"', "date_unknown = 2026-01-01", "date_unknown: "),
        ("[default_address]", "[default_address]\nstatuses = []", "default_address.statuses: "),
    ],
)
def test_a_fault_names_its_key(tmp_path: Path, old: str, new: str, fault: str) -> None:
    assert TEXT.count(old) == 1
    assert f"\n  {fault}" in _faults(tmp_path, TEXT.replace(old, new))


def test_all_faults_are_named_at_once(tmp_path: Path) -> None:
    wrong = TEXT.replace("same_variant = false", "same_variant = 1").replace("[cancel]", "[cancle]")
    faults = _faults(tmp_path, wrong)
    assert "change_items.same_variant" in faults
    assert "cancle" in faults


@pytest.mark.parametrize("text", ["", "statuses = [", "a = 1\na = 2", b"\xff\xfe"])
def test_what_is_no_policy_at_all(tmp_path: Path, text: str | bytes) -> None:
    assert _faults(tmp_path, text)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "none.toml"):
        with pytest.raises(PolicyInvalidError, match="cannot be read"):
            load_policy(path)
