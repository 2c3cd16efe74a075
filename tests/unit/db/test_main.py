"""The developer's command, on a copy of the migrations."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Column, Integer, Table

from countersign.db import __main__ as command
from countersign.db import migrate
from countersign.db.schema import metadata


@pytest.fixture(autouse=True)
def scripts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Path:
    """A copy in which every table has its migration."""
    copy = tmp_path / "migrations"
    shutil.copytree(Path(migrate.__file__).parent / "migrations", copy)
    monkeypatch.setattr(migrate, "_SCRIPTS", copy)
    for tree in migrate.TREES:
        command.main(["revision", tree, "-m", "what is missing"])
    capsys.readouterr()
    return copy


@pytest.fixture
def added() -> Iterator[Table]:
    table = Table("added", metadata, Column("id", Integer, primary_key=True))
    yield table
    metadata.remove(table)


def test_check_is_content_when_every_table_has_its_migration(capsys: pytest.CaptureFixture[str]) -> None:
    assert command.main(["check"]) == 0
    assert capsys.readouterr().out == "every table has its migration\n"


def test_check_names_what_no_migration_makes(added: Table, capsys: pytest.CaptureFixture[str]) -> None:
    assert command.main(["check"]) == 1
    assert capsys.readouterr().out == "core: add_table added\n"


def test_nothing_is_drafted_when_nothing_changed(scripts: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = sorted(scripts.rglob("*.py"))
    assert command.main(["revision", "core", "-m", "nothing"]) == 0
    assert capsys.readouterr().out == "core: nothing to migrate\n"
    assert sorted(scripts.rglob("*.py")) == before


def test_a_draft_brings_the_difference_and_has_the_next_number(added: Table, scripts: Path) -> None:
    versions = scripts / "core" / "versions"
    numbers = {path.name[:4] for path in versions.glob("0*.py")}
    assert command.main(["revision", "core", "-m", "add a table"]) == 0
    [draft] = versions.glob("*_add_a_table.py")
    assert int(draft.name[:4]) == len(numbers) + 1
    assert "op.create_table('added'" in draft.read_text()
    assert "###" not in draft.read_text()
    assert command.main(["check"]) == 0
