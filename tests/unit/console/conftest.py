from pathlib import Path

import pytest

from countersign.db.engine import Database
from countersign.vault.service import Vault
from tests.fakes.clock import FakeClock
from tests.fakes.gateway_parts import Stage
from tests.fakes.staff_browser import SETTINGS, StaffBrowser


@pytest.fixture
def stage(database: Database, vault: Vault, clock: FakeClock, tmp_path: Path) -> Stage:
    return Stage(database, vault, clock, tmp_path, **SETTINGS)


@pytest.fixture
def browser(stage: Stage) -> StaffBrowser:
    return StaffBrowser(stage)
