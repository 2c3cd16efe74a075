from datetime import timedelta

from countersign.db.engine import Database
from countersign.identity.repository import ChallengeRepository
from tests.fakes.clock import FakeClock


def test_no_try_is_counted_beyond_the_last(database: Database, clock: FakeClock) -> None:
    rows, now = ChallengeRepository(database), clock.now()
    rows.replace(
        "ses_1",
        id="sgn_1",
        person=b"",
        code=b"c",
        code_shown=b"",
        link=b"l",
        expires_at=now + timedelta(minutes=1),
    )
    counted = [rows.count_try("ses_1", 2, now) for _ in range(4)]
    assert [row and row.tries for row in counted] == [1, 2, None, None]


def test_a_challenge_is_spent_once(database: Database, clock: FakeClock) -> None:
    rows, later = ChallengeRepository(database), clock.now() + timedelta(minutes=1)
    rows.replace("ses_1", id="sgn_1", person=b"", code=b"c", code_shown=b"", link=b"l", expires_at=later)
    assert [rows.spend("ses_1", "sgn_0"), rows.spend("ses_1", "sgn_1"), rows.spend("ses_1", "sgn_1")] == [
        False,
        True,
        False,
    ]
