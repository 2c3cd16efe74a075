from collections.abc import Iterator

import pytest

from tests.conftest import Shop
from tests.inner_client import Hijacked, hijacking


@pytest.fixture(scope="module")
def hijacked(shop: Shop) -> Iterator[Hijacked]:
    with hijacking(shop) as hijacked:
        yield hijacked
