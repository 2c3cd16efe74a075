import pytest

from countersign.db.engine import Database
from tests.fakes.clock import FakeClock
from tests.fakes.house import House, build_house


@pytest.fixture
def house(database: Database, clock: FakeClock) -> House:
    return build_house(database, clock)
