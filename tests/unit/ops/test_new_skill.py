"""A new skill is whole from the start, and never written over another."""

import shutil
from pathlib import Path

import pytest

from ops import new_skill
from ops.progress import OpsError
from ops.words import faults
from ops.words.coverage import missing
from ops.words.house import House

ROOT = Path(__file__).parents[3]


@pytest.fixture
def house(tmp_path: Path) -> Path:
    """A copy of the words of this house, and of the code that says them."""
    shutil.copy(ROOT / "domain.yml", tmp_path)
    for name in ("data", "actions", "countersign", "tests/conversations"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    return tmp_path


def test_a_new_skill_has_no_fault_and_its_test_reaches_all_of_it(house: Path) -> None:
    before = missing(House(house))
    made = new_skill.make("engraving", house)
    assert [path.relative_to(house).as_posix() for path in made] == [
        "data/engraving/domain.yml",
        "data/engraving/nlu.yml",
        "data/engraving/rules.yml",
        "data/engraving/responses.yml",
        "tests/conversations/test_engraving.yml",
    ]
    assert faults.find(house) == []
    assert missing(House(house)) == before
    assert House(house).declared["intents"].keys() >= {"ask_engraving"}


@pytest.mark.parametrize("name", ["", "Gift", "gift-wrap", "gift__wrap", "_gift", "../gift", "1st"])
def test_other_names_are_refused(house: Path, name: str) -> None:
    with pytest.raises(OpsError, match="expected small letters"):
        new_skill.make(name, house)


@pytest.mark.parametrize(("name", "there"), [("orders", "data/orders/domain.yml"), ("shipping", "data/faq")])
def test_a_name_that_is_taken_is_refused_and_nothing_is_written(house: Path, name: str, there: str) -> None:
    before = {path: path.read_bytes() for path in house.rglob("*.yml")}
    with pytest.raises(OpsError, match=f"NAME={name} is taken: {there}"):
        new_skill.make(name, house)
    assert {path: path.read_bytes() for path in house.rglob("*.yml")} == before
