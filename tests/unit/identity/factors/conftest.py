import pytest

from countersign.identity.models import Session
from tests.fakes.authenticator import Authenticator
from tests.fakes.factors import Safe, build_safe
from tests.fakes.house import House


@pytest.fixture
def safe(house: House) -> Safe:
    return build_safe(house)


@pytest.fixture
def device() -> Authenticator:
    return Authenticator()


@pytest.fixture
def ada(safe: Safe, device: Authenticator) -> Session:
    """Stepped up, with a passkey on `device`."""
    session = safe.stepped_up()
    safe.passkey(session, device)
    return session
