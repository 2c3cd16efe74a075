from pathlib import Path

from countersign.identity.staff.page import render
from countersign.identity.staff.table import Permission, Role

PAGE = Path(__file__).parents[4] / "docs/security/staff.md"
REFRESH = "write what countersign.identity.staff.page.render() returns into it"


def test_the_page_is_current() -> None:
    assert PAGE.read_text(encoding="utf-8") == render(), REFRESH


def test_the_page_shows_every_line_and_role() -> None:
    assert all(f"| `{permission}` |" in render() for permission in Permission)
    assert f"| permission | {' | '.join(Role)} | asks again | machines |" in render()
