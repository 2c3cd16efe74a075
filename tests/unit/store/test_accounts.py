import pytest

from countersign.checkpoints.errors import GrantMismatchedError
from countersign.checkpoints.table import Deed
from countersign.kit.hidden import Personal
from countersign.store.accounts import Accounts, asks_for_gift_cards
from countersign.store.errors import CustomerUnknownError, StoreUnavailableError
from countersign.vault.service import Vault
from tests.fakes.store import BrokenStore, small_store
from tests.unit.store.conftest import Counter


@pytest.fixture
def accounts(counter: Counter) -> Accounts:
    return Accounts(counter.store, counter.store)


def test_addresses_are_the_own_one_and_those_of_orders_once(accounts: Accounts, counter: Counter) -> None:
    addresses = accounts.addresses(counter.grant(Deed.ADDRESS_READ))
    assert addresses.default.line1 == Personal("12 Birch Street")
    assert [one.line1 for one in addresses.others] == [Personal("7 Quay Road")]
    assert [(one.name, one.phone) for one in addresses.others] == [(None, None)]


def test_payment_methods_are_those_of_the_person(accounts: Accounts, counter: Counter) -> None:
    methods = accounts.payment_methods(counter.grant(Deed.PAYMENT_LIST))
    assert [(one.kind, one.last4) for one in methods] == [("credit_card", "0042"), ("gift_card", None)]


def test_the_profile_is_that_of_the_person(accounts: Accounts, counter: Counter) -> None:
    profile = accounts.profile(counter.grant(Deed.PROFILE_READ))
    assert (profile.first_name, profile.last_name) == (Personal("Una M."), Personal("Lark"))
    assert profile.email == Personal("Una.Lark@post.example")
    assert "Lark" not in repr(profile)


def test_a_grant_serves_its_own_deed_only(accounts: Accounts, counter: Counter) -> None:
    grants = {deed: counter.grant(deed) for deed in (Deed.ADDRESS_READ, Deed.PAYMENT_LIST, Deed.PROFILE_READ)}
    asks = {
        Deed.ADDRESS_READ: accounts.addresses,
        Deed.PAYMENT_LIST: accounts.payment_methods,
        Deed.PROFILE_READ: accounts.profile,
    }
    for deed, ask in asks.items():
        for other, grant in grants.items():
            if other is not deed:
                with pytest.raises(GrantMismatchedError):
                    ask(grant)


def test_a_person_who_left_meanwhile_is_unknown(accounts: Accounts, counter: Counter) -> None:
    grant = counter.grant(Deed.PROFILE_READ)
    counter.store.replace_shop(small_store().model_copy(update={"customers": []}), lambda done, total: None)
    with pytest.raises(CustomerUnknownError):
        accounts.profile(grant)


def test_a_store_that_is_down_says_so(counter: Counter, vault: Vault) -> None:
    broken = BrokenStore(vault)
    with pytest.raises(StoreUnavailableError):
        Accounts(broken, broken).addresses(counter.grant(Deed.ADDRESS_READ))


@pytest.mark.parametrize(
    ("words", "gift"),
    [
        ("what's the balance of my gift card", True),
        ("how much store credit do I have", True),
        ("which cards are saved", False),
        ("", False),
    ],
)
def test_a_question_may_be_about_gift_cards_alone(words: str, gift: bool) -> None:
    assert asks_for_gift_cards(words) is gift
