import ast
import copy
import dataclasses
import pickle
from datetime import UTC, datetime
from pathlib import Path

import pytest

from countersign.checkpoints.errors import GrantForgedError, GrantMismatchedError
from countersign.checkpoints.grants import Grant
from countersign.checkpoints.table import Deed
from tests.unit.checkpoints.conftest import Gate

ROOT = Path(__file__).parents[3]
VALUES = {
    "deed": Deed.ORDER_TRACK,
    "session": "ses_1",
    "conversation": "cnv_1",
    "person": "ada",
    "subject": "W1",
    "fields": frozenset({"status"}),
    "at": datetime(2026, 11, 2, tzinfo=UTC),
}


@pytest.fixture
def grant(gate: Gate) -> Grant:
    answer = gate.guard.require(Deed.ORDER_TRACK, gate.ada(), "W1")
    assert isinstance(answer, Grant)
    return answer


@pytest.mark.parametrize("mint", [{}, {"mint": None}, {"mint": object()}, {"mint": True}])
def test_only_the_guard_makes_one(mint: dict[str, object]) -> None:
    with pytest.raises(GrantForgedError):
        Grant(**VALUES, **mint)  # type: ignore[arg-type]


def test_it_cannot_be_made_into_another(grant: Grant) -> None:
    with pytest.raises(GrantForgedError):
        dataclasses.replace(grant, subject="W2")
    for attempt in (copy.copy, copy.deepcopy, pickle.dumps):
        with pytest.raises(TypeError, match="cannot be copied"):
            attempt(grant)
    with pytest.raises(dataclasses.FrozenInstanceError):
        grant.subject = "W2"  # type: ignore[misc]


def test_it_does_not_print_its_person(grant: Grant) -> None:
    assert grant.person == "ada"
    assert "ada" not in repr(grant)


def test_it_covers_one_deed_on_one_subject(grant: Grant) -> None:
    assert grant.covers(Deed.ORDER_TRACK, "W1")
    grant.demand(Deed.ORDER_TRACK, "W1")
    for deed, subject in [(Deed.ORDER_TRACK, "W2"), (Deed.ORDER_TRACK, None), (Deed.ORDER_LIST, "W1")]:
        assert not grant.covers(deed, subject)
        with pytest.raises(GrantMismatchedError):
            grant.demand(deed, subject)


def test_no_other_module_knows_how_grants_are_made() -> None:
    knowing = set()
    for folder in ("countersign", "actions"):
        for path in (ROOT / folder).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                names = [a.name for a in node.names] if isinstance(node, ast.ImportFrom | ast.Import) else []
                if isinstance(node, ast.Name | ast.Attribute):
                    names = [node.id if isinstance(node, ast.Name) else node.attr]
                if "_MINT" in names:
                    knowing.add(path.relative_to(ROOT).as_posix())
    assert knowing == {"countersign/checkpoints/grants.py", "countersign/checkpoints/guard.py"}
