from datetime import timedelta
from pathlib import Path
from threading import Barrier, Thread

import pytest

from countersign.audit.repository import AuditRepository
from countersign.audit.tags import Tag
from countersign.identity.errors import (
    IdentityError,
    PersonDiffersError,
    SessionExpiredError,
    SessionRenewRefusedError,
    SessionUnknownError,
)
from countersign.identity.models import MAX_SESSIONS_PER_PERSON, TIME_OUTS, Level, Opened, Session
from tests.fakes.house import House
from tests.fakes.identity import statements


def key_of(opened: Opened) -> str:
    assert opened.device_key is not None
    return opened.device_key.reveal()


def signed_in(house: House, person: str = "cus_ada") -> Opened:
    return house.sessions.rise(house.open().session, person, Level.SIGNED_IN)


def test_a_token_finds_its_session(house: House) -> None:
    opened = house.open()
    session = house.sessions.resolve(opened.token.reveal())
    assert session == opened.session
    assert (session.level, session.person, session.authenticated_at) == (Level.ANYONE, None, None)
    assert session.expires_at - session.created_at == timedelta(days=7)


def test_ids_tokens_and_device_keys_never_repeat(house: House) -> None:
    opened = [house.open() for _ in range(50)]
    names = [v for o in opened for v in (o.session.id, o.session.conversation, o.token.reveal(), key_of(o))]
    assert len(set(names)) == 200
    assert min(len(o.token.reveal()) for o in opened) >= 43


@pytest.mark.parametrize("token", ["", "x", "é" * 40, "\ud800", "a" * 100_000])
def test_a_forged_token_is_unknown(house: House, token: str) -> None:
    with pytest.raises(SessionUnknownError):
        house.sessions.resolve(token)


def test_nothing_on_disk_is_a_token_a_device_key_or_a_person(house: House, tmp_path: Path) -> None:
    opened = house.open()
    risen = house.sessions.rise(opened.session, "anna_berg_12", Level.SIGNED_IN)
    house.database.dispose()
    disk = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert opened.session.id.encode() in disk
    for hidden in (opened.token.reveal(), risen.token.reveal(), key_of(opened), "anna_berg_12"):
        assert hidden.encode() not in disk


def test_a_session_does_not_print_its_person(house: House) -> None:
    assert "cus_ada" not in repr(signed_in(house))


@pytest.mark.parametrize("level", list(Level))
def test_idle_and_absolute_time_outs(house: House, level: Level) -> None:
    limits = TIME_OUTS[level]

    def fresh() -> str:
        opened = house.open()
        if level > Level.ANYONE:
            opened = house.sessions.rise(opened.session, "cus_ada", level)
        return opened.token.reveal()

    idle = fresh()
    house.clock.advance(seconds=limits.idle.total_seconds() - 1)
    house.sessions.resolve(idle)
    house.clock.advance(seconds=limits.idle.total_seconds())
    with pytest.raises(SessionExpiredError):
        house.sessions.resolve(idle)

    busy, uses = fresh(), 0
    step = limits.idle * 0.9
    while step * (uses + 1) < limits.absolute:
        house.clock.advance(seconds=step.total_seconds())
        house.sessions.resolve(busy)
        uses += 1
    house.clock.advance(seconds=(limits.absolute - step * uses).total_seconds())
    with pytest.raises(SessionExpiredError):
        house.sessions.resolve(busy)
    assert uses >= 7


def test_last_use_is_written_at_most_every_30_seconds(house: House) -> None:
    token = house.open().token.reveal()
    house.clock.advance(seconds=29)
    with statements() as seen:
        house.sessions.resolve(token)
    assert not [s for s in seen if s.startswith("UPDATE")]
    house.clock.advance(seconds=1)
    with statements() as seen:
        house.sessions.resolve(token)
    assert len([s for s in seen if s.startswith("UPDATE")]) == 1


def test_a_rise_gives_a_new_id_and_token_and_kills_the_old(house: House) -> None:
    opened = house.open()
    risen = house.sessions.rise(opened.session, "cus_ada", Level.SIGNED_IN)
    assert risen.session.id != opened.session.id
    assert risen.token != opened.token
    assert risen.session.conversation == opened.session.conversation
    assert (risen.session.person, risen.session.level) == ("cus_ada", Level.SIGNED_IN)
    assert risen.session.authenticated_at == house.clock.now()
    assert house.sessions.resolve(risen.token.reveal()) == risen.session
    with pytest.raises(SessionUnknownError):
        house.sessions.resolve(opened.token.reveal())
    assert house.sessions.current(opened.session.id) is None
    assert house.sessions.of_conversation(opened.session.conversation) == risen.session


def test_an_old_session_cannot_rise(house: House) -> None:
    opened = house.open()
    house.sessions.rise(opened.session, "cus_ada", Level.SIGNED_IN)
    with pytest.raises(SessionUnknownError):
        house.sessions.rise(opened.session, "cus_ada", Level.STEPPED_UP)
    house.clock.advance(days=2)
    lapsed = house.open().session
    house.clock.advance(days=2)
    with pytest.raises(SessionUnknownError):
        house.sessions.rise(lapsed, "cus_ada", Level.SIGNED_IN)


def test_a_conversation_never_changes_hands(house: House) -> None:
    risen = signed_in(house)
    with pytest.raises(PersonDiffersError):
        house.sessions.rise(risen.session, "cus_bob", Level.SIGNED_IN)
    assert house.sessions.resolve(risen.token.reveal()).person == "cus_ada"


def test_signing_in_again_does_not_refresh_a_step_up(house: House) -> None:
    stepped = house.sessions.rise(signed_in(house).session, "cus_ada", Level.STEPPED_UP)
    again = house.sessions.rise(stepped.session, "cus_ada", Level.SIGNED_IN)
    assert again.session.level is Level.SIGNED_IN


def test_nobody_rises_to_anyone(house: House) -> None:
    with pytest.raises(ValueError, match="SIGNED_IN"):
        house.sessions.rise(house.open().session, "cus_ada", Level.ANYONE)


def test_two_rises_at_once_give_one_session(house: House) -> None:
    opened, barrier = house.open(), Barrier(2)
    results: list[Session | None] = []

    def rise() -> None:
        barrier.wait()
        try:
            results.append(house.sessions.rise(opened.session, "cus_ada", Level.SIGNED_IN).session)
        except SessionUnknownError:
            results.append(None)

    threads = [Thread(target=rise) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results.count(None) == 1
    assert house.sessions.of_person("cus_ada") == [session for session in results if session is not None]


class TestRenew:
    def test_once_within_a_minute_with_the_same_device_key(self, house: House) -> None:
        opened = house.open()
        risen = house.sessions.rise(opened.session, "cus_ada", Level.SIGNED_IN)
        house.clock.advance(seconds=60)
        renewed = house.sessions.renew(opened.token.reveal(), key_of(opened))
        assert renewed.session.id == risen.session.id
        assert house.sessions.resolve(renewed.token.reveal()).person == "cus_ada"
        with pytest.raises(SessionUnknownError):
            house.sessions.resolve(risen.token.reveal())
        with pytest.raises(SessionRenewRefusedError):
            house.sessions.renew(opened.token.reveal(), key_of(opened))

    def test_not_after_a_minute(self, house: House) -> None:
        opened = house.open()
        house.sessions.rise(opened.session, "cus_ada", Level.SIGNED_IN)
        house.clock.advance(seconds=61)
        with pytest.raises(SessionRenewRefusedError):
            house.sessions.renew(opened.token.reveal(), key_of(opened))

    def test_another_device_gets_nothing_and_spends_nothing(self, house: House) -> None:
        opened, other = house.open(), house.open()
        risen = house.sessions.rise(opened.session, "cus_ada", Level.SIGNED_IN)
        with pytest.raises(SessionRenewRefusedError):
            house.sessions.renew(opened.token.reveal(), key_of(other))
        assert house.sessions.resolve(risen.token.reveal()) == risen.session
        assert house.sessions.renew(opened.token.reveal(), key_of(opened)).session == risen.session

    def test_only_a_replaced_token_has_the_right(self, house: House) -> None:
        living, ended = house.open(), house.open()
        house.sessions.end(ended.session)
        for token, opened in ((living.token, living), (ended.token, ended)):
            with pytest.raises(SessionRenewRefusedError):
                house.sessions.renew(token.reveal(), key_of(opened))
        with pytest.raises(SessionRenewRefusedError):
            house.sessions.renew("never was", key_of(living))

    def test_a_lost_renewal_ends_there(self, house: House) -> None:
        opened = house.open()
        house.sessions.rise(opened.session, "cus_ada", Level.SIGNED_IN)
        lost = house.sessions.renew(opened.token.reveal(), key_of(opened))
        for old in (opened.token, lost.token):
            with pytest.raises(SessionRenewRefusedError):
                house.sessions.renew(old.reveal(), key_of(opened))

    def test_sign_out_takes_the_right_with_it(self, house: House) -> None:
        opened = house.open()
        risen = house.sessions.rise(opened.session, "cus_ada", Level.SIGNED_IN)
        house.sessions.end(risen.session)
        with pytest.raises(SessionRenewRefusedError):
            house.sessions.renew(opened.token.reveal(), key_of(opened))

    def test_of_two_at_once_one_wins(self, house: House) -> None:
        opened, barrier = house.open(), Barrier(2)
        results: list[Opened | None] = []
        house.sessions.rise(opened.session, "cus_ada", Level.SIGNED_IN)

        def renew() -> None:
            barrier.wait()
            try:
                results.append(house.sessions.renew(opened.token.reveal(), key_of(opened)))
            except SessionRenewRefusedError:
                results.append(None)

        threads = [Thread(target=renew) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert results.count(None) == 1
        [won] = [result for result in results if result is not None]
        assert house.sessions.resolve(won.token.reveal()).person == "cus_ada"


def test_sign_out_is_at_once_and_twice_is_no_error(house: House) -> None:
    risen = signed_in(house)
    house.sessions.end(risen.session)
    house.sessions.end(risen.session)
    with pytest.raises(SessionUnknownError):
        house.sessions.resolve(risen.token.reveal())
    assert house.sessions.of_conversation(risen.session.conversation) is None


def test_sign_out_everywhere_spares_only_others(house: House) -> None:
    mine = [signed_in(house) for _ in range(3)]
    bob, guest = signed_in(house, "cus_bob"), house.open()
    assert house.sessions.end_all("cus_ada") == 3
    for opened in mine:
        with pytest.raises(SessionUnknownError):
            house.sessions.resolve(opened.token.reveal())
    assert house.sessions.resolve(bob.token.reveal()).person == "cus_bob"
    assert house.sessions.resolve(guest.token.reveal()).person is None
    assert house.sessions.end_all("cus_ada") == 0


def test_one_session_too_many_ends_the_one_unused_for_longest(house: House) -> None:
    opened: list[Opened] = []
    for _ in range(MAX_SESSIONS_PER_PERSON):
        opened.append(signed_in(house))
        house.clock.advance(seconds=40)
    house.sessions.resolve(opened[0].token.reveal())
    signed_in(house)
    alive = {s.id for s in house.sessions.of_person("cus_ada")}
    assert len(alive) == MAX_SESSIONS_PER_PERSON
    assert opened[0].session.id in alive
    assert opened[1].session.id not in alive


@pytest.mark.parametrize("key", ["short", "a" * 129, "with space in it, 25 chars", "ü" * 30, ""])
def test_a_device_key_that_we_cannot_have_made_is_replaced(house: House, key: str) -> None:
    assert key_of(house.open(key)) != key


def test_a_device_keeps_its_key_from_session_to_session(house: House) -> None:
    key = key_of(house.open())
    assert key_of(house.open(key)) == key


def test_purge_deletes_what_has_been_over_for_a_day(house: House) -> None:
    over, living = house.open(), signed_in(house)
    house.sessions.end(over.session)
    assert house.sessions.purge() == 0
    house.clock.advance(days=1, seconds=1)
    house.open()
    # The guest who left, and the guest session that the signed-in one grew out of.
    assert house.sessions.purge() == 2
    with pytest.raises(SessionExpiredError):
        house.sessions.resolve(living.token.reveal())


def test_every_refusal_reads_alike_from_outside() -> None:
    errors: list[type[IdentityError]] = [SessionUnknownError, SessionExpiredError, SessionRenewRefusedError]
    assert {(error.code, error.say) for error in errors} == {("session-unknown", None)}


def test_the_log_tells_of_every_change_and_names_nobody(house: House, tmp_path: Path) -> None:
    opened = house.open()
    house.sessions.rise(opened.session, "anna_berg_12", Level.SIGNED_IN)
    house.sessions.renew(opened.token.reveal(), key_of(opened))
    house.sessions.end_all("anna_berg_12")
    with house.database.read() as tx:
        rows = tx.exec_driver_sql("SELECT tag, actor, subject, detail FROM audit_events").all()
    assert [row.tag for row in rows] == ["session:open", "session:rise", "session:renew", "session:end-all"]
    assert "anna" not in str(rows)
    assert house.audit.verify() == []


def test_sessions_are_frozen(house: House) -> None:
    session: Session = house.open().session
    with pytest.raises(AttributeError):
        session.level = Level.STEPPED_UP  # type: ignore[misc]


class TestStolen:
    def test_is_a_token_that_comes_with_another_devices_key(self, house: House) -> None:
        opened = house.open()
        token = opened.token.reveal()
        assert house.sessions.resolve(token, key_of(opened)) == opened.session
        with pytest.raises(SessionUnknownError):
            house.sessions.resolve(token, key_of(house.open()))
        with pytest.raises(SessionUnknownError):
            house.sessions.resolve(token, key_of(opened))
        tags = [link.event.tag for link in AuditRepository(house.database).links()]
        assert tags.count(Tag.SESSION_STOLEN) == 1

    def test_is_noticed_of_a_risen_session_too(self, house: House) -> None:
        guest = house.open()
        risen = house.sessions.rise(guest.session, "cus_ada", Level.SIGNED_IN)
        assert house.sessions.resolve(risen.token.reveal(), key_of(guest)).person == "cus_ada"
        with pytest.raises(SessionUnknownError):
            house.sessions.resolve(risen.token.reveal(), "")
        assert house.sessions.of_person("cus_ada") == []


class TestEndingOne:
    def test_by_the_handle_that_its_own_person_was_shown(self, house: House) -> None:
        here, there = signed_in(house).session, signed_in(house).session
        assert house.sessions.end_by_handle("cus_ada", house.sessions.handle(there))
        assert [one.id for one in house.sessions.of_person("cus_ada")] == [here.id]
        assert not house.sessions.end_by_handle("cus_ada", house.sessions.handle(there))

    @pytest.mark.parametrize("handle", ["", "x", "0" * 16])
    def test_nobody_elses_and_none_that_was_made_up(self, house: House, handle: str) -> None:
        mine, other = signed_in(house).session, signed_in(house, "cus_bob").session
        assert not house.sessions.end_by_handle("cus_ada", house.sessions.handle(other))
        assert not house.sessions.end_by_handle("cus_ada", handle)
        assert {one.id for person in ("cus_ada", "cus_bob") for one in house.sessions.of_person(person)} == {
            mine.id,
            other.id,
        }
        assert house.sessions.handle(mine) not in (mine.id, house.sessions.handle(other))
