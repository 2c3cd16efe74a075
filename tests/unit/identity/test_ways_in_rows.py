"""What must happen once happens once, on every database: rounds, links, identities and codes, raced."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

from countersign.db.engine import Database
from countersign.identity.assertions.repository import AssertionRepository
from countersign.identity.linking.repository import LinkRepository
from countersign.identity.oidc.repository import OidcRepository

NOW = datetime(2026, 11, 2, 9, 30, tzinfo=UTC)
RACERS = 6


def winners(race: Callable[[int], object]) -> int:
    with ThreadPoolExecutor(RACERS) as pool:
        return sum(bool(one) for one in pool.map(race, range(RACERS)))


def name(number: int) -> bytes:
    return bytes([number]) * 32


def test_a_round_is_taken_once(any_database: Database) -> None:
    rows = OidcRepository(any_database)
    values = {"browser": name(2), "secrets": b"s", "forced": True, "asked_at": NOW, "expires_at": NOW}
    rows.begin("ses_1", state=name(1), **values)
    rows.begin("ses_1", state=name(3), **values)
    assert rows.take(name(1)) is None, "replaced"
    assert winners(lambda _: rows.take(name(3))) == 1


def test_an_account_of_the_provider_is_one_persons(any_database: Database) -> None:
    rows = OidcRepository(any_database)

    def link(number: int) -> bool:
        return rows.link(
            account=name(1), issuer=name(2), person=b"p", person_index=name(10 + number), linked_at=NOW
        )

    assert winners(link) == 1


def test_a_person_has_one_account_of_a_provider(any_database: Database) -> None:
    rows = OidcRepository(any_database)

    def link(number: int) -> bool:
        return rows.link(
            account=name(10 + number), issuer=name(2), person=b"p", person_index=name(1), linked_at=NOW
        )

    assert winners(link) == 1
    assert rows.unlink(name(1)) == 1


def test_an_identity_is_spent_once(any_database: Database) -> None:
    rows = AssertionRepository(any_database)
    assert winners(lambda _: rows.spend(name(1), NOW)) == 1


def test_a_code_and_an_invitation_are_taken_once(any_database: Database) -> None:
    rows = LinkRepository(any_database)
    rows.replace_code(name(1), code=name(2), person=b"p", chat=None, expires_at=NOW)
    rows.replace_invitation(name(3), token=name(4), expires_at=NOW)
    assert winners(lambda _: rows.take_code(name(2))) == 1
    assert winners(lambda _: rows.take_invitation(name(4))) == 1


def test_a_chat_is_one_persons(any_database: Database) -> None:
    rows = LinkRepository(any_database)

    def add(number: int) -> bool:
        whose = {"person": b"p", "person_index": name(10 + number)}
        return rows.add(chat=name(1), id=f"lnk_{number}", channel="telegram", linked_at=NOW, **whose)

    assert winners(add) == 1
    assert rows.remove_chat(name(1)) is not None
