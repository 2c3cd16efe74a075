import pytest

from countersign.db.engine import Database
from tests.fakes.clock import FakeClock
from tests.fakes.staff import StaffHouse, build_staff_house


@pytest.fixture
def staff(database: Database, clock: FakeClock) -> StaffHouse:
    return build_staff_house(database, clock)
