import pytest

from countersign.db.engine import Database
from tests.fakes.clock import FakeClock
from tests.fakes.house import House, build_house
from tests.fakes.oidc_door import Door, built


@pytest.fixture
def house(database: Database, clock: FakeClock) -> House:
    return build_house(database, clock)


@pytest.fixture
def door(house: House) -> Door:
    return built(house)
