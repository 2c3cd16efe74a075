from countersign.identity.models import Session
from countersign.risk.models import Wait
from countersign.risk.table import RATES, Bucket, one_machine
from tests.fakes.gateway_parts import Stage

# The demo's rates: what is counted by address is a hundred times as much.
PER_SESSION = RATES[Bucket.MESSAGES_PER_SESSION][0]
PER_ADDRESS = one_machine()[Bucket.MESSAGES_PER_ADDRESS][0]
OPENINGS = one_machine()[Bucket.SESSIONS_PER_ADDRESS][0]


def used_up(stage: Stage, session: Session) -> None:
    for _ in range(PER_SESSION.amount):
        assert stage.message_limits.hit(session, "") is None


def test_a_session_may_send_so_many_messages_and_then_waits(stage: Stage) -> None:
    session = stage.guest()
    used_up(stage, session)
    assert stage.message_limits.hit(session, "") == Wait(PER_SESSION.seconds)
    stage.clock.advance(seconds=PER_SESSION.seconds)
    assert stage.message_limits.hit(session, "") is None


def test_one_session_takes_nothing_from_another(stage: Stage) -> None:
    used_up(stage, stage.guest())
    assert stage.message_limits.hit(stage.guest(), "") is None


def test_many_sessions_of_one_address_share_its_limit(stage: Stage) -> None:
    here, elsewhere = (stage.message_limits.origin(address) for address in ("192.0.2.1", "192.0.2.2"))
    stage.limits.hit(Bucket.MESSAGES_PER_ADDRESS, here, cost=PER_ADDRESS.amount)
    assert stage.message_limits.hit(stage.guest(), here) is not None
    assert stage.message_limits.hit(stage.guest(), elsewhere) is None


def test_sessions_are_opened_so_often_from_one_address(stage: Stage) -> None:
    here = stage.message_limits.origin("192.0.2.1")
    stage.limits.hit(Bucket.SESSIONS_PER_ADDRESS, here, cost=OPENINGS.amount)
    assert stage.message_limits.hit_opening(here) is not None
    assert stage.message_limits.hit_opening("") is None


def test_an_origin_is_one_household_and_tells_no_address(stage: Stage) -> None:
    first, second, third = (
        stage.message_limits.origin(address)
        for address in ("2001:db8:1:2::3", "2001:db8:1:2:ffff::4", "2001:db8:1:3::3")
    )
    assert first == second != third
    assert "2001" not in first and len(first) == 64
    assert stage.message_limits.origin("") == ""


def test_a_long_text_counts_as_several_messages(stage: Stage) -> None:
    session, sent = stage.guest(), 0
    while stage.message_limits.hit(session, "", 2_000) is None:
        sent += 1
    assert 5 <= sent <= PER_SESSION.amount // 5
    # Whatever is longer is refused unread, and counts no more than the longest that is read.
    assert stage.message_limits.hit(stage.guest(), "", 1_000_000) is None
